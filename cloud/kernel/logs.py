"""Logs as JSON lines with the correlation id, without the passwords of URLs."""

import json
import logging
import sys
from datetime import UTC, datetime
from typing import Any

from cloud.kernel import correlation
from protocols.urls import loggable

_STANDARD = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime", "taskName", "color_message"}


class JsonFormatter(logging.Formatter):
    """One JSON object a line: time (UTC), level, logger, message, correlation id, what `extra` added, the traceback."""

    def __init__(self, process: str) -> None:
        super().__init__()
        self._process = process

    def format(self, record: logging.LogRecord) -> str:
        line: dict[str, Any] = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "process": self._process,
            "logger": record.name,
            "message": record.getMessage(),
        }
        if correlation_id := correlation.current():
            line["correlation_id"] = correlation_id
        line |= {name: value for name, value in vars(record).items() if name not in _STANDARD}
        if record.exc_info:
            line["traceback"] = self.formatException(record.exc_info)
        return json.dumps(loggable(line), ensure_ascii=False, default=_told)


def _told(value: object) -> Any:
    return loggable(str(value))


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
    logging.getLogger("uvicorn.access").disabled = True  # the envelope writes one line a request
