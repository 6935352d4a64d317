"""What is found wrong with an uploaded certificate, and at which field; what is put in order."""

from datetime import UTC, datetime, timedelta

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519
from cryptography.x509.oid import ExtendedKeyUsageOID

from cloud.kernel.language import Language
from cloud.sites.page_checks import Judged, judge, names_fault
from tests.support.certificates import Key, Made, key_pem, make_ca, make_certificate, rsa_key

NOW = datetime.now(UTC).replace(microsecond=0)
BEGUN = NOW - timedelta(days=1)
LEAF = make_certificate(["gate.example.com", "10.0.0.7"], begins=BEGUN)


def faults(certificate: str, key: str, now: datetime = NOW) -> list[tuple[str, str]]:
    """(field, code), each with words in both languages."""
    judged = judge(certificate, key, now)
    assert isinstance(judged, list)
    for fault in judged:
        for language in Language:
            told = fault.told(language)
            assert "{" not in told["message"]
            assert "PRIVATE" not in str(told["data"])
    return [(fault.path, fault.code) for fault in judged]


def of(made: Made, *chain: Made, key: str | None = None) -> list[tuple[str, str]]:
    return faults("".join(each.pem for each in (made, *chain)), key or made.key_pem)


@pytest.mark.parametrize("key", [rsa_key(), ec.generate_private_key(ec.SECP384R1())], ids=["rsa", "ec"])
@pytest.mark.parametrize(
    "form", [serialization.PrivateFormat.PKCS8, serialization.PrivateFormat.TraditionalOpenSSL]
)
def test_every_form_of_a_key_is_taken(key: Key, form: serialization.PrivateFormat) -> None:
    made = make_certificate(["10.0.0.7", "Gate.Example.com"], key=key, begins=BEGUN)
    judged = judge(made.pem, key_pem(key, form), NOW)
    assert isinstance(judged, Judged)
    assert judged.names == ["10.0.0.7", "gate.example.com"]
    kept = serialization.load_pem_private_key(judged.page.key.encode(), None)
    assert kept.public_key() == key.public_key()


def test_the_chain_is_put_in_order_and_what_is_no_certificate_is_left_out() -> None:
    root = make_ca("Root")
    between = make_ca("Between", by=root)
    leaf = make_certificate(begins=BEGUN, by=between)
    judged = judge(
        f"{leaf.key_pem}\n{root.pem}текст\n{leaf.pem}{between.pem}", leaf.key_pem, NOW + timedelta(hours=1)
    )
    assert isinstance(judged, Judged)
    chain = x509.load_pem_x509_certificates(judged.page.chain.encode())
    assert chain == [leaf.certificate, between.certificate, root.certificate]
    assert "PRIVATE" not in judged.page.chain
    assert judged.issuer == "Between"


def test_what_is_no_pem_is_said_at_its_field() -> None:
    broken = "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n"
    for wrong in ("", "PK\x03\x04", broken, LEAF.key_pem):
        assert faults(wrong, LEAF.key_pem) == [("certificate", "not_certificate")]
    for wrong in ("", "ключ", LEAF.pem, LEAF.key_pem[:100]):
        assert faults(LEAF.pem, wrong) == [("key", "not_key")]
    assert faults("x", "y") == [("certificate", "not_certificate"), ("key", "not_key")]


def test_a_locked_key_and_keys_of_other_kinds() -> None:
    for form in (serialization.PrivateFormat.PKCS8, serialization.PrivateFormat.TraditionalOpenSSL):
        assert faults(LEAF.pem, key_pem(LEAF.key, form, "секрет")) == [("key", "encrypted")]
    ed = ed25519.Ed25519PrivateKey.generate().private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    assert faults(LEAF.pem, ed.decode()) == [("key", "other_key")]
    odd = make_certificate(key=ec.generate_private_key(ec.SECP256K1()), begins=BEGUN)
    assert of(odd) == [("key", "other_key")]


def test_a_key_that_does_not_fit_and_a_weak_one() -> None:
    assert of(LEAF, key=make_certificate().key_pem) == [("key", "no_fit")]
    assert of(make_certificate(key=rsa_key(1024), begins=BEGUN)) == [("key", "weak_key")]


@pytest.mark.parametrize(
    ("begins", "ends", "expected"),
    [
        (NOW, NOW + timedelta(seconds=1), None),
        (NOW + timedelta(seconds=1), NOW + timedelta(days=1), "not_yet_valid"),
        (BEGUN, NOW, "expired"),
    ],
)
def test_it_is_in_time(begins: datetime, ends: datetime, expected: str | None) -> None:
    made = make_certificate(begins=begins, ends=ends)
    judged = judge(made.pem, made.key_pem, NOW)
    found = None if isinstance(judged, Judged) else [(each.path, each.code) for each in judged]
    assert found == (None if expected is None else [("certificate", expected)])


def test_an_expired_certificate_of_the_chain_is_named() -> None:
    old = make_certificate((), begins=BEGUN - timedelta(days=9), ends=BEGUN, is_ca=True, called="Old CA")
    leaf = make_certificate(begins=BEGUN, by=old)
    judged = judge(leaf.pem + old.pem, leaf.key_pem, NOW)
    assert isinstance(judged, list)
    assert [each.data and each.data["certificate"] for each in judged] == ["Old CA"]


def test_what_is_no_server_s() -> None:
    assert of(make_certificate((), begins=BEGUN, is_ca=True)) == [("certificate", "is_ca")]
    clients = make_certificate(begins=BEGUN, usage=ExtendedKeyUsageOID.CLIENT_AUTH)
    assert of(clients) == [("certificate", "no_server")]
    assert of(make_certificate((), begins=BEGUN)) == [("certificate", "no_name")]
    assert isinstance(judge(*_plain(), NOW), Judged), "without a usage it is for anything"


def _plain() -> tuple[str, str]:
    made = make_certificate(begins=BEGUN, usage=None)
    return made.pem, made.key_pem


def test_what_is_not_of_the_chain() -> None:
    root = make_ca("Root")
    leaf = make_certificate(begins=BEGUN, by=make_ca("Missing", by=root))
    assert of(leaf, root) == [("certificate", "out_of_chain")]
    namesake = make_ca("Root")  # called alike, and signed nothing
    assert of(make_certificate(begins=BEGUN, by=root), namesake) == [("certificate", "out_of_chain")]
    assert of(LEAF, *[root] * 10) == [("certificate", "too_many")]


@pytest.mark.parametrize(
    ("own", "is_fault"),
    [
        (["kpp.local", "gate.athens.example"], False),
        (["KPP.Athens.Example"], False),
        (["10.0.0.7"], False),
        (["fe80:0::1"], False),
        (["kpp.local"], True),
        (["athens.example"], True),
        ([], True),
    ],
)
def test_names_by_which_the_box_is_found(own: list[str], is_fault: bool) -> None:
    fault = names_fault(["*.athens.example", "10.0.0.7", "fe80::1"], own)
    assert (fault is not None) is is_fault
