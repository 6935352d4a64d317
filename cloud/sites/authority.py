"""The house's own certificate authority: X.509 made of plain values, without files and without a clock.

A box's certificate says only who it is (CN = the box's UUID, client authentication); whatever else the
request asked for is dropped. Profiles follow RFC 5280; keys are P-256, as every TLS stack agrees on it.
"""

import ipaddress
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

ROOT_LIFE = timedelta(days=365 * 20)
SERVER_LIFE = timedelta(days=365 * 2)
BOX_LIFE = timedelta(days=365)
CRL_LIFE = timedelta(days=30)
PublicKey = ec.EllipticCurvePublicKey
BACKDATE = timedelta(minutes=10)  # a box's clock may be behind ours
_MAX_REQUEST_BYTES = 8192
_CN_LONGEST = 64  # RFC 5280, ub-common-name; the whole names stand in the extension


class RequestError(ValueError):
    """The certificate signing request cannot be honoured; the text says why."""


@dataclass(frozen=True)
class Authority:
    """The CA's certificate and its private key; to be held by one process."""

    certificate: x509.Certificate
    key: ec.EllipticCurvePrivateKey


@dataclass(frozen=True)
class Revoked:
    """A line of the revocation list."""

    serial: int
    at: datetime


def make_authority(name: str, key: ec.EllipticCurvePrivateKey, now: datetime) -> Authority:
    """A self-signed root that may sign end certificates only (path length 0)."""
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    builder = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - BACKDATE)
        .not_valid_after(now + ROOT_LIFE)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(_key_usage(signs_certificates=True), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
    )
    return Authority(builder.sign(key, hashes.SHA256()), key)


def issue_server(
    authority: Authority, public_key: ec.EllipticCurvePublicKey, hosts: Sequence[str], now: datetime
) -> x509.Certificate:
    """A server's certificate for DNS names and IP addresses."""
    builder = _end_certificate(authority, hosts[0][:_CN_LONGEST], public_key, now, SERVER_LIFE)
    names = x509.SubjectAlternativeName([_general_name(host) for host in hosts])
    return _sign(authority, builder.add_extension(names, critical=False), ExtendedKeyUsageOID.SERVER_AUTH)


def issue_service(
    authority: Authority, public_key: ec.EllipticCurvePublicKey, name: str, now: datetime
) -> x509.Certificate:
    """A client certificate of a cloud process: its CN is its MQTT user name ("ingest-1")."""
    builder = _end_certificate(authority, name, public_key, now, SERVER_LIFE)
    return _sign(authority, builder, ExtendedKeyUsageOID.CLIENT_AUTH)


def issue_box(
    authority: Authority, request: x509.CertificateSigningRequest, box: UUID, now: datetime
) -> x509.Certificate:
    """A box's client certificate for a year; of the request only the public key is taken."""
    builder = _end_certificate(authority, str(box), key_of(request), now, BOX_LIFE)
    return _sign(authority, builder, ExtendedKeyUsageOID.CLIENT_AUTH)


def key_of(request: x509.CertificateSigningRequest) -> PublicKey:
    """The key that a request asks a certificate for. Raises RequestError."""
    public_key = request.public_key()
    if not isinstance(public_key, ec.EllipticCurvePublicKey):
        raise RequestError("the request's key is not an elliptic curve key")
    return public_key


def hosts_of(certificate: x509.Certificate) -> list[str]:
    """The DNS names and IP addresses of a server's certificate. Raises x509.ExtensionNotFound."""
    names = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    return [str(name.value) for name in names]


def read_request(pem: str) -> x509.CertificateSigningRequest:
    """A request whose own signature holds and whose key is P-256. Raises RequestError."""
    if len(pem) > _MAX_REQUEST_BYTES:
        raise RequestError(f"the request is longer than {_MAX_REQUEST_BYTES} bytes")
    try:
        request = x509.load_pem_x509_csr(pem.encode())
        public_key = request.public_key()
        intact = request.is_signature_valid
    except (ValueError, TypeError, InvalidSignature) as error:
        raise RequestError(f"not a PKCS #10 request in PEM: {error}") from error
    if not isinstance(public_key, ec.EllipticCurvePublicKey) or public_key.curve.name != "secp256r1":
        raise RequestError("the request's key is not P-256")
    if not intact:
        raise RequestError("the request's own signature does not hold")
    return request


def revocation_list(
    authority: Authority, revoked: Iterable[Revoked], number: int, now: datetime
) -> x509.CertificateRevocationList:
    """A complete CRL. An expired one makes the broker refuse every box, hence 30 days and daily renewal."""
    builder = (
        x509.CertificateRevocationListBuilder()
        .issuer_name(authority.certificate.subject)
        .last_update(now - BACKDATE)
        .next_update(now + CRL_LIFE)
        .add_extension(x509.CRLNumber(number), critical=False)
        .add_extension(_authority_key_id(authority), critical=False)
    )
    for entry in revoked:
        builder = builder.add_revoked_certificate(
            x509.RevokedCertificateBuilder()
            .serial_number(entry.serial)
            .revocation_date(entry.at)
            .add_extension(x509.CRLReason(x509.ReasonFlags.cessation_of_operation), critical=False)
            .build()
        )
    return builder.sign(authority.key, hashes.SHA256())


def renewal_due(certificate: x509.Certificate, now: datetime) -> bool:
    """Whether two thirds of the certificate's life are over."""
    begin, end = certificate.not_valid_before_utc, certificate.not_valid_after_utc
    return now >= begin + (end - begin) * 2 / 3


def to_pem(thing: x509.Certificate | x509.CertificateRevocationList) -> bytes:
    """PEM."""
    return thing.public_bytes(serialization.Encoding.PEM)


def to_der(thing: x509.Certificate | x509.CertificateSigningRequest) -> bytes:
    """DER."""
    return thing.public_bytes(serialization.Encoding.DER)


def common_name(certificate: x509.Certificate) -> str:
    """The CN, or "" where there is none."""
    names = certificate.subject.get_attributes_for_oid(NameOID.COMMON_NAME)
    return str(names[0].value) if names else ""


def _end_certificate(
    authority: Authority, name: str, public_key: ec.EllipticCurvePublicKey, now: datetime, life: timedelta
) -> x509.CertificateBuilder:
    return (
        x509.CertificateBuilder()
        .subject_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)]))
        .issuer_name(authority.certificate.subject)
        .public_key(public_key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - BACKDATE)
        .not_valid_after(min(now + life, authority.certificate.not_valid_after_utc))
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(_key_usage(signs_certificates=False), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(public_key), critical=False)
        .add_extension(_authority_key_id(authority), critical=False)
    )


def _sign(
    authority: Authority, builder: x509.CertificateBuilder, usage: x509.ObjectIdentifier
) -> x509.Certificate:
    extended = builder.add_extension(x509.ExtendedKeyUsage([usage]), critical=False)
    return extended.sign(authority.key, hashes.SHA256())


def _authority_key_id(authority: Authority) -> x509.AuthorityKeyIdentifier:
    identifier = authority.certificate.extensions.get_extension_for_class(x509.SubjectKeyIdentifier).value
    return x509.AuthorityKeyIdentifier.from_issuer_subject_key_identifier(identifier)


def _key_usage(*, signs_certificates: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not signs_certificates,
        key_cert_sign=signs_certificates,
        crl_sign=signs_certificates,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        encipher_only=False,
        decipher_only=False,
    )


def _general_name(host: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ipaddress.ip_address(host))
    except ValueError:
        return x509.DNSName(host)
