"""The switch of the demo's lines: cut and mended over HTTP, what is no order refused."""

from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread

import httpx
import pytest

from deploy.demo.servers.processes import free_port
from deploy.demo.servers.proxy import Proxy
from deploy.demo.servers.switch import LineSwitch


class _Server(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.send_response(204)
        self.end_headers()

    def log_message(self, *_args: object) -> None:
        pass


@pytest.fixture
def line() -> Iterator[Proxy]:
    server = HTTPServer(("127.0.0.1", 0), _Server)
    thread = Thread(target=server.serve_forever)
    thread.start()
    proxy = Proxy(server.server_port)
    proxy.start()
    yield proxy
    proxy.stop()
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture
def switch(line: Proxy) -> Iterator[LineSwitch]:
    switch = LineSwitch([line], port=free_port())
    switch.start()
    yield switch
    switch.stop()


def passes(line: Proxy) -> bool:
    try:
        return httpx.get(f"http://127.0.0.1:{line.port}/").status_code == 204
    except httpx.TransportError:
        return False


def test_a_line_is_cut_and_mended(switch: LineSwitch, line: Proxy) -> None:
    assert passes(line)
    assert httpx.get(switch.url).json() == {"cut": False}
    assert httpx.put(switch.url, json={"cut": True}).json() == {"cut": True}
    assert httpx.get(switch.url).json() == {"cut": True}
    assert not passes(line)
    assert httpx.put(switch.url, json={"cut": False}).is_success
    assert passes(line)


@pytest.mark.parametrize("body", [b"", b"[]", b'{"cut": 1}', b'{"cat": true}', b"{" * 5000])
def test_what_is_no_order_changes_nothing(switch: LineSwitch, line: Proxy, body: bytes) -> None:
    answer = httpx.put(switch.url, content=body)
    assert answer.status_code == 422
    assert '"cut"' in answer.json()["error"].replace("'", '"')
    assert passes(line)
