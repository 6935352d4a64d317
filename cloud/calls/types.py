"""Words of the calls slice."""

from datetime import datetime, timedelta
from enum import StrEnum
from typing import NamedTuple

RINGS_FOR = timedelta(minutes=5)  # of a panel that tells no end: nobody stands there for longer


class CallState(StrEnum):
    """Where a call stands, or what became of it. Judged when it is looked at, never stored."""

    RINGING = "ringing"
    TALKING = "talking"  # answered, and not over
    OPENED = "opened"  # the caller was let in
    REFUSED = "refused"
    ANSWERED = "answered"  # and over, without opening
    MISSED = "missed"


class CallAnswer(StrEnum):
    """What a resident answers."""

    OPEN = "open"
    REFUSE = "refuse"


class Told(NamedTuple):
    """What is known of a call, by which its state is judged."""

    started_at: datetime
    answered_at: datetime | None
    opened_at: datetime | None
    ended_at: datetime | None
    answer: str | None
