"""Pure decisions about retention: which rule holds, and what is too old by it."""

from datetime import UTC, datetime, timedelta

from cloud.privacy.types import Rule
from protocols.privacy import KeptKind

RUN_EVERY = timedelta(hours=1)


def rule_of(kind: KeptKind, limit: tuple[int, int, int], own: int | None) -> Rule:
    """`limit`: (least, standard, most) in days. Limits that were narrowed hold at once, whatever was set before."""
    least, standard, most = limit
    days = standard if own is None else min(max(own, least), most)
    return Rule(kind, days, own, least, standard, most)


def cutoff_of(now: datetime, days: int) -> datetime:
    """What was made before this is too old. A day is one of UTC: between two runs of a day the cut-off stands still."""
    midnight = now.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    return midnight - timedelta(days=days)


def is_worth_telling(*, erased: int, is_done: bool, last_told: datetime | None, now: datetime) -> bool:
    """Whether a run is written down: what erased or did not succeed always, else once a day."""
    return bool(erased) or not is_done or last_told is None or last_told < cutoff_of(now, 0)
