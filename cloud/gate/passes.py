"""Passes as a guard sees them: found by words and filter, and as cards."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, and_, exists, false, func, or_, select
from sqlalchemy.orm import Session

from cloud.access import service as access
from cloud.access.models import Blocked, Pass, PassCard
from cloud.access.types import PassState, Visitor
from cloud.gate.desk import Asked, Desk
from cloud.gate.problems import not_found
from cloud.guard.models import GateDraft, NoteRow
from cloud.guard.types import DraftState
from cloud.kernel.database import now
from cloud.kernel.lists import matches
from cloud.sites.models import PassPlace
from protocols import codes, qr
from protocols import guard_views as views
from protocols.guard_api import FindPasses, Show
from protocols.guard_views import PassStatus
from protocols.held import AT_HOME, PassKind
from protocols.pass_status import pass_status
from protocols.site_day import day_of
from protocols.typed import may_be, part_of_plate

COUNTED_TO = 1000
NOBODY = Visitor("")
_GONE = (PassState.REVOKED, PassState.REFUSED)


def find(desk: Desk, asked: Asked) -> views.PassPage:
    """By words, each of which must be found, and by a filter; those that changed last come first."""
    wanted: FindPasses = asked.query
    asked_for = or_(_words(wanted.q), opened_by(desk, wanted.q.strip()))
    found = (Pass.site_id == desk.site.id, asked_for, _shown(desk, wanted.show))
    session = desk.session
    counted = select(Pass.id).where(*found).limit(COUNTED_TO + 1).subquery()
    total = session.scalar(select(func.count()).select_from(counted)) or 0
    newest = (
        select(Pass).where(*found).order_by(*_cars_first(wanted.q), Pass.changed_at.desc(), Pass.id.desc())
    )
    rows = rows_of(desk, session.scalars(newest.limit(wanted.limit)).all())
    return views.PassPage(
        items=rows,
        total=min(total, COUNTED_TO),
        more=total > COUNTED_TO,
        listed=_listed(desk, wanted.q),
        near=_near(desk, wanted.q),
    )


def one(desk: Desk, pass_id: UUID) -> Pass:
    """A pass of the site. Raises Trouble."""
    row = desk.session.get(Pass, pass_id)
    if row is None or row.site_id != desk.site.id:
        raise not_found()
    return row


def row_of(desk: Desk, row: Pass) -> views.PassRow:
    """One of them."""
    return rows_of(desk, [row])[0]


def rows_of(desk: Desk, passes: Sequence[Pass]) -> list[views.PassRow]:
    """As the page draws them."""
    if not passes:
        return []
    session, ids = desk.session, [row.id for row in passes]
    places = (
        select(PassPlace.pass_id, PassPlace.carrier, PassPlace.since)
        .where(PassPlace.pass_id.in_(ids), PassPlace.zone_id.is_not(None))
        .order_by(PassPlace.carrier)
    )
    inside: dict[UUID, dict[str, datetime]] = {}
    for place in session.execute(places):
        inside.setdefault(place.pass_id, {})[place.carrier] = place.since
    drafts = {draft.id: draft for draft in session.scalars(select(GateDraft).where(GateDraft.id.in_(ids)))}
    blocked = _blocked(session, desk.site.id, passes)
    return [
        _row(row, now(session), inside.get(row.id, {}), drafts.get(row.id), blocked.get(row.id))
        for row in passes
    ]


def blocked_by(
    desk: Desk, *, plates: Sequence[str], keys: Sequence[str] = (), person: Visitor = NOBODY
) -> Blocked | None:
    """The blacklist's entry that names any of these."""
    for block in standing_blocks(desk.session, desk.site.id):
        if set(block.plates) & set(plates) or set(block.keys) & set(keys):
            return block
        if access.names_visitor(block, person):
            return block
    return None


def standing_blocks(session: Session, site_id: UUID) -> Sequence[Blocked]:
    """Of the site's blacklist."""
    stands = (Blocked.removed_at.is_(None), or_(Blocked.until.is_(None), Blocked.until > now(session)))
    return session.scalars(select(Blocked).where(Blocked.site_id == site_id, *stands)).all()


def count(desk: Desk, show: Show) -> int:
    """How many stand in a filter."""
    query = select(func.count(Pass.id)).where(Pass.site_id == desk.site.id, _shown(desk, show))
    return desk.session.scalar(query) or 0


def notes_about(desk: Desk, pass_id: UUID) -> list[views.NoteView]:
    """What guards noted of a pass, newest first."""
    noted = select(NoteRow).where(NoteRow.pass_id == pass_id).order_by(NoteRow.at.desc()).limit(50)
    return [note_view(row) for row in desk.session.scalars(noted)]


def note_view(row: NoteRow) -> views.NoteView:
    """A note."""
    return views.NoteView(
        id=row.id, at=row.at, guard=views.Guard(id=row.guard_id, name=row.guard), text=row.text
    )


def _listed(desk: Desk, typed: str) -> str | None:
    named = may_be(typed)
    block = blocked_by(desk, plates=named.plates, keys=named.keys)
    return None if block is None else block.reason


def _near(desk: Desk, typed: str) -> list[views.ListedPlate]:
    part = part_of_plate(typed)
    if part is None:
        return []
    found = sorted(
        (plate, block.reason)
        for block in standing_blocks(desk.session, desk.site.id)
        for plate in block.plates
        if part in plate and part != plate
    )
    return [views.ListedPlate(plate=plate, reason=reason) for plate, reason in found[: views.NEAR_MOST]]


def _cars_first(typed: str) -> list[ColumnElement[Any]]:
    """Letters and digits of a plate's part, each by itself, are in many telephones and names."""
    part = part_of_plate(typed)
    return [matches(Pass.search, part).desc()] if part else []


def opened_by(desk: Desk, q: str) -> ColumnElement[bool]:
    """What a reader or a scanner typed, as a whole: a card, a PIN or code, a guest's QR, which must be genuine."""
    if qr.looks_like(q):
        opened = access.pass_of_code(desk.session, desk.site.id, q)
        return false() if opened is None else Pass.id == opened
    typed = codes.key_of(q)
    keys = [typed] if typed is not None else []
    keys += [lookup.key for card in access.card_readings(q) for lookup in card.lookups()]
    return exists().where(PassCard.pass_id == Pass.id, PassCard.keys.overlap(keys)) if keys else false()


def _words(q: str) -> ColumnElement[bool]:
    """As a box searches: the host's telephone, too, and any of it."""
    return matches(func.concat(Pass.search, " ", Pass.host_phone), q)


def _shown(desk: Desk, show: Show) -> ColumnElement[bool]:
    at = now(desk.session)
    match show:
        case Show.INSIDE:
            return _is_inside(desk)
        case Show.OVERSTAYED:
            return and_(_is_inside(desk), Pass.valid_until <= at)
        case Show.TODAY:
            begin, end = day_of(at, ZoneInfo(desk.site.time_zone))
            lasts = or_(Pass.valid_until.is_(None), Pass.valid_until > begin)
            visiting = and_(Pass.kind.not_in(AT_HOME), Pass.state.not_in(_GONE))
            return and_(Pass.valid_from < end, lasts, visiting)
        case Show.BLACKLISTED:
            return _named_by(desk.session, standing_blocks(desk.session, desk.site.id))
        case _:
            return Pass.id.is_not(None)


def _is_inside(desk: Desk) -> ColumnElement[bool]:
    """By the points without a zone, too; and whoever is inside with a pass that was revoked meanwhile."""
    by_state = select(Pass.id).where(Pass.site_id == desk.site.id, Pass.state == PassState.INSIDE)
    by_place = select(PassPlace.pass_id).where(
        PassPlace.site_id == desk.site.id, PassPlace.zone_id.is_not(None)
    )
    return Pass.id.in_(by_state.union(by_place))


def _named_by(session: Session, listed: Sequence[Blocked]) -> ColumnElement[bool]:
    plates = [plate for block in listed for plate in block.plates]
    keys = [key for block in listed for key in block.keys]
    has_card = exists().where(PassCard.pass_id == Pass.id, PassCard.keys.overlap(keys))
    return or_(Pass.plates.overlap(plates), has_card, Pass.id.in_(access.passes_of_persons(session, listed)))


def _blocked(session: Session, site_id: UUID, passes: Sequence[Pass]) -> dict[UUID, str]:
    """Why, by pass."""
    blocks = standing_blocks(session, site_id)
    if not blocks:
        return {}
    cards = select(PassCard.pass_id, PassCard.keys).where(PassCard.pass_id.in_([row.id for row in passes]))
    keys: dict[UUID, set[str]] = {}
    for pass_id, of_card in session.execute(cards):
        keys.setdefault(pass_id, set()).update(of_card)
    persons = access.ListedPersons(blocks)
    named = {row.id: persons.naming(Visitor(row.holder, row.phone, row.document_key)) for row in passes}
    return {
        row.id: block.reason
        for block in reversed(blocks)
        for row in passes
        if set(block.plates) & set(row.plates)
        or set(block.keys) & keys.get(row.id, set())
        or block.id in named[row.id]
    }


def _row(
    row: Pass, at: datetime, inside: dict[str, datetime], draft: GateDraft | None, blocked: str | None
) -> views.PassRow:
    return views.PassRow(
        id=row.id,
        number=str(row.number),
        kind=PassKind(row.kind),
        status=_status(row, at, inside=bool(inside), blocked=blocked is not None),
        holder=row.holder,
        vehicle=row.vehicle,
        plates=row.plates,
        host=row.host,
        phone=row.phone,
        host_phone=row.host_phone,
        address=row.address,
        household=row.premises_id,
        service=row.service,
        ticket=row.ticket,
        valid_from=row.valid_from,
        valid_until=row.valid_until,
        entries=row.entries,
        used=row.uses,
        inside_since=min(inside.values(), default=None),
        changed_at=row.changed_at,
        provisional=draft is not None and draft.state == DraftState.WAITING,
        conflict=draft.reason if draft is not None and draft.state == DraftState.CONFLICT else None,
        blocked=blocked,
        schedule=[_window(each) for each in row.schedule],
        inside=list(inside),
        withdrawable=draft is not None and row.state not in _GONE,
    )


def _status(row: Pass, at: datetime, *, inside: bool, blocked: bool) -> PassStatus:
    return pass_status(
        at,
        valid_from=row.valid_from,
        valid_until=row.valid_until,
        blocked=blocked,
        revoked=row.state in _GONE,
        inside=inside or row.state == PassState.INSIDE,
        left=row.state == PassState.LEFT,
        used_up=row.entries is not None and row.uses >= row.entries,
    )


def _window(window: dict[str, Any]) -> str:
    """As "1-5 08:00-20:00"."""
    days = window["days"]
    run = len(days) > 1 and days == list(range(days[0], days[-1] + 1))
    named = f"{days[0]}-{days[-1]}" if run else ",".join(map(str, days))
    return f"{named} {_clock(window['from_minute'])}-{_clock(window['until_minute'])}"


def _clock(minute: int) -> str:
    return f"{minute // 60:02}:{minute % 60:02}"
