"""Lasting alarms: one id for raised and cleared, kept over a restart, told once."""

import random
from pathlib import Path

from edge.access.journal import Journal
from edge.alarms import Alarms, Place
from edge.ids import Ids
from edge.store import Store
from protocols.records import BarrierAlarm, DeviceAlarm, Severity
from tests.edge.conftest import open_store
from tests.edge.world import POINT, HandClock, records_of, uid

FORCED = {BarrierAlarm.FORCED.value: Severity.WARNING}


def make_alarms(store: Store) -> Alarms:
    clock = HandClock()
    return Alarms(store.connection, Journal(store, clock, Ids(clock, random.Random(1).randbytes)))


async def test_an_alarm_is_raised_once_and_cleared_under_the_same_id_after_a_restart(tmp_path: Path) -> None:
    store = open_store(tmp_path / "store.sqlite")
    alarms = make_alarms(store)
    store.start()
    await alarms.settle(POINT, FORCED, "opened")
    await alarms.settle(POINT, FORCED, "opened")
    store.close()
    store = Store(tmp_path / "store.sqlite")
    again = make_alarms(store)
    store.start()
    assert again.of(POINT) == {BarrierAlarm.FORCED}
    await again.settle(POINT, FORCED, "opened")
    await again.settle(POINT, {}, "closed")
    await again.settle(POINT, {}, "closed")
    assert again.of(POINT) == frozenset()
    raised, cleared = [record for record in await records_of(store) if record["type"] == "alarm"]
    assert (raised["raised"], cleared["raised"]) == (True, False)
    assert raised["alarm"] == cleared["alarm"]
    assert (raised["kind"], raised["source"]) == ("barrier_forced", str(POINT))
    store.close()


async def test_what_is_no_more_at_the_box_has_no_alarms(store: Store) -> None:
    alarms = make_alarms(store)
    await alarms.settle(POINT, FORCED, "opened")
    await alarms.raise_(Place(uid(7), "fire", 3), Severity.CRITICAL, "it burns")
    await alarms.forget({uid(7)}, "gone")
    told = [record for record in await records_of(store) if record["type"] == "alarm"]
    assert [(record["kind"], record["raised"]) for record in told] == [
        ("barrier_forced", True),
        ("fire", True),
        ("barrier_forced", False),
    ]


async def test_what_a_barrier_tells_ends_no_alarm_of_its_exit_button(store: Store) -> None:
    alarms = make_alarms(store)
    await alarms.raise_(Place(POINT, DeviceAlarm.EXIT_BUTTON), Severity.WARNING, "pressed for 30 s")
    await alarms.raise_(Place(uid(8), DeviceAlarm.CAMERA_TAMPER), Severity.WARNING, "the picture is too dark")
    await alarms.settle(POINT, {}, "closed")
    assert alarms.of(POINT) == frozenset()
    assert alarms.kinds(POINT, uid(8)) == {"exit_button_stuck", "camera_tamper"}
