"""The proxy that stands for the network: open, cut, black hole, half open."""

import socket
import threading
from collections.abc import Iterator

import pytest

from deploy.demo.servers.processes import wait_until
from deploy.demo.servers.proxy import Line, Proxy


class Echo:
    """A server that sends back what it gets and remembers it."""

    def __init__(self) -> None:
        self.received = b""
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = self._listener.getsockname()[1]
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()

    def _serve(self) -> None:
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            threading.Thread(target=self._echo, args=[connection], daemon=True).start()

    def _echo(self, connection: socket.socket) -> None:
        with connection:
            try:
                while data := connection.recv(1024):
                    self.received += data
                    connection.sendall(data)
            except OSError:
                return

    def close(self) -> None:
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()


@pytest.fixture
def echo() -> Iterator[Echo]:
    echo = Echo()
    yield echo
    echo.close()


@pytest.fixture
def proxy(echo: Echo) -> Iterator[Proxy]:
    proxy = Proxy(echo.port)
    proxy.start()
    yield proxy
    proxy.stop()


def connect(proxy: Proxy) -> socket.socket:
    return socket.create_connection(("127.0.0.1", proxy.port), timeout=60)


def talk(proxy: Proxy) -> bytes:
    with connect(proxy) as client:
        return client.recv(1)


def test_an_open_line_carries_both_ways_and_the_end(proxy: Proxy) -> None:
    with connect(proxy) as client:
        client.sendall(b"hello")
        assert client.recv(10) == b"hello"
        client.shutdown(socket.SHUT_WR)
        assert client.recv(10) == b""


def test_cutting_resets_what_is_connected_and_refuses_what_comes(proxy: Proxy) -> None:
    with connect(proxy) as client:
        client.sendall(b"a")
        assert client.recv(1) == b"a"
        proxy.set_line(Line.CUT)
        with pytest.raises(ConnectionResetError):
            client.recv(1)
    with pytest.raises(ConnectionResetError):  # while connecting, or at the first word
        talk(proxy)


def test_a_mended_line_carries_again(proxy: Proxy) -> None:
    proxy.set_line(Line.CUT)
    proxy.set_line(Line.OPEN)
    with connect(proxy) as client:
        client.sendall(b"again")
        assert client.recv(10) == b"again"


def test_a_black_hole_keeps_the_connection_and_passes_nothing(proxy: Proxy, echo: Echo) -> None:
    with connect(proxy) as client:
        client.sendall(b"1")
        assert client.recv(1) == b"1"
        proxy.set_line(Line.BLACK_HOLE)
        client.sendall(b"2")
        client.settimeout(0.3)
        with pytest.raises(TimeoutError):
            client.recv(1)
    assert echo.received == b"1"


def test_on_a_half_open_line_the_server_hears_and_the_client_does_not(proxy: Proxy, echo: Echo) -> None:
    with connect(proxy) as client:
        client.sendall(b"1")
        assert client.recv(1) == b"1"
        proxy.set_line(Line.HALF_OPEN)
        client.sendall(b"2")
        client.settimeout(0.3)
        with pytest.raises(TimeoutError):
            client.recv(1)
    assert wait_until(lambda: echo.received == b"12", timeout_s=60)
