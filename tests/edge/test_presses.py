"""Exit buttons: a finger, several people, a contact that chatters."""

import dataclasses
from datetime import timedelta

import msgspec

from edge.access.presses import ROW_NS, Presses
from edge.drivers.base import RefusedError, Still
from edge.store import Store
from tests.edge.world import POINT, GateBench, holding, records_of, uid

MS = 1_000_000


def test_a_finger_is_one_press_and_those_that_follow_are_counted() -> None:
    presses = Presses()
    at_ms = [0, 300, 999, 1000, 2500, 2500 + ROW_NS // MS]
    assert [presses.take(POINT, at * MS) for at in at_ms] == [1, None, None, 2, 3, 1]
    assert presses.take(uid(900), 2501 * MS) == 1


class Camera:
    """Counts its pictures."""

    def __init__(self) -> None:
        self.taken = 0

    async def still(self) -> Still:
        self.taken += 1
        return Still(b"%d" % self.taken)


async def test_a_contact_that_chatters_opens_and_fills_no_disk_with_pictures(
    store: Store,
) -> None:
    bench, camera, name = GateBench(store, holding()), Camera(), uid(901)
    bench.point = msgspec.structs.replace(bench.point, camera=name)
    bench.gate.put_in_force(dataclasses.replace(bench.site(), cameras={name: camera}))
    for _ in range(6):
        bench.gate.pressed(POINT)
        await bench.gate.drain()
        bench.clock.pass_s(1)
    assert (len(bench.relay.pulses), camera.taken) == (6, 2)
    bench.clock.pass_s(5)
    bench.gate.pressed(POINT)
    await bench.gate.drain()
    assert camera.taken == 3
    assert len([each for each in await records_of(store) if each["type"] == "passage"]) == 7


async def test_an_opening_from_afar_is_pictured_when_it_was_done(store: Store) -> None:
    bench, camera, name = GateBench(store, holding()), Camera(), uid(901)
    bench.point = msgspec.structs.replace(bench.point, camera=name)
    bench.gate.put_in_force(dataclasses.replace(bench.site(), cameras={name: camera}))

    async def opened() -> bool:
        ends = bench.clock.now().utc + timedelta(seconds=15)
        done = (await bench.gate.open_for(bench.point, order=uid(902), expires_at=ends)).done
        await bench.gate.drain()
        return done

    bench.relay.error = RefusedError("relay: exception 2", 2)
    assert (await opened(), camera.taken) == (False, 0)
    bench.relay.error = None
    assert (await opened(), camera.taken) == (True, 1)
    assert [each["passage"] for each in await records_of(store) if each["type"] == "still"] == [str(uid(902))]
