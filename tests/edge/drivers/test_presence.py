"""Gone once, back once; delays that grow to a cap."""

import random
from uuid import UUID

from edge.drivers.base import Why
from edge.drivers.presence import Backoff, Presence
from protocols.records import DeviceReason, DeviceStatus
from tests.edge.drivers.support import Recorder

DEVICE = UUID(int=9)


async def test_each_change_is_told_once() -> None:
    recorder = Recorder()
    presence = Presence(DEVICE, recorder)
    why = Why("detail", DeviceReason.REFUSED, 2)
    for tell in (presence.offline, presence.offline, presence.online, presence.online, presence.fault):
        tell("" if tell == presence.online else why)  # type: ignore[arg-type]
    assert recorder.of(DEVICE) == [DeviceStatus.OFFLINE, DeviceStatus.ONLINE, DeviceStatus.FAULT]
    assert recorder.reasons == [(DeviceReason.REFUSED, 2), (None, None), (DeviceReason.REFUSED, 2)]


async def test_what_a_device_that_is_there_lacks_is_told_once_and_its_end_once() -> None:
    recorder = Recorder()
    presence = Presence(DEVICE, recorder)
    for lacks in (None, DeviceReason.NO_EVENTS, DeviceReason.NO_EVENTS, None, None):
        presence.online("a camera", lacks)
    assert recorder.of(DEVICE) == [DeviceStatus.ONLINE] * 3
    assert [reason for reason, _ in recorder.reasons] == [None, DeviceReason.NO_EVENTS, None]


async def test_a_long_detail_fits_the_record() -> None:
    recorder = Recorder()
    Presence(DEVICE, recorder).offline(Why("x" * 2000))
    assert len(recorder.statuses[0][2]) == 500


def test_delays_double_to_the_cap_and_are_spread() -> None:
    backoff = Backoff(random.Random(3).random, first_s=0.2, cap_s=2.0)
    delays = [backoff.next_delay_s() for _ in range(8)]
    for delay, full in zip(delays, (0.2, 0.4, 0.8, 1.6, 2.0, 2.0, 2.0, 2.0), strict=True):
        assert full / 2 <= delay <= full
    assert len(set(delays)) == len(delays)
    backoff.reset()
    assert backoff.next_delay_s() <= 0.2
