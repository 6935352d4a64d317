"""A small HTTP/1.1 load generator: so many connections, the next request when the answer is whole."""

import asyncio
import re
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from bench.measure import percentile

CONNECTIONS = 16
_LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)", re.IGNORECASE)
_STATUS = slice(9, 12)  # of "HTTP/1.1 200 OK"
_ANSWER_TIMEOUT_S = 30.0
MakeRequest = Callable[[], bytes]


@dataclass(frozen=True)
class Load:
    """What came of a run. Times in ms, of answers with the wanted status; any other ends the run."""

    per_s: float
    p50_ms: float
    p99_ms: float
    answers: int


def request(method: str, path: str, port: int, headers: Mapping[str, str], body: bytes = b"") -> bytes:
    """A request's bytes."""
    lines = [f"{method} {path} HTTP/1.1", f"Host: 127.0.0.1:{port}"]
    lines += [f"{name}: {value}" for name, value in headers.items()]
    if body:
        lines += ["Content-Type: application/json", f"Content-Length: {len(body)}"]
    return "\r\n".join([*lines, "", ""]).encode() + body


async def put_under_load(
    port: int, make: MakeRequest, *, seconds: float, wanted: int = 200, connections: int = CONNECTIONS
) -> Load:
    """Raises AssertionError for an answer with another status."""
    took: list[float] = []
    begun = time.monotonic()
    until = begun + seconds
    async with asyncio.TaskGroup() as group:
        for _ in range(connections):
            group.create_task(_ask_until(port, make, until, wanted, took))
    elapsed = time.monotonic() - begun
    return Load(len(took) / elapsed, percentile(took, 50), percentile(took, 99), len(took))


async def _ask_until(port: int, make: MakeRequest, until: float, wanted: int, took: list[float]) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    try:
        while time.monotonic() < until:
            begun = time.perf_counter()
            writer.write(make())
            async with asyncio.timeout(_ANSWER_TIMEOUT_S):
                head = await reader.readuntil(b"\r\n\r\n")
                length = _LENGTH.search(head)
                if length is None:
                    raise AssertionError(f"an answer without a length: {head!r}")
                body = await reader.readexactly(int(length[1]))
            took.append((time.perf_counter() - begun) * 1000)
            if int(head[_STATUS]) != wanted:
                raise AssertionError(f"answered {head[_STATUS].decode()}: {body[:500].decode()}")
    finally:
        writer.close()
