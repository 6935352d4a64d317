"""The whole agent at a door with a scanner and a keypad reader: codes, PINs, and a reader that somebody opens."""

from collections.abc import AsyncIterator
from pathlib import Path
from uuid import UUID

import pytest
from firmware_sim.clock import SystemClock
from firmware_sim.journal import Journal
from firmware_sim.osdp_reader import OsdpReader
from firmware_sim.scanner import Scanner

from deploy.demo.servers.mosquitto import MosquittoServer
from protocols import config, records
from protocols.fields import Direction
from protocols.records import DeviceReason, DeviceStatus, Outcome, Reason
from tests.edge.boxes import Box, device_id, serving
from tests.edge.cloud_peer import CloudPeer
from tests.edge.world import POINT, make_pass, uid

SCANNER, READER = device_id(0), device_id(1)
KEY = "00112233445566778899aabbccddeeff"


@pytest.fixture
def box(tmp_path: Path, broker: MosquittoServer) -> Box:
    return Box(tmp_path / "box", "127.0.0.1", broker.port)


@pytest.fixture
async def cloud(box: Box) -> AsyncIterator[CloudPeer]:
    async with serving(box.peer(), box.host, box.port) as peer:
        yield peer


@pytest.fixture
def journal(tmp_path: Path) -> Journal:
    return Journal(tmp_path / "devices.jsonl", SystemClock())


@pytest.fixture
async def scanner(journal: Journal) -> AsyncIterator[Scanner]:
    scanner = Scanner("door", journal=journal)
    await scanner.start()
    yield scanner
    await scanner.stop()


@pytest.fixture
async def reader(journal: Journal) -> AsyncIterator[OsdpReader]:
    reader = OsdpReader("door", address=0, key=bytes.fromhex(KEY), journal=journal)
    await reader.start()
    yield reader
    await reader.stop()


def configuration(scanner: Scanner, reader: OsdpReader) -> config.Configuration:
    lines = [{"tcp": {"host": "127.0.0.1", "port": port}} for port in (scanner.port, reader.port)]
    return config.Configuration(
        site=uid(),
        site_name="Door",
        time_zone="Europe/Moscow",
        devices=[
            config.Device(id=SCANNER, driver="line_scanner", name="scanner", settings=lines[0]),
            config.Device(id=READER, driver="osdp_reader", name="reader", settings=lines[1] | {"key": KEY}),
        ],
        points=[
            config.Point(
                id=POINT,
                name="Door",
                readers=[config.Reader(device=each, direction=Direction.IN) for each in (SCANNER, READER)],
            )
        ],
    )


async def come(cloud: CloudPeer, *devices: UUID) -> None:
    """Until the cloud has heard that they are there."""
    await cloud.until(lambda: {each.device for each in cloud.of(records.DeviceState)} >= set(devices))


async def test_a_code_that_is_scanned_and_a_pin_that_is_typed(
    box: Box, cloud: CloudPeer, scanner: Scanner, reader: OsdpReader
) -> None:
    guest = make_pass(keys=["CODE:ACDEFHJK", "PIN:480913"], plates=[], valid_until=None)
    async with box.agent():
        await cloud.configure(configuration(scanner, reader))
        await cloud.put(guest)
        await cloud.until(lambda: cloud.states and cloud.states[-1].pass_version == 1)
        await come(cloud, SCANNER, READER)
        scanner.scan("фсву-учек")  # no code at all
        scanner.scan("фсвуарол")  # acdefhjk, typed under a Russian layout
        await cloud.until(lambda: len(cloud.of(records.Passage)) == 2)
        reader.press("480913#")
        await cloud.until(lambda: len(cloud.of(records.Passage)) == 3)
    stranger, scanned, typed = cloud.of(records.Passage)
    assert stranger.outcome is Outcome.DENIED
    for passage, source, secret in ((scanned, SCANNER, "фсвуарол"), (typed, READER, "480913")):
        assert (passage.reason, passage.pass_id, passage.source) == (Reason.GRANTED, guest.id, source)
        assert secret not in passage.read


async def test_an_opened_reader_is_one_alarm_until_it_is_closed_also_over_a_restart(
    box: Box, cloud: CloudPeer, scanner: Scanner, reader: OsdpReader
) -> None:
    async with box.agent():
        await cloud.configure(configuration(scanner, reader))
        await come(cloud, READER)
        reader.condition(opened=True, power_fails=False)
        await cloud.until(lambda: cloud.of(records.Alarm))
        await cloud.until(lambda: cloud.of(records.DeviceState)[-1].status is DeviceStatus.FAULT)
    assert cloud.of(records.DeviceState)[-1].reason == DeviceReason.TAMPERED
    reader.condition(opened=False, power_fails=False)
    async with box.agent():
        await cloud.until(lambda: len(cloud.of(records.Alarm)) == 2)
    raised, cleared = cloud.of(records.Alarm)
    assert (raised.kind, raised.source, raised.raised) == ("reader_tamper", READER, True)
    assert (cleared.alarm, cleared.raised) == (raised.alarm, False)
