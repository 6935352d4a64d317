"""A pass as the guard sees it: its status now, by the list, the blacklist, its uses and where it is. Pure."""

from collections.abc import Mapping
from datetime import datetime
from typing import NamedTuple

from edge.access.presence import Place
from edge.guardhouse.moments import utc
from protocols.fields import bounded
from protocols.guard_views import PassRow, PassStatus
from protocols.held import PassItem, Window
from protocols.pass_status import pass_status


class Known(NamedTuple):
    """What is known of a pass beside itself. `blocked`: the blacklist's reason, None: it is not named there.

    `made_here`: by a guard of this box.
    """

    used: int = 0
    places: Mapping[str, Place] = {}
    blocked: str | None = None
    made_here: bool = False
    withdrawn: bool = False
    provisional: bool = False
    conflict: str | None = None

    @property
    def inside_since(self) -> datetime | None:
        """Since when whoever is longest inside is."""
        since = [place.since_ms for place in self.places.values() if place.zone is not None]
        return utc(min(since)) if since else None


def status_of(item: PassItem, known: Known, at: datetime) -> PassStatus:
    """By the rule that the cloud has, too."""
    inside = known.inside_since is not None
    return pass_status(
        at,
        valid_from=bounded(item.valid_from),
        valid_until=None if item.valid_until is None else bounded(item.valid_until),
        blocked=known.blocked is not None,
        revoked=item.revoked or known.withdrawn,
        inside=inside,
        left=bool(known.places) and not inside,
        used_up=item.entries is not None and known.used >= item.entries,
    )


def row_of(item: PassItem, known: Known, at: datetime) -> PassRow:
    """The row of a list."""
    phone, host_phone = _phones(item)
    return PassRow(
        id=item.id,
        number=item.number,
        kind=item.kind,
        status=status_of(item, known, at),
        holder=item.holder,
        vehicle=item.vehicle,
        plates=item.plates,
        host=item.host,
        phone=phone,
        host_phone=host_phone,
        address=item.address,
        household=item.household,
        service=item.service,
        ticket=item.ticket,
        valid_from=bounded(item.valid_from),
        valid_until=None if item.valid_until is None else bounded(item.valid_until),
        entries=item.entries,
        used=known.used,
        inside_since=known.inside_since,
        changed_at=item.changed_at,
        provisional=known.provisional,
        conflict=known.conflict,
        blocked=known.blocked,
        schedule=[_window(window) for window in item.schedule],
        inside=sorted(place.carrier for place in known.places.values() if place.zone is not None),
        withdrawable=known.made_here and not (known.withdrawn or item.revoked),
    )


def _phones(item: PassItem) -> tuple[str | None, str | None]:
    """The guest's and the host's. An older cloud says one, and not whose it is."""
    if item.guest_phone is None:
        return (None, item.phone) if item.host else (item.phone, None)
    return item.guest_phone, item.phone if item.phone != item.guest_phone else None


def _window(window: Window) -> str:
    days = sorted(set(window.days))
    is_run = len(days) > 1 and days == list(range(days[0], days[-1] + 1))
    told = f"{days[0]}-{days[-1]}" if is_run else ",".join(map(str, days))
    return f"{told} {_clock(window.from_minute)}-{_clock(window.until_minute)}"


def _clock(minute: int) -> str:
    return f"{minute // 60:02}:{minute % 60:02}"
