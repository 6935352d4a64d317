"""Openings that are no passage: by a guard's hand, from afar, or by nobody's decision. The journal tells them, too.

A guard's own stands in it with its point; a barrier that a key or a crank has opened as the alarm of that.
"""

import sqlite3
from typing import Any, NamedTuple
from uuid import UUID

import msgspec

from edge.guardhouse.folding import Word, folded
from edge.guardhouse.legible import Illegible, legible
from edge.guardhouse.moments import ms_of
from protocols import decoding
from protocols.acts import GateDecision, Verdict
from protocols.guard_api import ShowPassages
from protocols.guard_views import Decided, OpenedBy, OpeningView
from protocols.messages import CommandKind, OrderedBy
from protocols.records import Alarm, BarrierAlarm, CommandOutcome, CommandResult

_SHOWN = {
    ShowPassages.ALL: "TRUE",
    ShowPassages.LET_THROUGH: "opened",
    ShowPassages.DENIED: "FALSE",
    ShowPassages.BY_GUARD: f"opened_by = '{OpenedBy.GUARD}'",
    ShowPassages.NOT_OPENED: "NOT opened",
}
_ORDERED = {OrderedBy.DISPATCHER: OpenedBy.DISPATCHER, OrderedBy.RESIDENT: OpenedBy.RESIDENT}
_TAGS = {OpenedBy.GUARD: "gate_decision", OpenedBy.NOBODY: "alarm"}
_TRIED = frozenset({CommandOutcome.DONE, CommandOutcome.FAILED})
_decoder = msgspec.json.Decoder(OpeningView)
_decided_decoder = msgspec.json.Decoder(Decided)
Place = tuple[int, bytes]
"""Unix ms and id."""


class Wanted(NamedTuple):
    """`words`: each must stand in it. Found is what is older than `before` and not older than `since`."""

    words: list[Word]
    show: ShowPassages
    point: bytes | None
    before: Place
    since: Place
    limit: int


def take(connection: sqlite3.Connection, event: Any) -> UUID | None:
    """Keep what a record tells of an opening, once. Its id; None: it tells of none."""
    match event:
        case GateDecision(passage=None, verdict=Verdict.OPEN):
            view = _by_guard(connection, event)
        case CommandResult(action=CommandKind.OPEN, point=UUID() as point) if event.outcome in _TRIED:
            view = _ordered(event, point)
        case Alarm(kind=BarrierAlarm.FORCED, raised=True, source=UUID() as point):
            view = OpeningView(
                id=event.alarm,
                at=event.at,
                point=point,
                point_name="",
                by=OpenedBy.NOBODY,
                person="",
                opened=True,
            )
        case _:
            return None
    _keep(connection, view)
    return view.id


def find(connection: sqlite3.Connection, wanted: Wanted) -> list[tuple[Place, OpeningView | None]]:
    """Newest first, each with its place; None: it cannot be read. Few enough to be looked through at once."""
    said = [f"({' OR '.join('instr(text, ?)' for _ in word)})" for word in wanted.words]
    place = "TRUE" if wanted.point is None else "point = ?"
    rows = connection.execute(
        "SELECT id, at_ms, opened_by, body, still, opened, detail FROM opening WHERE (at_ms, id) < (?, ?)"  # noqa: S608
        f" AND (at_ms, id) >= (?, ?) AND {_SHOWN[wanted.show]} AND {' AND '.join([place, *said])}"
        " ORDER BY at_ms DESC, id DESC LIMIT ?",
        (
            *wanted.before,
            *wanted.since,
            *([] if wanted.point is None else [wanted.point]),
            *(spelling for word in wanted.words for spelling in word),
            wanted.limit,
        ),
    ).fetchall()
    read = {view.id.bytes: view for view in legible(connection, rows, _view, "command_result").rows}
    return [((row[1], row[0]), read.get(row[0])) for row in rows]


def _by_guard(connection: sqlite3.Connection, made: GateDecision) -> OpeningView:
    return OpeningView(
        id=made.id,
        at=made.at,
        point=made.point,
        point_name="",
        by=OpenedBy.GUARD,
        person=_guard_of(connection, made.id),
        reason=made.reason,
        why=made.note,
        direction=made.direction,
        plate=made.plate,
        blacklisted=made.blacklisted,
    )


def _guard_of(connection: sqlite3.Connection, decision: UUID) -> str:
    """Their name then, as it was answered; the record has their id."""
    row = connection.execute("SELECT body FROM act WHERE id = ?", (decision.bytes,)).fetchone()
    try:
        return "" if row is None else decoding.decode(_decided_decoder, row[0]).guard.name
    except msgspec.DecodeError:
        return ""  # told where it is shown


def _ordered(done: CommandResult, point: UUID) -> OpeningView:
    return OpeningView(
        id=done.command,
        at=done.at,
        point=point,
        point_name="",
        by=next((by for kind, by in _ORDERED.items() if kind == done.person_kind), OpenedBy.SOMEBODY),
        person=done.person,
        why=done.why,
        opened=done.outcome is CommandOutcome.DONE,
        detail="" if done.outcome is CommandOutcome.DONE else done.detail,
    )


def _keep(connection: sqlite3.Connection, view: OpeningView) -> None:
    connection.execute(
        "INSERT OR IGNORE INTO opening (id, at_ms, point, opened_by, body, opened, detail, text)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        (
            view.id.bytes,
            ms_of(view.at),
            view.point.bytes,
            view.by,
            msgspec.json.encode(view),
            view.opened,
            view.detail,
            folded(" ".join((view.person, view.why, view.plate or ""))),
        ),
    )


def _view(row: tuple[bytes, int, str, bytes, str | None, int | None, str]) -> OpeningView:
    """`still` is the picture's hash here."""
    key, _, by, body, still, opened, detail = row
    try:
        kept = decoding.decode(_decoder, body)
    except msgspec.DecodeError as error:
        raise Illegible(_TAGS.get(OpenedBy(by), "command_result"), key, error) from error
    known = None if opened is None else bool(opened)
    return msgspec.structs.replace(kept, still=still, opened=known, detail=detail)
