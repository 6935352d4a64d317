"""A guard marks that somebody has left unseen: the box that counts them is asked, and its answer waited for."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import select

from cloud.gate import passes
from cloud.gate.desk import Asked, Desk
from cloud.gate.problems import conflict, invalid
from cloud.sites import service as sites
from cloud.sites.models import Command, PassPlace
from protocols import guard_views as views
from protocols.guard_api import MarkLeft
from protocols.messages import CommandKind, OrderedBy


def mark_left(desk: Desk, asked: Asked) -> views.PassRow:
    """Ordered once, though it is asked again meanwhile. Raises Trouble, and what `sites.order_left` raises."""
    wanted: MarkLeft = asked.body
    why = wanted.why.strip()
    if not why:
        raise invalid("why", "missing")
    if desk.shift is None:
        raise conflict("not_on_duty")
    row = passes.one(desk, asked.uuid)
    ordered = {order.carrier for order in _under_way(desk, row.id)}
    for carrier in _inside(desk, row.id, wanted.carrier):
        if carrier not in ordered:
            sites.order_left(desk.session, desk.actor, desk.site.id, row.id, carrier, why, by=OrderedBy.GUARD)
    return passes.row_of(desk, row)


def is_under_way(desk: Desk, pass_id: UUID) -> bool:
    """Whether a box has yet to answer."""
    return bool(_under_way(desk, pass_id))


def marked(desk: Desk, asked: Asked) -> views.PassRow:
    """The pass as it is then. Raises Trouble when somebody who was to be marked is inside still."""
    wanted: MarkLeft = asked.body
    row = passes.one(desk, asked.uuid)
    if _inside(desk, row.id, wanted.carrier):
        raise conflict("not_marked")
    return passes.row_of(desk, row)


def _inside(desk: Desk, pass_id: UUID, carrier: str | None) -> Sequence[str]:
    mine = (PassPlace.site_id == desk.site.id, PassPlace.pass_id == pass_id, PassPlace.zone_id.is_not(None))
    found = select(PassPlace.carrier).where(*mine).order_by(PassPlace.carrier)
    return [each for each in desk.session.scalars(found) if carrier in (None, each)]


def _under_way(desk: Desk, pass_id: UUID) -> Sequence[Command]:
    of_pass = (Command.kind == CommandKind.MARK_LEFT, Command.target == pass_id)
    unanswered = (Command.answered_at.is_(None), Command.lapsed_at.is_(None))
    return desk.session.scalars(select(Command).where(*of_pass, *unanswered)).all()
