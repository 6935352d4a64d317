"""Remote commands: an unknown clock, expiry down to the coil, ids that are remembered, failures answered."""

import asyncio
from datetime import datetime, timedelta
from types import SimpleNamespace
from typing import Any

import msgspec
import pytest

from edge.access import presence
from edge.access.marking import Marking, Said
from edge.access.presence import ON_FOOT, Place
from edge.calls import Calls
from edge.drivers.base import Pulsed
from edge.link import commands
from edge.link.commands import Commands, Done, judge
from edge.orders import Orders
from edge.store import Store, StoreFullError
from protocols.fields import ClockState
from protocols.messages import TIMELY, Command, CommandKind
from protocols.records import CommandOutcome, CommandResult
from tests.edge.world import NOON, POINT, GateBench, HandClock, holding, records_of, uid

DAY_MS = 86_400_000


def make_command(kind: CommandKind = CommandKind.OPEN, *, expires_at: datetime, number: int = 77) -> Command:
    return Command(
        id=uid(number),
        box=uid(1),
        kind=kind,
        target=POINT,
        person="P",
        issued_at=NOON,
        expires_at=expires_at,
    )


def make_commands(store: Store, bench: GateBench) -> Commands:
    orders: Any = Orders(
        gate=bench.gate,
        marking=Marking(bench.held, bench.journal),
        holds=None,  # type: ignore[arg-type]
        running=SimpleNamespace(plan=None),  # type: ignore[arg-type]
        journal=bench.journal,
        pictures=None,  # type: ignore[arg-type]
        calls=Calls(bench.journal, bench.stills, lambda: bench.gate.site),
        restart=lambda: None,
    )
    return Commands(
        store=store,
        journal=bench.journal,
        clock=bench.clock,
        execute=orders.execute,
        answered=lambda: None,
    )


async def results(store: Store) -> list[dict[str, Any]]:
    return [record for record in await records_of(store) if record["type"] == "command_result"]


def test_an_unknown_clock_refuses_what_must_not_come_late_and_nothing_else() -> None:
    moment = HandClock(state=ClockState.UNKNOWN).now()
    for kind in CommandKind:
        verdict = judge(make_command(kind, expires_at=NOON + timedelta(seconds=15)), moment)
        if kind in TIMELY:
            assert verdict is not None
            assert (verdict.outcome, verdict.reason) == (CommandOutcome.REFUSED, "clock_unknown")
        else:
            assert verdict is None


def test_what_has_expired_by_an_unknown_clock_has_expired() -> None:
    """That clock is never ahead of the last trusted time."""
    late = judge(
        make_command(CommandKind.RESTART, expires_at=NOON), HandClock(state=ClockState.UNKNOWN).now()
    )
    assert late is not None
    assert late.outcome is CommandOutcome.EXPIRED


@pytest.mark.parametrize(("expires_in_s", "lasts_s"), [(0.2, 0.2), (15.0, 3.0)])
async def test_an_opening_is_given_no_longer_than_its_command_lasts(
    store: Store, expires_in_s: float, lasts_s: float
) -> None:
    bench = GateBench(store, holding())
    deadlines: list[int] = []

    async def pulse(output: int, pulse_ms: int, *, deadline_ns: int) -> Pulsed:
        deadlines.append(deadline_ns)
        return Pulsed(bench.clock.ns, bench.clock.ns, confirmed=True)

    bench.relay.pulse = pulse  # type: ignore[method-assign]
    taken = make_commands(store, bench)
    await taken.take(make_command(expires_at=NOON + timedelta(seconds=expires_in_s)))
    await taken.drain()
    assert [(deadline - bench.clock.ns) / 1e9 for deadline in deadlines] == [pytest.approx(lasts_s)]


async def test_a_used_id_is_remembered_until_long_after_its_expiry(store: Store) -> None:
    bench = GateBench(store, holding())
    taken = make_commands(store, bench)
    command = make_command(expires_at=NOON + timedelta(days=365))
    await taken.take(command)
    await taken.drain()
    for days, pulses in ((91, 1), (364, 1)):
        bench.clock.utc = NOON + timedelta(days=days)
        before_ms = bench.clock.now().unix_ms - 90 * DAY_MS
        await store.write(lambda connection, before_ms=before_ms: commands.forget(connection, before_ms))
        await taken.take(command)
        await taken.drain()
        assert len(bench.relay.pulses) == pulses
    bench.clock.utc = NOON + timedelta(days=456)
    before_ms = bench.clock.now().unix_ms - 90 * DAY_MS
    assert await store.write(lambda connection: commands.forget(connection, before_ms)) == 1


async def test_a_defect_in_a_driver_is_answered_as_a_failure(store: Store) -> None:
    bench = GateBench(store, holding())
    bench.relay.error = RuntimeError("boom")
    taken = make_commands(store, bench)
    await taken.take(make_command(expires_at=NOON + timedelta(seconds=15)))
    await taken.drain()
    (result,) = await results(store)
    assert (result["outcome"], result["detail"]) == ("failed", "RuntimeError: boom")


async def test_a_defect_in_an_order_is_answered_as_a_failure(store: Store) -> None:
    bench = GateBench(store, holding())

    async def execute(command: Command) -> Done:
        raise KeyError("nothing")

    taken = Commands(
        store=store, journal=bench.journal, clock=bench.clock, execute=execute, answered=lambda: None
    )
    await taken.take(make_command(expires_at=NOON + timedelta(seconds=15)))
    await taken.drain()
    (result,) = await results(store)
    assert (result["outcome"], result["reason"]) == ("failed", "defect")
    assert "KeyError" in result["detail"]


async def test_what_was_done_is_answered_once_there_is_room_again(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The disk has filled between the order and its answer: the coil is written, and somebody waits to hear of it."""
    monkeypatch.setattr("edge.access.journal.FULL_PAUSE_S", 0.01)
    bench = GateBench(store, holding())
    add, refusals = bench.journal.add, [StoreFullError("full"), StoreFullError("full")]

    async def full(event: Any, also: Any = None) -> Any:
        if isinstance(event, CommandResult) and refusals:
            raise refusals.pop()
        return await add(event, also)

    bench.journal.add = full  # type: ignore[method-assign]
    taken = make_commands(store, bench)
    await taken.take(make_command(expires_at=NOON + timedelta(seconds=15)))
    await taken.drain()
    assert len(bench.relay.pulses) == 1
    assert [result["outcome"] for result in await results(store)] == ["done"]
    assert refusals == []


ORDERED = {
    "action": "open",
    "point": str(POINT),
    "person": "Иванова М. П.",
    "person_id": str(uid(8)),
    "person_kind": "dispatcher",
    "why": "курьер",
    "ordered_at": "2026-11-22T12:00:00Z",
}


def told_by_a_person(**changes: Any) -> Command:
    command = make_command(expires_at=NOON + timedelta(seconds=15))
    named = {"person": "Иванова М. П.", "person_id": uid(8), "person_kind": "dispatcher", "reason": "курьер"}
    return msgspec.structs.replace(command, **(named | changes))


def ordered(result: dict[str, Any]) -> dict[str, Any]:
    return {name: result.get(name) for name in ORDERED}


async def test_the_record_says_what_was_opened_by_whom_and_why_whatever_came_of_it(store: Store) -> None:
    bench = GateBench(store, holding())
    taken = make_commands(store, bench)
    orders = (
        told_by_a_person(),
        told_by_a_person(id=uid(78), expires_at=NOON - timedelta(seconds=1)),
        told_by_a_person(id=uid(79), target=uid(404)),
    )
    for command in orders:
        await taken.take(command)
        await taken.drain()
    found = await results(store)
    assert [(each["outcome"], each.get("reason", "done")) for each in found] == [
        ("done", "done"),
        ("expired", "expired"),
        ("refused", "unknown_target"),
    ]
    expected = ORDERED | {"ordered_at": found[0]["ordered_at"]}
    assert [ordered(each) for each in found] == [expected, expected, expected | {"point": str(uid(404))}]
    assert datetime.fromisoformat(found[0]["ordered_at"]) == NOON
    assert datetime.fromisoformat(found[1]["expires_at"]) == NOON - timedelta(seconds=1)


async def test_what_is_no_point_is_no_point_in_the_record(store: Store) -> None:
    bench = GateBench(store, holding())
    taken = make_commands(store, bench)
    await taken.take(told_by_a_person(kind=CommandKind.HANG_UP, target=uid(9)))
    await taken.drain()
    (result,) = await results(store)
    assert (result.get("point"), result["target"]) == (None, str(uid(9)))


async def test_an_order_cut_off_by_a_restart_is_told_whole(store: Store) -> None:
    bench = GateBench(store, holding())

    async def hang(command: Command) -> Done:
        raise asyncio.CancelledError

    cut_off = Commands(
        store=store, journal=bench.journal, clock=bench.clock, execute=hang, answered=lambda: None
    )
    await cut_off.take(told_by_a_person())
    await cut_off.drain()
    assert await results(store) == []
    await store.write(
        lambda connection: (
            connection.execute("INSERT INTO command (id, at_ms) VALUES (?, 1)", (uid(80).bytes,)).rowcount
        )
    )  # as an agent of before noted it
    again = make_commands(store, bench)
    await again.answer_interrupted()
    await again.drain()
    by_command = {result["command"]: result for result in await results(store)}
    assert {result["reason"] for result in by_command.values()} == {"interrupted"}
    whole = by_command[str(uid(77))]
    assert ordered(whole) == ORDERED | {"ordered_at": whole["ordered_at"]}
    assert "person" not in by_command[str(uid(80))]
    left = await store.write(
        lambda connection: connection.execute("SELECT count(*) FROM command WHERE asked NOTNULL").fetchone()[
            0
        ]
    )
    assert left == 0  # the answer says it from now on


async def test_an_old_answer_is_forgotten_and_its_id_is_not(store: Store) -> None:
    """It names a person; nobody asks for it again by then."""
    bench = GateBench(store, holding())
    taken = make_commands(store, bench)
    command = told_by_a_person()
    await taken.take(command)
    await taken.drain()
    before_ms = bench.clock.now().unix_ms + DAY_MS
    assert await store.write(lambda connection: commands.forget_answers(connection, before_ms)) == 1
    kept = await store.write(
        lambda connection: connection.execute("SELECT answer, asked FROM command").fetchall()
    )
    assert kept == [(b"", None)]
    await taken.take(command)
    await taken.drain()
    assert len(bench.relay.pulses) == 1
    assert len(await results(store)) == 1


PASS, ZONE, CAR = uid(60), uid(61), "X711TT90"


async def marks(store: Store) -> list[dict[str, Any]]:
    return [record for record in await records_of(store) if record["type"] == "place_marked"]


def left(carrier: str | None, number: int = 77) -> Command:
    order = told_by_a_person(id=uid(number), kind=CommandKind.MARK_LEFT, target=PASS)
    return msgspec.structs.replace(order, carrier=carrier)


async def test_who_is_said_to_have_left_is_outside_here_and_on_the_disk(store: Store) -> None:
    bench = GateBench(store, holding())
    taken = make_commands(store, bench)
    for carrier in (CAR, ON_FOOT):
        place = Place(carrier, ZONE, 1)
        bench.held.presence.learn(PASS, place)
        await store.write(lambda c, place=place: presence.write(c, PASS, place))
    await taken.take(left(CAR))
    await taken.drain()
    [mark] = await marks(store)
    assert (mark["carrier"], mark["zone"], mark["person"]) == (CAR, str(ZONE), told_by_a_person().person)
    assert (mark["command"], mark["why"]) == (str(uid(77)), told_by_a_person().reason)
    assert [place.carrier for _, place in bench.held.presence.everyone()] == [ON_FOOT]
    kept = await store.write(presence.load)
    assert [place.carrier for _, place in kept.everyone()] == [ON_FOOT]
    [answer] = await results(store)
    assert (answer["outcome"], answer["action"], answer["target"]) == ("done", "mark_left", str(PASS))
    assert not [record for record in await records_of(store) if record["type"] in {"passage", "actuation"}]
    assert bench.held.uses.of(PASS.bytes) == 0


async def test_whom_the_box_does_not_have_inside_the_cloud_is_told_of(store: Store) -> None:
    bench = GateBench(store, holding())
    taken = make_commands(store, bench)
    await taken.take(left(CAR))
    await taken.drain()
    [mark] = await marks(store)
    assert (mark["carrier"], mark.get("zone")) == (CAR, None)
    assert bench.held.presence.of(PASS) == {}, "nothing is held against whom nobody has seen"


async def test_who_cannot_be_marked_on_the_disk_is_inside(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    bench = GateBench(store, holding())
    bench.held.presence.learn(PASS, Place(CAR, ZONE, 1))

    async def full(*_: object) -> None:
        raise StoreFullError("full")

    monkeypatch.setattr(bench.journal, "add", full)
    with pytest.raises(StoreFullError):
        await Marking(bench.held, bench.journal).left(PASS, None, Said("Уехал"))
    assert [place.carrier for _, place in bench.held.presence.everyone()] == [CAR]
