"""Readers whose libraries block: what ends with the agent, though a library hangs on a card."""

import asyncio
import threading
import time

import pytest

from edge.drivers import watched
from edge.drivers.watched import GoneError, OnCard, OnState, WatchedReader, Watcher, card_of
from protocols.records import DeviceStatus
from tests.edge.drivers.support import PORTS, READER, device, eventually, running


class _Hanging(Watcher):
    """Hangs on the first card until `answers`, whatever is said to it meanwhile."""

    def __init__(self, on_card: OnCard, on_state: OnState) -> None:
        super().__init__("hanging", again_s=0.1, on_card=on_card, on_state=on_state)
        self.hangs, self.answers, self.ended = threading.Event(), threading.Event(), threading.Event()

    def watch(self) -> None:
        self._on_state(True, "there")
        self.hangs.set()
        self.answers.wait()
        self._on_card(card_of(bytes.fromhex("04A1B2C3"), reverse=False))
        self.ended.set()
        raise GoneError("gone")


class _Reader(WatchedReader):
    made: _Hanging

    def watcher(self, on_card: OnCard, on_state: OnState) -> Watcher:
        self.made = _Hanging(on_card, on_state)
        return self.made


async def test_a_library_that_hangs_keeps_no_agent_from_ending_and_tells_nothing_afterwards(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(watched, "STOP_S", 0.2)
    reader = _Reader(device("pcsc_reader", {}), PORTS.monotonic_ns)
    async with running(reader) as recorder:
        await recorder.until_status(READER, DeviceStatus.ONLINE)
        await eventually(reader.made.hangs.is_set)
        began = time.monotonic()
    assert time.monotonic() - began < 20
    reader.made.answers.set()
    await eventually(reader.made.ended.is_set)
    await asyncio.sleep(0.05)
    assert recorder.reads == []
    assert recorder.of(READER) == [DeviceStatus.ONLINE]


async def test_a_library_that_comes_back_tells_its_card() -> None:
    reader = _Reader(device("pcsc_reader", {}), PORTS.monotonic_ns)
    async with running(reader) as recorder:
        await recorder.until_status(READER, DeviceStatus.ONLINE)
        reader.made.answers.set()
        await recorder.until_reads(1)
        await recorder.until_status(READER, DeviceStatus.ONLINE, DeviceStatus.OFFLINE)
    assert recorder.reads[0].raw == "04A1B2C3"
