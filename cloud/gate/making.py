"""What a guard makes at the page: passes, notes, visits, violations, pictures."""

from datetime import datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from msgspec import structs
from sqlalchemy import exists, func, select

from cloud.access import service as access
from cloud.access.models import PassageRow
from cloud.access.types import CardDraft, Visitor
from cloud.gate import passes
from cloud.gate.desk import Asked, Desk
from cloud.gate.problems import conflict, invalid, not_found
from cloud.guard import service as guard
from cloud.guard.models import GateDraft, NoteRow, ViolationRow, VisitRow
from cloud.guard.types import DraftState
from cloud.kernel.claims import claimed
from cloud.kernel.database import new_id, now
from cloud.kernel.errors import FixInput, NotThere
from cloud.kernel.lists import matches
from protocols import acts
from protocols import guard_views as views
from protocols.acts import ViolationKind, VisitState
from protocols.cards import parse_printed
from protocols.documents import document_number
from protocols.guard_api import (
    NOT_MADE_AT_GATES,
    VIOLATION_AGO_MAX,
    VIOLATION_AHEAD_MAX,
    AddNote,
    DraftPass,
    FindVisits,
    NewViolation,
    PutVisit,
    ShowVisits,
    Withdraw,
    is_let_in,
)
from protocols.phones import parse_phone
from protocols.plates import PlateError, parse_plate
from protocols.site_day import day_of

_PICTURES = "/gate/api/pictures"
_CARD_HOURS = 24
_VIOLATIONS_OF = timedelta(days=7)
_TOLD_OF_VISIT = (
    *("state", "name", "document", "host", "address", "household", "purpose"),
    *("pass_id", "point", "card_back", "photos", "note"),
)
_SHOWN_OF_VISIT = (
    *("id", "name", "document", "phone", "plate", "host", "host_phone", "address", "purpose", "pass_id"),
    *("card", "card_back", "note", "since", "registered_at"),
)


def draft_pass(desk: Desk, asked: Asked) -> views.PassRow:
    """In force at once, unless the company does not allow it. Raises Trouble."""
    return _draft(desk, asked.body)


def _draft(desk: Desk, wanted: DraftPass, document: str = "") -> views.PassRow:
    """`document`: of the visitor whose temporary card it is."""
    _one_at_a_time(desk, wanted.id)
    if desk.session.get(GateDraft, wanted.id) is not None:
        return passes.row_of(desk, passes.one(desk, wanted.id))
    if wanted.kind in NOT_MADE_AT_GATES:
        raise invalid("kind")
    plates = [_plate(wanted.plate)] if wanted.plate.strip() else []
    keys = _card(wanted.card)
    if not (wanted.holder.strip() or plates or keys):
        raise invalid("holder", "missing")
    phone, host_phone = _phone(wanted.phone), _phone(wanted.host_phone, "host_phone")
    person = Visitor(wanted.holder, phone, document_number(document) or "")
    block = passes.blocked_by(desk, plates=plates, keys=keys, person=person)
    if block is not None:
        raise conflict("blacklisted", block.reason)
    at = now(desk.session)
    event = desk.act(
        acts.PassDrafted,
        wanted.id,
        pass_id=wanted.id,
        kind=wanted.kind,
        holder=wanted.holder,
        vehicle=wanted.vehicle,
        host=wanted.host,
        phone=phone,
        host_phone=host_phone,
        address=wanted.address,
        household=wanted.household,
        keys=keys,
        plates=plates,
        valid_from=at,
        valid_until=at + timedelta(hours=wanted.hours),
        entries=wanted.entries,
        note=wanted.note,
    )
    guard.record_draft(desk.session, desk.where, event)
    guard.judge(desk.session, wanted.id, document=document)
    draft = desk.session.get(GateDraft, wanted.id)
    if draft is None:
        raise conflict("id_taken")
    if draft.state == DraftState.CONFLICT:
        raise conflict("conflict", draft.reason)  # and nothing of it is kept
    return passes.row_of(desk, passes.one(desk, wanted.id))


def _one_at_a_time(desk: Desk, act: UUID) -> None:
    """The same request twice at once: the second waits, and is answered as the first was."""
    desk.session.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(str(act), 0))))


def withdraw_pass(desk: Desk, asked: Asked) -> views.PassRow:
    """Refused everywhere from now on."""
    wanted: Withdraw = asked.body
    row = passes.one(desk, asked.uuid)
    if desk.session.get(GateDraft, row.id) is None:
        raise conflict("not_drafted_here")
    event = desk.act(acts.PassWithdrawn, row.id, pass_id=row.id, note=wanted.note)
    guard.record_withdrawal(desk.session, desk.where, event)
    guard.follow_withdrawal(desk.session, row.id)
    return passes.row_of(desk, row)


def add_note(desk: Desk, asked: Asked) -> views.NoteView:
    """About a pass, a passage, a visit, or the shift."""
    wanted: AddNote = asked.body
    _check_subject(desk, wanted)
    note = {"text": wanted.text, "pass_id": wanted.pass_id, "passage": wanted.passage, "visit": wanted.visit}
    guard.record_note(desk.session, desk.where, desk.act(acts.GuardNote, wanted.id, **note))
    row = desk.session.get(NoteRow, wanted.id)
    if row is None or row.site_id != desk.site.id:
        raise conflict("id_taken")
    return passes.note_view(row)


def _check_subject(desk: Desk, wanted: AddNote) -> None:
    """What the note is about stands at this site. Raises Trouble."""
    if wanted.pass_id is not None:
        passes.one(desk, wanted.pass_id)
    for row, subject in ((PassageRow, wanted.passage), (VisitRow, wanted.visit)):
        known = exists().where(row.id == subject, row.site_id == desk.site.id)
        if subject is not None and not desk.session.scalar(select(known)):
            raise not_found()


def visits(desk: Desk, asked: Asked) -> views.VisitPage:
    """Newest first."""
    wanted: FindVisits = asked.query
    row = VisitRow
    begin, end = day_of(now(desk.session), ZoneInfo(desk.site.time_zone))
    shown = {
        ShowVisits.INSIDE: row.state == VisitState.INSIDE,
        ShowVisits.TODAY: (row.registered_at >= begin) & (row.registered_at < end),
        ShowVisits.CARDS_OUT: row.card.is_not(None) & row.card_back.is_(False),
    }[wanted.show]
    mine = (row.site_id == desk.site.id, shown, matches(row.search, wanted.q))
    newest = select(row).where(*mine).order_by(row.registered_at.desc(), row.id.desc()).limit(wanted.limit)
    total = desk.session.scalar(select(func.count(row.id)).where(*mine)) or 0
    return views.VisitPage(items=[visit_view(each) for each in desk.session.scalars(newest)], total=total)


def put_visit(desk: Desk, asked: Asked) -> views.VisitView:
    """The whole visit as it is now. Raises Trouble."""
    wanted: PutVisit = asked.body
    known = desk.session.get(VisitRow, asked.uuid)
    if known is not None and known.site_id != desk.site.id:
        raise conflict("id_taken")
    plate = _plate(wanted.plate) if wanted.plate.strip() else None
    card = _card_of_visit(desk, asked.uuid, known, wanted)
    phone, host_phone = _phone(wanted.phone), _phone(wanted.host_phone, "host_phone")
    before = VisitState(known.state) if known is not None else None
    if is_let_in(wanted, before, card_was_back=known is not None and known.card_back):
        person = Visitor(wanted.name, phone, document_number(wanted.document) or "")
        plates, keys = [plate] if plate else [], [card] if card else []
        block = passes.blocked_by(desk, plates=plates, keys=keys, person=person)
        if block is not None:
            raise conflict("blacklisted", block.reason)
    _check_photos(desk, wanted.photos)
    _follow_card(desk, known, wanted, card)
    told = {name: getattr(wanted, name) for name in _TOLD_OF_VISIT}
    event = desk.act(
        acts.Visit,
        asked.uuid,
        visit=asked.uuid,
        phone=phone,
        host_phone=host_phone,
        plate=plate,
        card=card,
        **told,
    )
    guard.record_visit(desk.session, desk.where, event)
    desk.session.expire_all()
    return visit_view(desk.session.get_one(VisitRow, asked.uuid))


def _follow_card(desk: Desk, known: VisitRow | None, wanted: PutVisit, card: str | None) -> None:
    """A temporary card is a pass for a day, as it is at a box: issued as it goes out, withdrawn as it comes back."""
    had = known.card if known is not None and not known.card_back else None
    has = None if wanted.card_back else card
    if had is not None and had != has:
        pass_id = access.pass_with_card(desk.session, had)
        if pass_id is not None and desk.session.get(GateDraft, pass_id) is not None:
            withdraw_pass(desk, Asked(id=str(pass_id), body=Withdraw()))
    if has is not None and had != has:
        draft = DraftPass(
            id=new_id(desk.session),
            holder=wanted.name[:200],
            card=wanted.card,
            host=wanted.host,
            phone=wanted.phone,
            host_phone=wanted.host_phone,
            address=wanted.address,
            household=wanted.household,
            hours=_CARD_HOURS,
            entries=None,
        )
        _draft(desk, draft, wanted.document)


def visit_view(row: VisitRow) -> views.VisitView:
    """A visitor."""
    same = _SHOWN_OF_VISIT
    return views.VisitView(
        **{name: getattr(row, name) for name in same},
        state=VisitState(row.state),
        household=row.premises_id,
        point=row.point_id,
        photos=[views.Photo(sha256=name, path=f"{_PICTURES}/{name}") for name in row.photos],
        guard=views.Guard(id=row.guard_id, name=row.guard),
    )


def violations(desk: Desk, _asked: Asked) -> views.ViolationPage:
    """Those of the last days, newest first."""
    row = ViolationRow
    mine = (row.site_id == desk.site.id, row.at > now(desk.session) - _VIOLATIONS_OF)
    newest = select(row).where(*mine).order_by(row.at.desc(), row.id.desc()).limit(200)
    return views.ViolationPage(items=[violation_view(each) for each in desk.session.scalars(newest)])


def add_violation(desk: Desk, asked: Asked) -> views.ViolationView:
    """A case begins."""
    wanted: NewViolation = asked.body
    known = desk.session.get(ViolationRow, wanted.id)
    if known is not None and known.site_id != desk.site.id:
        raise conflict("id_taken")
    if known is None:
        _check_photos(desk, wanted.photos)
        told = {
            name: getattr(wanted, name)
            for name in ["kind", "address", "household", "pass_id", "passage", "photos", "note"]
        }
        plate = _plate(wanted.plate) if wanted.plate.strip() else None
        at = _moment(desk, wanted)
        event = structs.replace(
            desk.act(acts.Violation, wanted.id, violation=wanted.id, plate=plate, **told), at=at
        )
        guard.record_violation(desk.session, desk.where, event)
        desk.session.flush()
    return violation_view(desk.session.get_one(ViolationRow, wanted.id))


def _moment(desk: Desk, wanted: NewViolation) -> datetime:
    """When it was: a page that was offline tells of it later."""
    at = now(desk.session)
    if wanted.at is None:
        return at
    if not at - VIOLATION_AGO_MAX <= wanted.at <= at + VIOLATION_AHEAD_MAX:
        raise invalid("at")
    return wanted.at


def violation_view(row: ViolationRow) -> views.ViolationView:
    """A violation; what is recorded here is in the cloud."""
    return views.ViolationView(
        id=row.id,
        at=row.at,
        guard=views.Guard(id=row.guard_id, name=row.guard),
        kind=ViolationKind(row.kind),
        plate=row.plate,
        address=row.address,
        photos=[f"{_PICTURES}/{name}" for name in row.photos],
        note=row.note,
        sent=True,
    )


def _plate(typed: str) -> str:
    try:
        return parse_plate(typed).canonical
    except PlateError:
        raise invalid("plate") from None


def _card(typed: str) -> list[str]:
    if not typed.strip():
        return []
    try:
        return list(access.read_card(CardDraft(text=typed.strip())).keys())
    except FixInput as error:
        if any(field.code == "card_ambiguous" for field in error.fields):
            told = ", ".join(reading.keys()[0] for reading in parse_printed(typed))
            raise invalid("card", "ambiguous", told) from error
        raise invalid("card") from error


def _phone(typed: str, field: str = "phone") -> str | None:
    if not typed.strip():
        return None
    try:
        return parse_phone(typed)
    except ValueError:
        raise invalid(field) from None


def _card_of_visit(desk: Desk, visit_id: UUID, known: VisitRow | None, wanted: PutVisit) -> str | None:
    """The temporary card's strongest key; nobody else has it."""
    if not wanted.card.strip():
        return None
    if known is not None and wanted.card == known.card:
        return known.card
    key = _card(wanted.card)[0]
    out = (VisitRow.site_id == desk.site.id, VisitRow.card == key, VisitRow.card_back.is_(False))
    if desk.session.scalar(select(VisitRow.id).where(*out, VisitRow.id != visit_id).limit(1)) is not None:
        raise conflict("card_taken")
    return key


def _check_photos(desk: Desk, photos: list[str]) -> None:
    for name in photos:
        try:
            claimed(desk.session, name)
        except NotThere:
            raise invalid("photos") from None
