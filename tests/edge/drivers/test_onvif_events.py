"""What an ONVIF camera tells of itself: our pull point against a camera written out by hand, on real sockets."""

import asyncio
import contextlib
import sys
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from firmware_sim import picture
from firmware_sim.journal import Journal
from firmware_sim.onvif import Fault, OnvifDevice
from firmware_sim.onvif_events import Events
from hypothesis import given
from hypothesis import strategies as st

from deploy.demo.layout import ROOT
from deploy.demo.servers.processes import free_port
from edge.drivers.base import DeviceError
from edge.drivers.onvif import pull_point
from edge.drivers.onvif.pull_point import Message, PullPoint
from edge.drivers.onvif.soap import Access, Onvif
from edge.drivers.onvif_camera import listening
from edge.drivers.onvif_camera.events import PLACES_MAX, Change, Eye
from edge.drivers.table import build
from protocols.records import DeviceAlarm, DeviceReason, DeviceStatus
from tests.edge.drivers.onvif_talk import Device
from tests.edge.drivers.support import PORTS, READER, Recorder, device, eventually, running

JPEG = picture.take(camera="lane", plate="X711TT90", caption="")
TAMPER, SIGNAL = DeviceAlarm.CAMERA_TAMPER, DeviceAlarm.CAMERA_SIGNAL


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Answers are kept back for a second, not five."""
    monkeypatch.setattr(pull_point, "WAIT_S", 1)
    monkeypatch.setattr(listening, "PACE_S", 0.05)


@contextlib.asynccontextmanager
async def simulated(
    journal: Journal, *, has_events: bool = True, **more: Any
) -> AsyncIterator[tuple[OnvifDevice, Events]]:
    camera = OnvifDevice("lane", journal=journal, take=lambda: JPEG, has_events=has_events, **more)
    await camera.start()
    try:
        yield camera, camera.events or Events(camera._clock, str)
    finally:
        await camera.stop()


@contextlib.asynccontextmanager
async def listened_to(port: int, **more: Any) -> AsyncIterator[Recorder]:
    settings = {"host": "127.0.0.1", "port": port, "user": "admin", "password": "k9"} | more
    async with running(*build([device("onvif_camera", settings)], PORTS).all.values()) as recorder:
        yield recorder


def told(recorder: Recorder, alarm: DeviceAlarm = TAMPER) -> list[bool]:
    return [active for _, kind, active, _ in recorder.alarms if kind is alarm]


def operations(journal: Journal) -> list[str]:
    return [entry["operation"] for entry in journal.after(0, frozenset({"onvif"}))]


async def test_a_covered_camera_is_an_alarm_until_it_sees_again(journal: Journal) -> None:
    async with simulated(journal) as (camera, events), listened_to(camera.port) as recorder:
        await recorder.until(lambda: told(recorder) == [False] and told(recorder, SIGNAL) == [False])
        events.change("scene", True)
        await recorder.until(lambda: told(recorder) == [False, True])
        events.change("dark", True)
        events.change("scene", False)
        events.change("motion", True)
        await asyncio.sleep(0.3)
        assert told(recorder) == [False, True]
        events.change("dark", False)
        await recorder.until(lambda: told(recorder) == [False, True, False])
        assert told(recorder, SIGNAL) == [False]
        assert (READER, TAMPER, True, "the scene has changed") in recorder.alarms


async def test_a_lost_signal_is_an_alarm_of_its_own_and_a_state_that_is_removed_is_over(
    journal: Journal,
) -> None:
    async with simulated(journal) as (camera, events), listened_to(camera.port) as recorder:
        await recorder.until(lambda: told(recorder, SIGNAL) == [False])
        events.change("signal", True)
        await recorder.until(lambda: told(recorder, SIGNAL) == [False, True])
        events.remove("signal")
        await recorder.until(lambda: told(recorder, SIGNAL) == [False, True, False])
        assert told(recorder) == [False]


async def test_a_subscription_that_is_forgotten_is_asked_for_anew_and_what_changed_meanwhile_is_told(
    journal: Journal,
) -> None:
    async with simulated(journal) as (camera, events), listened_to(camera.port) as recorder:
        events.states["scene"] = True
        await recorder.until(lambda: told(recorder)[-1:] == [True])
        events.states["scene"] = False
        events.forget()
        await recorder.until(lambda: told(recorder)[-1:] == [False])
        events.change("tamper", True)
        await recorder.until(lambda: told(recorder)[-1:] == [True])
        del events.states["tamper"]  # it starts with another set-up
        events.forget()
        await recorder.until(lambda: told(recorder)[-1:] == [False])
    assert operations(journal).count("CreatePullPointSubscription") == 3


async def test_a_camera_that_starts_again_is_listened_to_again(journal: Journal) -> None:
    port = free_port()
    async with listened_to(port, probe_s=0.1) as recorder:
        for _ in range(2):
            async with simulated(journal, port=port) as (_, events):
                await recorder.until_status(READER, DeviceStatus.ONLINE)
                events.change("scene", True)
                await eventually(lambda: told(recorder)[-1:] == [True])
                events.change("scene", False)
                await eventually(lambda: told(recorder)[-1:] == [False])
            await recorder.until_status(READER, DeviceStatus.OFFLINE)


@pytest.mark.parametrize("times", [("relative",), ("absolute",)])
@pytest.mark.parametrize("off_s", [0.0, -7200.0, 86_400.0])
async def test_a_subscription_is_renewed_by_either_form_of_time_and_any_clock(
    journal: Journal, monkeypatch: pytest.MonkeyPatch, times: tuple[str, ...], off_s: float
) -> None:
    monkeypatch.setattr(pull_point, "LASTS_S", 4)
    monkeypatch.setattr(pull_point, "LASTS_MIN_S", 1.0)
    async with simulated(journal, clock_off_s=off_s) as (camera, events):
        events.times = times
        async with listened_to(camera.port) as recorder:
            await recorder.until(lambda: told(recorder) == [False])
            await eventually(lambda: "Renew" in operations(journal))
            await asyncio.sleep(2.5)  # beyond what it was asked for at first
            events.change("scene", True)
            await recorder.until(lambda: told(recorder) == [False, True])
    assert operations(journal).count("CreatePullPointSubscription") == (1 if "relative" in times else 2)


async def test_a_camera_that_renews_nothing_is_subscribed_to_anew(
    journal: Journal, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pull_point, "LASTS_S", 2)
    monkeypatch.setattr(pull_point, "LASTS_MIN_S", 1.0)
    async with simulated(journal) as (camera, events):
        events.renews = False
        async with listened_to(camera.port):
            await eventually(lambda: operations(journal).count("CreatePullPointSubscription") == 3)


async def test_the_subscriptions_own_parameters_go_back_to_it(journal: Journal) -> None:
    async with simulated(journal, hidden_host="192.168.254.254:8080") as (camera, events):
        events.by_reference = True
        async with listened_to(camera.port) as recorder:
            await recorder.until(lambda: told(recorder) == [False])
            events.change("tamper", True)
            await recorder.until(lambda: told(recorder) == [False, True])
        await eventually(lambda: not events.open)


async def test_a_driver_that_ends_gives_its_subscription_up(journal: Journal) -> None:
    async with simulated(journal) as (camera, events):
        async with listened_to(camera.port) as recorder:
            await recorder.until(lambda: told(recorder) == [False])
            assert len(events.open) == 1
        await eventually(lambda: not events.open)


@pytest.mark.parametrize("fault", [Fault.SILENT, Fault.SLOW, Fault.GARBAGE, Fault.ODD, Fault.REFUSE])
async def test_silence_garbage_and_refusal_end_no_alarm(journal: Journal, fault: Fault) -> None:
    async with (
        simulated(journal) as (camera, events),
        listened_to(camera.port, timeout_ms=500, probe_s=0.2) as recorder,
    ):
        await recorder.until(lambda: told(recorder) == [False])
        events.change("scene", True)
        await recorder.until(lambda: told(recorder) == [False, True])
        camera.fault = fault
        await asyncio.sleep(2.5)
        assert told(recorder) == [False, True]
        camera.fault = Fault.NONE
        events.change("scene", False)
        await recorder.until(lambda: told(recorder) == [False, True, False])


async def test_a_driver_that_ends_waits_for_no_answer(
    journal: Journal, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The camera keeps its answer back for longer than any test lasts, and is asked for it no more."""
    monkeypatch.setattr(pull_point, "WAIT_S", 3600)
    async with simulated(journal) as (camera, events):
        async with listened_to(camera.port) as recorder:
            await recorder.until(
                lambda: told(recorder) == [False]
            )  # its states: the next answer is kept back
            await eventually(lambda: operations(journal).count("PullMessages") == 2)
        await eventually(lambda: not events.open)


async def test_a_process_that_ends_waits_for_no_answer(tmp_path: Path) -> None:
    """Nor for a camera that is silent to the last: a box's process is over while its poll is open."""
    asked = asyncio.Event()

    async def silent(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        asked.set()
        await reader.read()
        writer.close()

    server = await asyncio.start_server(silent, "127.0.0.1", 0)
    script = tmp_path / "box.py"
    script.write_text(_BOX.format(port=server.sockets[0].getsockname()[1]))
    async with server:
        process = await asyncio.create_subprocess_exec(
            sys.executable, str(script), stdin=asyncio.subprocess.PIPE, cwd=ROOT
        )
        await asked.wait()
        assert process.stdin is not None
        process.stdin.close()
        assert await process.wait() == 0


_BOX = """
import asyncio, sys
from edge.drivers.onvif.pull_point import PullPoint
from edge.drivers.onvif.soap import Access, Onvif
from edge.drivers.onvif_camera.listening import Listening
from tests.edge.drivers.support import PORTS

async def box():
    point = PullPoint(Onvif(Access("lane", "127.0.0.1", {port}, "", "", 3600.0), PORTS), PORTS.monotonic_ns)
    listening = Listening("lane", point, tell=print, note=print, random=lambda: 0.0)
    task = asyncio.create_task(listening.run())
    reader = asyncio.StreamReader()
    await asyncio.get_running_loop().connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin)
    await reader.read()
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)

asyncio.run(box())
"""


def states(recorder: Recorder) -> list[str]:
    told = zip(recorder.of(READER), recorder.reasons, strict=True)
    return [
        f"{status} {reason}" if reason is DeviceReason.NO_EVENTS else status for status, (reason, _) in told
    ]


HEARD, UNHEARD = "online", "online no_events"


async def test_events_that_cannot_be_had_are_the_cameras_state_until_they_can(journal: Journal) -> None:
    async with simulated(journal) as (camera, events):
        events.refuses = "ter:NotAuthorized"
        async with listened_to(camera.port) as recorder:
            await recorder.until(lambda: states(recorder)[-1:] == [UNHEARD])
            assert "CreatePullPointSubscription: refused" in recorder.statuses[-1][2]
            events.refuses = ""
            await recorder.until(lambda: states(recorder)[-1:] == [HEARD])
            assert states(recorder) in ([UNHEARD, HEARD], [HEARD, UNHEARD, HEARD])


async def test_a_subscription_that_is_lost_and_had_again_changes_no_state(journal: Journal) -> None:
    async with simulated(journal) as (camera, events), listened_to(camera.port) as recorder:
        await recorder.until(lambda: told(recorder) == [False])
        for count in (2, 3):
            events.forget()
            await eventually(lambda: operations(journal).count("CreatePullPointSubscription") == count)  # noqa: B023
        assert states(recorder) == [HEARD]


async def test_a_camera_that_is_gone_is_gone_and_its_events_are_no_fault_of_their_own(
    journal: Journal,
) -> None:
    port = free_port()
    async with listened_to(port, timeout_ms=500) as recorder:
        await recorder.until_status(READER, DeviceStatus.OFFLINE)
        for count in (1, 2):
            async with simulated(journal, port=port) as (_, events):
                await recorder.until(lambda: len(states(recorder)) == 2 * count)  # noqa: B023
                await eventually(lambda: bool(events.open))
            await recorder.until(lambda: len(states(recorder)) == 2 * count + 1)  # noqa: B023
        assert states(recorder) == ["offline", "online", "offline", "online", "offline"]


async def test_a_camera_without_events_works_as_before_and_ends_what_was_told(journal: Journal) -> None:
    async with (
        simulated(journal, has_events=False) as (camera, _),
        listened_to(camera.port) as recorder,
    ):
        await recorder.until_status(READER, DeviceStatus.ONLINE)
        await recorder.until(lambda: told(recorder) == told(recorder, SIGNAL) == [False])
        await recorder.until(lambda: states(recorder)[-1:] == [UNHEARD])
        assert recorder.statuses[-1][2].startswith("it has no event service")
    assert "CreatePullPointSubscription" not in operations(journal)


async def test_who_wants_no_events_is_told_none(journal: Journal) -> None:
    async with (
        simulated(journal) as (camera, events),
        listened_to(camera.port, events=False) as recorder,
    ):
        await recorder.until_status(READER, DeviceStatus.ONLINE)
        events.change("scene", True)
        await asyncio.sleep(0.3)
        assert told(recorder) == told(recorder, SIGNAL) == [False]
    assert "CreatePullPointSubscription" not in operations(journal)


async def test_the_recorded_talk() -> None:
    """A camera that names neither prefixes nor times as others do; refusal, garbage, silence, a lost subscription."""
    camera_side = Device("onvif_events.txt")
    server = await asyncio.start_server(camera_side.serve, "127.0.0.1", 0)
    async with server:
        access = Access("camera", "127.0.0.1", server.sockets[0].getsockname()[1], "", "", 2.0)
        point, eye = PullPoint(Onvif(access, PORTS), PORTS.monotonic_ns), Eye()
        is_subscribed = False
        while camera_side.steps:
            try:
                if not is_subscribed:
                    is_subscribed = await asyncio.to_thread(point.subscribe)
                    eye.subscribed()
                    says = "subscribed" if is_subscribed else "no events"
                else:
                    changes = eye.take(await asyncio.to_thread(point.pull))
                    says = "; ".join(f"{each.alarm} {each.active} {each.detail}".strip() for each in changes)
            except DeviceError as error:
                is_subscribed = False
                says = f"{error.why.reason} {error.why.number or ''}".strip()
            assert camera_side.steps.pop(0) == ("=", says)
        point._device.close()
    assert camera_side.astray == []


def message(topic: str, state: str | None, source: str = "0", operation: str = "Changed") -> Message:
    return Message(topic, (("Source", source),), operation, {} if state is None else {"State": state})


SCENE = "VideoSource/GlobalSceneChange/ImagingService"


def test_two_eyes_and_three_topics_are_one_alarm() -> None:
    eye = Eye()
    assert eye.take([message(SCENE, "false"), message(SCENE, "true", "1")]) == [
        Change(TAMPER, True, "the scene has changed")
    ]
    assert eye.take([message("VideoSource/ImageTooDark", "1"), message(SCENE, "0", "1")]) == []
    assert eye.take([message("VideoSource/ImageTooDark", "0")]) == [Change(TAMPER, False, "")]


@pytest.mark.parametrize("state", [None, "", "perhaps", "2"])
def test_a_message_without_a_state_changes_nothing(state: str | None) -> None:
    assert Eye().take([message(SCENE, state)]) == []


def test_a_topic_that_only_begins_alike_is_another() -> None:
    assert Eye().take([message("VideoSource/GlobalSceneChanged", "true")]) == []


def test_what_a_camera_does_not_tell_anew_is_over_only_if_it_tells_anything_anew() -> None:
    for retells in (False, True):
        eye = Eye()
        eye.take([message(SCENE, "true")])
        eye.subscribed()
        if retells:
            eye.take([message("VideoSource/SignalLoss", "false", operation="Initialized")])
        assert eye.take([]) == ([Change(TAMPER, False, "")] if retells else [])


def test_a_camera_that_names_ever_new_eyes_fills_no_memory() -> None:
    eye = Eye()
    eye.take(message(SCENE, "true", str(number)) for number in range(10_000))
    assert len(eye._lasting) == PLACES_MAX


STATES = st.sampled_from(["true", "false", "x"])
MESSAGES = st.lists(
    st.builds(
        message,
        st.sampled_from([SCENE, "VideoSource/SignalLoss", "RuleEngine/TamperDetector/T", "Other"]),
        STATES,
        st.sampled_from("01"),
        st.sampled_from(["Initialized", "Changed", "Deleted"]),
    ),
    max_size=4,
)


@given(st.lists(MESSAGES | st.none()))
def test_each_alarm_is_told_once_and_ends_what_it_began(steps: list[list[Message] | None]) -> None:
    eye, last = Eye(), dict[DeviceAlarm, bool]()
    for step in steps:
        if step is None:
            eye.subscribed()
            continue
        for change in eye.take(step):
            assert last.get(change.alarm) is not change.active
            last[change.alarm] = change.active
            assert bool(change.detail) is change.active
    eye.nothing()
    assert not any(eye._told.values())
