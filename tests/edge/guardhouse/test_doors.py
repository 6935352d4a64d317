"""What stands before the API: names, origins, bodies; and the web face's files."""

import gzip
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import httpx
import pytest

from edge.agent import Agent
from edge.guardhouse import pace
from edge.guardhouse.problems import Trouble, language_of
from protocols.guard_api import OPERATIONS
from tests.edge.boxes import Box
from tests.edge.cloud_peer import CloudPeer
from tests.edge.guardhouse.desk import base_url, make_guard, station, with_page


@pytest.fixture
def face(tmp_path: Path, box: Box) -> Path:
    """A built web face."""
    folder = tmp_path / "web"
    (folder / "assets").mkdir(parents=True)
    (folder / "gate.html").write_text("<!doctype html><title>Пост</title>")
    (folder / "index.html").write_text("<!doctype html><title>Not this</title>")
    (folder / "assets/gate-1a2b.js").write_text("let x = 1;")
    (folder / "assets/gate-1a2b.js.gz").write_bytes(gzip.compress(b"let x = 1;"))
    (tmp_path / "secret.html").write_text("secret")
    with_page(box, web=str(folder), names=[])
    return folder


@asynccontextmanager
async def browser(agent: Agent) -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient(base_url=await base_url(agent)) as client:
        yield client


async def test_a_strange_name_is_refused(box: Box) -> None:
    """A name that somebody pointed at the box's address (DNS rebinding)."""
    async with box.agent() as agent, browser(agent) as client:
        for host, status in (
            ("attacker.example", 421),
            ("127.0.0.1.attacker.example", 421),
            ("192.168.1.7", 421),
            ("localhost", 200),
            ("localhost:8080", 200),
            ("", 421),
        ):
            answer = await client.get("/gate/api/me", headers={"Host": host})
            assert answer.status_code == status, host
        assert (await client.get("/gate", headers={"Host": "attacker.example"})).status_code == 421


async def test_only_its_own_page_acts(box: Box, cloud: CloudPeer) -> None:
    async with box.agent() as agent, browser(agent) as client:
        for operation in OPERATIONS:
            if operation.method == "GET":
                continue
            path = "/gate/api" + operation.path.replace("{id}", "0")
            for origin in ({}, {"Origin": "https://attacker.example"}, {"Origin": "null"}):
                answer = await client.request(operation.method, path, headers=origin)
                assert (answer.status_code, answer.json()["code"]) == (403, "wrong_origin"), (path, origin)


async def test_bodies_are_bounded_and_judged(box: Box, cloud: CloudPeer) -> None:
    async with box.agent() as agent, station(agent) as desk:
        json = {"Content-Type": "application/json"}

        async def send(content: bytes, headers: dict[str, str] = json) -> tuple[int, str]:
            answer = await desk.client.post("/sign-in", content=content, headers=headers)
            return answer.status_code, answer.json()["code"]

        assert await send(b"{" + b" " * 70_000 + b"}") == (413, "too_large")
        assert await send(b"{") == (400, "not_json")
        assert await send(b'{"pin": "\xff"}') == (400, "not_json")
        assert await send(b'{"more":' + b"[" * 60_000) == (422, "invalid")
        assert await send(b"{}", {"Content-Type": "text/plain"}) == (415, "wrong_media_type")
        answer = await desk.client.post("/sign-in", content=b"{}", headers=json)
        assert [(each["field"], each["code"]) for each in answer.json()["errors"]] == [("guard", "missing")]
        answer = await desk.post("/sign-in", {"guard": "x", "pin": "1"})
        assert answer.json()["errors"][0]["field"] == "guard"


async def test_query_is_judged_and_an_empty_value_is_none(box: Box, cloud: CloudPeer) -> None:
    from protocols.held import ItemKind

    guard = make_guard()
    async with box.agent() as agent, station(agent) as desk:
        await cloud.put(guard, ItemKind.GUARD)
        await cloud.until(lambda: cloud.states and cloud.states[-1].pass_version == 1)
        await desk.sign_in(guard.id)
        assert (await desk.get("/passes", q="", show="", limit="5")).status_code == 200
        for query in (
            {"limit": "0"},
            {"limit": "many"},
            {"show": "none"},
            {"whatever": "1"},
            {"q": "x" * 301},
        ):
            answer = await desk.get("/passes", **query)
            assert (answer.status_code, answer.json()["code"]) == (422, "invalid"), query


async def test_the_face_is_served_with_its_headers(box: Box, face: Path) -> None:
    async with box.agent() as agent, browser(agent) as client:
        root = await client.get("/")
        assert (root.status_code, root.headers["location"]) == (307, "/gate")
        for path in ("/gate", "/gate/", "/gate/passes/1"):
            page = await client.get(path)
            assert (page.status_code, "Пост" in page.text) == (200, True), path
            assert page.headers["cache-control"] == "no-cache"
        policy = page.headers["content-security-policy"]
        assert "default-src 'self'" in policy
        assert "frame-ancestors 'none'" in policy
        assert page.headers["x-content-type-options"] == "nosniff"
        asset = await client.get("/assets/gate-1a2b.js", headers={"Accept-Encoding": "gzip"})
        assert (asset.headers["content-encoding"], asset.text) == ("gzip", "let x = 1;")
        assert "immutable" in asset.headers["cache-control"]
        plain = await client.get("/assets/gate-1a2b.js", headers={"Accept-Encoding": "gzip;q=0"})
        assert ("content-encoding" in plain.headers, plain.text) == (False, "let x = 1;")
        known = {"Accept-Encoding": "gzip", "If-None-Match": asset.headers["etag"]}
        assert (await client.get("/assets/gate-1a2b.js", headers=known)).status_code == 304
        for path in (
            "/assets/none.js",
            "/secret.html",
            "/../secret.html",
            "/%2e%2e/secret.html",
            "/etc/passwd",
            "/%00",
            "/assets/%00",
        ):
            assert (await client.get(path)).status_code == 404, path


async def test_without_a_face_the_api_works_and_the_page_says_so(box: Box, tmp_path: Path) -> None:
    with_page(box, web=str(tmp_path / "none"))
    async with box.agent() as agent, browser(agent) as client:
        page = await client.get("/gate")
        assert (page.status_code, page.json()["code"]) == (503, "no_face")
        assert (await client.get("/gate/api/me")).status_code == 200
        assert (await client.get("/gate/api/nowhere")).status_code == 404
        assert (await client.request("PUT", "/gate/api/me")).status_code in {404, 405}


def test_a_station_that_asks_without_end_waits_and_no_other_does() -> None:
    now_ns = [0]
    made = pace.Pace(lambda: now_ns[0])
    for _ in range(pace.AT_ONCE):
        made.take("one")
    with pytest.raises(Trouble) as refused:
        made.take("one")
    assert refused.value.status == 429
    made.take("another")
    now_ns[0] += 1_000_000_000
    for _ in range(pace.PER_S):
        made.take("one")
    with pytest.raises(Trouble):
        made.take("one")


@pytest.mark.parametrize(
    ("header", "language"),
    [
        (None, "ru"),
        ("en", "en"),
        ("en-GB,en;q=0.9,ru;q=0.8", "en"),
        ("ru,en;q=0.9", "ru"),
        ("de", "ru"),
        ("en;q=x", "ru"),
    ],
)
def test_the_language_is_chosen_by_the_header(header: str | None, language: str) -> None:
    assert language_of(header) == language
