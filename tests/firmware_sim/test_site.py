"""The whole process `domovoy-sim site`: ports, control API, logs, restarts, faults in its configuration."""

import asyncio
import contextlib
import itertools
import json
import os
import signal
import sys
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from firmware_sim import config
from firmware_sim.cli import main

SITE = {
    "folder": "data",
    "lines": [
        {
            "name": "gate",
            "relays": [{"unit": 12, "barriers": [{"name": "in", "output": 0, "move_ms": 20, "stay_ms": 60}]}],
            "meters": [{"unit": 1, "model": "sdm120", "channels": [{"start": 1234.5, "speed": 1000.0}]}],
        }
    ],
    "readers": [{"name": "gate", "key": "00112233445566778899aabbccddeeff"}],
    "cameras": [{"name": "lane"}],
    "panels": [{"name": "tower"}, {"name": "call", "sip": True}],
    "onvif": [{"name": "camera"}, {"name": "doors", "doors": ["door_1"]}],
}


@contextlib.asynccontextmanager
async def site(
    folder: Path, *arguments: str, content: dict[str, Any] = SITE
) -> AsyncIterator[tuple[httpx.AsyncClient, dict[str, Any], asyncio.subprocess.Process]]:
    """The running process: a client of its control API, what it announced, and itself."""
    path = folder / "site.json"
    path.write_text(json.dumps(content))
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-c",
        "import sys; from firmware_sim.cli import main; sys.exit(main())",
        "site",
        "--config",
        str(path),
        *arguments,
        stdout=asyncio.subprocess.PIPE,
        env=os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)},
    )
    assert process.stdout is not None
    try:
        ready = json.loads(await process.stdout.readline())
        async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{ready['control']}") as client:
            yield client, ready, process
    finally:
        if process.returncode is None:
            process.terminate()
        assert await process.wait() in (0, -signal.SIGKILL)


async def write_coil(port: int, unit: int, output: int, *, on: bool) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    frame = bytes([0, 1, 0, 0, 0, 6, unit, 5, 0, output, 0xFF if on else 0, 0])
    writer.write(frame)
    assert await reader.readexactly(len(frame)) == frame
    writer.close()
    await writer.wait_closed()


async def test_a_coil_moves_the_arm_and_all_is_logged(tmp_path: Path) -> None:
    async with site(tmp_path) as (client, ready, _):
        await write_coil(ready["lines"]["gate"], 12, 0, on=True)
        await write_coil(ready["lines"]["gate"], 12, 0, on=False)
        entries: list[dict[str, Any]] = []
        while len(entries) < 4:
            after = entries[-1]["n"] if entries else 0
            answer = await client.get("/log", params={"kind": "arm", "after": after, "wait_s": 3})
            assert answer.json(), "the arm stands still"
            entries += answer.json()
        overview = (await client.get("/")).json()
    assert [entry["state"] for entry in entries] == ["opening", "open", "closing", "closed"]
    seen = overview["barriers"]["in"]
    assert (seen["state"], seen["openings"], seen["place"]) == ("closed", 1, 0.0)
    logged = [json.loads(line) for line in (tmp_path / "data" / "devices.jsonl").read_text().splitlines()]
    assert [entry["n"] for entry in logged] == list(range(1, len(logged) + 1))
    assert [entry["on"] for entry in logged if entry["kind"] == "coil"] == [True, False]
    assert all(earlier["mono_ns"] <= later["mono_ns"] for earlier, later in itertools.pairwise(logged))
    assert (logged[0]["kind"], logged[-1]["kind"]) == ("start", "stop")


async def test_a_driven_gate_shows_its_contacts_and_what_hands_do_to_it(tmp_path: Path) -> None:
    contacts = {"opened": {"input": 3}, "closed": {"input": 4}, "loop": {"input": 5, "normally_closed": True}}
    gate = {"name": "yard", "output": 4, "close_output": 5, "move_ms": 50, "contacts": contacts}
    with_gate = json.loads(json.dumps(SITE))
    with_gate["lines"][0]["relays"][0]["barriers"].append(gate)
    async with site(tmp_path, content=with_gate) as (client, ready, _):
        port = ready["lines"]["gate"]
        assert await read_inputs(port, 12) == [0, 0, 0, 0, 1, 1]
        assert (await client.post("/barriers/yard", json={"crank": 1})).status_code == 204
        assert await read_inputs(port, 12) == [0, 0, 0, 1, 0, 1]
        assert (await client.post("/barriers/yard", json={"occupied": True})).status_code == 204
        assert await read_inputs(port, 12) == [0, 0, 0, 1, 0, 0]
        await write_coil(port, 12, 5, on=True)
        crushed = (await client.get("/log", params={"kind": "arm", "wait_s": 3})).json()
        body = {"input": 0, "closed": True}  # as delivered: a button for the output of its number
        assert (await client.post("/lines/gate/relays/12/input", json=body)).status_code == 204
        assert (await client.post("/lines/gate/relays/12/cut-power")).status_code == 204
        assert (await client.post("/barriers/other", json={})).status_code == 404
        coils = (await client.get("/log", params={"kind": "coil"})).json()
    assert "crushed" in [entry["state"] for entry in crushed]
    assert {"input", "power"} <= {entry["by"] for entry in coils}


async def test_an_exit_button_is_pressed_for_a_moment(tmp_path: Path) -> None:
    door = {"name": "door", "output": 4, "contacts": {"exit_button": {"input": 2}}}
    with_door = json.loads(json.dumps(SITE))
    with_door["lines"][0]["relays"][0]["barriers"].append(door)
    async with site(tmp_path, content=with_door) as (client, ready, _):
        port = ready["lines"]["gate"]
        assert (await client.post("/barriers/door", json={"press": True})).status_code == 204
        assert (await read_inputs(port, 12))[2] == 1
        async with asyncio.timeout(60):
            while (await read_inputs(port, 12))[2]:  # noqa: ASYNC110 - a module tells nothing by itself
                await asyncio.sleep(0.05)


async def read_inputs(port: int, unit: int) -> list[int]:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(bytes([0, 1, 0, 0, 0, 6, unit, 2, 0, 0, 0, 6]))
    answer = await reader.readexactly(10)
    writer.close()
    await writer.wait_closed()
    return [answer[9] >> at & 1 for at in range(6)]


async def test_a_killed_site_keeps_its_log_and_its_counters(tmp_path: Path) -> None:
    async with site(tmp_path) as (client, ready, process):
        await write_coil(ready["lines"]["gate"], 12, 3, on=True)
        before = (await client.get("/")).json()["meters"][0]["totals"][0]
        process.kill()
        await process.wait()
    async with site(tmp_path) as (client, _, _):
        after = (await client.get("/")).json()["meters"][0]["totals"][0]
    assert before >= 1234.5
    assert before < after < before + 10
    logged = [json.loads(line) for line in (tmp_path / "data" / "devices.jsonl").read_text().splitlines()]
    assert [entry["kind"] for entry in logged].count("start") == 2
    assert [entry["output"] for entry in logged if entry["kind"] == "coil"] == [3]


async def test_the_control_api_answers_mistakes(tmp_path: Path) -> None:
    async with site(tmp_path) as (client, _, _):
        answers = [
            (404, await client.post("/readers/other/card", json={"number": 1})),
            (422, await client.post("/readers/gate/card", json={})),
            (422, await client.post("/readers/gate/card", json={"facility": 256, "number": 1})),
            (422, await client.post("/readers/gate/card", json={"bits": "012"})),
            (422, await client.post("/cameras/lane/car", content=b"{")),
            (404, await client.post("/panels/nope/ring", json={"number": "1"})),
            (422, await client.post("/panels/tower/ring", json={"number": ""})),
            (502, await client.post("/panels/tower/ring", json={"number": "1"})),
            (502, await client.post("/panels/tower/event", json={"event": "code", "code": "1"})),
            (204, await client.post("/panels/tower/push-url", json={"push_url": "http://127.0.0.1:9/"})),
            (502, await client.post("/cameras/lane/car", json={"plate": "X711TT90"})),
            (422, await client.post("/lines/gate/trouble", json={"fault": "fire"})),
            (404, await client.post("/lines/gate/meters/9/registers", json=_registers())),
            (204, await client.post("/lines/gate/meters/1/registers", json=_registers())),
            (204, await client.post("/lines/gate/trouble", json={"fault": "silent"})),
            (200, await client.get("/cameras/lane/snapshot.jpg")),
        ]
    assert [answer.status_code for _, answer in answers] == [status for status, _ in answers]


def _registers() -> dict[str, Any]:
    return {"function": 4, "address": 0, "registers": [1, 2]}


async def test_a_replay_is_followed_and_ready_is_written(tmp_path: Path) -> None:
    file = tmp_path / "house.csv"
    file.write_text("start,value\n2020-01-01T00:00:00,3600\n2020-01-01T01:00:00,3600\n")
    ready_file = tmp_path / "ready"
    async with site(tmp_path, "--replay", str(file), "--ready-file", str(ready_file)) as (client, ready, _):
        assert json.loads(ready_file.read_text()) == ready
        totals = [(await client.get("/")).json()["meters"][0]["totals"][0] for _ in range(2)]
    assert totals[1] > totals[0] > 1234.5  # 1000 kWh each second


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("{", "site.json"),
        ('{"folder": "d", "linse": []}', "unknown field `linse`"),
        ('{"folder": "d", "lines": [{"name": "a", "relays": [{"unit": 0}]}]}', "$.lines[0].relays[0].unit"),
        ('{"folder": "d", "lines": [{"name": "a"}, {"name": "a"}]}', "lines: a stands 2 times"),
        (
            '{"folder": "d", "lines": [{"name": "a", "relays": [{"unit": 1}, {"unit": 1}]}]}',
            "units of line a: 1 stands 2 times",
        ),
        (
            '{"folder":"d","lines":[{"name":"a","meters":[{"unit":1,"model":"sdm120","channels":[{"replay":"no.csv"}]}]}]}',
            "no.csv",
        ),
    ],
)
def test_a_faulty_configuration_is_named(
    tmp_path: Path, text: str, message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "site.json"
    path.write_text(text)
    assert main(["site", "--config", str(path)]) == 2
    assert message in capsys.readouterr().err


def test_a_replay_that_is_no_text_is_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "house.csv").write_bytes(b"\xff\xfe\x00\x89PNG")
    path = tmp_path / "site.json"
    meter = '{"unit":1,"model":"sdm120","channels":[{"replay":"house.csv"}]}'
    path.write_text('{"folder":"d","lines":[{"name":"a","meters":[' + meter + "]}]}")
    assert main(["site", "--config", str(path)]) == 2
    assert "house.csv" in capsys.readouterr().err


def test_toml_reads_as_json_does(tmp_path: Path) -> None:
    path = tmp_path / "site.toml"
    path.write_text('folder = "data"\n[[lines]]\nname = "gate"\n[[lines.relays]]\nunit = 12\n')
    assert config.load(path).lines[0].relays[0].unit == 12


async def test_a_stream_is_told_to_fail_and_to_work_again(tmp_path: Path) -> None:
    units = ("6742C00A", "68CE3C80", "6588840A")
    (tmp_path / "test.h264").write_bytes(b"".join(b"\0\0\0\1" + bytes.fromhex(unit) for unit in units))
    content = SITE | {"streams": [{"name": "lane", "file": "test.h264"}]}
    async with site(tmp_path, content=content) as (client, _, _process):
        port = (await client.get("/")).json()["ports"]["streams"]["lane"]

        async def options() -> bytes:
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
            writer.write(b"OPTIONS * RTSP/1.0\r\nCSeq: 1\r\n\r\n")
            try:
                return await asyncio.wait_for(reader.readline(), 5)
            finally:
                writer.close()
                await writer.wait_closed()

        assert await options() == b"RTSP/1.0 200 OK\r\n"
        assert (await client.post("/streams/lane/fault", json={"fault": "refuse"})).status_code == 204
        assert await options() == b"RTSP/1.0 503 Service Unavailable\r\n"
        assert (await client.get("/")).json()["streams"] == {"lane": {"fault": "refuse", "watched": 0}}
        await client.post("/streams/lane/fault", json={"fault": "none"})
        assert await options() == b"RTSP/1.0 200 OK\r\n"


def test_a_stream_without_a_picture_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "test.h264").write_bytes(b"no picture")
    path = tmp_path / "site.json"
    path.write_text(json.dumps(SITE | {"streams": [{"name": "lane", "file": "test.h264"}]}))
    assert main(["site", "--config", str(path)]) != 0
    assert "stream lane, file: no H.264 stream that begins with a key picture" in capsys.readouterr().err
