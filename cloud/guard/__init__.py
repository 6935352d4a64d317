"""Guards: their sign-ins at the boxes, and what they did at the gates."""
