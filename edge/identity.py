"""The box's keys and certificates on its disk: made here, readable by the agent alone, never in a dump."""

import os
from dataclasses import dataclass
from pathlib import Path

import msgspec
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.x509.oid import NameOID

from protocols.enrolment import EnrolAnswer


class IdentityError(Exception):
    """The box has no usable identity; the text names the file."""


@dataclass(frozen=True)
class Files:
    """Where everything of the identity lies in the data folder."""

    folder: Path

    @property
    def tls_key(self) -> Path:
        """P-256, PEM, mode 0600."""
        return self.folder / "tls.key"

    @property
    def next_key(self) -> Path:
        """The key of a certificate that is being asked for."""
        return self.folder / "tls-next.key"

    @property
    def csr(self) -> Path:
        """The request as it was first sent: a repeat sends the same bytes."""
        return self.folder / "tls.csr"

    @property
    def journal_key(self) -> Path:
        """Ed25519, PEM, mode 0600."""
        return self.folder / "journal.key"

    @property
    def certificate(self) -> Path:
        """The client certificate, PEM."""
        return self.folder / "tls.crt"

    @property
    def ca(self) -> Path:
        """The cloud's CA, PEM: the only one that is trusted."""
        return self.folder / "ca.crt"

    @property
    def membership(self) -> Path:
        """The cloud's answer to the enrolment, JSON; while it stands, the box is enrolled."""
        return self.folder / "enrolled.json"


class Membership(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What the box keeps of its enrolment. `cloud`: the base URL it enrolled at; `code_sha256`: of the code's text."""

    version: int = 1
    cloud: str
    answer: EnrolAnswer
    code_sha256: str | None = None


def write_private(file: Path, data: bytes) -> None:
    """Whole or not at all, on the disk before it returns, mode 0600."""
    part = file.with_name(file.name + ".part")
    descriptor = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "wb") as stream:
        stream.write(data)
        stream.flush()
        os.fsync(stream.fileno())
    part.replace(file)
    _sync_folder(file.parent)


def make_tls_key() -> bytes:
    """A fresh P-256 private key, PEM."""
    return ec.generate_private_key(ec.SECP256R1()).private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )


def make_journal_key() -> bytes:
    """A fresh Ed25519 private key, PEM."""
    return Ed25519PrivateKey.generate().private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )


def load_tls_key(file: Path) -> ec.EllipticCurvePrivateKey:
    """Raises IdentityError."""
    key = _load(file)
    if not isinstance(key, ec.EllipticCurvePrivateKey):
        raise IdentityError(f"{file}: no P-256 key")
    return key


def load_journal_key(file: Path) -> Ed25519PrivateKey:
    """Raises IdentityError."""
    key = _load(file)
    if not isinstance(key, Ed25519PrivateKey):
        raise IdentityError(f"{file}: no Ed25519 key")
    return key


def make_csr(key: ec.EllipticCurvePrivateKey) -> x509.CertificateSigningRequest:
    """A request whose subject says nothing: the cloud sets it."""
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "box")])
    return x509.CertificateSigningRequestBuilder().subject_name(subject).sign(key, hashes.SHA256())


def load_certificate(file: Path) -> x509.Certificate:
    """Raises IdentityError."""
    try:
        return x509.load_pem_x509_certificate(file.read_bytes())
    except (OSError, ValueError) as error:
        raise IdentityError(f"{file}: {error}") from error


def load_membership(files: Files) -> Membership:
    """Raises IdentityError when the box is not enrolled."""
    try:
        return msgspec.json.decode(files.membership.read_bytes(), type=Membership)
    except FileNotFoundError as error:
        raise IdentityError(
            f"{files.membership}: the box is not enrolled; run `domovoy-edge enrol`"
        ) from error
    except (OSError, msgspec.DecodeError) as error:
        raise IdentityError(f"{files.membership}: {error}") from error


def _load(file: Path) -> object:
    try:
        return serialization.load_pem_private_key(file.read_bytes(), None)
    except (OSError, ValueError) as error:
        raise IdentityError(f"{file}: {error}") from error


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
