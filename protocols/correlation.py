"""One id that follows a matter from the reader's beep or a click to the row and the log line."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

HEADER = "X-Correlation-Id"
_SHAPE = re.compile(r"[A-Za-z0-9._-]{8,64}")
_current: ContextVar[str | None] = ContextVar("correlation_id", default=None)


def current() -> str | None:
    """The id of what is going on in this context."""
    return _current.get()


def begin(correlation_id: str | None) -> None:
    """From here on, this context works on that matter."""
    _current.set(correlation_id)


@contextmanager
def within(correlation_id: str | None) -> Iterator[None]:
    """Within: this context works on that matter; afterwards on what it worked on before."""
    before = _current.set(correlation_id)
    try:
        yield
    finally:
        _current.reset(before)


def acceptable(given: str | None) -> str | None:
    """A caller's id when it is well-formed, else None: ids land in logs."""
    return given if given and _SHAPE.fullmatch(given) else None
