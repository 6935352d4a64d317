"""The cloud's logs: JSON lines on standard error."""

import logging
import sys

from protocols.logs import JsonFormatter


def configure(process: str, level: str = "INFO") -> None:
    """Send every logger of the process to standard error as JSON."""
    handler = logging.StreamHandler(sys.__stderr__)  # the real one, whatever stands in for it
    handler.setFormatter(JsonFormatter(process))
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level)
    for name in ("uvicorn", "uvicorn.error", "uvicorn.access", "celery", "alembic"):
        logger = logging.getLogger(name)
        logger.handlers.clear()
        logger.propagate = True
    logging.getLogger("alembic.runtime.plugins").setLevel(logging.WARNING)  # five lines at its mere import
    logging.getLogger("uvicorn.access").disabled = True  # the envelope writes one line a request
