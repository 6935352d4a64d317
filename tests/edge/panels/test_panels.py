"""Whom a panel lets in by itself: what it should hold, and how it comes to hold it; by example and by property."""

import asyncio
import random
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from firmware_sim.clock import SystemClock
from firmware_sim.journal import Journal
from firmware_sim.panel import Fault, Panel
from hypothesis import given
from hypothesis import strategies as st

from deploy.demo.servers.processes import free_port
from edge.access.decision import GatePass
from edge.drivers.base import DeviceError, Grant, GrantKind
from edge.panels.keeper import Keeper
from edge.panels.wanted import batches, difference, grants_of
from protocols.fields import Direction
from protocols.held import PassKind, Window
from tests.edge.drivers.test_http_panel import driver

NOW = datetime(2026, 11, 28, 12, tzinfo=UTC)
POINT = UUID(int=5)
CARD, CODE = Grant(GrantKind.CARD, "04A1B2C3"), Grant(GrantKind.CODE, "480913")


def gate_pass(**more: Any) -> GatePass:
    fields: dict[str, Any] = {
        "id": uuid4(),
        "version": 1,
        "digest": bytes(32),
        "kind": PassKind.RESIDENT,
        "keys": ["UID:04A1B2C3", "~W26:1:2", "PIN:480913", "EM:001259E3", "CODE:ACDEFHJK"],
        "plates": [],
        "points": [],
        "direction": None,
        "valid_from": NOW - timedelta(days=1),
        "valid_until": None,
        "schedule": [],
        "entries": None,
        "revoked": False,
    }
    return GatePass(**fields | more)


def wanted(**more: Any) -> set[Grant]:
    return set(grants_of(gate_pass(**more), POINT, NOW))


def test_cards_and_pins_of_residents_and_staff() -> None:
    assert wanted() == wanted(kind=PassKind.STAFF, points=[POINT]) == {CARD, CODE}
    assert wanted(valid_until=NOW + timedelta(seconds=1), direction=Direction.IN) == {CARD, CODE}


@pytest.mark.parametrize(
    "more",
    [
        {"kind": PassKind.GUEST},
        {"kind": PassKind.RECURRING},
        {"points": [UUID(int=6)]},
        {"valid_from": NOW + timedelta(seconds=1)},
        {"valid_until": NOW},
        {"schedule": [Window(days=[1], from_minute=0, until_minute=60)]},
        {"entries": 3},
        {"revoked": True},
        {"direction": Direction.OUT},
        {"keys": ["EM:001259E3", "~UID:04A1B2C3", "N:17"]},
    ],
)
def test_what_a_panel_cannot_judge_is_not_told_to_it(more: dict[str, Any]) -> None:
    assert wanted(**more) == set()


GRANTS = st.frozensets(
    st.builds(Grant, st.sampled_from(GrantKind), st.sampled_from(["1", "2", "3", "4"])),
    max_size=12,
)


@given(desired=GRANTS, held=GRANTS, most=st.integers(1, 5))
def test_afterwards_it_holds_what_it_should(
    desired: frozenset[Grant], held: frozenset[Grant], most: int
) -> None:
    change = difference(desired, held)
    now = held
    for piece in batches(change, most):
        assert len(piece.add) + len(piece.remove) <= most
        now = (now - piece.remove) | piece.add
    assert now == desired
    assert not difference(desired, now)
    assert not change.add & change.remove


@given(desired=GRANTS, held=GRANTS)
def test_removals_go_first(desired: frozenset[Grant], held: frozenset[Grant]) -> None:
    kinds = [bool(piece.add) for piece in batches(difference(desired, held), 1)]
    assert kinds == sorted(kinds)


@pytest.fixture
def journal(tmp_path: Any) -> Journal:
    return Journal(tmp_path / "devices.jsonl", SystemClock())


async def test_a_panel_is_kept_as_it_should_be(journal: Journal) -> None:
    desired = frozenset({CARD, CODE})

    async def supply() -> frozenset[Grant]:
        return desired

    simulator = Panel("door", journal=journal)
    await simulator.served.start()
    keeper = Keeper("door", driver(simulator.url, free_port()), supply, random.Random(7).random)
    keeping = asyncio.create_task(keeper.run())
    try:
        await until(lambda: simulator.grants == {("card", "04A1B2C3"), ("code", "480913")})
        desired = frozenset({CODE})
        keeper.wake()
        await until(lambda: simulator.grants == {("code", "480913")})
        await until(lambda: keeper.report == {"desired": 1, "held": 1})
        simulator.grants.add(("card", "BY HAND"))
        keeper.wake()
        await until(lambda: simulator.grants == {("code", "480913")})
        await until(lambda: keeper.report == {"desired": 1, "held": 1})
        simulator.fault = Fault.FORGETS
        desired = frozenset({CARD, CODE})
        keeper.wake()
        await until(lambda: "fault" in keeper.report)
        assert "1 are missing, 0 are too many" in str(keeper.report["fault"])
        simulator.fault = Fault.NONE
        await until(lambda: ("card", "04A1B2C3") in simulator.grants)
    finally:
        keeping.cancel()
        await asyncio.gather(keeping, return_exceptions=True)
        await simulator.served.stop()
    with pytest.raises(DeviceError):
        await keeper.keep()


async def until(condition: Any) -> None:
    async with asyncio.timeout(60):
        while not condition():  # noqa: ASYNC110 - the simulated panel raises no events in the test's loop
            await asyncio.sleep(0.01)
