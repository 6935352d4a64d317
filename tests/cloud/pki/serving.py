"""A real edge-api on a loopback port, and a box that talks to it."""

import base64
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID

import httpx
import msgspec
import uvicorn
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from cloud.edge_api.house import EdgeHouse, RevocationList
from cloud.edge_api.server import server_config
from cloud.kernel.files import FileStore
from cloud.kernel.settings import Settings
from cloud.sites import authority, keyfiles, service
from deploy.demo.servers.processes import free_port, wait_until
from protocols.enrolment import (
    EnrolAnswer,
    EnrolRequest,
    LapsedRequest,
    RenewAnswer,
    RenewRequest,
    encode,
    fingerprint,
    journal_proof,
    lapsed_proof,
)
from tests.cloud.pki.certificates import request
from tests.cloud.sites.building import House


@dataclass
class EdgeServer:
    """Where it listens, and its folder with the CA."""

    url: str
    folder: Path
    house: EdgeHouse


@contextmanager
def running_edge_api(house: House, folder: Path, at: datetime | None = None) -> Iterator[EdgeServer]:
    """edge-api under uvicorn in a thread, over TLS; `at`: when its CA and certificate were made, default now."""
    now = at or datetime.now(UTC)
    ca = keyfiles.create_authority(folder, "test house", now)
    keyfiles.create_command_key(folder / "command.key")
    port = free_port()
    settings = Settings(
        pki_dir=folder,
        edge_url=f"https://localhost:{port}",
        http_port=port,
        mqtt_host="broker.example",
        mqtt_port=8883,
    )
    edge = EdgeHouse(
        settings=settings,
        database=house.database(),
        ca=ca,
        command_key=keyfiles.load_verify_key(folder / "command.key.pub"),
        files=FileStore(folder / "files"),
        crl=RevocationList(ca),
    )
    server = uvicorn.Server(server_config(edge, now))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    assert wait_until(lambda: server.started, 60)
    try:
        yield EdgeServer(settings.edge_url, folder, edge)
    finally:
        server.should_exit = True
        thread.join(60)


@dataclass
class FakeBox:
    """The box's side of enrolment, with keys of its own."""

    server: EdgeServer
    tls_key: ec.EllipticCurvePrivateKey = field(
        default_factory=lambda: ec.generate_private_key(ec.SECP256R1())
    )
    journal_key: Ed25519PrivateKey = field(default_factory=Ed25519PrivateKey.generate)
    certificate: str = ""
    id: UUID | None = None

    def client(self, *, shows_certificate: bool = True) -> httpx.Client:
        """HTTPS that trusts the house's CA and shows the box's certificate."""
        context = ssl.create_default_context(cafile=str(self.server.folder / "ca.pem"))
        if shows_certificate:
            name = self.server.folder / f"box-{id(self)}"
            keyfiles.replace_file(name.with_suffix(".key"), keyfiles.private_pem(self.tls_key), private=True)
            keyfiles.replace_file(name.with_suffix(".pem"), self.certificate.encode())
            context.load_cert_chain(name.with_suffix(".pem"), name.with_suffix(".key"))
        return httpx.Client(base_url=self.server.url, verify=context, timeout=60)

    def csr(self, key: ec.EllipticCurvePrivateKey | None = None) -> x509.CertificateSigningRequest:
        return request(key or self.tls_key)

    def enrol_request(self, code: str, csr: x509.CertificateSigningRequest | None = None) -> EnrolRequest:
        made = csr or self.csr()
        proof = self.journal_key.sign(journal_proof(authority.to_der(made)))
        return EnrolRequest(
            code=code,
            csr=made.public_bytes(serialization.Encoding.PEM).decode(),
            journal_key=base64.b64encode(self.journal_key.public_key().public_bytes_raw()).decode(),
            proof=base64.b64encode(proof).decode(),
        )

    def enrol(self, code: str, asked: EnrolRequest | None = None) -> httpx.Response:
        with self.client(shows_certificate=False) as client:
            answer = client.post("/edge/enrol", content=encode(asked or self.enrol_request(code)))
        if answer.status_code == 200:
            enrolled = msgspec.json.decode(answer.content, type=EnrolAnswer)
            self.certificate, self.id = enrolled.certificate, enrolled.box
        return answer

    def renew(self) -> httpx.Response:
        pem = self.csr().public_bytes(serialization.Encoding.PEM).decode()
        with self.client() as client:
            return client.post("/edge/renew", content=encode(RenewRequest(csr=pem)))

    def renew_lapsed(
        self, *, key: ec.EllipticCurvePrivateKey | None = None, age: timedelta = timedelta()
    ) -> httpx.Response:
        assert self.id is not None
        csr, at = self.csr(), datetime.now(UTC) - age
        signature = (key or self.tls_key).sign(
            lapsed_proof(authority.to_der(csr), at), ec.ECDSA(hashes.SHA256())
        )
        asked = LapsedRequest(
            box=self.id,
            csr=csr.public_bytes(serialization.Encoding.PEM).decode(),
            timestamp=at,
            proof=base64.b64encode(signature).decode(),
        )
        with self.client(shows_certificate=False) as client:
            return client.post("/edge/renew-lapsed", content=encode(asked))


def new_code(house: House, server: EdgeServer, box_id: UUID | None = None) -> str:
    """A one-time code for a box."""
    ca = authority.to_der(server.house.ca.certificate)
    with house.work() as session:
        code, _until = service.issue_code(session, house.actor, box_id or house_box(house), fingerprint(ca))
    return code.text()


def house_box(house: House) -> UUID:
    return house.make_box().id


def renewed(answer: httpx.Response) -> x509.Certificate:
    """The certificate of a RenewAnswer."""
    decoded = msgspec.json.decode(answer.content, type=RenewAnswer)
    return x509.load_pem_x509_certificate(decoded.certificate.encode())
