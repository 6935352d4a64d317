"""Pure decisions about retention: which rule holds, and what is too old by it."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

from cloud.privacy.types import BoxReport, Rule
from protocols.privacy import BOX_RECORDS, BOX_RECORDS_LEAST_DAYS, BOX_VIDEO, KINDS_OF_RECORDS, KeptKind

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


def box_days(kind: str, days: Mapping[str, int]) -> int | None:
    """How long boxes may hold a kind by these rules; their records go whole, by the shortest that one of them has.

    Their video is pictures of passages, too.
    """
    if kind == BOX_VIDEO:
        return days.get(KeptKind.STILLS)
    if kind != BOX_RECORDS:
        return days.get(kind)
    shortest = min((days[of] for of in KINDS_OF_RECORDS.values() if of in days), default=None)
    return None if shortest is None else max(shortest, BOX_RECORDS_LEAST_DAYS)


def is_box_late(report: BoxReport, wanted: int | None, now: datetime) -> bool:
    """Whether a box may hold now what is older than is wanted: it erases and tells once a day, so a day is its own.

    Of a box that is silent nobody knows that it erased: what it held last, or may have got since, is counted as there.
    """
    return wanted is not None and (report.oldest or report.since) < cutoff_of(now, wanted + 1)


def is_worth_telling(*, erased: int, is_done: bool, last_told: datetime | None, now: datetime) -> bool:
    """Whether a run is written down: what erased or did not succeed always, else once a day."""
    return bool(erased) or not is_done or last_told is None or last_told < cutoff_of(now, 0)
