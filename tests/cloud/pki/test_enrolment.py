"""Enrolment, renewal and revocation over real TLS, and what goes wrong on the way."""

import ssl
import time
from datetime import UTC, datetime, timedelta
from hashlib import sha256

import httpx
import msgspec
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.x509.oid import ExtendedKeyUsageOID
from sqlalchemy import select, update

from cloud.sites import authority, keyfiles, service
from cloud.sites.models import Box, BoxCertificate, EnrolmentCode
from protocols.enrolment import EnrolAnswer, fingerprint, parse_code
from tests.cloud.pki.serving import EdgeServer, FakeBox, new_code, renewed
from tests.cloud.sites.building import House


def test_a_code_becomes_a_certificate(house: House, server: EdgeServer) -> None:
    box_id = house.make_box().id
    code, box = new_code(house, server, box_id), FakeBox(server)
    unverified = ssl.create_default_context()
    unverified.check_hostname, unverified.verify_mode = False, ssl.CERT_NONE
    ca = httpx.get(f"{server.url}/edge/ca", verify=unverified, timeout=60).content
    certificate = x509.load_pem_x509_certificate(ca)
    assert fingerprint(authority.to_der(certificate)) == parse_code(code).ca_fingerprint

    answer = msgspec.json.decode(box.enrol(code).raise_for_status().content, type=EnrolAnswer)

    assert answer.box == box_id
    assert answer.ca.encode() == ca
    assert (answer.mqtt.host, answer.mqtt.port) == ("broker.example", 8883)
    assert answer.files_url == f"{server.url}/edge/files"
    assert answer.command_key.id == server.house.command_key.id
    issued = x509.load_pem_x509_certificate(answer.certificate.encode())
    assert authority.common_name(issued) == str(box_id)  # not what the request said
    usage = issued.extensions.get_extension_for_class(x509.ExtendedKeyUsage).value
    assert list(usage) == [ExtendedKeyUsageOID.CLIENT_AUTH]
    assert issued.not_valid_after_utc - datetime.now(UTC) > timedelta(days=364)
    with house.work() as session:
        row = session.get_one(Box, box_id)
        assert row.journal_key == box.journal_key.public_key().public_bytes_raw()
        assert row.enrolled_at is not None


def test_a_lost_answer_is_given_again(house: House, server: EdgeServer) -> None:
    code, box = new_code(house, server), FakeBox(server)
    asked = box.enrol_request(code)
    first, second = box.enrol(code, asked), box.enrol(code, asked)
    assert first.status_code == second.status_code == 200
    assert first.content == second.content
    with house.work() as session:
        assert len(session.scalars(select(BoxCertificate)).all()) == 1


def test_a_code_serves_one_key_only(house: House, server: EdgeServer) -> None:
    code = new_code(house, server)
    assert FakeBox(server).enrol(code).status_code == 200
    refused = FakeBox(server).enrol(code)
    assert (refused.status_code, refused.json()["code"]) == (409, "code_used")


def test_an_unknown_code(house: House, server: EdgeServer) -> None:
    refused = FakeBox(server).enrol(new_code(house, server).replace("A", "B")[::-1])
    assert (refused.status_code, refused.json()["code"]) == (403, "code_unknown")


def test_a_code_lasts_a_day(house: House, server: EdgeServer) -> None:
    code = new_code(house, server)
    with house.work() as session:
        session.execute(update(EnrolmentCode).values(expires_at=datetime.now(UTC)))
    refused = FakeBox(server).enrol(code)
    assert (refused.status_code, refused.json()["code"]) == (410, "code_expired")


def test_a_newer_code_ends_the_older(house: House, server: EdgeServer) -> None:
    box_id = house.make_box().id
    older, newer = new_code(house, server, box_id), new_code(house, server, box_id)
    assert FakeBox(server).enrol(older).json()["code"] == "code_expired"
    assert FakeBox(server).enrol(newer).status_code == 200


def test_a_proof_by_another_key(house: House, server: EdgeServer) -> None:
    code, box = new_code(house, server), FakeBox(server)
    stolen = msgspec.structs.replace(box.enrol_request(code), proof=FakeBox(server).enrol_request(code).proof)
    refused = box.enrol(code, stolen)
    assert (refused.status_code, refused.json()["code"]) == (422, "csr_invalid")
    assert box.enrol(code).status_code == 200  # a failure does not use the code up


@pytest.mark.parametrize(
    "csr", ["nonsense", "-----BEGIN CERTIFICATE REQUEST-----\nAAAA\n-----END CERTIFICATE REQUEST-----"]
)
def test_a_broken_request(house: House, server: EdgeServer, csr: str) -> None:
    code, box = new_code(house, server), FakeBox(server)
    refused = box.enrol(code, msgspec.structs.replace(box.enrol_request(code), csr=csr))
    assert refused.json()["code"] == "csr_invalid"


def test_a_request_of_another_kind_of_key(house: House, server: EdgeServer) -> None:
    code, box = new_code(house, server), FakeBox(server)
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    builder = x509.CertificateSigningRequestBuilder().subject_name(x509.Name([]))
    csr = builder.sign(key, authority.hashes.SHA256())
    refused = box.enrol(code, box.enrol_request(code, csr))
    assert refused.json()["code"] == "csr_invalid"
    assert "P-256" in refused.json()["title"]


def test_not_json(server: EdgeServer) -> None:
    with FakeBox(server).client(shows_certificate=False) as client:
        assert client.post("/edge/enrol", content=b"{").json()["code"] == "csr_invalid"
        assert client.post("/edge/enrol", content=bytes(70_000)).json()["code"] == "csr_invalid"
        for path in ("/edge/enrol", "/edge/renew-lapsed"):
            for body in (b'{"code":"\xff"}', b'{"more":' + b"[" * 60_000):
                refused = client.post(path, content=body)
                assert (refused.status_code, refused.json()["code"]) == (422, "csr_invalid"), (
                    path,
                    body[:20],
                )


def test_guessing_is_slowed_down(house: House, server: EdgeServer) -> None:
    box = FakeBox(server)
    asked = box.enrol_request(new_code(house, server)[::-1])
    codes = {box.enrol("", asked).json()["code"] for _ in range(21)}
    assert codes == {"code_unknown", "rate_limited"}


def test_renewal_over_mutual_tls(house: House, server: EdgeServer) -> None:
    box = FakeBox(server)
    box.enrol(new_code(house, server)).raise_for_status()
    box.tls_key, old_key = ec.generate_private_key(ec.SECP256R1()), box.tls_key
    new_request = box.csr()
    box.tls_key = old_key
    pem = new_request.public_bytes(serialization.Encoding.PEM).decode()
    with box.client() as client:
        first = client.post("/edge/renew", json={"csr": pem})
        again = client.post("/edge/renew", json={"csr": pem})
    assert renewed(first).public_key() == new_request.public_key()
    assert first.content == again.content


def test_renewal_needs_a_certificate(house: House, server: EdgeServer) -> None:
    box = FakeBox(server)
    box.enrol(new_code(house, server)).raise_for_status()
    with box.client(shows_certificate=False) as client:
        assert client.post("/edge/renew", json={"csr": "x"}).json()["code"] == "box_unknown"


def test_another_authoritys_certificate_is_no_certificate(house: House, server: EdgeServer) -> None:
    box = FakeBox(server)
    box.enrol(new_code(house, server)).raise_for_status()
    assert box.id is not None
    forged = authority.make_authority(
        "test house", ec.generate_private_key(ec.SECP256R1()), datetime.now(UTC)
    )
    box.certificate = authority.to_pem(
        authority.issue_box(forged, box.csr(), box.id, datetime.now(UTC))
    ).decode()
    with pytest.raises(httpx.HTTPError):
        box.renew()


def test_a_lapsed_certificate_renews_by_its_key(house: House, server: EdgeServer) -> None:
    box = FakeBox(server)
    box.enrol(new_code(house, server)).raise_for_status()
    with house.work() as session:
        session.execute(update(BoxCertificate).values(expires_at=datetime.now(UTC) - timedelta(days=30)))
    certificate = renewed(box.renew_lapsed().raise_for_status())
    assert authority.common_name(certificate) == str(box.id)


def test_a_lapsed_renewal_needs_the_right_key_and_a_fresh_proof(house: House, server: EdgeServer) -> None:
    box = FakeBox(server)
    box.enrol(new_code(house, server)).raise_for_status()
    wrong_key = box.renew_lapsed(key=ec.generate_private_key(ec.SECP256R1()))
    stale = box.renew_lapsed(age=timedelta(days=2))
    assert [answer.json()["code"] for answer in (wrong_key, stale)] == ["csr_invalid", "csr_invalid"]


def test_a_revoked_box_gets_nothing_more(house: House, server: EdgeServer) -> None:
    code, box = new_code(house, server), FakeBox(server)
    box.enrol(code).raise_for_status()
    assert box.id is not None
    with house.work() as session:
        service.revoke_box(session, house.actor, box.id, "украден")
    assert box.enrol(code).json()["code"] == "box_revoked"
    assert box.renew().json()["code"] == "box_revoked"
    assert box.renew_lapsed().json()["code"] == "box_revoked"
    with box.client() as client:
        assert (
            client.put(f"/edge/files/{sha256(b'x').hexdigest()}", content=b"x").json()["code"]
            == "box_revoked"
        )


def test_the_revocation_list_names_the_revoked(house: House, server: EdgeServer) -> None:
    box = FakeBox(server)
    box.enrol(new_code(house, server)).raise_for_status()
    assert box.id is not None
    serial = x509.load_pem_x509_certificate(box.certificate.encode()).serial_number
    with box.client(shows_certificate=False) as client:
        before = client.get("/edge/crl").content
        assert client.get("/edge/crl").content == before  # unchanged, so the broker need not be bothered
        with house.work() as session:
            service.revoke_box(session, house.actor, box.id, "украден")
        crl = x509.load_pem_x509_crl(client.get("/edge/crl").content)
    assert crl.is_signature_valid(server.house.ca.certificate.public_key())  # type: ignore[arg-type]
    assert crl.get_revoked_certificate_by_serial_number(serial) is not None
    assert crl.next_update_utc is not None
    assert crl.next_update_utc - datetime.now(UTC) > timedelta(days=29)


def test_only_pki_sync_sees_who_is_denied(
    house: House, server: EdgeServer, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("DEBUG", logger="cloud.kernel.http")
    box = FakeBox(server)
    box.enrol(new_code(house, server)).raise_for_status()
    with box.client() as client:
        assert client.get("/edge/broker").json()["code"] == "box_unknown"
    keyfiles.write_service(server.house.ca, server.folder, "pki-sync-1", datetime.now(UTC))
    context = ssl.create_default_context(cafile=str(server.folder / "ca.pem"))
    context.load_cert_chain(server.folder / "pki-sync-1.pem", server.folder / "pki-sync-1.key")
    with httpx.Client(base_url=server.url, verify=context, timeout=60) as client:
        orders = client.get("/edge/broker").json()
    assert orders["denied"] == []
    logged: list[tuple[str, int]] = []
    while len(logged) < 2:  # a request is logged once it is answered; the test's own limit ends this
        time.sleep(0.01)
        asked = [record for record in caplog.records if getattr(record, "path", "") == "/edge/broker"]
        logged = [(record.levelname, record.status) for record in asked]
    assert logged == [("INFO", 403), ("DEBUG", 200)]
    assert orders["crl"].startswith("-----BEGIN X509 CRL-----")


def test_only_one_of_two_at_once_wins_a_code(house: House, server: EdgeServer) -> None:
    from concurrent.futures import ThreadPoolExecutor

    code = new_code(house, server)
    boxes = [FakeBox(server) for _ in range(4)]
    with ThreadPoolExecutor(4) as pool:
        statuses = sorted(pool.map(lambda box: box.enrol(code).status_code, boxes))
    assert statuses == [200, 409, 409, 409]
