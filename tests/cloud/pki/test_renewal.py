"""The cloud's own certificates are renewed in time, over a real edge-api, and what uses them goes on."""

import socket
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import uuid4

import httpx
import msgspec
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec

from cloud.kernel.clock import FixedClock, SystemClock
from cloud.kernel.settings import Settings
from cloud.kernel.tenancy import Role
from cloud.pki_sync import BrokerFolder, Watch
from cloud.sites import authority, keyfiles, renewal
from cloud.sites.authority import Revoked
from cloud.sites.renewal import Keeper, Pair, RenewalError
from cloud.sites.types import ServerRenewal
from deploy.demo.servers.mosquitto import MosquittoServer
from deploy.demo.servers.processes import wait_until
from protocols.enrolment import RenewRequest
from protocols.topics import Channel, topic
from tests.cloud.pki.certificates import MOSQUITTO_CONF, client_context, request, write_broker_folder
from tests.cloud.pki.serving import EdgeServer, FakeBox, new_code
from tests.cloud.pki.test_broker import client, publish
from tests.cloud.sites.building import House
from tests.support.broker import StartBroker
from tests.support.processes import RunProcess, installed

NOW = datetime.now(UTC)
LONG_AGO = NOW - timedelta(days=500)  # of 730: two thirds are over


def pair_of(server: EdgeServer, name: str, made: datetime = LONG_AGO) -> Pair:
    folder = server.folder / "services"
    keyfiles.write_service(server.house.ca, folder, name, made)
    return Pair(folder / f"{name}.pem", folder / f"{name}.key")


def settings_of(server: EdgeServer, pair: Pair) -> Settings:
    return Settings(
        edge_url=server.url,
        mqtt_ca=server.folder / "ca.pem",
        mqtt_cert=pair.certificate,
        mqtt_key=pair.key,
    )


def ask_for(server: EdgeServer, pair: Pair) -> Callable[[str], str]:
    return lambda csr: renewal.ask_for_own(settings_of(server, pair), csr)


def post(server: EdgeServer, pair: Pair, path: str, body: msgspec.Struct) -> httpx.Response:
    context = renewal.client_context(settings_of(server, pair))
    with httpx.Client(base_url=server.url, verify=context, timeout=60) as http:
        return http.post(path, content=msgspec.json.encode(body))


def csr_of(key: ec.EllipticCurvePrivateKey | None = None) -> str:
    made = request(key or ec.generate_private_key(ec.SECP256R1()), "downlink-9")
    return made.public_bytes(serialization.Encoding.PEM).decode()


@pytest.mark.parametrize("name", ["ingest-1", "downlink-2", "pki-sync-1"])
def test_a_process_renews_its_own_in_time(server: EdgeServer, name: str) -> None:
    pair = pair_of(server, name)
    pair.key.chmod(0o640)
    before = pair.key.read_bytes()
    assert pair.renew_if_due(ask_for(server, pair), NOW)
    made = keyfiles.load_certificate(pair.certificate)
    assert (authority.common_name(made), made.not_valid_after_utc > NOW + timedelta(days=720)) == (name, True)
    assert pair.key.read_bytes() != before
    assert (pair.key.stat().st_mode & 0o777, pair.next_key.exists()) == (0o640, False)
    assert not pair.renew_if_due(ask_for(server, pair), NOW)
    assert post(server, pair, "/edge/renew-service", RenewRequest(csr=csr_of())).status_code == 200


def test_the_name_is_the_certificate_s_not_the_request_s(server: EdgeServer) -> None:
    answer = post(server, pair_of(server, "ingest-1"), "/edge/renew-service", RenewRequest(csr=csr_of()))
    made = x509.load_pem_x509_certificate(answer.json()["certificate"].encode())
    assert authority.common_name(made) == "ingest-1"


@pytest.mark.parametrize("arrived", [False, True])
def test_a_crash_between_key_and_certificate_is_mended(server: EdgeServer, arrived: bool) -> None:
    pair = pair_of(server, "ingest-1")
    old_key = pair.key.read_bytes()
    next_key = ec.generate_private_key(ec.SECP256R1())
    keyfiles.replace_file(pair.next_key, keyfiles.private_pem(next_key), private=True)
    if arrived:
        made = authority.issue_service(server.house.ca, next_key.public_key(), "ingest-1", NOW)
        keyfiles.replace_file(pair.certificate, authority.to_pem(made))
    pair.join()
    assert (pair.key.read_bytes() != old_key) is arrived
    renewal.client_context(settings_of(server, pair))  # key and certificate fit
    assert pair.renew_if_due(ask_for(server, pair), NOW) is not arrived


def test_a_certificate_for_another_key_is_not_taken(server: EdgeServer) -> None:
    pair = pair_of(server, "ingest-1")
    before = pair.certificate.read_bytes()
    with pytest.raises(RenewalError, match="another key"):
        pair.renew_if_due(lambda _csr: ask_for(server, pair)(csr_of()), NOW)
    assert pair.certificate.read_bytes() == before


def test_a_failure_is_told_once_and_the_end_cried_out(
    server: EdgeServer, caplog: pytest.LogCaptureFixture
) -> None:
    pair, clock = pair_of(server, "ingest-1"), FixedClock(NOW)
    away = settings_of(server, pair).model_copy(update={"edge_url": "https://127.0.0.1:1"})
    keeper = Keeper("ingest-1", pair, lambda csr: renewal.ask_for_own(away, csr), clock)
    assert [keeper.look() for _ in range(3)] == [False] * 3
    assert caplog.text.count("could not be renewed") == 1
    assert "expires in" not in caplog.text
    clock.advance(timedelta(days=205))
    keeper.look()
    assert "the certificate of ingest-1 expires in" in caplog.text


def test_nobody_else_gets_a_certificate(house: House, server: EdgeServer) -> None:
    box = FakeBox(server)
    box.enrol(new_code(house, server)).raise_for_status()
    wanted = [
        ("/edge/renew-service", RenewRequest(csr=csr_of())),
        ("/edge/renew-broker", ServerRenewal("x", "x")),
    ]
    for shows_certificate in (True, False):
        with box.client(shows_certificate=shows_certificate) as http:
            answers = [http.post(path, content=msgspec.json.encode(body)) for path, body in wanted]
        assert {(each.status_code, each.json()["code"]) for each in answers} == {(403, "service_unknown")}
    ingest = post(server, pair_of(server, "ingest-1"), *wanted[1])
    assert ingest.json()["code"] == "service_unknown"


@pytest.mark.parametrize("fault", ["garbage", "edge-api's", "another CA's", "a service's"])
def test_the_keeper_gets_the_broker_s_certificate_and_no_other(
    server: EdgeServer, tmp_path: Path, fault: str
) -> None:
    other = keyfiles.create_authority(tmp_path / "other", "other", NOW)
    keyfiles.write_server(other, tmp_path / "other", "broker", [server.house.settings.mqtt_host], NOW)
    shown = {
        "garbage": "nonsense",
        "edge-api's": (server.folder / "edge-api.pem").read_text(),
        "another CA's": (tmp_path / "other" / "broker.pem").read_text(),
        "a service's": pair_of(server, "ingest-1").certificate.read_text(),
    }[fault]
    keeper = pair_of(server, "pki-sync-1")
    answer = post(server, keeper, "/edge/renew-broker", ServerRenewal(csr_of(), shown))
    assert (answer.status_code, answer.json()["code"]) == (422, "csr_invalid")


async def test_pki_sync_renews_the_broker_s_and_no_session_breaks(
    server: EdgeServer, tmp_path: Path, start_broker: StartBroker
) -> None:
    folder, ca, hosts = tmp_path / "broker", server.house.ca, ["127.0.0.1", "localhost", "broker.example"]
    write_broker_folder(ca, folder, NOW)
    keyfiles.write_server(ca, folder, "broker", hosts, LONG_AGO)
    mosquitto = start_broker(MOSQUITTO_CONF.read_text(), folder=folder)
    old = shown_by(mosquitto)
    context = renewal.client_context(settings_of(server, pair_of(server, "pki-sync-1")))
    async with client(mosquitto, "ingest-1") as session:
        with httpx.Client(base_url=server.url, verify=context, timeout=60) as http:
            Watch(http, BrokerFolder(folder, ca.certificate, ["ingest-1"]), SystemClock()).step()
        assert wait_until(lambda: shown_by(mosquitto) != old, 5)
        assert await publish(session, topic(uuid4(), Channel.DOWN_ACK)) < 128
    new = keyfiles.load_certificate(folder / "broker.pem")
    assert shown_by(mosquitto) == new.serial_number
    assert (authority.hosts_of(new), new.not_valid_after_utc > NOW + timedelta(days=720)) == (hosts, True)


def shown_by(mosquitto: MosquittoServer) -> int:
    """The serial of the certificate that the broker shows now."""
    context = client_context(mosquitto.folder, "ingest-1")
    with (
        socket.create_connection(("127.0.0.1", mosquitto.port)) as plain,
        context.wrap_socket(plain, server_hostname="localhost") as tls,
    ):
        shown = tls.getpeercert(binary_form=True)
    assert shown is not None
    return x509.load_der_x509_certificate(shown).serial_number


def test_a_running_ingest_renews_and_connects_again_with_the_new_one(
    house: House, server: EdgeServer, tmp_path: Path, start_broker: StartBroker, run_process: RunProcess
) -> None:
    folder, ca = tmp_path / "broker", server.house.ca
    write_broker_folder(ca, folder, NOW)
    mosquitto, pair = start_broker(MOSQUITTO_CONF.read_text(), folder=folder), pair_of(server, "ingest-1")
    old = keyfiles.load_certificate(pair.certificate).serial_number
    run_process(
        "ingest",
        installed("domovoy"),
        "ingest",
        env={
            "DOMOVOY_DATABASE_URL": house.real.url(Role.INGEST),
            "DOMOVOY_REDIS_URL": "redis://127.0.0.1:1/0",
            "DOMOVOY_EDGE_URL": server.url,
            "DOMOVOY_MQTT_HOST": "127.0.0.1",
            "DOMOVOY_MQTT_PORT": str(mosquitto.port),
            "DOMOVOY_MQTT_CA": str(server.folder / "ca.pem"),
            "DOMOVOY_MQTT_CERT": str(pair.certificate),
            "DOMOVOY_MQTT_KEY": str(pair.key),
        },
    )
    log = tmp_path / "ingest.log"
    assert wait_until(lambda: "the certificate of ingest-1 was renewed" in log.read_text(), 30)
    assert wait_until(lambda: log.read_text().count("connected to the broker") == 1, 30)
    mosquitto.stop()
    crl = authority.revocation_list(ca, [Revoked(old, NOW)], 2, NOW)
    keyfiles.replace_file(folder / "crl.pem", authority.to_pem(crl))  # the old one would be refused
    mosquitto.start()
    assert wait_until(lambda: log.read_text().count("connected to the broker") == 2, 30)
