"""The clock port: the only place of the cloud that asks the machine for the time."""

import time
from datetime import UTC, datetime, timedelta
from typing import Protocol


class Clock(Protocol):
    """What time it is."""

    def now(self) -> datetime:
        """The current moment, aware, in UTC."""

    def monotonic_s(self) -> float:
        """Seconds from an unnamed beginning; never goes back."""


class SystemClock:
    """The machine's clock."""

    def now(self) -> datetime:
        return datetime.now(UTC)  # noqa: TID251  # this is the port

    def monotonic_s(self) -> float:
        return time.monotonic()


class FixedClock:
    """A clock for tests: stands still until it is moved."""

    def __init__(self, at: datetime) -> None:
        if at.tzinfo is None:
            raise ValueError("a clock needs an aware datetime")
        self._at = at
        self._elapsed = timedelta()

    def now(self) -> datetime:
        return self._at + self._elapsed

    def monotonic_s(self) -> float:
        return self._elapsed.total_seconds()

    def advance(self, by: timedelta) -> None:
        self._elapsed += by
