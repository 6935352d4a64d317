"""A small HTTP server of a simulated device, on the loopback."""

import asyncio
import contextlib
import socket
from collections.abc import Iterator

import uvicorn
from starlette.types import ASGIApp


class _Server(uvicorn.Server):
    """uvicorn without its signal handlers: the device must be stopped in order."""

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


class Served:
    """Open between `start` and `stop`. `port` 0: any free one, which then stands there."""

    def __init__(self, name: str, app: ASGIApp, port: int) -> None:
        self.port = port
        self._name = name
        self._app = app
        self._server: uvicorn.Server | None = None
        self._serving: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Open the port."""
        listener = socket.create_server(("127.0.0.1", self.port))
        self.port = listener.getsockname()[1]
        settings = uvicorn.Config(
            self._app, log_config=None, lifespan="off", access_log=False, timeout_graceful_shutdown=1
        )
        self._server = _Server(settings)
        self._serving = asyncio.create_task(self._server.serve(sockets=[listener]), name=self._name)

    async def stop(self) -> None:
        """Close it."""
        if self._server is not None and self._serving is not None:
            self._server.should_exit = True
            await self._serving
            self._server = self._serving = None
