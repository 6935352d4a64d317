"""Passages looked back at: found by words, lane and what became of them; one of them whole."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, and_, exists, func, not_, or_, select, tuple_

from cloud.access.models import Pass, PassageRow
from cloud.gate import lanes, openings, passes
from cloud.gate.desk import Asked, Desk
from cloud.gate.problems import not_found
from cloud.guard.models import GateDecisionRow, NoteRow
from cloud.kernel.database import now
from cloud.kernel.lists import matches
from protocols import guard_views as views
from protocols.acts import Verdict
from protocols.guard_api import LOOK_BACK_DAYS, FindPassages, Rows, ShowPassages
from protocols.records import Outcome
from protocols.typed import may_be

_NOTES_MOST = 50


def page(desk: Desk, asked: Asked) -> views.PassagePage:
    """Both kinds of rows, newest first; of each one more than the limit is looked for."""
    wanted: FindPassages = asked.query
    since, most = now(desk.session) - timedelta(days=LOOK_BACK_DAYS), wanted.limit + 1
    passed = _found(desk, wanted, since, most) if wanted.rows is not Rows.OPENINGS else []
    opened = openings.found(desk, wanted, since, most) if wanted.rows is not Rows.PASSAGES else []
    places = [*((row.at, row.id) for row in passed), *((row.at, row.id) for row in opened)]
    every = sorted(places, reverse=True)
    shown = set(every[: wanted.limit])
    return views.PassagePage(
        items=lanes.shown(desk, [row for row in passed if (row.at, row.id) in shown]),
        openings=[row for row in opened if (row.at, row.id) in shown],
        more=len(every) > wanted.limit,
    )


def _found(desk: Desk, wanted: FindPassages, since: datetime, most: int) -> Sequence[PassageRow]:
    """Decisions of the boxes."""
    row = PassageRow
    here = (row.organisation_id == desk.site.organisation_id, row.site_id == desk.site.id)
    query = select(row).where(*here, row.at >= since, _shown(wanted.show))
    if wanted.point is not None:
        query = query.where(row.point_id == wanted.point)
    if wanted.before is not None and wanted.before_id is not None:
        query = query.where(tuple_(row.at, row.id) < (wanted.before, wanted.before_id))
    elif wanted.before is not None:
        query = query.where(row.at < wanted.before)
    if wanted.after is not None:
        query = query.where(row.at > wanted.after)
    if wanted.q.strip():
        query = query.outerjoin(Pass, Pass.id == row.pass_id).where(or_(*_said(desk, wanted.q)))
    newest = query.order_by(row.at.desc(), row.id.desc()).limit(most)
    return desk.session.scalars(newest).all()


def whole(desk: Desk, asked: Asked) -> views.PassageCard:
    """With what guards noted of it. Raises Trouble."""
    row = desk.session.get(PassageRow, asked.uuid)
    since = now(desk.session) - timedelta(days=LOOK_BACK_DAYS)
    if row is None or row.site_id != desk.site.id or row.at < since:
        raise not_found()
    noted = select(NoteRow).where(NoteRow.passage_id == row.id).order_by(NoteRow.at.desc())
    notes = desk.session.scalars(noted.limit(_NOTES_MOST)).all()
    return views.PassageCard(
        passage=lanes.shown(desk, [row])[0], notes=[passes.note_view(note) for note in notes]
    )


def _said(desk: Desk, q: str) -> Iterable[ColumnElement[bool]]:
    """Its words in the passage or its pass; or as a whole a card, or what opens a pass."""
    row = PassageRow
    own = func.lower(func.concat_ws(" ", row.plate, row.read, row.credential))
    yield matches(func.concat_ws(" ", own, Pass.search, Pass.host_phone), q)
    yield row.credential.in_(may_be(q).keys)
    yield passes.opened_by(desk, q.strip())


def _shown(show: ShowPassages) -> ColumnElement[bool]:
    """By what became of it: a guard's decision precedes the gate's own."""
    row, decision = PassageRow, GateDecisionRow
    let = decision.verdict != Verdict.REFUSE
    granted = and_(row.outcome == Outcome.GRANTED, not_(_decided()))
    match show:
        case ShowPassages.LET_THROUGH:
            return or_(_decided(let), granted)
        case ShowPassages.DENIED:
            return not_(or_(_decided(let), granted))
        case ShowPassages.BY_GUARD:
            return _decided()
        case ShowPassages.NOT_OPENED:
            return or_(_decided(let, decision.opened.is_(False)), and_(granted, row.opened.is_(False)))
        case _:
            return row.id.is_not(None)


def _decided(*so: Any) -> ColumnElement[bool]:
    decision = GateDecisionRow
    own = decision.organisation_id == PassageRow.organisation_id
    return exists().where(own, decision.passage_id == PassageRow.id, *so)
