"""HEAD is GET without the body, everywhere: monitors and link checkers ask so."""

from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from deploy.demo.servers.processes import wait_until
from tests.cloud.serving import Person, Served, served
from tests.support.postgres import Database

SAME = ("content-type", "content-length", "content-encoding", "cache-control", "etag", "x-frame-options")


@pytest.fixture
def api(database: Database, tmp_path: Path) -> Iterator[Served]:
    web = tmp_path / "web"
    web.mkdir()
    (web / "index.html").write_text("<title>Домовой</title>")
    (web / "logo.svg").write_text("<svg/>")
    with served(database, tmp_path, web_dir=web) as running:
        yield running


def asked_both_ways(person: Person, path: str) -> tuple[httpx.Response, httpx.Response]:
    headers = {"Accept": "text/html"}
    return person.client.get(path, headers=headers), person.client.head(path, headers=headers)


def test_head_is_answered_as_get_is_and_bears_no_body(api: Served) -> None:
    boss = api.operator()
    sent = boss.client.post("/api/files", files={"file": ("photo.jpg", b"\xff\xd8 a photo", "image/jpeg")})
    file = f"/api/files/{sent.json()['sha256']}"
    paths = ["/", "/desk/passes", "/logo.svg", "/api/health", "/api/ready", "/metrics", "/api/passes", file]
    for path in [*paths, "/gate/api/me", "/api/nowhere", "/api/password-reset"]:
        got, head = asked_both_ways(boss, path)
        assert (head.status_code, head.content) == (got.status_code, b""), path
        told = SAME if path != "/metrics" else SAME[:1]  # what is counted has grown
        assert [head.headers.get(name) for name in told] == [got.headers.get(name) for name in told], path
    assert boss.client.head(file).headers["content-length"] == str(len(b"\xff\xd8 a photo"))


def test_head_of_what_never_ends_ends(api: Served) -> None:
    boss = api.operator()
    head = boss.client.head("/api/stream")
    assert (head.status_code, head.headers["content-type"]) == (200, "text/event-stream; charset=utf-8")
    assert wait_until(lambda: not api.house.hub._watchers, 10)
    assert boss.get("/api/session").status_code == 200
