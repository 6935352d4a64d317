"""The files of the house's keys: the CA's folder, servers' and services' certificates, the command key.

A private key has mode 0600 before it has content; every file replaces its predecessor in one step.
"""

import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from uuid import UUID

from cryptography import x509
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from cloud.sites import authority
from cloud.sites.authority import Authority

CA_CERTIFICATE = "ca.pem"
CA_KEY = "ca.key"
CRL = "crl.pem"


class KeyFileError(Exception):
    """A key file is missing, unreadable or of another kind; the text names the file."""


@dataclass(frozen=True)
class VerifyKey:
    """The public half of the key that signs commands, as a box is told of it."""

    id: UUID
    raw: bytes  # 32 bytes, Ed25519


def replace_file(
    path: Path, content: bytes, *, private: bool = False, dress: Callable[[Path], None] = lambda _file: None
) -> None:
    """Write durably and atomically: a reader sees the old file or the new one, never half of one.

    `dress`: gives the new file its owner and mode before it takes the old one's place.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f".{path.name}.{os.getpid()}")
    descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600 if private else 0o644)
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    dress(temporary)
    temporary.replace(path)


def create_authority(folder: Path, name: str, now: datetime) -> Authority:
    """A new CA in an empty folder, or the one that is there already; with a first, empty revocation list."""
    if (folder / CA_KEY).exists():
        return load_authority(folder)
    made = authority.make_authority(name, ec.generate_private_key(ec.SECP256R1()), now)
    crl = authority.revocation_list(made, [], int(now.timestamp()), now)
    replace_file(folder / CA_CERTIFICATE, authority.to_pem(made.certificate))
    replace_file(folder / CRL, authority.to_pem(crl))
    replace_file(folder / CA_KEY, private_pem(made.key), private=True)  # last: its presence says "complete"
    return made


def load_authority(folder: Path) -> Authority:
    """The CA of a folder. Raises KeyFileError."""
    key = load_private_key(folder / CA_KEY)
    return Authority(load_certificate(folder / CA_CERTIFICATE), key)


def load_private_key(path: Path) -> ec.EllipticCurvePrivateKey:
    """The key of a certificate. Raises KeyFileError."""
    key = _private_key(path)
    if not isinstance(key, ec.EllipticCurvePrivateKey):
        raise KeyFileError(f"{path}: not an elliptic curve key")
    return key


def load_certificate(path: Path) -> x509.Certificate:
    """A PEM certificate. Raises KeyFileError."""
    try:
        return x509.load_pem_x509_certificate(_read(path))
    except ValueError as error:
        raise KeyFileError(f"{path}: not a certificate in PEM: {error}") from error


def write_server(ca: Authority, folder: Path, name: str, hosts: Sequence[str], now: datetime) -> None:
    """`<name>.key`, `<name>.pem` and `ca.pem` for a server that is reached under `hosts`."""
    key = ec.generate_private_key(ec.SECP256R1())
    _write_pair(ca, folder, name, key, authority.issue_server(ca, key.public_key(), hosts, now))


def write_service(ca: Authority, folder: Path, name: str, now: datetime) -> None:
    """`<name>.key`, `<name>.pem` and `ca.pem` for a cloud process that is a client."""
    key = ec.generate_private_key(ec.SECP256R1())
    _write_pair(ca, folder, name, key, authority.issue_service(ca, key.public_key(), name, now))


def create_command_key(path: Path) -> None:
    """An Ed25519 key at `path` (0600) and its public half at `path` + ".pub", unless they are there."""
    key = load_command_key(path) if path.exists() else Ed25519PrivateKey.generate()
    if not path.exists():
        replace_file(path, private_pem(key), private=True)
    public = key.public_key().public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    replace_file(path.with_name(f"{path.name}.pub"), public)


def load_command_key(path: Path) -> Ed25519PrivateKey:
    """The key that signs commands and configuration. Raises KeyFileError."""
    key = _private_key(path)
    if not isinstance(key, Ed25519PrivateKey):
        raise KeyFileError(f"{path}: not an Ed25519 key")
    return key


def load_verify_key(path: Path) -> VerifyKey:
    """The public half, from a public or a private PEM file. Raises KeyFileError."""
    content = _read(path)
    if b"PRIVATE KEY" in content:
        return verify_key(load_command_key(path).public_key())
    try:
        key = serialization.load_pem_public_key(content)
    except ValueError as error:
        raise KeyFileError(f"{path}: not a key in PEM: {error}") from error
    if not isinstance(key, Ed25519PublicKey):
        raise KeyFileError(f"{path}: not an Ed25519 key")
    return verify_key(key)


def verify_key(key: Ed25519PublicKey) -> VerifyKey:
    """The key's id follows from the key, so that nobody has to keep a list (UUID version 8, RFC 9562)."""
    raw = key.public_bytes_raw()
    digest = bytearray(sha256(raw).digest()[:16])
    digest[6] = digest[6] & 0x0F | 0x80
    digest[8] = digest[8] & 0x3F | 0x80
    return VerifyKey(UUID(bytes=bytes(digest)), raw)


def private_pem(key: ec.EllipticCurvePrivateKey | Ed25519PrivateKey) -> bytes:
    """PKCS #8, unencrypted: the file's mode guards it."""
    return key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )


def _write_pair(
    ca: Authority, folder: Path, name: str, key: ec.EllipticCurvePrivateKey, certificate: x509.Certificate
) -> None:
    replace_file(folder / f"{name}.key", private_pem(key), private=True)
    replace_file(folder / f"{name}.pem", authority.to_pem(certificate))
    replace_file(folder / CA_CERTIFICATE, authority.to_pem(ca.certificate))


def _private_key(path: Path) -> object:
    try:
        return serialization.load_pem_private_key(_read(path), password=None)
    except (ValueError, TypeError) as error:
        raise KeyFileError(f"{path}: not an unencrypted private key in PEM: {error}") from error


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise KeyFileError(f"{path}: {error.strerror}") from error
