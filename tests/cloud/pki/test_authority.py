"""The CA as values: what its certificates may be used for, and for how long."""

import ssl
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509 import verification

from cloud.edge_api.house import RevocationList
from cloud.edge_api.pki import main
from cloud.kernel.settings import Settings
from cloud.sites import authority, keyfiles
from cloud.sites.authority import Authority, RequestError, Revoked
from cloud.sites.broker import ServiceNameError, access_list, service_of
from cloud.sites.keyfiles import KeyFileError
from tests.cloud.pki.certificates import request

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
BOX = UUID("0190a0b0-0000-7000-8000-000000000001")


@pytest.fixture
def ca() -> Authority:
    return authority.make_authority("test house", ec.generate_private_key(ec.SECP256R1()), NOW)


def test_the_root_signs_end_certificates_only(ca: Authority) -> None:
    basic = ca.certificate.extensions.get_extension_for_class(x509.BasicConstraints)
    assert (basic.critical, basic.value.ca, basic.value.path_length) == (True, True, 0)


def test_a_long_name_stands_whole_beside_the_common_name(ca: authority.Authority) -> None:
    """A common name has 64 characters, a name of the local network up to 253."""
    name = f"{'a' * 60}.local"
    made = authority.issue_server(ca, ec.generate_private_key(ec.SECP256R1()).public_key(), [name], NOW)
    assert authority.hosts_of(made) == [name]


def test_a_server_certificate_stands_up_to_an_independent_verifier(ca: Authority) -> None:
    key = ec.generate_private_key(ec.SECP256R1())
    made = authority.issue_server(ca, key.public_key(), ["broker.example", "127.0.0.1"], NOW)
    builder = verification.PolicyBuilder().store(verification.Store([ca.certificate])).time(NOW)
    verifier = builder.build_server_verifier(x509.DNSName("broker.example"))
    assert verifier.verify(made, [])[0] == made
    with pytest.raises(verification.VerificationError):
        builder.build_server_verifier(x509.DNSName("other.example")).verify(made, [])


def test_a_boxs_certificate_is_no_servers(ca: Authority) -> None:
    made = authority.issue_box(ca, request(ec.generate_private_key(ec.SECP256R1())), BOX, NOW)
    usage = made.extensions.get_extension_for_class(x509.ExtendedKeyUsage).value
    assert list(usage) == [x509.oid.ExtendedKeyUsageOID.CLIENT_AUTH]
    assert made.subject.rfc4514_string() == f"CN={BOX}"
    assert not made.extensions.get_extension_for_class(x509.BasicConstraints).value.ca


@pytest.mark.parametrize(("days", "due"), [(0, False), (240, False), (245, True), (400, True)])
def test_renewal_is_due_at_two_thirds(ca: Authority, days: int, *, due: bool) -> None:
    made = authority.issue_box(ca, request(ec.generate_private_key(ec.SECP256R1())), BOX, NOW)
    assert authority.renewal_due(made, NOW + timedelta(days=days)) is due


def test_a_tampered_request_is_refused() -> None:
    pem = request(ec.generate_private_key(ec.SECP256R1())).public_bytes(serialization.Encoding.DER)
    broken = bytearray(pem)
    broken[-5] ^= 1
    import base64

    text = base64.encodebytes(bytes(broken)).decode()
    with pytest.raises(RequestError):
        authority.read_request(
            f"-----BEGIN CERTIFICATE REQUEST-----\n{text}-----END CERTIFICATE REQUEST-----\n"
        )
    other_curve = request(ec.generate_private_key(ec.SECP384R1()))
    with pytest.raises(RequestError, match="P-256"):
        authority.read_request(other_curve.public_bytes(serialization.Encoding.PEM).decode())


def test_the_revocation_list_is_remade_daily_and_when_it_must(ca: Authority) -> None:
    kept = RevocationList(ca)
    first = kept.pem([], NOW)
    assert kept.pem([], NOW + timedelta(hours=23)) == first
    assert kept.pem([Revoked(5, NOW)], NOW) != first
    renewed = x509.load_pem_x509_crl(kept.pem([Revoked(5, NOW)], NOW + timedelta(days=1)))
    assert renewed.next_update_utc == NOW + timedelta(days=31)


def test_keys_are_for_their_owner_alone(tmp_path: Path) -> None:
    made = keyfiles.create_authority(tmp_path, "test house", NOW)
    keyfiles.write_service(made, tmp_path, "ingest-1", NOW)
    keyfiles.create_command_key(tmp_path / "command.key")
    for name in ("ca.key", "ingest-1.key", "command.key"):
        assert (tmp_path / name).stat().st_mode & 0o777 == 0o600
    assert keyfiles.create_authority(tmp_path, "again", NOW).certificate == made.certificate
    private, public = (
        keyfiles.load_verify_key(tmp_path / name) for name in ("command.key", "command.key.pub")
    )
    assert private == public
    assert private.id.version == 8


@pytest.mark.parametrize(
    "content", [b"", b"nonsense", b"-----BEGIN PRIVATE KEY-----\nAA\n-----END PRIVATE KEY-----\n"]
)
def test_a_broken_key_file_is_named(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "command.key"
    path.write_bytes(content)
    with pytest.raises(KeyFileError, match=r"command\.key"):
        keyfiles.load_verify_key(path)
    with pytest.raises(KeyFileError, match=r"missing\.key"):
        keyfiles.load_command_key(tmp_path / "missing.key")


def test_the_commands_that_the_operator_types(tmp_path: Path) -> None:
    settings = Settings(pki_dir=tmp_path / "pki")
    broker = tmp_path / "broker"
    main(settings, ["init", "--name", "Domovoy"])
    main(settings, ["server-cert", "--name", "broker", "--host", "localhost", "--out", str(broker)])
    main(settings, ["service-cert", "--name", "ingest-1", "--out", str(tmp_path / "keys")])
    main(settings, ["command-key", "--out", str(tmp_path / "keys/command.key")])
    main(settings, ["broker-files", "--service", "ingest-1", "--out", str(broker)])
    assert {path.name for path in broker.iterdir()} == {
        "acl",
        "crl.pem",
        "ca.pem",
        "broker.pem",
        "broker.key",
    }
    context = ssl.create_default_context(cafile=str(broker / "ca.pem"))
    context.load_cert_chain(tmp_path / "keys/ingest-1.pem", tmp_path / "keys/ingest-1.key")
    with pytest.raises(SystemExit, match=r"ca\.key"):
        main(Settings(pki_dir=tmp_path / "nowhere"), ["service-cert", "--name", "x", "--out", str(tmp_path)])


@pytest.mark.parametrize("name", ["ingest", "ingest-", "ingest-x", "admin-1", "-1", ""])
def test_only_known_services_get_into_the_access_list(name: str) -> None:
    with pytest.raises(ServiceNameError):
        service_of(name)
    with pytest.raises(ServiceNameError):
        access_list([name], [])
