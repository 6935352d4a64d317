"""Turns of duty: begun, handed over, ended; and what happened in each."""

import asyncio
import sqlite3
import sys
from collections import Counter
from collections.abc import Collection
from functools import partial
from uuid import UUID

import msgspec
from starlette.responses import Response

from edge.guardhouse import acts, problems, shift_counts
from edge.guardhouse.ground import Asked, Ground, Turn
from edge.guardhouse.moments import ms_of, utc
from edge.guardhouse.sign_in import SignIns
from protocols.acts import Shift, ShiftState
from protocols.guard_views import Guard, LiveKind, ReasonCount, ShiftPage, ShiftReport, ShiftView

SHIFTS_SHOWN = 60
PDF_WITHIN_S = 30.0
_COLUMNS = "SELECT id, guard, name, begun_ms, ended_ms, note FROM shift"


class Shifts:
    """Those that go on are in memory, by guard."""

    def __init__(self, ground: Ground, sign_ins: SignIns) -> None:
        self._ground = ground
        self._sign_ins = sign_ins
        self._turns: dict[UUID, Turn] = {}
        self._changing = asyncio.Lock()

    async def load(self) -> None:
        """Before the first request."""
        for view in await self._ground.reading.ask(_going_on):
            self._turns[view.guard.id] = Turn(view.id, view.guard, ms_of(view.begun_at))

    def of(self, guard: UUID) -> Turn | None:
        """The shift that the guard has begun."""
        return self._turns.get(guard)

    def view(self, turn: Turn) -> ShiftView:
        """A shift that goes on."""
        return ShiftView(id=turn.id, guard=turn.guard, begun_at=utc(turn.begun_ms))

    async def handed_over(self) -> ShiftView | None:
        """The shift that ended last, for whoever begins one."""
        found = await self._ground.reading.ask(
            lambda store: _views(store, "WHERE ended_ms IS NOT NULL ORDER BY ended_ms DESC LIMIT 1")
        )
        return found[0] if found else None

    async def page(self, _asked: Asked) -> ShiftPage:
        """The newest first."""
        query = f"ORDER BY begun_ms DESC LIMIT {SHIFTS_SHOWN}"
        return ShiftPage(items=await self._ground.reading.ask(lambda store: _views(store, query)))

    async def begin(self, asked: Asked) -> ShiftView:
        """Begin one; that which the guard has begun goes on."""
        async with self._changing:
            turn = self.of(asked.who.guard.id) or await self._begin(asked)
        return self.view(turn)

    async def _begin(self, asked: Asked) -> Turn:
        await self._refuse_taken(asked.body.id)
        stamp = self._ground.journal.stamp()
        turn = Turn(asked.body.id, asked.who.guard, ms_of(stamp["at"]))
        event = Shift(**stamp, guard=turn.guard.id, shift=turn.id, state=ShiftState.BEGUN)
        await self._ground.journal.add(event, partial(_insert, turn=turn))
        self._turns[turn.guard.id] = turn
        self._ground.hub.publish(LiveKind.SHIFT, turn.id, turn.guard.id)
        return turn

    async def end(self, asked: Asked) -> ShiftView:
        """End one's own; the session ends with it."""
        async with self._changing:
            return await self._end(asked)

    async def end_of_others(self, guards: Collection[UUID]) -> None:
        """Whoever is no guard any more is not on duty. `guards`: those who are."""
        async with self._changing:
            for turn in [each for each in self._turns.values() if each.guard.id not in guards]:
                await self._close(self.view(turn), "")

    async def _end(self, asked: Asked) -> ShiftView:
        shift = await self._find(asked.id)
        if shift.guard.id != asked.who.guard.id:
            raise problems.conflict("not_your_shift")
        if shift.ended_at is not None:
            if shift.note == asked.body.note:
                return shift  # asked again
            raise problems.conflict("shift_ended")
        ended = await self._close(shift, asked.body.note)
        await self._sign_ins.end(asked.who)
        return ended

    async def _close(self, shift: ShiftView, note: str) -> ShiftView:
        stamp = self._ground.journal.stamp()
        event = Shift(**stamp, guard=shift.guard.id, shift=shift.id, state=ShiftState.ENDED, note=note)
        ended_ms = ms_of(stamp["at"])
        await self._ground.journal.add(event, partial(_end, shift=shift.id, ended_ms=ended_ms, note=note))
        self._turns.pop(shift.guard.id, None)
        self._ground.hub.publish(LiveKind.SHIFT, shift.id, shift.guard.id)
        return msgspec.structs.replace(shift, ended_at=utc(ended_ms), note=note)

    async def report(self, asked: Asked) -> ShiftReport:
        """What happened in it."""
        shift = await self._find(asked.id)
        until = shift.ended_at or self._ground.now
        return await self._ground.reading.ask(partial(_report, shift=shift, until_ms=ms_of(until)))

    async def report_pdf(self, asked: Asked) -> Response:
        """The same to print: by a process of its own, since fonts and layout take a second of Python, and memory."""
        report = await self.report(asked)
        plan = self._ground.running.plan
        order = {
            "report": report,
            "site": plan.configuration.site_name if plan else "",
            "time_zone": plan.configuration.time_zone if plan else "UTC",
            "language": problems.language_of(asked.request.headers.get("accept-language")),
        }
        data = await _print(msgspec.json.encode(order))
        name = f"smena-{report.shift.begun_at:%Y-%m-%d}.pdf"
        headers = {"Content-Disposition": f'inline; filename="{name}"'}
        return Response(data, headers=headers, media_type="application/pdf")

    async def _find(self, shift: str) -> ShiftView:
        wanted = problems.found_id(shift)
        found = await self._ground.reading.ask(lambda store: _views(store, "WHERE id = ?", wanted.bytes))
        if not found:
            raise problems.not_found(shift)
        return found[0]

    async def _refuse_taken(self, shift: UUID) -> None:
        if await self._ground.reading.ask(lambda store: _views(store, "WHERE id = ?", shift.bytes)):
            raise problems.conflict("id_taken")


async def _print(order: bytes) -> bytes:
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "protocols.shift_pdf",
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    try:
        async with asyncio.timeout(PDF_WITHIN_S):
            data, words = await process.communicate(order)
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
    if process.returncode:
        raise RuntimeError(f"protocols.shift_pdf: {words.decode(errors='replace')[-2000:]}")
    return data


def _report(store: sqlite3.Connection, shift: ShiftView, until_ms: int) -> ShiftReport:
    begun_ms = ms_of(shift.begun_at)
    counted = shift_counts.passages(store, begun_ms, until_ms)
    made = acts.read_decisions(store, acts.of_shift(store, shift.id, acts.DECISION))
    violations, notes = shift_counts.violations(store, shift.id), shift_counts.notes(store, shift.id)
    denials = Counter(counted.denials).most_common()
    return ShiftReport(
        shift=shift,
        until=utc(until_ms),
        granted_in=counted.granted_in,
        granted_out=counted.granted_out,
        denied=sum(counted.denials.values()),
        denials=[ReasonCount(code=code, count=count) for code, count in denials],
        opened_by_hand=[each for each in made.rows if each.verdict != "refuse"],
        refused=[each for each in made.rows if each.verdict == "refuse"],
        visitors=shift_counts.visitors(store, begun_ms, until_ms),
        passes_made=shift_counts.passes_made(store, shift.id),
        violations=violations.rows,
        notes=notes.rows,
        cards_out=shift_counts.cards_out(store),
        unreadable=counted.unreadable + made.unreadable + violations.unreadable + notes.unreadable,
    )


def _going_on(store: sqlite3.Connection) -> list[ShiftView]:
    return _views(store, "WHERE ended_ms IS NULL")


def _views(store: sqlite3.Connection, query: str, *parameters: bytes) -> list[ShiftView]:
    return [
        ShiftView(
            id=UUID(bytes=shift),
            guard=Guard(id=UUID(bytes=guard), name=name),
            begun_at=utc(begun_ms),
            ended_at=None if ended_ms is None else utc(ended_ms),
            note=note,
        )
        for shift, guard, name, begun_ms, ended_ms, note in store.execute(f"{_COLUMNS} {query}", parameters)
    ]


def _insert(connection: sqlite3.Connection, turn: Turn) -> None:
    connection.execute(
        "INSERT INTO shift (id, guard, name, begun_ms) VALUES (?, ?, ?, ?)",
        (turn.id.bytes, turn.guard.id.bytes, turn.guard.name, turn.begun_ms),
    )


def _end(connection: sqlite3.Connection, shift: UUID, ended_ms: int, note: str) -> None:
    connection.execute("UPDATE shift SET ended_ms = ?, note = ? WHERE id = ?", (ended_ms, note, shift.bytes))
