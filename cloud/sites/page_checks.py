"""Whether an uploaded certificate can serve the guard's page: which field is wrong, and why. Pure."""

import ipaddress
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from cloud.kernel.errors import FieldError
from cloud.kernel.language import Text
from protocols.config import PageCertificate
from protocols.fields import clipped

RSA_MIN_BITS = 2048
CERTIFICATES_MAX = 10
_CURVES = (ec.SECP256R1, ec.SECP384R1, ec.SECP521R1)  # what browsers know
_WEAK_HASHES = (hashes.MD5, hashes.SHA1)
_UNREADABLE = (
    ValueError,
    TypeError,
    UnsupportedAlgorithm,
    x509.DuplicateExtension,
    x509.UnsupportedGeneralNameType,
)
_E = TypeVar("_E", bound=x509.ExtensionType)
_Key = rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey

_NO_CERTIFICATE = Text(
    "Это не сертификат в PEM: нужен текст с «-----BEGIN CERTIFICATE-----»."
    " Файл .pfx или .p12 разделите: openssl pkcs12 -nodes.",
    "This is no certificate in PEM: a text with “-----BEGIN CERTIFICATE-----” is needed."
    " Take a .pfx or .p12 file apart: openssl pkcs12 -nodes.",
)
_TOO_MANY = Text("В файле больше {most} сертификатов.", "There are more than {most} certificates.")
_NO_KEY = Text(
    "Это не закрытый ключ в PEM: нужен текст с «-----BEGIN PRIVATE KEY-----».",
    "This is no private key in PEM: a text with “-----BEGIN PRIVATE KEY-----” is needed.",
)
_ENCRYPTED = Text(
    "Ключ закрыт паролем, а контроллеру его ввести некому."
    " Снимите пароль: openssl pkey -in ключ.pem -out открытый.pem.",
    "The key is locked by a password that nobody could type at the box."
    " Take it off: openssl pkey -in key.pem -out plain.pem.",
)
_OTHER_KEY = Text(
    "Ключ такого вида браузеры не примут: нужен RSA или ECDSA (P-256, P-384, P-521).",
    "Browsers take no key of this kind: it has to be RSA or ECDSA (P-256, P-384, P-521).",
)
_WEAK_KEY = Text(
    "Ключ RSA в {bits} бит слишком слаб: нужно не меньше {least}.",
    "An RSA key of {bits} bits is too weak: {least} are needed at least.",
)
_NO_FIT = Text(
    "Ключ не подходит к сертификату «{certificate}».", "The key does not fit the certificate “{certificate}”."
)
_OUT_OF_CHAIN = Text(
    "«{certificate}» не из цепочки сертификата «{leaf}»: уберите его или добавьте недостающий между ними.",
    "“{certificate}” is not of the chain of “{leaf}”: take it out, or add what is missing between them.",
)
_IS_CA = Text(
    "Это сертификат центра («{certificate}»), а нужен сертификат сервера.",
    "This is a CA's certificate (“{certificate}”); a server's is needed.",
)
_NO_SERVER = Text(
    "Сертификат выдан не для сервера: в его назначении нет «serverAuth».",
    "The certificate is not for a server: its extended key usage lacks “serverAuth”.",
)
_EXPIRED = Text(
    "Срок сертификата «{certificate}» истёк {at}.", "The certificate “{certificate}” ended on {at}."
)
_EARLY = Text(
    "Сертификат «{certificate}» начнёт действовать только {at}.",
    "The certificate “{certificate}” begins on {at} only.",
)
_WEAK_HASH = Text(
    "Сертификат подписан по {hash}: браузеры такой не примут.",
    "The certificate is signed by {hash}: browsers do not take such a one.",
)
_NO_NAME = Text(
    "В сертификате нет ни одного имени (subjectAltName): на общее имя (CN) браузеры не смотрят.",
    "The certificate has no name (subjectAltName): browsers do not look at the common name.",
)
_OTHER_NAMES = Text(
    "Сертификат на имена {names}, а контроллер по своим настройкам — {own}."
    " Отметьте, что в сети объекта эти имена ведут на него.",
    "The certificate is for {names}, and the box by its settings is {own}."
    " Confirm that the site's network leads those names to it.",
)


@dataclass(frozen=True)
class Judged:
    """One that can serve: `page` has the server's certificate first, its chain in order behind."""

    page: PageCertificate
    certificate: x509.Certificate
    names: list[str]

    @property
    def fingerprint(self) -> str:
        return self.certificate.fingerprint(hashes.SHA256()).hex()

    @property
    def issuer(self) -> str:
        return _called(self.certificate.issuer)


def judge(certificate: str, key: str, now: datetime) -> Judged | list[FieldError]:
    """What was uploaded, put in order; or everything that is wrong with it."""
    found, private = _certificates(certificate), _private_key(key)
    faults = [each for each in (found, private) if isinstance(each, FieldError)]
    if isinstance(found, FieldError) or isinstance(private, FieldError):
        return faults
    try:
        return _judged(found, private, now)
    except _UNREADABLE:
        return [FieldError("certificate", "not_certificate", _NO_CERTIFICATE)]


def names_fault(names: Sequence[str], own: Sequence[str]) -> FieldError | None:
    """The certificate stands for none of the names by which the box is found. Whoever uploads may know better."""
    if any(_stands_for(name, names) for name in own):
        return None
    told = {"names": ", ".join(names), "own": ", ".join(own) or "—"}
    return FieldError("other_names", "other_names", _OTHER_NAMES, told)


def _judged(found: Sequence[x509.Certificate], key: _Key, now: datetime) -> Judged | list[FieldError]:
    public = key.public_key()
    leaf = next((each for each in found if each.public_key() == public), None)
    if leaf is None:
        return [FieldError("key", "no_fit", _NO_FIT, {"certificate": _called(found[0].subject)})]
    chain = _chain(leaf, found)
    names = _names(leaf)
    faults = [*_key_faults(key), *_leaf_faults(leaf, names), *_chain_faults(chain, found, now)]
    if faults:
        return faults
    page = PageCertificate(
        chain="".join(each.public_bytes(serialization.Encoding.PEM).decode() for each in chain),
        key=key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        ).decode(),
    )
    return Judged(page, leaf, names)


def _certificates(pem: str) -> list[x509.Certificate] | FieldError:
    try:
        found = x509.load_pem_x509_certificates(pem.encode())
    except _UNREADABLE:
        return FieldError("certificate", "not_certificate", _NO_CERTIFICATE)
    if len(found) > CERTIFICATES_MAX:
        return FieldError("certificate", "too_many", _TOO_MANY, {"most": CERTIFICATES_MAX})
    return found


def _private_key(pem: str) -> _Key | FieldError:
    try:
        key = serialization.load_pem_private_key(pem.encode(), None)
    except TypeError:  # it takes a password
        return FieldError("key", "encrypted", _ENCRYPTED)
    except UnsupportedAlgorithm:
        return FieldError("key", "other_key", _OTHER_KEY)
    except ValueError:
        return FieldError("key", "not_key", _NO_KEY)
    if isinstance(key, rsa.RSAPrivateKey):
        return key
    if isinstance(key, ec.EllipticCurvePrivateKey) and isinstance(key.curve, _CURVES):
        return key
    return FieldError("key", "other_key", _OTHER_KEY)


def _key_faults(key: _Key) -> Iterator[FieldError]:
    if isinstance(key, rsa.RSAPrivateKey) and key.key_size < RSA_MIN_BITS:
        yield FieldError("key", "weak_key", _WEAK_KEY, {"bits": key.key_size, "least": RSA_MIN_BITS})


def _leaf_faults(leaf: x509.Certificate, names: Sequence[str]) -> Iterator[FieldError]:
    basic = _extension(leaf, x509.BasicConstraints)
    if basic is not None and basic.ca:
        yield FieldError("certificate", "is_ca", _IS_CA, {"certificate": _called(leaf.subject)})
        return
    usage = _extension(leaf, x509.ExtendedKeyUsage)
    fits = {ExtendedKeyUsageOID.SERVER_AUTH, ExtendedKeyUsageOID.ANY_EXTENDED_KEY_USAGE}
    if usage is not None and not fits.intersection(usage):
        yield FieldError("certificate", "no_server", _NO_SERVER)
    signed_by = leaf.signature_hash_algorithm
    if isinstance(signed_by, _WEAK_HASHES):
        yield FieldError("certificate", "weak_hash", _WEAK_HASH, {"hash": signed_by.name.upper()})
    if not names:
        yield FieldError("certificate", "no_name", _NO_NAME)


def _chain_faults(
    chain: Sequence[x509.Certificate], found: Sequence[x509.Certificate], now: datetime
) -> Iterator[FieldError]:
    leaf = _called(chain[0].subject)
    for each in found:
        if each not in chain:
            told = {"certificate": _called(each.subject), "leaf": leaf}
            yield FieldError("certificate", "out_of_chain", _OUT_OF_CHAIN, told)
    for each in chain:
        begins, ends = each.not_valid_before_utc, each.not_valid_after_utc
        if now >= ends:
            yield FieldError("certificate", "expired", _EXPIRED, _dated(each, ends))
        elif now < begins:
            yield FieldError("certificate", "not_yet_valid", _EARLY, _dated(each, begins))


def _chain(leaf: x509.Certificate, found: Collection[x509.Certificate]) -> list[x509.Certificate]:
    """The certificate, who issued it, who issued that: as far as it goes, whatever the order in the file."""
    chain = [leaf]
    while (above := next((each for each in found if _issued(each, chain[-1])), None)) is not None:
        if above in chain:
            break
        chain.append(above)
    return chain


def _issued(above: x509.Certificate, below: x509.Certificate) -> bool:
    if above.subject != below.issuer:
        return False
    try:
        below.verify_directly_issued_by(above)
    except (ValueError, TypeError, InvalidSignature):
        return False
    return True


def _names(certificate: x509.Certificate) -> list[str]:
    names = _extension(certificate, x509.SubjectAlternativeName)
    kinds = (x509.DNSName, x509.IPAddress)
    return sorted({str(each.value).lower() for each in names or () if isinstance(each, kinds)})


def _extension(certificate: x509.Certificate, kind: type[_E]) -> _E | None:
    try:
        return certificate.extensions.get_extension_for_class(kind).value
    except x509.ExtensionNotFound:
        return None


def _stands_for(name: str, names: Sequence[str]) -> bool:
    try:
        return str(ipaddress.ip_address(name)) in names
    except ValueError:
        _, dot, above = name.lower().partition(".")
        return name.lower() in names or bool(dot and f"*.{above}" in names)


def _called(name: x509.Name) -> str:
    for kind in (NameOID.COMMON_NAME, NameOID.ORGANIZATION_NAME):
        if found := name.get_attributes_for_oid(kind):
            return _seen(str(found[0].value))
    return _seen(name.rfc4514_string()) or "—"


def _seen(text: str) -> str:
    return clipped("".join(sign if sign.isprintable() else "?" for sign in text), 200)


def _dated(certificate: x509.Certificate, at: datetime) -> dict[str, str]:
    return {"certificate": _called(certificate.subject), "at": f"{at:%d.%m.%Y}"}
