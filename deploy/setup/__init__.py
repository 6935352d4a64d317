"""Sets a fresh checkout up: system packages, virtual environment, web app. Standard library only."""
