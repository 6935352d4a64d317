"""The makers' shapes of a push: the simulated cameras' own, recorded ones, and what is none."""

import asyncio
import contextlib
import json
from typing import Any

import httpx
import pytest
from firmware_sim import anpr
from firmware_sim.camera import Camera
from firmware_sim.camera import PushError as CameraPushError
from firmware_sim.clock import SystemClock
from firmware_sim.journal import Journal
from hypothesis import given
from hypothesis import strategies as st

from edge.drivers.parts import Part
from edge.drivers.plate_http import driver as plate_http
from edge.drivers.plate_http.decode import SHAPES, PlatePushError, seen
from tests.edge.drivers.test_plate_http import source
from tests.edge.drivers.transcripts import answer, data_of, steps

STILL = b"\xff\xd8\xff\xe0 a picture"


def alert(**more: str) -> bytes:
    fields = {"eventType": "ANPR", "UUID": "1"} | more
    plate = fields.pop("plate", "X711TT90")
    level = fields.pop("level", "97")
    anpr_part = f"<ANPR><licensePlate>{plate}</licensePlate><confidenceLevel>{level}</confidenceLevel></ANPR>"
    body = "".join(f"<{name}>{value}</{name}>" for name, value in fields.items())
    return f"<EventNotificationAlert>{body}{anpr_part}</EventNotificationAlert>".encode()


def xml(data: bytes) -> list[Part]:
    return [Part("", "", "application/xml", data)]


@pytest.mark.parametrize("maker", ["generic", "hikvision", "dahua"])
@pytest.mark.parametrize("auth", ["", "digest", "basic"])
async def test_the_simulated_cameras_push_plate_and_still(journal: Journal, maker: Any, auth: str) -> None:
    sign_in = {"user": "lane", "password": "k9", "auth": auth} if auth else {}
    async with source(shape=maker, **sign_in) as (url, recorder):
        camera = Camera(
            "lane",
            push_url=url,
            journal=journal,
            clock=SystemClock(),
            maker=maker,
            user="lane",
            password="k9",
        )
        told = await camera.arrive("X711TT90", read_as="X711TT 90", confidence=0.93)
        again = await camera.arrive("X711TT90", read_as="", confidence=0.1)
    assert {told["status"], again["status"]} == {204 if maker == "generic" else 200}
    first, second = recorder.reads
    assert (first.plate, first.raw, first.confidence) == ("X711TT90", "X711TT 90", 0.93)
    assert first.still is not None
    assert len(first.still.data) > 10_000
    assert second.plate is None


async def test_a_camera_with_another_password_is_refused(journal: Journal) -> None:
    async with source(user="lane", password="k9") as (url, recorder):
        camera = Camera(
            "lane", push_url=url, journal=journal, clock=SystemClock(), user="lane", password="wrong"
        )
        with pytest.raises(CameraPushError, match="401"):
            await camera.arrive("X711TT90", read_as="X711TT90", confidence=1.0)
    assert recorder.reads == []


async def test_frames_vote_and_a_car_that_was_not_read_is_told(journal: Journal) -> None:
    async with source(shape="hikvision", min_votes=2, votes_ms=3000) as (url, recorder):
        camera = Camera("lane", push_url=url, journal=journal, clock=SystemClock(), maker="hikvision")
        for plate in ("X711TT90", "X7I1TT90", "X711TT90", "X711TT90"):
            await camera.arrive("X711TT90", read_as=plate, confidence=0.9)
        assert [read.plate for read in recorder.reads] == ["X711TT90"]
        await asyncio.sleep(3.1)
        await camera.arrive("A123BC72", read_as="A123BC72", confidence=0.9)
        await recorder.until_reads(2)
    assert (recorder.reads[1].plate, recorder.reads[1].raw) == (None, "A123BC72")


async def test_the_same_event_twice_is_one(journal: Journal) -> None:
    async with source(shape="hikvision") as (url, recorder), httpx.AsyncClient() as client:
        for uuid in ("1", "1", "2"):
            told = await client.post(
                url, content=alert(UUID=uuid), headers={"content-type": "application/xml"}
            )
            assert told.status_code == 200
    assert len(recorder.reads) == 2


async def test_a_maker_may_append_a_path_of_its_own(journal: Journal) -> None:
    async with source(shape="dahua") as (url, recorder), httpx.AsyncClient() as client:
        beat = anpr.heartbeat("lane")
        told = await client.post(f"{url}/NotificationInfo/KeepAlive", content=beat.body)
        assert (told.status_code, told.json()["result"]) == (200, "true")
        reading = anpr.Reading("lane", "X711TT90", 0.9, 1, "2026-11-28 12:00:00.000")
        push = anpr.push("dahua", reading, STILL)
        told = await client.post(f"{url}/NotificationInfo/TollgateInfo", content=push.body)
        assert told.json()["result"] == "true"
    assert [read.plate for read in recorder.reads] == ["X711TT90"]


@pytest.mark.parametrize("name", ["plate_generic.txt", "plate_hikvision.txt", "plate_dahua.txt"])
async def test_the_recorded_talks(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(plate_http, "BODY_WITHIN_S", 1.5)
    told = 0
    shape = name.removeprefix("plate_").removesuffix(".txt")
    async with source(shape=shape, min_confidence=0.5) as (url, recorder):
        place = httpx.URL(url)
        reader, writer = await asyncio.open_connection(place.host, place.port)
        for sign, text in steps(name):
            match sign:
                case ">":
                    writer.write(data_of(text))
                case "<":
                    assert (await answer(reader)).startswith(data_of(text)), text
                case "~":
                    await asyncio.sleep(int(text) / 1000)
                case "!":
                    writer.close()
                    reader, writer = await asyncio.open_connection(place.host, place.port)
                case "=" if text:
                    told += 1
                    read = recorder.reads[-1]
                    assert f"{read.raw} | {read.plate or '-'}".strip() == text
            assert len(recorder.reads) == told or sign != "="
        writer.close()


def test_what_was_kept_while_the_network_was_away_opens_nothing() -> None:
    assert seen("hikvision", xml(alert(isDataRetransmission="true")), min_confidence=0) is None
    assert seen("hikvision", xml(alert(eventType="videoloss")), min_confidence=0) is None


def test_hikvision_in_json_and_with_a_namespace() -> None:
    data = b'{"eventType":"ANPR","ANPR":{"licensePlate":"x711tt90","confidenceLevel":88},"UUID":"7"}'
    what = seen("hikvision", [Part("", "", "application/json", data)], min_confidence=0.9)
    assert what is not None
    assert (what.plate, what.raw, what.confidence, what.event) == (None, "x711tt90", 0.88, "7")
    spaced = alert().replace(b"<", b"<h:").replace(b"<h:/", b"</h:")
    spaced = spaced.replace(b"<h:EventNotificationAlert>", b'<h:EventNotificationAlert xmlns:h="x">')
    what = seen("hikvision", xml(spaced), min_confidence=0)
    assert what is not None
    assert (what.plate, what.confidence) == ("X711TT90", 0.97)


@pytest.mark.parametrize("plate", ["unknown", "noPlate", "", " ", "—"])
def test_a_vehicle_without_a_plate(plate: str) -> None:
    what = seen("hikvision", xml(alert(plate=plate)), min_confidence=0)
    assert what is not None
    assert what.plate is None


@pytest.mark.parametrize(
    ("shape", "data", "message"),
    [
        ("hikvision", b"", "EventNotificationAlert: no element"),
        ("hikvision", b"<a/>", "no EventNotificationAlert"),
        ("hikvision", b"<EventNotificationAlert>", "no element"),
        ("hikvision", alert(level="high"), "confidenceLevel"),
        ("hikvision", alert(plate="X" * 65), "licensePlate"),
        ("hikvision", b'<!DOCTYPE a [<!ENTITY b "c">]><EventNotificationAlert/>', "document type"),
        ("hikvision", b"<EventNotificationAlert>" + b"<a>" * 40, "too deep"),
        ("hikvision", b"<EventNotificationAlert>" + b"<a/>" * 3000, "too long"),
        ("hikvision", b'<?xml version="1.0" encoding="no-such"?><a/>', "encoding"),
        ("dahua", b"{}", "missing required field `Picture`"),
        ("dahua", b"[1]", "event"),
        ("dahua", b'{"Picture":{"NormalPic":{"Content":"?"}}}', "Content"),
        ("dahua", b'{"Picture":{"Plate":{"PlateNumber":7}}}', r"\$\.Picture\.Plate\.PlateNumber"),
    ],
)
def test_what_is_no_push_is_refused_with_its_place(shape: str, data: bytes, message: str) -> None:
    with pytest.raises(PlatePushError, match=message):
        seen(shape, [Part("", "", "text/xml" if shape == "hikvision" else "", data)], min_confidence=0)


@given(shape=st.sampled_from(sorted(SHAPES)), data=st.one_of(st.binary(), st.text().map(str.encode)))
def test_no_bytes_break_a_decoder(shape: str, data: bytes) -> None:
    for kind in ("application/json", "text/xml"):
        with contextlib.suppress(PlatePushError):
            seen(shape, [Part("", "", kind, data)], min_confidence=0.5)


@given(
    plate=st.recursive(
        st.one_of(st.none(), st.integers(), st.floats(), st.text(), st.booleans()), st.lists, max_leaves=3
    ),
    name=st.sampled_from(
        ["Plate", "NormalPic", "Picture", "Active", "ANPR", "eventType", "plate", "confidence"]
    ),
)
def test_no_json_breaks_a_decoder(plate: Any, name: str) -> None:
    for event in ({name: plate}, {"Picture": {name: plate}}, {"eventType": "ANPR", "ANPR": {name: plate}}):
        for shape in SHAPES:
            with contextlib.suppress(PlatePushError):
                seen(
                    shape, [Part("", "", "application/json", json.dumps(event).encode())], min_confidence=0.5
                )
