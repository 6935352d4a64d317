"""A box as it is after its enrolment: keys, certificate, held passes, configuration, all in its data folder."""

import base64
import os
import random
import time
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID

import msgspec
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec

from cloud.sites import authority, broker, keyfiles
from cloud.sites.authority import Authority
from cloud.sites.keyfiles import VerifyKey
from edge import identity
from edge.access import holdings
from edge.access.passes import Passes, Row, Standing
from edge.agent import World
from edge.clock import kernel_synchronised
from edge.identity import Files, Membership
from edge.store import Store
from protocols import topics
from protocols.config import Configuration, encode_configuration
from protocols.enrolment import Broker, CommandKey, EnrolAnswer
from protocols.topics import Channel

BOX = UUID("0192a000-0000-7000-8000-00000000b0c5")
EPOCH = UUID("0192a000-0000-7000-8000-0000000e0c11")
ROOT = Path(__file__).parents[1]
MOSQUITTO_CONF = ROOT / "deploy/mosquitto/mosquitto.conf"
INGEST = "ingest-1"
LOAD = "load-1"
_LOAD_ACL = f"""
user {LOAD}
topic write {topics.every_box(Channel.UP_READINGS)}
topic read {topics.every_box(Channel.DOWN_ACK)}
"""

_NOBODYS = VerifyKey(UUID(int=7), bytes(32))


def make_house(folder: Path, now: datetime, services: Sequence[str] = (INGEST,)) -> Authority:
    """A CA, all that the broker's configuration reads, the services' certificates.

    One more client, LOAD, may speak as any box: the readings of a thousand boxes over one connection.
    """
    ca = keyfiles.create_authority(folder, "bench", now)
    keyfiles.write_server(ca, folder, "broker", ["127.0.0.1"], now)
    for name in (*services, LOAD):
        keyfiles.write_service(ca, folder, name, now)
    keyfiles.replace_file(folder / "crl.pem", authority.to_pem(authority.revocation_list(ca, (), 1, now)))
    keyfiles.replace_file(folder / "acl", (broker.access_list(services, ()) + _LOAD_ACL).encode())
    return ca


def write_box(
    ca: Authority, data: Path, mqtt_port: int, now: datetime, box: UUID = BOX, key: VerifyKey = _NOBODYS
) -> Membership:
    """What `domovoy-edge enrol` leaves behind. `key`: whose orders and configuration it takes."""
    data.mkdir(parents=True)
    files = Files(data)
    identity.write_private(files.tls_key, identity.make_tls_key())
    identity.write_private(files.journal_key, identity.make_journal_key())
    certificate = _certificate(ca, files, box, now)
    identity.write_private(files.certificate, certificate.encode())
    identity.write_private(files.ca, authority.to_pem(ca.certificate))
    membership = Membership(
        cloud="https://127.0.0.1:9",
        answer=EnrolAnswer(
            box=box,
            certificate=certificate,
            ca=authority.to_pem(ca.certificate).decode(),
            mqtt=Broker(host="127.0.0.1", port=mqtt_port),
            command_key=CommandKey(id=key.id, public_key=base64.b64encode(key.raw).decode()),
            files_url="https://127.0.0.1:9/edge/files",
        ),
    )
    identity.write_private(files.membership, msgspec.json.encode(membership))
    return membership


def write_certificate(ca: Authority, folder: Path, box: UUID) -> None:
    """Of a box that is nothing but a client of the broker: `<box>.pem` and `<box>.key`."""
    key = ec.generate_private_key(ec.SECP256R1())
    certificate = authority.issue_box(ca, identity.make_csr(key), box, now())
    keyfiles.replace_file(folder / f"{box}.key", keyfiles.private_pem(key), private=True)
    keyfiles.replace_file(folder / f"{box}.pem", authority.to_pem(certificate))


def _certificate(ca: Authority, files: Files, box: UUID, now: datetime) -> str:
    request: x509.CertificateSigningRequest = identity.make_csr(identity.load_tls_key(files.tls_key))
    return authority.to_pem(authority.issue_box(ca, request, box, now)).decode()


def hold(data: Path, rows: Iterable[Row]) -> None:
    """The box holds these, as after a snapshot."""
    store, passes = Store(data / "store.sqlite"), Passes()
    connection = store.connection
    connection.execute("BEGIN")
    version = 0
    for row in rows:
        passes.put(row)
        holdings.write_piece(connection, 1, [row], (), (), 0)
        version = max(version, row.version)
    holdings.swap(connection, 1, Standing(EPOCH, version, passes.digest), 0)
    connection.execute("COMMIT")
    store.close()


def configure(data: Path, configuration: Configuration) -> None:
    """The box has applied this."""
    store = Store(data / "store.sqlite")
    store.connection.execute("INSERT INTO config VALUES (1, ?)", (encode_configuration(configuration),))
    store.close()


def real_world() -> World:
    """Time and chance as `domovoy-edge run` takes them."""
    return World(
        wall_ns=time.time_ns,
        monotonic_ns=time.monotonic_ns,
        synchronised=kernel_synchronised,
        random=random.SystemRandom().random,
        random_bytes=os.urandom,
    )


def now() -> datetime:
    """The machine's time."""
    return datetime.now(UTC)
