"""Whoever left unseen: people ask the box that counts them, and what it tells is followed here."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy.orm import Session

from cloud.access.history import add_history
from cloud.access.models import Pass
from cloud.access.types import MarkedLeft, PassChange, PassState
from cloud.kernel.actor import Actor
from cloud.sites import service as sites
from cloud.sites.types import Moved
from protocols.records import PlaceMarked


def mark_left(session: Session, actor: Actor, whom: Sequence[MarkedLeft], reason: str) -> list[UUID]:
    """Order that each is marked: all or none. Returns the orders, as asked; each gets one answer.

    Raises NotInside, NobodyCounts, BoxNotEnrolled, BoxRevoked.
    """
    return [
        sites.order_left(session, actor, each.site_id, each.pass_id, each.plate or "", reason).id
        for each in whom
    ]


def follow_mark(session: Session, site_id: UUID, event: PlaceMarked, by: str) -> None:
    """A box moved somebody out whom a person saw leave. `by`: that person's name. A pass of another site is none."""
    row = session.get(Pass, event.pass_id, with_for_update={"key_share": True})
    if row is None or row.site_id != site_id:
        return
    moved = Moved(row.id, event.carrier, None, row.premises_id)
    if not sites.record_place(session, site_id, moved, since=event.at, passage_id=event.id):
        return  # told again, or somebody has passed since
    if row.state == PassState.INSIDE and not sites.is_inside(session, site_id, row.id):
        row.state = PassState.LEFT
    add_history(session, row, PassChange.MARKED_LEFT, at=event.at, actor=by, reason=event.why)
