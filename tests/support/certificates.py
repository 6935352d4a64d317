"""Certificates as a company may bring them: of any key, by a CA of its own, with a chain, over or not begun."""

import ipaddress
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

Key = ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey


@dataclass(frozen=True)
class Made:
    """A certificate and its key."""

    certificate: x509.Certificate
    key: Key

    @property
    def pem(self) -> str:
        return self.certificate.public_bytes(serialization.Encoding.PEM).decode()

    @property
    def key_pem(self) -> str:
        """PKCS#8."""
        return key_pem(self.key)


def key_pem(
    key: Key,
    form: serialization.PrivateFormat = serialization.PrivateFormat.PKCS8,
    password: str | None = None,
) -> str:
    """`password` None: not encrypted."""
    locked = serialization.BestAvailableEncryption(password.encode()) if password else None
    return key.private_bytes(
        serialization.Encoding.PEM, form, locked or serialization.NoEncryption()
    ).decode()


def rsa_key(bits: int = 2048) -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(public_exponent=65_537, key_size=bits)


def make_certificate(
    names: Sequence[str] = ("gate.example.com",),
    *,
    key: Key | None = None,
    by: Made | None = None,
    begins: datetime | None = None,
    ends: datetime | None = None,
    is_ca: bool = False,
    called: str = "Gate",
    usage: x509.ObjectIdentifier | None = ExtendedKeyUsageOID.SERVER_AUTH,
) -> Made:
    """`by` None: it is signed by itself. `names`: without any it has no such extension."""
    key = key or ec.generate_private_key(ec.SECP256R1())
    begins = begins or datetime.now(UTC) - timedelta(days=1)
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, called)])
    builder = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(by.certificate.subject if by else subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(begins)
        .not_valid_after(ends or begins + timedelta(days=90))
        .add_extension(x509.BasicConstraints(ca=is_ca, path_length=None), critical=True)
    )
    if names:
        found = x509.SubjectAlternativeName([_name(name) for name in names])
        builder = builder.add_extension(found, critical=False)
    if usage is not None and not is_ca:
        builder = builder.add_extension(x509.ExtendedKeyUsage([usage]), critical=False)
    return Made(builder.sign(by.key if by else key, hashes.SHA256()), key)


def make_ca(called: str = "Company CA", *, by: Made | None = None, begins: datetime | None = None) -> Made:
    """One that signs others, for ten years."""
    begins = begins or datetime.now(UTC) - timedelta(days=1)
    return make_certificate(
        (), by=by, begins=begins, ends=begins + timedelta(days=3650), is_ca=True, called=called
    )


def _name(name: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ipaddress.ip_address(name))
    except ValueError:
        return x509.DNSName(name)
