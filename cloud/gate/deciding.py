"""A guard decides at a lane: written down first, then ordered from the lane's box, if there is one."""

from uuid import UUID

from sqlalchemy import select, text

from cloud.access.models import Pass, PassageRow
from cloud.gate import lanes, passes
from cloud.gate.desk import Asked, Desk
from cloud.gate.problems import conflict, invalid, not_found
from cloud.guard import service as guard
from cloud.guard.models import GateDecisionRow
from cloud.kernel.database import now
from cloud.sites import service as sites
from cloud.sites.models import Box, Command, Point
from protocols import acts
from protocols import guard_views as views
from protocols.acts import ManualReason, Verdict
from protocols.fields import Direction
from protocols.guard_api import Decide
from protocols.messages import OrderedBy

_IN_TURN = text("SELECT pg_advisory_xact_lock(hashtextextended(:id, 0))")


def decide(desk: Desk, asked: Asked) -> views.Decided:
    """Confirm, refuse, or open by hand. Asked again, it is answered as before, and done once. Raises Trouble."""
    wanted: Decide = asked.body
    point = _point(desk, asked.uuid)
    known = desk.session.get(GateDecisionRow, wanted.id)
    if known is not None:
        return _same(desk, known, point)
    _check_words(wanted)
    desk.session.execute(_IN_TURN, {"id": str(wanted.passage or wanted.id)})
    passage = _passage(desk, point, wanted)
    held = _held(desk, wanted, passage)
    listed = _listed(desk, wanted, held, passage)
    if wanted.verdict is Verdict.CONFIRM:
        _check_confirmable(desk, passage, held, listed)
    order = _order(desk, point, wanted) if wanted.verdict is not Verdict.REFUSE else None
    event = desk.act(
        acts.GateDecision,
        wanted.id,
        point=point.id,
        direction=wanted.direction,
        verdict=wanted.verdict,
        reason=wanted.reason,
        note=wanted.note,
        passage=wanted.passage,
        pass_id=held.id if held is not None else None,
        use=_use(held, wanted),
        plate=wanted.plate or (passage.plate if passage is not None else None),
        blacklisted=wanted.verdict is Verdict.OPEN and listed is not None,
    )
    guard.record_decision(desk.session, desk.where, event, command_id=order.id if order is not None else None)
    desk.session.flush()
    return lanes.decisions(desk.session, [desk.session.get_one(GateDecisionRow, wanted.id)])[0]


def is_under_way(desk: Desk, decision_id: UUID) -> bool:
    """Whether a box is to open, and has not answered yet."""
    row = desk.session.get(GateDecisionRow, decision_id)
    order = desk.session.get(Command, row.command_id) if row is not None and row.command_id else None
    return order is not None and order.answered_at is None and order.lapsed_at is None


def _point(desk: Desk, point_id: UUID) -> Point:
    point = desk.session.get(Point, point_id)
    if point is None or point.site_id != desk.site.id or point.archived_at is not None:
        raise not_found()
    return point


def _same(desk: Desk, known: GateDecisionRow, point: Point) -> views.Decided:
    if known.guard_id != desk.guard.id or known.point_id != point.id:
        raise conflict("id_taken")
    return lanes.decisions(desk.session, [known])[0]


def _check_words(wanted: Decide) -> None:
    if wanted.verdict is not Verdict.CONFIRM and wanted.reason is None:
        raise invalid("reason", "missing")
    if wanted.reason is ManualReason.OTHER and not wanted.note.strip():
        raise invalid("note", "missing")


def _passage(desk: Desk, point: Point, wanted: Decide) -> PassageRow | None:
    """Which nobody has decided yet."""
    if wanted.passage is None:
        if wanted.verdict is Verdict.CONFIRM:
            raise invalid("passage", "missing")
        return None
    passage = desk.session.get(PassageRow, wanted.passage)
    if passage is None or passage.point_id != point.id:
        raise not_found()
    decided = lanes.decided_about(desk.session, [passage.id]).get(passage.id)
    if decided is not None:
        raise conflict("already_decided", decided=decided)
    if wanted.verdict is Verdict.CONFIRM and passage.at < now(desk.session) - views.CONFIRMED_WITHIN:
        raise conflict("late")
    return passage


def _held(desk: Desk, wanted: Decide, passage: PassageRow | None) -> Pass | None:
    """By which pass; a refusal names the one that was refused."""
    pass_id = wanted.pass_id or (passage.pass_id if passage is not None else None)
    if pass_id is None:
        return None
    found = desk.session.scalar(select(Pass).where(Pass.id == pass_id, Pass.site_id == desk.site.id))
    if found is None and wanted.pass_id is not None:
        raise not_found()
    return found


def _listed(desk: Desk, wanted: Decide, held: Pass | None, passage: PassageRow | None) -> str | None:
    """Why the blacklist names the car or the pass; None: it does not."""
    plates = [plate for plate in (wanted.plate, passage.plate if passage is not None else None) if plate]
    block = passes.blocked_by(desk, plates=plates)
    if block is not None:
        return block.reason
    return passes.row_of(desk, held).blocked if held is not None else None


def _check_confirmable(desk: Desk, passage: PassageRow | None, held: Pass | None, listed: str | None) -> None:
    if listed is not None:
        raise conflict("blacklisted", listed)
    if passage is None or passage.reason not in views.LEFT_TO_GUARD:
        raise conflict("not_confirmable", passage.reason if passage is not None else "")
    if held is None or passes.row_of(desk, held).status not in views.OFFERED:
        raise conflict("not_confirmable")


def _order(desk: Desk, point: Point, wanted: Decide) -> Command | None:
    """To the lane's box, which opens now or not at all; None: no box would hear it."""
    box = desk.session.get_one(Box, point.box_id)
    if point.barrier is None or box.enrolled_at is None or box.revoked_at is not None:
        return None
    # The note stands in the decision, and goes by its term: the box's journal keeps what it is told for longer.
    why = " ".join(filter(None, (wanted.verdict.value, wanted.reason and wanted.reason.value)))
    return sites.open_point(desk.session, desk.actor, point.id, why, by=OrderedBy.GUARD)


def _use(held: Pass | None, wanted: Decide) -> int | None:
    """The lane's box is ordered to open, and counts nothing: the cloud does."""
    if held is None or wanted.direction is not Direction.IN or wanted.verdict is Verdict.REFUSE:
        return None
    return held.uses + 1
