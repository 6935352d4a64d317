"""Cards by a broker: the recorded talk, a real broker that goes and comes back, what is old and opens nothing."""

import asyncio
import contextlib
from collections import Counter
from collections.abc import AsyncIterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from firmware_sim import mqtt, wiegand
from firmware_sim.journal import Journal
from firmware_sim.wiegand_controller import PushError, WiegandController

from deploy.demo.servers.mosquitto import MosquittoServer
from deploy.demo.servers.processes import free_port
from edge.drivers.table import build
from edge.drivers.wiegand_mqtt import driver as wiegand_mqtt
from protocols.cards import CardFormat as Format
from protocols.records import DeviceReason, DeviceStatus
from tests.edge.drivers.support import PORTS, READER, Recorder, device, running
from tests.edge.drivers.transcripts import data_of, steps

TOPIC = "gate/in/card"
STATES = {status.value for status in DeviceStatus}


@contextlib.asynccontextmanager
async def listening(port: int, **more: Any) -> AsyncIterator[Recorder]:
    devices = build([device("wiegand_mqtt", {"port": port, "topic": TOPIC} | more)], PORTS)
    async with running(*devices.all.values()) as recorder:
        yield recorder


class Broker:
    """One connection after another, each with its packets in their order."""

    def __init__(self) -> None:
        self._came: asyncio.Queue[tuple[asyncio.StreamReader, asyncio.StreamWriter]] = asyncio.Queue()
        self._writer: asyncio.StreamWriter | None = None
        self._reader: asyncio.StreamReader | None = None

    async def take(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await self._came.put((reader, writer))

    async def packet(self) -> bytes:
        """The box's next, of at most 127 bytes."""
        if self._reader is None:
            self._reader, self._writer = await asyncio.wait_for(self._came.get(), 30)
        head = await asyncio.wait_for(self._reader.readexactly(2), 30)
        return head + await self._reader.readexactly(head[1])

    def send(self, data: bytes) -> None:
        assert self._writer is not None
        self._writer.write(data)

    def end(self) -> None:
        assert self._writer is not None
        self._writer.close()
        self._reader = self._writer = None


def has(recorder: Recorder, states: int) -> bool:
    return len(recorder.of(READER)) >= states


async def test_the_recorded_talk(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(wiegand_mqtt, "ANSWER_WITHIN_S", 2.0)
    broker, states, reads = Broker(), 0, 0
    server = await asyncio.start_server(broker.take, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    async with server, listening(port, user="box", password="k9") as recorder:
        for sign, text in steps("wiegand_mqtt.txt"):
            match sign:
                case ">":
                    broker.send(data_of(text))
                case "<":
                    assert (await broker.packet()).startswith(data_of(text)), text
                case "~":
                    await asyncio.sleep(int(text) / 1000)
                case "!":
                    broker.end()
                case "=" if text in STATES:
                    states += 1
                    await recorder.until(partial(has, recorder, states))
                    assert recorder.of(READER)[states - 1] == text
                case "=" if text:
                    reads += 1
                    await recorder.until_reads(reads)
                    assert recorder.reads[reads - 1].raw == text
                case "=":
                    assert (len(recorder.of(READER)), len(recorder.reads)) == (states, reads)
        broker.end()
    assert Counter(reason for reason, _ in recorder.reasons)[DeviceReason.BROKER_REFUSED] == 1, (
        "told once for both"
    )
    assert {13330, 1202659} <= {each.number for read in recorder.reads for each in read.credentials}


@pytest.mark.parametrize(
    ("shape", "bits", "raw", "format_"),
    [
        ("bits", wiegand.h10301(18, 23011), wiegand.h10301(18, 23011), Format.H10301),
        ("uid", wiegand.w34(0x04A1B2C3), "04A1B2C3", Format.UID4),
    ],
)
async def test_the_simulated_controller_tells_its_cards(
    journal: Journal, broker: MosquittoServer, shape: Any, bits: str, raw: str, format_: Format
) -> None:
    url = f"mqtt://127.0.0.1:{broker.port}/{TOPIC}"
    controller = WiegandController("doors", push_url=url, journal=journal, shape=shape)
    async with listening(broker.port) as recorder:
        await recorder.until_status(READER, DeviceStatus.ONLINE)
        await controller.present(bits)
        await recorder.until_reads(1)
        controller.push_url += "/of-another-lane"
        await controller.present(bits)
        await asyncio.sleep(0.3)
    [read] = recorder.reads
    assert read.raw == raw
    assert format_ in [each.format for each in read.credentials]


async def test_gone_once_and_back_once_and_what_was_told_meanwhile_opens_nothing(
    tmp_path: Path, journal: Journal
) -> None:
    port = free_port()
    url = f"mqtt://127.0.0.1:{port}/{TOPIC}"
    first, again = (MosquittoServer(tmp_path / name, port=port) for name in ("first", "again"))
    first.start()
    controller = WiegandController("doors", push_url=url, journal=journal)
    async with listening(port) as recorder:
        await recorder.until_status(READER, DeviceStatus.ONLINE)
        await asyncio.to_thread(first.stop)
        await recorder.until_status(READER, DeviceStatus.ONLINE, DeviceStatus.OFFLINE)
        with pytest.raises(PushError, match="refused"):
            await controller.present(wiegand.w34(1))
        await asyncio.to_thread(again.start)
        await asyncio.to_thread(mqtt.publish, url, b'{"em": "1"}', client="keeper", retain=True)
        await recorder.until_status(READER, DeviceStatus.ONLINE, DeviceStatus.OFFLINE, DeviceStatus.ONLINE)
        await controller.present(wiegand.w34(1202659))
        await recorder.until_reads(1)
    await asyncio.to_thread(again.stop)
    assert [read.raw for read in recorder.reads] == [wiegand.w34(1202659)]


async def test_the_same_card_told_again_is_one_presentation(broker: MosquittoServer) -> None:
    url = f"mqtt://127.0.0.1:{broker.port}/{TOPIC}"
    async with listening(broker.port, repeat_ms=60_000) as recorder:
        await recorder.until_status(READER, DeviceStatus.ONLINE)
        for em in ("1", "1", "2"):
            await asyncio.to_thread(mqtt.publish, url, f'{{"em": "{em}"}}'.encode(), client="c")
        await recorder.until_reads(2)
    assert [read.raw for read in recorder.reads] == ["1", "2"]


async def test_what_is_too_long_is_told_and_nothing_else_is_lost(broker: MosquittoServer) -> None:
    url = f"mqtt://127.0.0.1:{broker.port}/{TOPIC}"
    async with listening(broker.port) as recorder:
        await recorder.until_status(READER, DeviceStatus.ONLINE)
        await asyncio.to_thread(mqtt.publish, url, b"x" * 5000, client="c")
        await recorder.until_status(READER, DeviceStatus.ONLINE, DeviceStatus.FAULT)
        assert "4096" in recorder.statuses[-1][2]
        await asyncio.to_thread(mqtt.publish, url, b'{"em": "2"}', client="c")
        await recorder.until_status(READER, DeviceStatus.FAULT, DeviceStatus.ONLINE)
    assert [read.raw for read in recorder.reads] == ["2"]
