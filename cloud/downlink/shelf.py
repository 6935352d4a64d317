"""Snapshots under way: a box fetches one piece by piece, so it must stay the same for a while."""

from collections import OrderedDict
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from threading import Lock
from uuid import UUID

from cloud.downlink.answers import CutSnapshot
from cloud.sites.types import HeldState

LIFE = timedelta(minutes=10)
SHARED_FOR = timedelta(seconds=5)  # uses are not in the digest, so what is shared must be fresh
MOST = 8


@dataclass(frozen=True, slots=True)
class _Kept:
    site_id: UUID
    made_at: datetime
    cut: CutSnapshot


@dataclass(slots=True)
class SnapshotShelf:
    """The newest few, whichever site they are of. Safe to use from several threads."""

    _kept: OrderedDict[UUID, _Kept] = field(default_factory=OrderedDict)
    _lock: Lock = field(default_factory=Lock)

    def find(self, site_id: UUID, snapshot_id: UUID | None, now: datetime) -> CutSnapshot | None:
        """The snapshot that a box names, if it is of its site and not too old."""
        with self._lock:
            kept = self._kept.get(snapshot_id) if snapshot_id is not None else None
        if kept is None or kept.site_id != site_id or now - kept.made_at > LIFE:
            return None
        return kept.cut

    def shared(self, site_id: UUID, state: HeldState, now: datetime) -> CutSnapshot | None:
        """One that another box of the site has just been given, if nothing has changed since."""
        with self._lock:
            mine = [kept for kept in self._kept.values() if kept.site_id == site_id]
        fits = [kept for kept in mine if kept.cut.state == state and now - kept.made_at <= SHARED_FOR]
        return fits[-1].cut if fits else None

    def keep(self, site_id: UUID, cut: CutSnapshot, now: datetime) -> None:
        """Put a new one on the shelf; the oldest falls off."""
        with self._lock:
            self._kept[cut.id] = _Kept(site_id, now, cut)
            while len(self._kept) > MOST:
                self._kept.popitem(last=False)
