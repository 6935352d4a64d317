"""Words of the calls slice."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import NamedTuple
from uuid import UUID

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


@dataclass(frozen=True, slots=True)
class Ringing:
    """A call that may be answered now, locked."""

    id: UUID
    point_id: UUID
    box_id: UUID
    premises_id: UUID
