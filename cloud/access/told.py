"""What a pass tells of itself, in names as they are then: so its history says what was, and what became of it."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from cloud.access import typed
from cloud.access.models import Pass, PassCard
from cloud.kernel import audit
from cloud.sites import service as sites

_AS_IS = (
    "kind",
    "holder",
    "vehicle",
    "host",
    "address",
    "phone",
    "document",
    "service",
    "ticket",
    "direction",
    "entries",
    "schedule",
    "note",
)
_HIDDEN = frozenset({"phone", "document"})
"""A former number helps nobody at a gate: that it is another is told, not which it was."""

Told = dict[str, Any]


def told_of(session: Session, row: Pass, cards: Sequence[PassCard]) -> Told:
    """As JSON. Of a PIN and a code it is told that there is one. No points: every one of the site."""
    places = {place.point_id: place.name for place in sites.point_places(session, _ids(row.points))}
    return {name: getattr(row, name) for name in _AS_IS} | {
        "site": sites.find_site(session, row.site_id).name,
        "plates": list(row.plates),
        "cards": sorted(card.printed or card.keys[0] for card in cards if not typed.is_typed(card)),
        "typed": sorted(card.format for card in cards if typed.is_typed(card)),
        "points": sorted(places.get(point, "") for point in _ids(row.points)),
        "valid_from": _moment(row.valid_from),
        "valid_until": _moment(row.valid_until),
    }


def changes_of(before: Told, after: Told) -> dict[str, list[Any]]:
    """What became another: {field: [old, new]}."""
    return audit.difference(before, after, secret=_HIDDEN)


def _ids(points: Sequence[str]) -> list[UUID]:
    return [UUID(point) for point in points]


def _moment(at: datetime | None) -> str | None:
    return None if at is None else at.isoformat()
