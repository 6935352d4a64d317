"""The built web app as a browser gets it."""

import gzip
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest

from cloud.kernel.webfiles import WebFiles

SCRIPT = b"export const house = 'Domovoy';\n" * 40


@pytest.fixture
async def web(tmp_path: Path) -> AsyncIterator[httpx.AsyncClient]:
    (tmp_path / "assets").mkdir()
    (tmp_path / "assets/index-1.js").write_bytes(SCRIPT)
    (tmp_path / "assets/index-1.js.gz").write_bytes(gzip.compress(SCRIPT))
    (tmp_path / "assets/index-1.js.br").write_bytes(b"as brotli would have it")
    (tmp_path / "assets/plain-1.js").write_bytes(SCRIPT)
    (tmp_path / "index.html").write_text("<title>Домовой</title>")
    (tmp_path / "index.html.gz").write_bytes(gzip.compress("<title>Домовой</title>".encode()))
    transport = httpx.ASGITransport(WebFiles(tmp_path))
    async with httpx.AsyncClient(transport=transport, base_url="http://house") as client:
        yield client


async def ask(web: httpx.AsyncClient, path: str, encodings: str, **headers: str) -> httpx.Response:
    return await web.get(path, headers={"Accept-Encoding": encodings, "Accept": "text/html", **headers})


async def test_the_smallest_copy_that_the_browser_understands_is_sent(web: httpx.AsyncClient) -> None:
    for encodings, sent in (
        ("gzip, br", "br"),
        ("gzip", "gzip"),
        ("gzip;q=1.0, br;q=0", "gzip"),
        ("identity", None),
    ):
        headers = {"Accept-Encoding": encodings}
        async with web.stream("GET", "/assets/index-1.js", headers=headers) as answer:
            raw = b"".join([part async for part in answer.aiter_raw()])
        assert answer.headers.get("content-encoding") == sent
        assert answer.headers["content-type"].startswith("text/javascript")
        assert answer.headers["vary"] == "Accept-Encoding"
        assert "immutable" in answer.headers["cache-control"]
        assert int(answer.headers["content-length"]) == len(raw)
        assert (raw == SCRIPT) == (sent is None)


async def test_each_copy_is_known_by_a_tag_of_its_own(web: httpx.AsyncClient) -> None:
    zipped = await ask(web, "/assets/index-1.js", "gzip")
    plain = await ask(web, "/assets/index-1.js", "identity")
    assert zipped.headers["etag"] != plain.headers["etag"]
    known = {"If-None-Match": zipped.headers["etag"]}
    again = await ask(web, "/assets/index-1.js", "gzip", **known)
    assert (again.status_code, again.headers["vary"]) == (304, "Accept-Encoding")
    assert "immutable" in again.headers["cache-control"]
    assert (await ask(web, "/assets/index-1.js", "identity", **known)).status_code == 200


async def test_a_file_without_copies_is_sent_as_it_is(web: httpx.AsyncClient) -> None:
    answer = await ask(web, "/assets/plain-1.js", "gzip, br")
    assert answer.content == SCRIPT
    assert "content-encoding" not in answer.headers
    assert "vary" not in answer.headers


async def test_the_page_of_any_address_is_compressed_and_asked_for_anew(web: httpx.AsyncClient) -> None:
    answer = await ask(web, "/desk/passes", "gzip")
    assert answer.text == "<title>Домовой</title>"
    assert answer.headers["content-encoding"] == "gzip"
    assert answer.headers["content-type"].startswith("text/html")
    assert answer.headers["cache-control"] == "no-cache"
    assert (
        await ask(web, "/desk/passes", "gzip", **{"If-None-Match": answer.headers["etag"]})
    ).status_code == 304
