"""Times as the tables keep them: Unix milliseconds."""

from datetime import UTC, datetime

from protocols.fields import bounded

DAY_MS = 86_400_000


def ms_of(instant: datetime) -> int:
    """Unix ms, of an instant however extreme."""
    return int(bounded(instant).timestamp() * 1000)


def utc(at_ms: int) -> datetime:
    """Its inverse."""
    return datetime.fromtimestamp(at_ms / 1000, UTC)
