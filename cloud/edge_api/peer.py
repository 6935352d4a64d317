"""Who is at the other end of a TLS connection: uvicorn keeps that to itself, the ASGI TLS extension tells it.

https://asgi.readthedocs.io/en/latest/specs/tls.html; the chain is given as DER, the leaf first.
"""

import asyncio
from uuid import UUID

from cryptography import x509
from fastapi import Request
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from cloud.sites.authority import common_name


class PeerProtocol(HttpToolsProtocol):
    """HTTP/1.1 that puts the verified client certificate into every request's scope."""

    _peer: bytes | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as uvicorn does
        super().connection_made(transport)
        tls = transport.get_extra_info("ssl_object")
        self._peer = tls.getpeercert(binary_form=True) if tls is not None else None

    def on_message_begin(self) -> None:
        super().on_message_begin()
        chain = [self._peer] if self._peer is not None else []
        self.scope["extensions"] = {**self.scope.get("extensions", {}), "tls": {"client_cert_chain": chain}}


def peer_name(request: Request) -> str | None:
    """The CN of the client certificate, which TLS has verified against the house's CA; None without one."""
    chain = request.scope.get("extensions", {}).get("tls", {}).get("client_cert_chain", [])
    return common_name(x509.load_der_x509_certificate(chain[0])) if chain else None


def peer_box(request: Request) -> UUID | None:
    """The box that the client certificate names; None for a service or nobody."""
    try:
        return UUID(peer_name(request) or "")
    except ValueError:
        return None
