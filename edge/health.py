"""Health and metrics of the agent on a loopback port: JSON at /health, Prometheus text at /metrics."""

import asyncio
import re
from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path
from typing import Any

import msgspec

REQUEST_MAX = 4096
REQUEST_TIMEOUT_S = 5.0
Report = Callable[[], Awaitable[dict[str, Any]]]


_ID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_NOT_OF_A_NAME = re.compile(r"[^a-zA-Z0-9]+")


def metrics_text(counters: Mapping[str, float]) -> str:
    """Prometheus text format, untyped samples. An id within a name (of a device, a meter) becomes its label."""
    return "".join(f"{_sample(name)} {_number(value)}\n" for name, value in sorted(counters.items()))


def _sample(name: str) -> str:
    found = _ID.search(name)
    plain = _NOT_OF_A_NAME.sub("_", _ID.sub("", name)).strip("_")
    return f"domovoy_edge_{plain}" + (f'{{id="{found[0]}"}}' if found else "")


def _number(value: float) -> str:
    return str(int(value)) if value.is_integer() else repr(value)


def flatten(tree: Mapping[str, Any], prefix: str = "") -> dict[str, float]:
    """The numbers of a report, names joined by underscores."""
    flat: dict[str, float] = {}
    for name, value in tree.items():
        key = f"{prefix}{name}".replace("/", "_").replace(" ", "_")
        if isinstance(value, Mapping):
            flat |= flatten(value, f"{key}_")
        elif isinstance(value, int | float):
            flat[key] = float(value)
    return flat


class HealthServer:
    """A server of GET and HEAD alone; its port is written to `port_file`."""

    def __init__(self, report: Report, *, port: int, port_file: Path) -> None:
        self._report = report
        self._port = port
        self._port_file = port_file

    async def run(self) -> None:
        """Serve until cancelled."""
        server = await asyncio.start_server(self._answer, "127.0.0.1", self._port, limit=REQUEST_MAX)
        async with server:
            port = server.sockets[0].getsockname()[1]
            self._port_file.write_text(f"{port}\n")
            await server.serve_forever()

    async def _answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            async with asyncio.timeout(REQUEST_TIMEOUT_S):
                head = await reader.readuntil(b"\r\n\r\n")
                asked = head.split(b"\r\n", 1)[0].decode("latin-1")
                status, media_type, body = await self._page(asked)
                writer.write(
                    f"HTTP/1.1 {status}\r\nContent-Type: {media_type}\r\nContent-Length: {len(body)}\r\n"
                    "Connection: close\r\n\r\n".encode()
                    + (b"" if asked.startswith("HEAD ") else body)
                )
                await writer.drain()
        except (TimeoutError, asyncio.IncompleteReadError, asyncio.LimitOverrunError, ConnectionError):
            return  # whoever it was has gone or speaks no HTTP
        finally:
            writer.close()

    async def _page(self, request_line: str) -> tuple[str, str, bytes]:
        method, _, rest = request_line.partition(" ")
        path = rest.partition(" ")[0]
        if method not in {"GET", "HEAD"}:
            return "405 Method Not Allowed", "text/plain", b""
        if path == "/health":
            return "200 OK", "application/json", msgspec.json.encode(await self._report())
        if path == "/metrics":
            text = metrics_text(flatten(await self._report()))
            return "200 OK", "text/plain; version=0.0.4", text.encode()
        return "404 Not Found", "text/plain", b""
