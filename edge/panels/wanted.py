"""Whom a panel should let in by itself, and what is to be changed there for it. Pure.

A panel cannot judge schedules, counted entries, zones and the blacklist. So it is told of nobody to whom any of these
may matter: they ask the box through it, as always.
"""

from collections.abc import Iterator
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from edge.access.decision import GatePass
from edge.drivers.base import Grant, GrantKind
from protocols import faces
from protocols.fields import Direction
from protocols.held import PassKind

_BY_ITSELF = frozenset({PassKind.RESIDENT, PassKind.STAFF})


class Change(NamedTuple):
    """What is to be done at a panel."""

    add: frozenset[Grant]
    remove: frozenset[Grant]

    def __bool__(self) -> bool:
        return bool(self.add or self.remove)


def faces_of(item: GatePass, point: UUID, at: datetime) -> Iterator[str]:
    """The pictures by which a panel at this point may know the pass's holder; what else a pass says, the box judges."""
    if not item.revoked and _is_valid(item, at) and (not item.points or point in item.points):
        yield from filter(None, map(faces.picture_of, item.keys))


def grants_of(item: GatePass, point: UUID, at: datetime) -> Iterator[Grant]:
    """By what the panel at this point may let the pass's holder in without asking; nothing for most."""
    here = not item.points or point in item.points
    plain = not item.schedule and item.entries is None and item.direction is not Direction.OUT
    if item.revoked or item.kind not in _BY_ITSELF or not (_is_valid(item, at) and here and plain):
        return
    for key in item.keys:
        kind, _, value = key.partition(":")
        if kind == "UID":
            yield Grant(GrantKind.CARD, value)
        elif kind == "PIN":
            yield Grant(GrantKind.CODE, value)


def _is_valid(item: GatePass, at: datetime) -> bool:
    return item.valid_from <= at and (item.valid_until is None or at < item.valid_until)


def difference(desired: frozenset[Grant], held: frozenset[Grant]) -> Change:
    """What makes the one the other."""
    return Change(desired - held, held - desired)


def batches(change: Change, most: int) -> Iterator[Change]:
    """The same in pieces of at most so many. What is to be taken away goes first: who lost a card must not wait."""
    remove, add = sorted(change.remove, key=_order), sorted(change.add, key=_order)
    for start in range(0, len(remove), most):
        yield Change(frozenset(), frozenset(remove[start : start + most]))
    for start in range(0, len(add), most):
        yield Change(frozenset(add[start : start + most]), frozenset())


def _order(grant: Grant) -> tuple[str, str]:
    return grant.kind.value, grant.value
