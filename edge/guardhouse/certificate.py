"""The certificate of the guard's page: from the cloud's CA for the box's local names, or a file that was brought.

It is renewed like the box's own, at two thirds of its life, and put into the server's context without a restart: new
connections get it. While there is none yet, there is no page but on loopback.
"""

import asyncio
import logging
import ssl
from collections.abc import Awaitable, Callable
from datetime import datetime
from pathlib import Path

from cryptography import x509

from edge import identity
from edge.clock import BoxClock
from edge.identity import Files, IdentityError, Membership
from edge.link import enrolment
from edge.link.enrolment import RENEW_AT
from edge.link.refusals import EnrolmentError
from edge.settings import GuardhouseSettings

log = logging.getLogger(__name__)
PERIOD_S = 900.0
SOON_S = 20.0
Ask = Callable[[Path, list[str]], Awaitable[str]]


class Certificate:
    """`context`: the server's; usable when `ready` is set."""

    def __init__(
        self, settings: GuardhouseSettings, folder: Path, ask: Ask, now: Callable[[], datetime]
    ) -> None:
        self._settings = settings
        self._ask = ask
        self._now = now
        self.key = Path(settings.key) if settings.key else folder / "guardhouse.key"
        self.certificate = Path(settings.certificate) if settings.certificate else folder / "guardhouse.crt"
        self._next_key = folder / "guardhouse-next.key"
        self._loaded: bytes = b""
        self.ready = asyncio.Event()
        self.context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self.context.minimum_version = ssl.TLSVersion.TLSv1_2
        self.context.set_alpn_protocols(["http/1.1"])

    async def run(self) -> None:
        """Keep it until cancelled."""
        while True:
            is_well = await self.look()
            await asyncio.sleep(PERIOD_S if is_well else SOON_S)

    async def look(self) -> bool:
        """Once: ask for one where it is due, take what lies there into use. Whether all is well."""
        is_well = True
        try:
            if not self._settings.certificate and self._is_due():
                await self._renew()
        except (EnrolmentError, IdentityError, OSError) as error:
            log.warning("the guard's page got no certificate: %s", error)
            is_well = False
        try:
            self._load()
        except (OSError, ssl.SSLError) as error:
            log.warning("the guard's page has no usable certificate: %s", error)
            return False
        return is_well

    def _is_due(self) -> bool:
        try:
            held = identity.load_certificate(self.certificate)
        except IdentityError:
            return True
        if self._next_key.exists() and not _fits(held, self.key):
            self._next_key.replace(self.key)  # a cut came between the two
        if not _fits(held, self.key):
            return True
        begun, ends = held.not_valid_before_utc, held.not_valid_after_utc
        return names_of(held) != sorted(self._names()) or self._now() >= begun + (ends - begun) * RENEW_AT

    async def _renew(self) -> None:
        """A key of its own; a power cut between certificate and key is mended by the next look."""
        if not self._next_key.exists():
            identity.write_private(self._next_key, identity.make_tls_key())
        pem = await self._ask(self._next_key, self._names())
        identity.write_private(self.certificate, pem.encode())
        self._next_key.replace(self.key)
        log.info("the guard's page has a new certificate for %s", ", ".join(self._names()))

    def _load(self) -> None:
        data = self.certificate.read_bytes() + self.key.read_bytes()
        if data != self._loaded:
            self.context.load_cert_chain(self.certificate, self.key)
            self._loaded = data
            self.ready.set()

    def _names(self) -> list[str]:
        return [name.lower() for name in self._settings.names]


def asking(membership: Membership, files: Files, clock: BoxClock) -> Ask:
    """How the cloud is asked."""

    async def ask(key: Path, names: list[str]) -> str:
        return await enrolment.page_certificate(membership, files, key, names, check_time=clock.system_agrees)

    return ask


def _fits(certificate: x509.Certificate, key_file: Path) -> bool:
    try:
        return identity.load_tls_key(key_file).public_key() == certificate.public_key()
    except IdentityError:
        return False


def names_of(certificate: x509.Certificate) -> list[str]:
    """For which names and addresses it is, sorted."""
    try:
        names = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    except x509.ExtensionNotFound:
        return []
    return sorted(str(name.value).lower() for name in names)
