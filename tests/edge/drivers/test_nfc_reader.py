"""NFC: our reader against nfcpy's own side of a tag over UDP, and against a recorded radio."""

import asyncio
import contextlib
import errno
import socket
from collections.abc import AsyncIterator, Iterator
from typing import Any

import pytest
from firmware_sim.journal import Journal
from firmware_sim.nfc_tag import NfcField
from nfc.clf import udp

from edge.drivers.base import Reader, Verdict
from edge.drivers.nfc_reader import watcher
from edge.drivers.table import build
from edge.drivers.watched import card_of
from protocols.cards import CardFormat
from protocols.records import DeviceReason, DeviceStatus
from tests.edge.drivers.support import PORTS, READER, Recorder, device, running
from tests.edge.drivers.transcripts import data_of, steps

CLASSIC = bytes.fromhex("04A1B2C3")
ULTRALIGHT = bytes.fromhex("04A1B2C3D4E5F6")


@pytest.fixture
def field(journal: Journal) -> Iterator[NfcField]:
    field = NfcField("desk", journal=journal)
    yield field
    field.take()


@contextlib.asynccontextmanager
async def reading(port: int, **more: Any) -> AsyncIterator[tuple[Reader, Recorder]]:
    devices = build([device("nfc_reader", {"path": f"udp:127.0.0.1:{port}"} | more)], PORTS)
    async with running(*devices.all.values()) as recorder:
        yield devices.readers[READER], recorder


async def test_tags_are_told_once_each_time_they_are_presented(
    field: NfcField, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(watcher, "GONE_NS", 1_500_000_000)  # a slow machine is not to take a tag away
    async with reading(field.port) as (reader, recorder):
        field.present(CLASSIC)
        await recorder.until_reads(1)
        await asyncio.sleep(2)  # it lies there
        assert len(recorder.reads) == 1
        field.present(ULTRALIGHT)
        await recorder.until_reads(2)
        field.take()
        await asyncio.sleep(4)
        field.present(ULTRALIGHT)
        await recorder.until_reads(3)
        await reader.signal(Verdict.GRANTED)
    assert [read.raw for read in recorder.reads] == ["04A1B2C3", "04A1B2C3D4E5F6", "04A1B2C3D4E5F6"]
    first, second, _ = (read.credentials[0] for read in recorder.reads)
    assert (first.format, first.uid_bytes) == (CardFormat.UID4, CLASSIC)
    assert (second.format, second.uid_bytes) == (CardFormat.UID7, ULTRALIGHT)
    assert recorder.of(READER) == [DeviceStatus.ONLINE]


async def test_a_reader_that_gives_the_last_byte_first(field: NfcField) -> None:
    async with reading(field.port, reverse=True) as (_, recorder):
        field.present(CLASSIC[::-1])
        await recorder.until_reads(1)
    assert (recorder.reads[0].raw, recorder.reads[0].credentials[0].uid_bytes) == ("C3B2A104", CLASSIC)


async def test_the_recorded_radio() -> None:
    loop = asyncio.get_running_loop()
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as radio:
        radio.setblocking(False)
        radio.bind(("127.0.0.1", 0))
        async with reading(radio.getsockname()[1]) as (_, recorder):
            told, asker = 0, ("", 0)
            for sign, text in steps("nfc_reader.txt"):
                if sign == "<":
                    async with asyncio.timeout(30):
                        asked, asker = await loop.sock_recvfrom(radio, 100)
                    assert asked == data_of(text)
                elif sign == ">":
                    await loop.sock_sendto(radio, data_of(text), asker)
                elif text:
                    told += 1
                    await recorder.until_reads(told)
                    assert f"{recorder.reads[-1].raw} | -" == text
                assert len(recorder.reads) == told
    assert recorder.of(READER) == [DeviceStatus.ONLINE]


async def test_a_reader_that_is_not_there_is_offline() -> None:
    devices = build([device("nfc_reader", {"path": "usb:ffff:ffff"})], PORTS)
    async with running(*devices.all.values()) as recorder:
        await recorder.until_status(READER, DeviceStatus.OFFLINE)
    assert recorder.reasons == [(DeviceReason.READER_ABSENT, None)]


async def test_a_reader_that_is_pulled_out_and_put_back(
    field: NfcField, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(watcher, "AGAIN_S", 0.1)
    async with reading(field.port) as (_, recorder):
        await recorder.until_status(READER, DeviceStatus.ONLINE)
        with monkeypatch.context() as pulled:
            pulled.setattr(udp.Device, "sense_tta", _pulled_out)
            await recorder.until_status(READER, DeviceStatus.OFFLINE)
            await asyncio.sleep(0.5)
        await recorder.until_status(READER, DeviceStatus.ONLINE)
        field.present(CLASSIC)
        await recorder.until_reads(1)
    assert recorder.of(READER) == [DeviceStatus.ONLINE, DeviceStatus.OFFLINE, DeviceStatus.ONLINE]


def _pulled_out(*_: Any) -> None:
    raise OSError(errno.ENODEV, "No such device")


def test_a_uid_of_no_known_length_is_kept_raw() -> None:
    assert card_of(b"\x01\x02\x03", reverse=False) == ("010203", ())
