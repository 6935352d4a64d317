"""Keys and certificates for tests: a CA, a broker's folder, boxes and services that connect to it."""

import ssl
from collections.abc import Iterable, Sequence
from datetime import datetime
from pathlib import Path
from uuid import UUID

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from cloud.sites import authority, broker, keyfiles
from cloud.sites.authority import Authority, Revoked

MOSQUITTO_CONF = Path(__file__).parents[3] / "deploy/mosquitto/mosquitto.conf"


def request(
    key: ec.EllipticCurvePrivateKey, name: str = "whatever the box says"
) -> x509.CertificateSigningRequest:
    """A box's CSR."""
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    return x509.CertificateSigningRequestBuilder().subject_name(subject).sign(key, hashes.SHA256())


def write_box(ca: Authority, folder: Path, box: UUID, now: datetime) -> x509.Certificate:
    """`<box>.key` and `<box>.pem`, as a box would hold them."""
    key = ec.generate_private_key(ec.SECP256R1())
    certificate = authority.issue_box(ca, request(key), box, now)
    keyfiles.replace_file(folder / f"{box}.key", keyfiles.private_pem(key), private=True)
    keyfiles.replace_file(folder / f"{box}.pem", authority.to_pem(certificate))
    return certificate


def client_context(folder: Path, name: str) -> ssl.SSLContext:
    """TLS of a client that trusts the house's CA and shows `<name>.pem`."""
    context = ssl.create_default_context(cafile=str(folder / "ca.pem"))
    context.load_cert_chain(folder / f"{name}.pem", folder / f"{name}.key")
    return context


def write_broker_folder(
    ca: Authority,
    folder: Path,
    now: datetime,
    *,
    services: Sequence[str] = ("ingest-1", "downlink-1"),
    denied: Iterable[UUID] = (),
    revoked: Iterable[Revoked] = (),
    crl_made: datetime | None = None,
) -> None:
    """All that deploy/mosquitto/mosquitto.conf reads, and the services' certificates beside it."""
    keyfiles.write_server(ca, folder, "broker", ["127.0.0.1", "localhost"], now)
    for name in services:
        keyfiles.write_service(ca, folder, name, now)
    crl = authority.revocation_list(ca, revoked, int(now.timestamp()), crl_made or now)
    keyfiles.replace_file(folder / "crl.pem", authority.to_pem(crl))
    keyfiles.replace_file(folder / "acl", broker.access_list(services, denied).encode())
