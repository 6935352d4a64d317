"""What edge-api holds for its whole life."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from threading import Lock
from urllib.parse import urlsplit
from uuid import UUID

from cryptography import x509
from fastapi import Request

from cloud.kernel.database import Database
from cloud.kernel.files import FileStore
from cloud.kernel.settings import Settings
from cloud.sites import authority
from cloud.sites.authority import Authority, Revoked
from cloud.sites.keyfiles import VerifyKey

_REMAKE_AFTER = timedelta(days=1)


@dataclass
class RevocationList:
    """The CRL as it was last made: remade when the revocations change, and daily, so that it never expires."""

    ca: Authority
    _lock: Lock = field(default_factory=Lock)
    _made_for: tuple[Revoked, ...] | None = None
    _made_at: datetime | None = None
    _pem: bytes = b""

    def pem(self, revoked: Sequence[Revoked], now: datetime) -> bytes:
        """The list of these revocations; the same bytes for as long as nothing calls for others."""
        with self._lock:
            fresh = self._made_at is not None and now - self._made_at < _REMAKE_AFTER
            if self._made_for != tuple(revoked) or not fresh:
                number = int(now.timestamp() * 1000)
                self._pem = authority.to_pem(authority.revocation_list(self.ca, revoked, number, now))
                self._made_for, self._made_at = tuple(revoked), now
            return self._pem


@dataclass(frozen=True)
class EdgeHouse:
    """Settings, database, the CA, the file store."""

    settings: Settings
    database: Database
    ca: Authority
    command_key: VerifyKey
    files: FileStore
    crl: RevocationList

    def sign(self, request: x509.CertificateSigningRequest, box_id: UUID, now: datetime) -> x509.Certificate:
        """The `Signer` of the sites slice."""
        return authority.issue_box(self.ca, request, box_id, now)

    def sign_page(
        self, request: x509.CertificateSigningRequest, names: Sequence[str], now: datetime
    ) -> x509.Certificate:
        """The `PageSigner` of the sites slice."""
        return authority.issue_server(self.ca, authority.key_of(request), names, now)

    @property
    def own_hosts(self) -> frozenset[str]:
        """Where boxes look for the cloud: no box may be known by these."""
        edge = urlsplit(self.settings.edge_url).hostname or ""
        return frozenset({edge.lower(), self.settings.mqtt_host.lower()})


def edge_house_of(request: Request) -> EdgeHouse:
    """The house that serves this request."""
    house = request.app.state.edge_house
    assert isinstance(house, EdgeHouse)  # noqa: S101  # the app's factory put it there
    return house
