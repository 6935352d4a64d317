"""Remote commands: an unknown clock, expiry down to the coil, ids that are remembered, failures answered."""

from datetime import datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest

from edge.calls import Calls
from edge.drivers.base import Pulsed
from edge.link import commands
from edge.link.commands import Commands, Done, judge
from edge.orders import Orders
from edge.store import Store, StoreFullError
from protocols.fields import ClockState
from protocols.messages import MOVES, Command, CommandKind
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


def test_an_unknown_clock_refuses_what_moves_a_barrier_and_nothing_else() -> None:
    moment = HandClock(state=ClockState.UNKNOWN).now()
    for kind in CommandKind:
        verdict = judge(make_command(kind, expires_at=NOON + timedelta(seconds=15)), moment)
        if kind in MOVES:
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
