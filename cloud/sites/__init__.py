"""Sites: edge boxes, points, devices, enrolment, configuration, commands, and the replication log."""
