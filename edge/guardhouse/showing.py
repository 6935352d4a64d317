"""What is told of the certificate that the guard's page is served with, and for which names it stands. Pure."""

from collections.abc import Collection
from datetime import datetime

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.x509.oid import NameOID

from protocols.config import PageCertificate
from protocols.fields import clipped
from protocols.messages import PAGE_NAMES_MAX, PageRefusal, PageSource, ServedPage


def names_of(certificate: x509.Certificate) -> list[str]:
    """For which names and addresses it is, sorted."""
    try:
        names = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    except x509.ExtensionNotFound:
        return []
    return sorted(
        str(name.value).lower() for name in names if isinstance(name, x509.DNSName | x509.IPAddress)
    )


def stands_for(name: str, names: Collection[str]) -> bool:
    """Whether one of a certificate's names is this one; `*.example.com` stands for one label (RFC 6125, 6.4.3)."""
    _, dot, above = name.partition(".")
    return name in names or bool(dot and above and f"*.{above}" in names)


def refusal(page: PageCertificate, now: datetime) -> PageRefusal | None:
    """Why what was uploaded does not serve now, as far as its certificate says; whether the key fits shows TLS."""
    try:
        certificate = x509.load_pem_x509_certificate(page.chain.encode())
        begins, ends = certificate.not_valid_before_utc, certificate.not_valid_after_utc
    except ValueError:
        return PageRefusal.BROKEN
    if now >= ends:
        return PageRefusal.EXPIRED
    return PageRefusal.NOT_YET_VALID if now < begins else None


def told(
    source: PageSource,
    certificate: x509.Certificate,
    own_names: list[str],
    refused: PageRefusal | None,
) -> ServedPage:
    """As the cloud hears of it."""
    return ServedPage(
        source=source.value,
        names=[_seen(name) for name in names_of(certificate)[:PAGE_NAMES_MAX]],
        own_names=own_names,
        issuer=_seen(_called(certificate.issuer)),
        fingerprint=certificate.fingerprint(hashes.SHA256()).hex(),
        begins=certificate.not_valid_before_utc,
        ends=certificate.not_valid_after_utc,
        refused=refused.value if refused is not None else "",
    )


def _called(name: x509.Name) -> str:
    for kind in (NameOID.COMMON_NAME, NameOID.ORGANIZATION_NAME):
        if found := name.get_attributes_for_oid(kind):
            return str(found[0].value)
    return name.rfc4514_string()


def _seen(text: str) -> str:
    return clipped("".join(sign if sign.isprintable() else "?" for sign in text))
