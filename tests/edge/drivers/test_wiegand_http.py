"""Pushed cards: the shapes that controllers send, what they get wrong, and the simulated controller's own push."""

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
from firmware_sim import wiegand
from firmware_sim.journal import Journal
from firmware_sim.wiegand_controller import PushError, Shape, WiegandController
from hypothesis import given
from hypothesis import strategies as st

from deploy.demo.servers.processes import free_port
from edge.drivers.table import build
from edge.drivers.wiegand_http import driver as wiegand_http
from edge.drivers.wiegand_http.decode import CardPushError, seen
from protocols.cards import CardFormat as Format
from protocols.records import DeviceStatus
from tests.edge.drivers.support import PORTS, READER, Recorder, device, running
from tests.edge.drivers.transcripts import answer, data_of, steps

TOKEN = "a-long-enough-token"


@contextlib.asynccontextmanager
async def source(**more: Any) -> AsyncIterator[tuple[str, Recorder]]:
    port = free_port()
    devices = build([device("wiegand_http", {"port": port, "token": TOKEN} | more)], PORTS)
    async with running(*devices.all.values()) as recorder:
        await recorder.until_status(READER, DeviceStatus.ONLINE)
        yield f"http://127.0.0.1:{port}/cards/{TOKEN}", recorder


async def push(url: str, **event: Any) -> httpx.Response:
    async with httpx.AsyncClient() as client:
        return await client.post(url, json=event)


async def test_the_recorded_talk(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(wiegand_http, "BODY_WITHIN_S", 1.5)
    told = 0
    async with source() as (url, recorder):
        place = httpx.URL(url)
        reader, writer = await asyncio.open_connection(place.host, place.port)
        for sign, text in steps("wiegand_http.txt"):
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
                    assert f"{recorder.reads[-1].raw} | -" == text
            assert len(recorder.reads) == told or sign != "="
        writer.close()
    assert {credential.number for read in recorder.reads for credential in read.credentials} == {13330}


@pytest.mark.parametrize(
    ("shape", "bits", "raw", "format_", "number"),
    [
        ("bits", wiegand.h10301(18, 23011), wiegand.h10301(18, 23011), Format.H10301, 23011),
        ("numbers", wiegand.h10301(18, 23011), "18,23011", Format.H10301, 23011),
        ("em", wiegand.w34(1202659), "0001202659", Format.EM4100, 1202659),
        ("uid", wiegand.w34(0x04A1B2C3), "04A1B2C3", Format.UID4, None),
    ],
)
async def test_the_simulated_controller_pushes_cards(
    journal: Journal, shape: Shape, bits: str, raw: str, format_: Format, number: int | None
) -> None:
    async with source() as (url, recorder):
        controller = WiegandController("doors", push_url=url, journal=journal, shape=shape)
        assert (await controller.present(bits))["status"] == 204
    [read] = recorder.reads
    assert read.raw == raw
    assert (format_, number) in [(each.format, each.number) for each in read.credentials]


async def test_a_controller_whose_box_is_away_or_refuses_says_so(journal: Journal) -> None:
    controller = WiegandController("doors", push_url=f"http://127.0.0.1:{free_port()}/", journal=journal)
    with pytest.raises(PushError, match=r"controller doors: .*refused"):
        await controller.present(wiegand.w34(1))
    async with source() as (url, _):
        controller.push_url = url + "x"
        with pytest.raises(PushError, match=r"404.*unknown token"):
            await controller.present(wiegand.w34(1))


async def test_the_same_card_pushed_again_is_one_presentation() -> None:
    async with source(repeat_ms=60_000) as (url, recorder):
        for em in ("0001202659", "0001202659", "0001202660", "0001202659"):
            assert (await push(url, em=em)).status_code == 204
    assert [read.raw for read in recorder.reads] == ["0001202659", "0001202660", "0001202659"]


async def test_a_reversed_uid_is_turned_round() -> None:
    async with source(reverse=True) as (url, recorder):
        await push(url, uid="c3b2a104")
    [credential] = recorder.reads[0].credentials
    assert (recorder.reads[0].raw, credential.uid_hex) == ("C3B2A104", "04A1B2C3")


async def test_frames_that_fit_nothing_are_kept_raw() -> None:
    async with source() as (url, recorder):
        await push(url, bits="1" * 26)
        await push(url, bits="101")
    assert [[each.format for each in read.credentials] for read in recorder.reads] == [[Format.RAW]] * 2


async def test_bad_pushes_are_answered_with_problems_and_change_nothing() -> None:
    async with source() as (url, recorder), httpx.AsyncClient() as client:
        answers = [
            (404, await client.post(url + "x", json={"em": "1"})),
            (404, await client.post(url.rpartition("/")[0], json={"em": "1"})),
            (405, await client.get(url)),
            (422, await client.post(url, content=b"{")),
            (422, await client.post(url, content=b"\xff")),
            (422, await client.post(url, content=b"[" * 4000)),
            (422, await client.post(url, json=["1"])),
            (422, await client.post(url, json={})),
            (422, await client.post(url, json={"bits": "012"})),
            (422, await client.post(url, json={"bits": "1", "em": "1"})),
            (422, await client.post(url, json={"facility": 18})),
            (422, await client.post(url, json={"facility": 256, "number": 1})),
            (422, await client.post(url, json={"facility": 1, "number": 1, "format": "H10302"})),
            (422, await client.post(url, json={"number": 1, "format": "W99"})),
            (422, await client.post(url, json={"number": -1})),
            (422, await client.post(url, json={"em": "4294967296"})),
            (422, await client.post(url, json={"uid": "04A1B2C3D4"})),
            (413, await client.post(url, content=b"x" * 5000)),
        ]
        assert [answer.status_code for _, answer in answers] == [status for status, _ in answers]
        for status, told in answers:
            assert told.headers["content-type"] == "application/problem+json"
            problem = told.json()
            assert (problem["type"], problem["status"]) == ("about:blank", status)
            assert problem["title"]
            assert problem["detail"]
        assert "$.bits" in answers[8][1].json()["detail"]
        assert answers[2][1].headers["allow"] == "POST"
        assert recorder.reads == []
        assert (await client.post(url, json={"em": "1"})).status_code == 204
    assert len(recorder.reads) == 1


@given(
    st.dictionaries(
        st.sampled_from(["bits", "uid", "em", "facility", "number", "format"]),
        st.one_of(
            st.integers(),
            st.text(),
            st.from_regex(r"[01]{1,64}"),
            st.from_regex(r"[0-9A-F]{2,14}"),
            st.none(),
        ),
    )
)
def test_no_event_breaks_the_decoder(event: dict[str, Any]) -> None:
    with contextlib.suppress(CardPushError):
        what = seen(json.dumps(event).encode(), reverse=True)
        assert what.credentials
        assert what.raw.isprintable()
