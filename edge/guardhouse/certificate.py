"""The certificate of the guard's page: a file that was brought, one that was uploaded, or from the cloud's CA.

The CA's is for the box's local names, renewed like the box's own, at two thirds of its life, whichever serves; an
uploaded one that is broken or over leaves the page to it. The next one serves without a restart: new connections get
it. While there is none yet, there is no page but on loopback.
"""

import asyncio
import contextlib
import logging
import ssl
from collections.abc import Awaitable, Callable
from datetime import datetime
from pathlib import Path

from cryptography import x509

from edge import identity
from edge.clock import BoxClock
from edge.guardhouse.showing import names_of, refusal, stands_for, told
from edge.identity import Files, IdentityError, Membership
from edge.link import enrolment
from edge.link.enrolment import RENEW_AT
from edge.link.refusals import EnrolmentError
from edge.settings import GuardhouseSettings
from protocols.config import PageCertificate
from protocols.messages import PageRefusal, PageSource, ServedPage

log = logging.getLogger(__name__)
PERIOD_S = 900.0
SOON_S = 20.0
Ask = Callable[[Path, list[str]], Awaitable[str]]


class Certificate:
    """`context`: the server's; usable when `ready` is set. `state`: what serves; `changed`: it differs."""

    def __init__(
        self,
        settings: GuardhouseSettings,
        folder: Path,
        ask: Ask,
        now: Callable[[], datetime],
        changed: Callable[[], None] = lambda: None,
    ) -> None:
        self._settings = settings
        self._ask = ask
        self._now = now
        self._changed = changed
        self.key = Path(settings.key) if settings.key else folder / "guardhouse.key"
        self.certificate = Path(settings.certificate) if settings.certificate else folder / "guardhouse.crt"
        self.uploaded = folder / "guardhouse-uploaded.pem"
        self._next_key = folder / "guardhouse-next.key"
        self._wanted: PageCertificate | None = None
        self._loaded: bytes = b""
        self._serving: ssl.SSLContext | None = None
        self._due = asyncio.Event()
        self.state = ServedPage(own_names=self._names())
        self.ready = asyncio.Event()
        self.context = _context()
        self.context.sni_callback = self._hand_over

    def take(self, page: PageCertificate | None) -> None:
        """Another configuration: what was uploaded, if anything."""
        if page != self._wanted:
            self._wanted = page
            self._due.set()

    def is_name(self, name: str) -> bool:
        """Whether the page is served under this name (lower case) by its certificate."""
        return stands_for(name, self.state.names)

    async def run(self) -> None:
        """Keep it until cancelled."""
        while True:
            self._due.clear()
            is_well = await self.look()
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(PERIOD_S if is_well else SOON_S):
                    await self._due.wait()

    async def look(self) -> bool:
        """Once: ask for one where it is due, take the best that lies there into use. Whether all is well."""
        is_well = True
        try:
            self._keep_uploaded()
        except OSError as error:
            log.warning("%s: the uploaded certificate is not written: %s", self.uploaded, error)
            is_well = False
        with contextlib.suppress(OSError, ValueError):  # said below, if it is so still
            self._serve_best()  # first: the cloud may be away, and long in not answering
        try:
            if not self._settings.certificate and self._is_due():
                await self._renew()
        except (EnrolmentError, IdentityError, OSError) as error:
            log.warning("the guard's page got no certificate: %s", error)
            is_well = False
        try:
            self._serve_best()
        except (OSError, ValueError) as error:  # ssl.SSLError is an OSError
            log.warning("the guard's page has no usable certificate: %s", error)
            return False
        return is_well

    def _serve_best(self) -> None:
        """Raises OSError, ValueError."""
        refused = self._refused()
        if self._wanted is not None and refused is None and self.uploaded.exists():
            try:
                self._load(PageSource.UPLOADED, self.uploaded, self.uploaded, None)
            except (ssl.SSLError, ValueError) as error:
                log.warning("the uploaded certificate of the guard's page is not usable: %s", error)
                refused = PageRefusal.BROKEN
            else:
                return
        source = PageSource.FILE if self._settings.certificate else PageSource.AUTHORITY
        self._load(source, self.certificate, self.key, refused)

    def _refused(self) -> PageRefusal | None:
        if self._wanted is None:
            return None
        return PageRefusal.FILE_FIRST if self._settings.certificate else refusal(self._wanted, self._now())

    def _keep_uploaded(self) -> None:
        """One file, so that certificate and key are never apart."""
        if self._wanted is None:
            self.uploaded.unlink(missing_ok=True)
            return
        data = f"{self._wanted.chain.rstrip()}\n{self._wanted.key.rstrip()}\n".encode()
        if not self.uploaded.exists() or self.uploaded.read_bytes() != data:
            identity.write_private(self.uploaded, data)

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

    def _load(self, source: PageSource, certificate: Path, key: Path, refused: PageRefusal | None) -> None:
        """Raises OSError, ssl.SSLError, ValueError, and then what served serves on."""
        data = certificate.read_bytes() + key.read_bytes()
        shown = x509.load_pem_x509_certificate(data)
        if data != self._loaded:
            context = _context()
            context.load_cert_chain(certificate, key, password="")  # else OpenSSL would ask at the terminal
            self._serving, self._loaded = context, data
            self.ready.set()
            log.info("the guard's page is served with a certificate (%s) for %s", source, names_of(shown))
        state = told(source, shown, self._names(), refused)
        if state != self.state:
            self.state = state
            self._changed()

    def _hand_over(self, connection: ssl.SSLObject, _name: str | None, _front: ssl.SSLContext) -> None:
        """Called at each handshake. A context keeps a certificate for each kind of key, so that one that was given
        another certificate could go on to show the former: each certificate has a context of its own.
        """
        if self._serving is not None:
            connection.context = self._serving

    def _names(self) -> list[str]:
        return [name.lower() for name in self._settings.names]


def asking(membership: Membership, files: Files, clock: BoxClock) -> Ask:
    """How the cloud is asked."""

    async def ask(key: Path, names: list[str]) -> str:
        return await enrolment.page_certificate(membership, files, key, names, check_time=clock.system_agrees)

    return ask


def _context() -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.set_alpn_protocols(["http/1.1"])
    return context


def _fits(certificate: x509.Certificate, key_file: Path) -> bool:
    try:
        return identity.load_tls_key(key_file).public_key() == certificate.public_key()
    except IdentityError:
        return False
