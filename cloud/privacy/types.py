"""What the privacy slice speaks in."""

from datetime import datetime
from enum import StrEnum
from typing import NamedTuple
from uuid import UUID

from protocols.privacy import KeptKind


class RunOutcome(StrEnum):
    """How a run over a kind ended."""

    DONE = "done"
    UNFINISHED = "unfinished"  # somebody had the rest in hand, or there was too much: the next run goes on
    FAILED = "failed"


class Rule(NamedTuple):
    """How long a kind is kept. `own`: what the company set; None: the installation's standard holds."""

    kind: KeptKind
    days: int
    own: int | None
    least: int
    standard: int
    most: int


class RunReport(NamedTuple):
    """What a run came to."""

    at: datetime
    cutoff: datetime
    erased: int
    oldest: datetime | None
    outcome: RunOutcome
    failure: str


class BoxReport(NamedTuple):
    """What a box told last of a kind. `at` None: it has never told anything; `since`: what came after is not known."""

    box_id: UUID
    box: str
    site_id: UUID
    site: str
    kind: str
    days: int | None
    erased: int
    erased_until: datetime | None
    oldest: datetime | None
    at: datetime | None
    since: datetime


class Standing(NamedTuple):
    """A rule and its proof: `overdue` pieces are older than it allows, found by looking, not by what a run said."""

    organisation_id: UUID
    rule: Rule
    oldest: datetime | None
    overdue: int
    run: RunReport | None
