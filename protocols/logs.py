"""A line of a log, at the box as in the cloud: JSON with the correlation id, without the passwords of URLs."""

import json
import logging
from datetime import UTC, datetime
from typing import Any

from protocols import correlation
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


class TextFormatter(logging.Formatter):
    """For a person at a terminal. The same is hidden, tracebacks included."""

    def __init__(self) -> None:
        super().__init__("%(asctime)s %(levelname)s %(name)s: %(message)s")

    def format(self, record: logging.LogRecord) -> str:
        return str(loggable(super().format(record)))


def _told(value: object) -> Any:
    return loggable(str(value))
