"""A small HTTP server inside the agent, for devices that push."""

import asyncio
import contextlib
import socket
from collections.abc import Iterator

import uvicorn
from starlette.types import ASGIApp

BACKLOG = 32
CONNECTIONS_MAX = 64
LEAVE_S = 2


class _Server(uvicorn.Server):
    """uvicorn without its signal handlers: the agent decides when to stop."""

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


async def serve(app: ASGIApp, listener: socket.socket) -> None:
    """Serve until cancelled, then let requests under way end."""
    settings = uvicorn.Config(
        app,
        log_config=None,
        access_log=False,
        lifespan="off",
        limit_concurrency=CONNECTIONS_MAX,
        timeout_keep_alive=30,
        timeout_graceful_shutdown=LEAVE_S,
        server_header=False,
    )
    server = _Server(settings)
    serving = asyncio.create_task(server.serve(sockets=[listener]), name="http server")
    try:
        await asyncio.shield(serving)
    finally:
        server.should_exit = True
        await asyncio.wait([serving], timeout=LEAVE_S + 1)


def listen(host: str, port: int) -> socket.socket:
    """A listening socket. Raises OSError."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    return socket.create_server((host, port), family=family, backlog=BACKLOG)
