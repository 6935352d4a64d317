"""Local servers for the demo and the tests: PostgreSQL, mosquitto, redis. Standard library only."""
