"""Companies, their staff, roles and permissions; signing in."""
