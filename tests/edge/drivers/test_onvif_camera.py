"""ONVIF: our driver (zeep, the published descriptions) against a device written out by hand, on real sockets."""

import asyncio
import contextlib
import statistics
import time
from collections.abc import AsyncIterator
from typing import Any
from uuid import UUID

import pytest
from firmware_sim import picture
from firmware_sim.journal import Journal
from firmware_sim.onvif import Discovery, Fault, OnvifDevice
from hypothesis import given
from hypothesis import strategies as st

from deploy.demo.servers.processes import free_port
from edge.drivers.base import DeviceError, RefusedError, SilentError, UnavailableError
from edge.drivers.onvif import soap
from edge.drivers.onvif.discovery import found, look, probe
from edge.drivers.onvif_camera.driver import OnvifCamera
from edge.drivers.table import build
from protocols.records import DeviceReason, DeviceStatus
from tests.edge.drivers.onvif_talk import Device
from tests.edge.drivers.support import PORTS, READER, device, running

JPEG = picture.take(camera="lane", plate="X711TT90", caption="")


@contextlib.asynccontextmanager
async def simulated(journal: Journal, **more: Any) -> AsyncIterator[OnvifDevice]:
    camera = OnvifDevice("lane", journal=journal, take=lambda: JPEG, **more)
    await camera.start()
    try:
        yield camera
    finally:
        await camera.stop()


def driver(port: int, **more: Any) -> OnvifCamera:
    settings = {
        "host": "127.0.0.1",
        "port": port,
        "user": "admin",
        "password": "k9",
        "timeout_ms": 10_000,
        "events": False,
    } | more
    camera = build([device("onvif_camera", settings)], PORTS).cameras[READER]
    assert isinstance(camera, OnvifCamera)
    return camera


def asked(journal: Journal) -> list[str]:
    return [entry["operation"] for entry in journal.after(0, frozenset({"onvif"}))]


async def test_the_camera_tells_what_it_is_and_where_its_picture_is(journal: Journal) -> None:
    async with simulated(journal) as simulator, running(camera := driver(simulator.port)) as recorder:
        await recorder.until_status(READER, DeviceStatus.ONLINE)
        assert (await camera.still()).data == JPEG
        assert camera.view is not None
        assert (camera.view.profile.name, camera.view.stream) == ("main", "rtsp://127.0.0.1:554/main")
    assert "Simulated Lane 4, firmware 1.2.3" in recorder.statuses[0][2]
    assert asked(journal) == [
        "GetSystemDateAndTime",
        "GetDeviceInformation",
        "GetServices",
        "GetProfiles",
        "GetSnapshotUri",
        "GetStreamUri",
    ]


async def test_a_still_takes_less_than_a_second_once_the_camera_is_known(journal: Journal) -> None:
    async with simulated(journal) as simulator:
        camera = driver(simulator.port)
        await camera.still()
        took = []
        for _ in range(20):
            began = time.monotonic()
            await camera.still()
            took.append(time.monotonic() - began)
    assert statistics.median(took) < 1.0
    assert asked(journal).count("GetProfiles") == 1


@pytest.mark.parametrize("off_s", [-7200.0, 0.0, 86_400.0])
async def test_a_camera_whose_clock_is_wrong_takes_the_sign_in(journal: Journal, off_s: float) -> None:
    async with (
        simulated(journal, clock_off_s=off_s) as simulator,
        running(driver(simulator.port)) as recorder,
    ):
        await recorder.until_status(READER, DeviceStatus.ONLINE)
    assert ("clock" in recorder.statuses[0][2]) is bool(off_s)


async def test_a_camera_behind_a_nat_is_asked_where_the_box_reaches_it(journal: Journal) -> None:
    async with simulated(journal, hidden_host="192.168.254.254:8080") as simulator:
        assert (await driver(simulator.port).still()).data == JPEG


async def test_a_profile_by_name_or_token_and_one_that_is_not_there(journal: Journal) -> None:
    async with simulated(journal) as simulator:
        for wanted in ("sub", "p1"):
            camera = driver(simulator.port, profile=wanted)
            await camera.still()
            assert camera.view is not None
            assert camera.view.profile.token == "p1"
        with pytest.raises(DeviceError, match=r"no profile 'third', only main \(p0\), sub \(p1\)"):
            await driver(simulator.port, profile="third").still()


async def test_the_stream_of_the_profile_is_asked_for(journal: Journal) -> None:
    async with simulated(journal) as simulator:
        simulator.stream = "rtsp://192.168.254.254:8554/main?channel=1"
        camera = driver(simulator.port, record=True)
        assert camera.is_recorded
        assert await camera.stream() == ("rtsp://127.0.0.1:8554/main?channel=1", "admin", "k9")


async def test_another_password_is_a_fault(journal: Journal) -> None:
    wrong = {"password": "wrong"}
    async with simulated(journal) as simulator, running(driver(simulator.port, **wrong)) as recorder:
        await recorder.until_status(READER, DeviceStatus.FAULT)
    assert recorder.reasons[0] == (DeviceReason.REFUSED, 401)
    assert "NotAuthorized" in recorder.statuses[0][2]


async def test_a_picture_that_moved_is_found_again(journal: Journal) -> None:
    async with simulated(journal) as simulator:
        camera = driver(simulator.port)
        await camera.still()
        simulator.snapshot = "/snapshot/moved.jpg"
        assert (await camera.still()).data == JPEG
        assert asked(journal).count("GetSnapshotUri") == 2


@pytest.mark.parametrize(
    ("fault", "error", "message"),
    [
        (Fault.SILENT, SilentError, "GetSystemDateAndTime: no answer within"),
        (Fault.SLOW, SilentError, "does not end"),
        (Fault.GARBAGE, DeviceError, "not an answer"),
        (Fault.ODD, DeviceError, "GetSystemDateAndTime: not an answer"),
        (Fault.REFUSE, RefusedError, "ActionNotSupported"),
    ],
)
async def test_silence_garbage_and_refusal(
    journal: Journal, fault: Fault, error: type[DeviceError], message: str
) -> None:
    async with simulated(journal) as simulator:
        simulator.fault = fault
        camera = driver(simulator.port, timeout_ms=1500)
        with pytest.raises(error, match=message):
            await camera.still()
        simulator.fault = Fault.NONE
        assert (await camera.still()).data == JPEG


async def test_the_recorded_talk() -> None:
    camera_side = Device("onvif_camera.txt")
    server = await asyncio.start_server(camera_side.serve, "127.0.0.1", 0)
    async with server:
        camera = driver(server.sockets[0].getsockname()[1], timeout_ms=1500)
        while camera_side.steps:
            try:
                told = f"{len((await camera.still()).data)} bytes"
            except DeviceError as error:
                told = f"{error.why.reason} {error.why.number or ''}".strip()
            sign, text = camera_side.steps.pop(0)
            assert (sign, told) == ("=", text.replace("no_picture", "no_picture 200"))
    assert camera_side.astray == []


async def test_a_camera_that_goes_and_comes_back(journal: Journal) -> None:
    port = free_port()
    async with running(driver(port, probe_s=0.1, timeout_ms=1500)) as recorder:
        await recorder.until_status(READER, DeviceStatus.OFFLINE)
        async with simulated(journal, port=port):
            await recorder.until_status(READER, DeviceStatus.OFFLINE, DeviceStatus.ONLINE)
        await recorder.until_status(READER, DeviceStatus.ONLINE, DeviceStatus.OFFLINE)
    with pytest.raises(UnavailableError):
        await driver(port).still()


async def test_many_who_want_a_picture_ask_the_camera_once(journal: Journal) -> None:
    async with simulated(journal) as simulator:
        camera = driver(simulator.port)
        stills = await asyncio.gather(*(camera.still() for _ in range(5)))
    assert {still.data for still in stills} == {JPEG}
    assert asked(journal).count("GetProfiles") == 1


async def test_cameras_are_found_on_the_network(journal: Journal) -> None:
    async with simulated(journal) as simulator:
        discovery = Discovery(simulator)
        port = await discovery.start(port=0)
        try:
            [camera] = await look(UUID(int=7), wait_s=0.5, port=port, by="127.0.0.1")
        finally:
            discovery.stop()
    assert camera.addresses == (f"http://127.0.0.1:{simulator.port}/onvif/device_service",)
    assert (camera.endpoint, camera.scope("name")) == (simulator.endpoint, "lane")


@given(st.one_of(st.binary(), st.text().map(str.encode)))
def test_no_answer_breaks_the_search(data: bytes) -> None:
    assert found(data, UUID(int=7)) == []
    assert found(probe(UUID(int=7)), UUID(int=7)) == []


def test_the_descriptions_are_read_once_and_from_this_machine() -> None:
    assert soap.document("media.wsdl") is soap.document("media.wsdl")
