"""A switch on loopback for lines that can be cut: GET and PUT of `{"cut": true}`, to show what a network does."""

import json
import threading
from collections.abc import Sequence
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from deploy.demo.servers.proxy import Line, Proxy

_BODY_MAX = 1000


class LineSwitch:
    """Between `start` and `stop` it cuts and mends these lines together."""

    def __init__(self, lines: Sequence[Proxy], *, port: int) -> None:
        self.port = port
        self._lines = lines
        self._is_cut = False
        self._server: ThreadingHTTPServer | None = None
        self._thread: threading.Thread | None = None
        self._turning = threading.Lock()

    @property
    def url(self) -> str:
        """Where it is turned."""
        return f"http://127.0.0.1:{self.port}/"

    def start(self) -> None:
        """Listen."""
        self._server = ThreadingHTTPServer(("127.0.0.1", self.port), self._handler())
        self._thread = threading.Thread(target=self._server.serve_forever, name="line switch", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Stop listening; the lines are left as they are."""
        if self._server is not None and self._thread is not None:
            self._server.shutdown()
            self._server.server_close()
            self._thread.join(timeout=5)

    def turn(self, *, is_cut: bool) -> None:
        """Cut or mend all of them; returns when it is in force."""
        with self._turning:
            for line in self._lines:
                line.set_line(Line.CUT if is_cut else Line.OPEN)
            self._is_cut = is_cut

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        switch = self

        class Handler(BaseHTTPRequestHandler):
            timeout = 5

            def do_GET(self) -> None:
                self._answer(HTTPStatus.OK, {"cut": switch._is_cut})

            def do_PUT(self) -> None:
                size = int(self.headers.get("Content-Length") or 0)
                body = self.rfile.read(min(size, _BODY_MAX))
                try:
                    is_cut = json.loads(body)["cut"]
                except (ValueError, KeyError, TypeError):
                    is_cut = None
                if not isinstance(is_cut, bool):
                    self._answer(HTTPStatus.UNPROCESSABLE_ENTITY, {"error": 'expected {"cut": true|false}'})
                    return
                switch.turn(is_cut=is_cut)
                self._answer(HTTPStatus.OK, {"cut": is_cut})

            def _answer(self, status: HTTPStatus, told: dict[str, Any]) -> None:
                body = json.dumps(told).encode()
                self.send_response(status)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_args: object) -> None:
                """Nobody reads it."""

        return Handler
