"""Who is at the page, and turns of duty."""

from uuid import UUID

from sqlalchemy import select

from cloud.gate import lanes, making, passes
from cloud.gate.desk import Asked, Desk
from cloud.gate.problems import conflict, not_found
from cloud.guard import service as guard
from cloud.guard.models import GateDecisionRow, NoteRow, ShiftRow, ViolationRow
from cloud.kernel.database import now
from cloud.organisations import service as organisations
from cloud.reads.shift_report import shift_report
from protocols import acts
from protocols import guard_views as views
from protocols.acts import ShiftState, Verdict
from protocols.guard_api import BeginShift, EndShift

_LISTED = 50


def me(desk: Desk, _asked: Asked) -> views.Me:
    """Who is signed in, where, and the note that was handed over."""
    shift = desk.shift
    ended = (ShiftRow.site_id == desk.site.id, ShiftRow.ended_at.is_not(None))
    last = desk.session.scalars(
        select(ShiftRow).where(*ended).order_by(ShiftRow.ended_at.desc()).limit(1)
    ).first()
    return views.Me(
        by=views.SignInBy.PIN if desk.post_session is not None else views.SignInBy.ACCOUNT,
        post=desk.post,
        guard=desk.guard,
        site=views.Site(id=desk.site.id, name=desk.site.name, time_zone=desk.site.time_zone),
        shift=shift_view(shift) if shift is not None else None,
        sites=[views.Site(id=site.id, name=site.name, time_zone=site.time_zone) for site in desk.sites],
        handed_over=shift_view(last) if last is not None else None,
    )


def listed(desk: Desk, _asked: Asked) -> views.ShiftPage:
    """Shifts, newest first."""
    mine = select(ShiftRow).where(ShiftRow.site_id == desk.site.id).order_by(ShiftRow.begun_at.desc())
    return views.ShiftPage(items=[shift_view(row) for row in desk.session.scalars(mine.limit(_LISTED))])


def begin(desk: Desk, asked: Asked) -> views.ShiftView:
    """A shift that goes on goes on."""
    wanted: BeginShift = asked.body
    going = desk.shift
    if going is not None:
        return shift_view(going)
    known = desk.session.get(ShiftRow, wanted.id)
    if known is not None:
        raise conflict("shift_ended" if known.guard_id == desk.guard.id else "id_taken")
    guard.known_guard(desk.session, desk.guard.id, desk.guard.name, desk.site.organisation_id)
    _record(desk, wanted.id, ShiftState.BEGUN)
    return shift_view(desk.session.get_one(ShiftRow, wanted.id))


def end(desk: Desk, asked: Asked) -> views.ShiftView:
    """Ends the session, too."""
    wanted: EndShift = asked.body
    shift = _mine(desk, asked.uuid)
    if shift.ended_at is not None:
        raise conflict("shift_ended")
    _record(desk, shift.id, ShiftState.ENDED, wanted.note)
    desk.session.expire_all()
    leave(desk)
    return shift_view(desk.session.get_one(ShiftRow, shift.id))


def leave(desk: Desk) -> None:
    """The account's session ends, or the guard's at the post."""
    if desk.post_session is not None:
        guard.leave_post(desk.session, desk.post_session)
    elif desk.actor.session_id is not None:
        organisations.end_session(desk.session, desk.actor.session_id)


def report(desk: Desk, asked: Asked) -> views.ShiftReport:
    """What happened in a shift."""
    found = shift_report(desk.session, asked.uuid)
    if found is None or found["shift"]["site_id"] != desk.site.id:
        raise not_found()
    session, shift_id = desk.session, asked.uuid
    mine = select(GateDecisionRow).where(GateDecisionRow.shift_id == shift_id).order_by(GateDecisionRow.at)
    decided = lanes.decisions(session, session.scalars(mine).all())
    noted = select(NoteRow).where(NoteRow.shift_id == shift_id).order_by(NoteRow.at)
    recorded = select(ViolationRow).where(ViolationRow.shift_id == shift_id).order_by(ViolationRow.at)
    same = ("until", "granted_in", "granted_out", "denied", "visitors", "passes_made", "cards_out")
    return views.ShiftReport(
        **{name: found[name] for name in same},
        shift=shift_view(session.get_one(ShiftRow, shift_id)),
        denials=[views.ReasonCount(code=each["reason"], count=each["count"]) for each in found["denials"]],
        opened_by_hand=[each for each in decided if each.verdict is not Verdict.REFUSE],
        refused=[each for each in decided if each.verdict is Verdict.REFUSE],
        violations=[making.violation_view(row) for row in session.scalars(recorded)],
        notes=[passes.note_view(row) for row in session.scalars(noted)],
    )


def shift_view(row: ShiftRow) -> views.ShiftView:
    """A turn of duty."""
    named = views.Guard(id=row.guard_id, name=row.guard)
    return views.ShiftView(
        id=row.id, guard=named, begun_at=row.begun_at, ended_at=row.ended_at, note=row.note
    )


def _mine(desk: Desk, shift_id: UUID) -> ShiftRow:
    row = desk.session.get(ShiftRow, shift_id)
    if row is None or row.site_id != desk.site.id:
        raise not_found()
    if row.guard_id != desk.guard.id:
        raise conflict("not_your_shift")
    return row


def _record(desk: Desk, shift_id: UUID, state: ShiftState, note: str = "") -> None:
    event = acts.Shift(
        id=desk.house.database.ports.ids.new(),
        at=now(desk.session),
        guard=desk.guard.id,
        shift=shift_id,
        state=state,
        note=note,
    )
    guard.record_shift(desk.session, desk.where, event)
    desk.session.flush()
