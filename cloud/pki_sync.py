"""pki-sync stands beside the broker: fetches who is revoked, writes it where the broker reads it, has it read again.
It renews the broker's certificate, and its own.

It has no database. When edge-api is away, what was fetched last stays in force; a revocation list that is not renewed
expires after 30 days and then refuses every box, so a week ahead this cries out.
"""

import logging
import os
import random
import signal
import threading
from argparse import ArgumentParser
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

import httpx
import msgspec
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from prometheus_client import Counter, Gauge

from cloud.kernel.clock import Clock, SystemClock
from cloud.kernel.settings import Settings
from cloud.sites import broker, keyfiles
from cloud.sites.renewal import Keeper, Pair, client_context
from cloud.sites.types import BrokerOrders, ServerRenewal
from protocols.enrolment import RenewAnswer

PERIOD_S = 1.0
_LONGEST_PAUSE_S = 5.0
_FETCH_TIMEOUT_S = 3.0
ALARM_BEFORE = timedelta(days=7)
_CERTIFICATE_EVERY = timedelta(hours=1)
_ALARM_EVERY = timedelta(hours=1)
FETCHES = Counter("domovoy_pki_sync_fetches_total", "Fetches of revocations", ["outcome"])
LIST_LEFT_S = Gauge("domovoy_pki_sync_list_left_seconds", "Until the broker's revocation list expires")
_log = logging.getLogger(__name__)


class OrdersUnusableError(Exception):
    """What came is not to be laid before the broker; the text says why."""


@dataclass(frozen=True)
class BrokerFolder:
    """The files of one broker, as deploy/mosquitto/mosquitto.conf names them."""

    folder: Path
    ca: x509.Certificate
    services: Sequence[str]

    def obey(self, orders: BrokerOrders, now: datetime) -> bool:
        """Write what has changed and have the broker read it; whether anything had. Raises OrdersUnusableError."""
        self._check(orders.crl.encode(), now)
        wanted = {
            self.folder / "acl": broker.access_list(self.services, orders.denied).encode(),
            self.folder / keyfiles.CRL: orders.crl.encode(),
        }
        changed = {path: content for path, content in wanted.items() if _content(path) != content}
        for path, content in changed.items():
            keyfiles.replace_file(path, content)
        if changed:
            self.reload()
        return bool(changed)

    def reload(self) -> None:
        """SIGHUP to the broker; one that is not running reads the files when it starts."""
        pid = (_content(self.folder / "mosquitto.pid") or b"").strip().decode()
        if not pid.isdecimal() or b"mosquitto" not in (_content(Path(f"/proc/{pid}/comm")) or b""):
            _log.warning("no broker is running in %s", self.folder)
            return
        os.kill(int(pid), signal.SIGHUP)

    def list_left(self, now: datetime) -> timedelta:
        """How long the revocation list that the broker has is still good. Zero when there is none."""
        content = _content(self.folder / keyfiles.CRL)
        if content is None:
            return timedelta()
        until = x509.load_pem_x509_crl(content).next_update_utc
        return until - now if until is not None else timedelta()

    @property
    def pair(self) -> Pair:
        """The broker's own certificate and key."""
        return Pair(self.folder / "broker.pem", self.folder / "broker.key")

    def _check(self, pem: bytes, now: datetime) -> None:
        """A bad list would refuse every box: the old one is better."""
        try:
            crl = x509.load_pem_x509_crl(pem)
        except ValueError as error:
            raise OrdersUnusableError(f"the revocation list cannot be read: {error}") from error
        key = self.ca.public_key()
        if not isinstance(key, ec.EllipticCurvePublicKey) or not crl.is_signature_valid(key):
            raise OrdersUnusableError("the revocation list is not signed by this CA")
        if crl.next_update_utc is None or crl.next_update_utc <= now:
            raise OrdersUnusableError("the revocation list has expired")


@dataclass
class Watch:
    """Fetches, obeys, and tells once when that stops working and once when it works again."""

    client: httpx.Client
    folder: BrokerFolder
    clock: Clock
    reread: Callable[[], None] = lambda: None  # take our own certificate from the disk again
    pause_s: float = PERIOD_S
    _failing: bool = False
    _alarmed_at: datetime | None = None
    _looked_at: datetime | None = None
    _keeper: Keeper = field(init=False)

    def __post_init__(self) -> None:
        self._keeper = Keeper("broker", self.folder.pair, self._ask, self.clock)

    def step(self) -> None:
        """One round; afterwards `pause_s` says how long to wait."""
        now = self.clock.now()
        try:
            if self.folder.obey(self._fetch(), now):
                _log.info("the broker's revocations have changed")
        except (httpx.HTTPError, msgspec.DecodeError, OrdersUnusableError, OSError) as error:
            self._failed(error)
        else:
            self._worked()
        self._watch_expiry(now)
        if self._looked_at is None or now - self._looked_at >= _CERTIFICATE_EVERY:
            self._looked_at = now
            self._renew()

    def _renew(self) -> None:
        try:
            self.reread()
        except OSError as error:
            _log.warning("our own certificate cannot be read: %s", error)
        if self._keeper.look():
            self.folder.reload()

    def _ask(self, csr: str) -> str:
        asked = ServerRenewal(csr, self.folder.pair.certificate.read_text())
        answer = self.client.post("/edge/renew-broker", content=msgspec.json.encode(asked)).raise_for_status()
        return msgspec.json.decode(answer.content, type=RenewAnswer).certificate

    def _fetch(self) -> BrokerOrders:
        answer = self.client.get("/edge/broker").raise_for_status()
        return msgspec.json.decode(answer.content, type=BrokerOrders)

    def _failed(self, error: Exception) -> None:
        FETCHES.labels("failed").inc()
        if not self._failing:
            _log.warning("revocations cannot be kept fresh: %s", error)
        self._failing = True
        self.pause_s = min(self.pause_s * 2, _LONGEST_PAUSE_S)

    def _worked(self) -> None:
        FETCHES.labels("done").inc()
        if self._failing:
            _log.info("revocations are fresh again")
        self._failing, self.pause_s = False, PERIOD_S

    def _watch_expiry(self, now: datetime) -> None:
        left = self.folder.list_left(now)
        LIST_LEFT_S.set(left.total_seconds())
        if self._alarmed_at is not None and now - self._alarmed_at < _ALARM_EVERY:
            return
        if left < ALARM_BEFORE:
            self._alarmed_at = now
            _log.critical("the revocation list expires in %s; then the broker refuses every box", left)


def run(settings: Settings, arguments: Sequence[str]) -> int:
    """Keep the broker's files fresh until SIGTERM."""
    parser = ArgumentParser(prog="domovoy pki-sync", description="keep the broker's revocations fresh")
    parser.add_argument("--dir", type=Path, required=True, help="the broker's folder")
    parser.add_argument(
        "--service", action="append", help="MQTT user; default: those of the present access list"
    )
    asked = parser.parse_args(arguments)
    services = asked.service or broker.services_of((_content(asked.dir / "acl") or b"").decode())
    ca = settings.need_path("mqtt_ca")
    logging.getLogger("httpx").setLevel(logging.WARNING)  # a line for every fetch is a line a second
    stopped = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stopped.set())
    context = client_context(settings)

    def reread() -> None:
        context.load_cert_chain(settings.need_path("mqtt_cert"), settings.need_path("mqtt_key"))

    with httpx.Client(
        base_url=settings.edge_url, verify=context, timeout=_FETCH_TIMEOUT_S, trust_env=False
    ) as client:
        folder = BrokerFolder(asked.dir, keyfiles.load_certificate(ca), services)
        watch = Watch(client, folder, SystemClock(), reread)
        while not stopped.is_set():
            watch.step()
            stopped.wait(watch.pause_s * random.uniform(0.8, 1.2))  # noqa: S311  # jitter
    return 0


def _content(path: Path) -> bytes | None:
    try:
        return path.read_bytes()
    except FileNotFoundError:
        return None
