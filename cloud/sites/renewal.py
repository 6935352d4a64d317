"""Certificates of the cloud's own processes, renewed by whoever holds them: edge-api signs, the key never leaves.

A pair is a key file and a certificate file. The next key lies beside them until its certificate has come; what a crash
between the two leaves apart is joined at the next start. Whoever reads the pair again (each new connection does) has
the new one.
"""

import logging
import os
import random
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import msgspec
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from prometheus_client import Gauge

from cloud.kernel.clock import Clock, SystemClock
from cloud.kernel.settings import Settings
from cloud.sites import authority, keyfiles
from cloud.sites.keyfiles import KeyFileError
from protocols.enrolment import RenewAnswer, RenewRequest

LEFT_S = Gauge("domovoy_certificate_left_seconds", "Until a certificate of this process expires", ["name"])
PERIOD_S = 3600.0
ALARM_BEFORE = timedelta(days=30)
_TIMEOUT_S = 10.0
_log = logging.getLogger(__name__)

Ask = Callable[[str], str]
"""A certificate request to a certificate, both PEM. Raises httpx.HTTPError, msgspec.DecodeError."""


class RenewalError(Exception):
    """What came is no certificate for the key that was asked for."""


@dataclass(frozen=True)
class Pair:
    """A certificate and its key."""

    certificate: Path
    key: Path

    @property
    def next_key(self) -> Path:
        return self.key.with_name(f"{self.key.name}.next")

    def join(self) -> None:
        """Put the next key in its place, if the certificate is its own already."""
        if self.next_key.exists() and _public(self.next_key) == _public_of(self._load()):
            self.next_key.replace(self.key)

    def left(self, now: datetime) -> timedelta:
        """How long the certificate is still good."""
        return self._load().not_valid_after_utc - now

    def renew_if_due(self, ask: Ask, now: datetime) -> bool:
        """Renew when two thirds of its life are over; whether it was done.

        Raises what `ask` raises, RenewalError, KeyFileError, OSError.
        """
        self.join()
        if not authority.renewal_due(self._load(), now):
            return False
        pem = ask(self._next_request())
        try:
            made = x509.load_pem_x509_certificate(pem.encode())
        except ValueError as error:
            raise RenewalError(f"{self.certificate}: no certificate came: {error}") from error
        if _public_of(made) != _public(self.next_key):
            raise RenewalError(f"{self.certificate}: a certificate for another key came")
        _write_like(self.certificate, pem.encode())
        self.join()
        return True

    def _load(self) -> x509.Certificate:
        return keyfiles.load_certificate(self.certificate)

    def _next_request(self) -> str:
        if not self.next_key.exists():
            made = keyfiles.private_pem(ec.generate_private_key(ec.SECP256R1()))
            _write_like(self.next_key, made, like=self.key)
        subject = self._load().subject
        builder = x509.CertificateSigningRequestBuilder().subject_name(subject)
        request = builder.sign(keyfiles.load_private_key(self.next_key), hashes.SHA256())
        return request.public_bytes(serialization.Encoding.PEM).decode()


@dataclass
class Keeper:
    """Looks after one pair: renews it in time, tells once when that fails and cries out when little time is left."""

    name: str
    pair: Pair
    ask: Ask
    clock: Clock
    _failing: bool = False

    def look(self) -> bool:
        """Whether the pair was renewed just now."""
        now = self.clock.now()
        try:
            renewed = self._renewed(now)
            left = self.pair.left(now)
        except KeyFileError as error:
            _log.critical("the certificate of %s cannot be read: %s", self.name, error)
            return False
        LEFT_S.labels(self.name).set(left.total_seconds())
        if left < ALARM_BEFORE:
            _log.critical("the certificate of %s expires in %s", self.name, left)
        return renewed

    def _renewed(self, now: datetime) -> bool:
        try:
            renewed = self.pair.renew_if_due(self.ask, now)
        except (httpx.HTTPError, msgspec.DecodeError, RenewalError, OSError) as error:
            if not self._failing:
                _log.warning("the certificate of %s could not be renewed: %s", self.name, error)
            self._failing = True
            return False
        if renewed:
            _log.info("the certificate of %s was renewed", self.name)
        self._failing = False
        return renewed


@contextmanager
def kept(settings: Settings) -> Iterator[None]:
    """Within: this process's own certificate (DOMOVOY_MQTT_CERT) is renewed in time. Without one nothing is done."""
    if settings.mqtt_ca is None or settings.mqtt_cert is None or settings.mqtt_key is None:
        yield
        return
    pair = Pair(settings.mqtt_cert, settings.mqtt_key)
    pair.join()
    keeper = Keeper(settings.mqtt_cert.stem, pair, lambda csr: ask_for_own(settings, csr), SystemClock())
    stopped = threading.Event()
    thread = threading.Thread(target=_keep, args=(keeper, stopped), name="certificate", daemon=True)
    thread.start()
    try:
        yield
    finally:
        stopped.set()
        thread.join(timeout=_TIMEOUT_S)


def ask_for_own(settings: Settings, csr: str) -> str:
    """A further certificate for this process, which proves itself by the one it has."""
    return ask(settings, "/edge/renew-service", RenewRequest(csr=csr))


def ask(settings: Settings, path: str, body: msgspec.Struct) -> str:
    """Ask edge-api, showing this process's certificate. Returns the certificate's PEM."""
    context = client_context(settings)
    with httpx.Client(
        base_url=settings.edge_url, verify=context, timeout=_TIMEOUT_S, trust_env=False
    ) as client:
        answer = client.post(path, content=msgspec.json.encode(body)).raise_for_status()
    return msgspec.json.decode(answer.content, type=RenewAnswer).certificate


def client_context(settings: Settings) -> ssl.SSLContext:
    """Trust the house's CA, show this process's certificate as it is on the disk now."""
    context = ssl.create_default_context(cafile=str(settings.need_path("mqtt_ca")))
    context.load_cert_chain(settings.need_path("mqtt_cert"), settings.need_path("mqtt_key"))
    return context


def _keep(keeper: Keeper, stopped: threading.Event) -> None:
    while not stopped.is_set():
        keeper.look()
        stopped.wait(PERIOD_S * random.uniform(0.8, 1.2))  # noqa: S311  # jitter


def _write_like(path: Path, content: bytes, *, like: Path | None = None) -> None:
    """Replace a file by one of the same owner and mode: the broker reads its key as a user of its own."""
    before = (like or path).stat()

    def dress(temporary: Path) -> None:
        os.chown(temporary, before.st_uid, before.st_gid)
        temporary.chmod(before.st_mode & 0o777)

    keyfiles.replace_file(path, content, private=True, dress=dress)


def _public(key_file: Path) -> bytes:
    return _spki(keyfiles.load_private_key(key_file).public_key())


def _public_of(certificate: x509.Certificate) -> bytes:
    return _spki(certificate.public_key())


def _spki(key: Any) -> bytes:
    return bytes(
        key.public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)
    )
