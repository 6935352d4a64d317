"""The polygon: several sites in one process, the page, its stream, and the hand at devices through it."""

import asyncio
import contextlib
import json
import os
import signal
import sys
import threading
from collections.abc import AsyncIterator, Callable
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import httpx
import pytest
from firmware_sim.cli import main

GATE = {
    "folder": "gate",
    "lines": [
        {
            "name": "line",
            "relays": [
                {
                    "unit": 11,
                    "barriers": [
                        {
                            "name": "entry",
                            "output": 0,
                            "close_output": 1,
                            "move_ms": 50,
                            "light": {"green": 2, "red": 3},
                        }
                    ],
                }
            ],
        }
    ],
    "cameras": [{"name": "entry-camera"}],
    "readers": [{"name": "entry-reader"}],
    "scanners": [{"name": "entry-scanner"}],
    "lanes": [{"name": "entry", "barrier": "entry", "camera": "entry-camera"}],
}
TOWER = {
    "folder": "tower",
    "lines": [{"name": "line", "relays": [{"unit": 11, "barriers": [{"name": "door", "output": 0}]}]}],
    "panels": [{"name": "door-panel"}],
}
POLYGON: dict[str, Any] = {
    "sites": [
        {
            "key": "gate",
            "name": "КПП",
            "config": "gate.json",
            "places": [
                {
                    "kind": "lane",
                    "name": "Въезд",
                    "barrier": "entry",
                    "lane": "entry",
                    "reader": "entry-reader",
                }
            ],
            "fire": {"line": "line", "unit": 11, "input": 5},
        },
        {
            "key": "tower",
            "name": "Башня",
            "config": "tower.json",
            "places": [{"kind": "door", "name": "Дверь", "barrier": "door", "panel": "door-panel"}],
        },
    ],
    "plates": [{"plate": "T254MK72", "note": "Иванова"}],
}


def write(folder: Path, polygon: dict[str, Any]) -> Path:
    for name, content in (("gate", GATE), ("tower", TOWER), ("polygon", polygon)):
        (folder / f"{name}.json").write_text(json.dumps(content))
    return folder / "polygon.json"


@contextlib.asynccontextmanager
async def running(folder: Path, **changes: Any) -> AsyncIterator[tuple[httpx.AsyncClient, dict[str, Any]]]:
    """The process: a client of the page's address, and what was announced."""
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-c",
        "import sys; from firmware_sim.cli import main; sys.exit(main())",
        "polygon",
        "--config",
        str(write(folder, POLYGON | changes)),
        stdout=asyncio.subprocess.PIPE,
        env=os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)},
    )
    assert process.stdout is not None
    try:
        ready = json.loads(await process.stdout.readline())
        async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{ready['polygon']}") as client:
            yield client, ready
    finally:
        process.send_signal(signal.SIGTERM)
        assert await process.wait() == 0


async def seen(client: httpx.AsyncClient, wanted: Callable[[dict[str, Any]], bool]) -> dict[str, Any]:
    """The first state on the stream that is wanted."""
    async with asyncio.timeout(10), client.stream("GET", "/live") as answer:
        async for line in answer.aiter_lines():
            if line.startswith("data: ") and wanted(state := json.loads(line[6:])):
                return dict(state)
    raise AssertionError("the stream ended")


async def test_the_page_is_plain_and_fenced_in(tmp_path: Path) -> None:
    async with running(tmp_path) as (client, ready):
        page = await client.get("/")
        assert page.headers["content-type"].startswith("text/html")
        assert "script-src 'self'" in page.headers["content-security-policy"]
        assert "<script>" not in page.text
        for path in ("/polygon.js", "/polygon.css"):
            assert path in page.text
            assert (await client.get(path)).status_code == 200
        scene = (await client.get("/scene")).json()
        assert [site["name"] for site in scene["sites"]] == ["КПП", "Башня"]
        assert scene["can_cut"] is False
        assert (await client.get("/uplink")).status_code == 404
        own = await client.get(f"http://127.0.0.1:{ready['sites']['tower']['control']}/")
        assert list(own.json()["barriers"]) == ["door"]


async def test_a_hand_at_a_device_is_seen_on_the_stream(tmp_path: Path) -> None:
    async with running(tmp_path) as (client, _):
        assert (
            await client.post("/sites/gate/lanes/entry/car", json={"plate": "T254MK72"})
        ).status_code == 202
        busy = await client.post("/sites/gate/lanes/entry/car", json={"plate": "X711TT90"})
        assert busy.status_code == 409
        await seen(client, lambda now: now["gate"]["lanes"]["entry"]["car"]["phase"] == "waiting")
        assert (await client.post("/sites/gate/barriers/entry", json={"crank": 1})).status_code == 204
        passing = await seen(client, lambda now: now["gate"]["barriers"]["entry"]["occupied"])
        assert passing["gate"]["lanes"]["entry"]["car"]["plate"] == "T254MK72"
        assert passing["gate"]["barriers"]["entry"]["place"] == 1
        await client.post("/sites/gate/barriers/entry", json={"blocked": True})
        state = await seen(client, lambda now: now["gate"]["barriers"]["entry"]["blocked"])
        assert {"car", "hand", "arm", "plate"} >= {entry["kind"] for entry in state["gate"]["log"]}
        fire = {"input": 5, "closed": True}
        await client.post("/sites/gate/lines/line/relays/11/input", json=fire)
        state = await seen(client, lambda now: now["gate"]["relays"][0]["inputs"][5])
        assert state["gate"]["barriers"]["entry"]["light"] == "off"


async def test_devices_are_unplugged_and_plugged_in_again(tmp_path: Path) -> None:
    async with running(tmp_path) as (client, _):
        for kind, name in (("readers", "entry-reader"), ("scanners", "entry-scanner")):
            for act, plugged in (("stop", False), ("start", True), ("start", True)):
                assert (await client.post(f"/sites/gate/{kind}/{name}/{act}")).status_code == 204
                state = await seen(client, lambda _: True)
                assert state["gate"][kind][name]["plugged"] is plugged
        await client.post("/sites/tower/panels/door-panel/fault", json={"fault": "silent"})
        state = await seen(client, lambda _: True)
        assert state["tower"]["panels"]["door-panel"]["fault"] == "silent"
        rung = await client.post("/sites/tower/panels/door-panel/ring", json={"number": "17"})
        assert rung.status_code == 502
        assert "door-panel" in rung.json()["error"]


async def test_pages_of_others_have_no_hand_at_devices(tmp_path: Path) -> None:
    async with running(tmp_path) as (client, _):
        path, body = "/sites/gate/barriers/entry", {"crank": 1}
        foreign = await client.post(path, json=body, headers={"Origin": "https://example.org"})
        assert foreign.status_code == 403
        rebound = await client.post(path, json=body, headers={"Host": "example.org:80"})
        assert rebound.status_code == 403
        own = str(client.base_url).rstrip("/")
        assert (await client.post(path, json=body, headers={"Origin": own})).status_code == 204


class _Switch(BaseHTTPRequestHandler):
    said: list[bytes] = []

    def do_PUT(self) -> None:
        self.said.append(self.rfile.read(int(self.headers["Content-Length"])))
        self.do_GET()

    def do_GET(self) -> None:
        is_bad = b"maybe" in b"".join(self.said[-1:])
        self.send_response(422 if is_bad else 200)
        self.end_headers()
        self.wfile.write(b'{"cut": true}')

    def log_message(self, *_args: object) -> None:
        pass


async def test_the_link_is_cut_by_whoever_holds_it(tmp_path: Path) -> None:
    switch = HTTPServer(("127.0.0.1", 0), _Switch)
    thread = threading.Thread(target=switch.serve_forever)
    thread.start()
    try:
        url = f"http://127.0.0.1:{switch.server_port}/"
        async with running(tmp_path, uplink_url=url) as (client, _):
            assert (await client.get("/scene")).json()["can_cut"] is True
            assert (await client.put("/uplink", json={"cut": True})).json() == {"cut": True}
            assert json.loads(_Switch.said[-1]) == {"cut": True}
            assert (await client.put("/uplink", json={"cut": "maybe"})).status_code == 422
            switch.shutdown()
            switch.server_close()
            assert (await client.get("/uplink")).status_code == 502
    finally:
        switch.shutdown()
        switch.server_close()
        thread.join()


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"sites": []}, "sites"),
        ({"ports": 1}, "ports"),
        ({"sites": [POLYGON["sites"][0], POLYGON["sites"][0]]}, "gate stands more than once"),
        ({"sites": [{**POLYGON["sites"][0], "config": "nowhere.json"}]}, "nowhere.json"),
        (
            {
                "sites": [
                    {**POLYGON["sites"][1], "places": [{"kind": "door", "name": "Д", "barrier": "gone"}]}
                ]
            },
            "there is no barrier gone",
        ),
        (
            {"sites": [{**POLYGON["sites"][1], "fire": {"line": "line", "unit": 9, "input": 0}}]},
            "there is no relay module 9",
        ),
    ],
)
def test_a_faulty_polygon_is_refused_with_its_place(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], change: dict[str, Any], words: str
) -> None:
    assert main(["polygon", "--config", str(write(tmp_path, POLYGON | change))]) == 2
    assert words in capsys.readouterr().err


@pytest.mark.parametrize(
    ("lane", "words"),
    [
        ({"name": "entry", "barrier": "gone"}, "there is no barrier gone"),
        ({"name": "entry", "barrier": "entry", "camera": "gone"}, "there is no camera gone"),
    ],
)
def test_a_lane_that_leads_nowhere_is_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], lane: dict[str, str], words: str
) -> None:
    path = write(tmp_path, POLYGON)
    (tmp_path / "gate.json").write_text(json.dumps(GATE | {"lanes": [lane]}))
    assert main(["polygon", "--config", str(path)]) == 2
    assert words in capsys.readouterr().err
