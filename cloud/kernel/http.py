"""Around every request: a correlation id, a body limit, security headers, one log line and one measurement.

HEAD is answered as GET would be, without the body, but where the app has answers of its own.
"""

import logging
import os
from collections.abc import MutableMapping
from typing import Any

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from cloud.kernel.clock import Clock
from cloud.kernel.errors import DomovoyError
from cloud.kernel.language import Text, preferred_language
from cloud.kernel.metrics import HTTP_SECONDS
from cloud.kernel.problems import answer
from protocols import correlation

_log = logging.getLogger(__name__)
_CSP = (
    "default-src 'self'; img-src 'self' data: blob:; style-src 'self' 'unsafe-inline'; connect-src 'self';"
    " font-src 'self' data:; worker-src 'self' blob:; object-src 'none'; base-uri 'self'; form-action 'self';"
    " frame-ancestors 'none'"
)
_SECURITY_HEADERS = (
    (b"x-content-type-options", b"nosniff"),
    (b"x-frame-options", b"DENY"),
    (b"referrer-policy", b"same-origin"),
    (b"content-security-policy", _CSP.encode()),  # Mantine sets styles at run time, hence style-src
    (b"permissions-policy", b"geolocation=(self), camera=(self), microphone=(self)"),
    (b"cross-origin-opener-policy", b"same-origin"),
)
_NO_STORE = (b"cache-control", b"no-store")
_NO_BODY: Message = {"type": "http.response.body", "body": b""}
_HSTS = (b"strict-transport-security", b"max-age=31536000")


class TooLarge(DomovoyError):
    """The body is longer than the endpoint takes."""

    status = 413
    code = "too_large"
    text = Text("Слишком большой запрос: больше {limit_kb} КБ.", "The request is larger than {limit_kb} kB.")
    example = {"limit_kb": 1024}


class Envelope:
    """ASGI middleware, the outermost of the app."""

    def __init__(
        self,
        app: ASGIApp,
        *,
        clock: Clock,
        is_https: bool,
        body_limit: int,
        upload_limit: int,
        polled: frozenset[str] = frozenset(),
        head_is_get: bool = True,
    ) -> None:
        """`polled`: paths asked for all the time; a success there is told at debug level only.

        `head_is_get`: False where the app's own endpoints answer HEAD.
        """
        self._app = app
        self._clock = clock
        self._is_https = is_https
        self._body_limit = body_limit
        self._upload_limit = upload_limit
        self._polled = polled
        self._head_is_get = head_is_get

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        began_s = self._clock.monotonic_s()
        headers = Headers(scope=scope)
        correlation_id = correlation.acceptable(headers.get(correlation.HEADER)) or os.urandom(8).hex()
        correlation.begin(correlation_id)
        method = scope["method"]
        is_head = self._head_is_get and method == "HEAD"
        if is_head:
            scope = {**scope, "method": "GET"}
        sent: dict[str, int] = {}

        async def dressed(message: Message) -> None:
            if message["type"] == "http.response.start":
                sent["status"] = message["status"]
                self._dress(message, scope["path"], correlation_id)
                await send(message)
                if is_head:
                    await send(_NO_BODY)  # at once: whatever streams its body hears that nobody listens
            elif not is_head:
                await send(message)

        is_upload = scope["path"].startswith(("/api/files", "/gate/api/photos")) or scope["path"].endswith(
            ("/import", "/picture")
        )
        limit = self._upload_limit if is_upload else self._body_limit
        try:
            await self._within_limit(scope, receive, dressed, headers, limit)
        finally:
            self._note(method, scope, sent.get("status", 500), self._clock.monotonic_s() - began_s)

    async def _within_limit(
        self, scope: Scope, receive: Receive, send: Send, headers: Headers, limit: int
    ) -> None:
        declared = headers.get("content-length", "0")
        if not declared.isdigit() or int(declared) > limit:
            language = preferred_language(headers.get("accept-language"))
            await answer(TooLarge(limit_kb=limit // 1024), language)(scope, receive, send)
            return
        received = 0

        async def counted() -> Message:
            nonlocal received
            message = await receive()
            received += len(message.get("body", b""))
            if received > limit:  # a chunked body that declared nothing
                raise TooLarge(limit_kb=limit // 1024)
            return message

        await self._app(scope, counted, send)

    def _dress(self, message: MutableMapping[str, Any], path: str, correlation_id: str) -> None:
        """Add what is not there yet, to the raw list: a look-up by name through Starlette costs as much as a route."""
        headers = list(message.get("headers", ()))
        present = {name.lower() for name, _ in headers}
        added = [*_SECURITY_HEADERS, (correlation.HEADER.lower().encode(), correlation_id.encode())]
        if self._is_https:
            added.append(_HSTS)
        if path.startswith("/api"):
            added.append(_NO_STORE)
        message["headers"] = headers + [pair for pair in added if pair[0] not in present]

    def _note(self, method: str, scope: Scope, status: int, took_s: float) -> None:
        route = getattr(scope.get("route"), "path", "other")
        HTTP_SECONDS.labels(method, route, str(status)).observe(took_s)
        level = logging.WARNING if status >= 500 else logging.INFO
        if status < 400 and scope["path"] in self._polled:
            level = logging.DEBUG
        _log.log(
            level,
            "request",
            extra={
                "method": method,
                "path": scope["path"],
                "status": status,
                "took_ms": round(took_s * 1000, 1),
            },
        )
