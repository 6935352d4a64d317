"""How the box becomes the cloud's, and stays so: enrolment by a one-time code, renewal of its certificate.

The code carries the CA's fingerprint, so the first, unverifiable connection gives nothing but a certificate
that the code vouches for. Keys and request are on the disk before the cloud is asked: when the answer is lost, or
the power, the same request goes again and gets the same certificate.
"""

import base64
import ssl
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from typing import TypeVar

import httpx
import msgspec
from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from edge import identity
from edge.identity import Files, Membership
from edge.link.mqtt import NO_CHECK_TIME, client_context
from edge.link.refusals import EnrolmentError, refusal
from protocols import enrolment
from protocols.enrolment import (
    Code,
    EnrolAnswer,
    EnrolRequest,
    LapsedRequest,
    PageRequest,
    RenewAnswer,
    RenewRequest,
    TimeAnswer,
)

TIMEOUT_S = 20.0
_Answer = TypeVar("_Answer", EnrolAnswer, RenewAnswer, TimeAnswer)
RENEW_AT = 2 / 3  # of the certificate's life


async def enrol(cloud: str, code_text: str, files: Files) -> Membership:
    """Enrol at the cloud's base URL. Safe to repeat after any failure. Raises EnrolmentError, IdentityError, OSError.

    The system's clock is not asked whether the server's certificate is in time: a box fresh from its packing
    seldom knows the time, and the code vouches for the CA.
    """
    cloud = cloud.rstrip("/")
    if files.membership.exists():
        return _repeated(cloud, code_text, files)
    _check_address(cloud)
    try:
        code = enrolment.parse_code(code_text)
    except enrolment.CodeError as error:
        raise EnrolmentError(str(error), error.russian) from error
    files.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    ca = await _fetch_ca(cloud, code.ca_fingerprint)
    request = _prepare(files, code.text())
    async with _https(_trusting(ca, check_time=False)) as client:
        answer = await _ask(client, f"{cloud}/edge/enrol", enrolment.encode(request), EnrolAnswer)
    _check_certificate(answer.certificate, files.tls_key, ca)
    membership = Membership(cloud=cloud, answer=answer, code_sha256=_digest(code))
    identity.write_private(files.ca, ca.encode())
    identity.write_private(files.certificate, answer.certificate.encode())
    identity.write_private(files.membership, msgspec.json.encode(membership))
    return membership


def _check_address(cloud: str) -> None:
    """The one-time code goes to this address: never in the clear."""
    try:
        url = httpx.URL(cloud)
    except httpx.InvalidURL as error:
        raise EnrolmentError(f"{cloud}: no address: {error}", f"{cloud}: это не адрес: {error}") from error
    if url.scheme != "https" or not url.host:
        raise EnrolmentError(
            f"{cloud}: the cloud's address for boxes begins with https://; nothing was sent",
            f"{cloud}: адрес облака для контроллеров начинается с https://; ничего не отправлено",
        )


def _repeated(cloud: str, code_text: str, files: Files) -> Membership:
    """The same command once more finds its work done; any other is told where the box belongs."""
    membership = identity.load_membership(files)
    try:
        digest = _digest(enrolment.parse_code(code_text))
    except enrolment.CodeError:
        digest = None
    if digest is not None and (cloud, digest) == (membership.cloud, membership.code_sha256):
        return membership
    raise EnrolmentError(
        f"already enrolled at {membership.cloud} as {membership.answer.box};"
        f" to enrol this box anew, stop it and remove {files.membership}",
        f"уже подключён к {membership.cloud} под номером {membership.answer.box};"
        f" чтобы подключить заново, остановите агента и удалите {files.membership}",
    )


def _digest(code: Code) -> str:
    return sha256(code.text().encode()).hexdigest()


async def cloud_time(membership: Membership, files: Files) -> datetime:
    """The cloud's time over HTTPS, whatever ours is: the server is known by the CA alone. Raises EnrolmentError."""
    async with _https(_trusting(files.ca.read_text(), check_time=False)) as client:
        return (await _ask(client, f"{membership.cloud}/edge/time", None, TimeAnswer)).now


async def renew_if_due(
    membership: Membership, files: Files, now: datetime, *, check_time: bool = True
) -> bool:
    """Renew when two thirds of the certificate's life are over; whether it was done. Raises EnrolmentError.

    `check_time` False: the system's clock, by which TLS judges the server's certificate, is not to be believed.
    """
    certificate = identity.load_certificate(files.certificate)
    begun, ends = certificate.not_valid_before_utc, certificate.not_valid_after_utc
    if now < begun + (ends - begun) * RENEW_AT:
        return False
    if now >= ends:
        await _renew_lapsed(membership, files, now, check_time=check_time)
    else:
        await _renew(membership, files, check_time=check_time)
    return True


async def _renew(membership: Membership, files: Files, *, check_time: bool) -> None:
    csr = _next_request(files)
    context = client_context(str(files.ca), str(files.certificate), str(files.tls_key), check_time=check_time)
    async with _https(context) as client:
        body = enrolment.encode(RenewRequest(csr=_pem(csr)))
        answer = await _ask(client, f"{membership.cloud}/edge/renew", body, RenewAnswer)
    _install(answer, files)


async def _renew_lapsed(membership: Membership, files: Files, now: datetime, *, check_time: bool) -> None:
    csr = _next_request(files)
    der = csr.public_bytes(serialization.Encoding.DER)
    old_key = identity.load_tls_key(files.tls_key)
    proof = old_key.sign(enrolment.lapsed_proof(der, now), ec.ECDSA(hashes.SHA256()))
    request = LapsedRequest(
        box=membership.answer.box, csr=_pem(csr), timestamp=now, proof=base64.b64encode(proof).decode()
    )
    async with _https(_trusting(files.ca.read_text(), check_time=check_time)) as client:
        url = f"{membership.cloud}/edge/renew-lapsed"
        answer = await _ask(client, url, enrolment.encode(request), RenewAnswer)
    _install(answer, files)


async def page_certificate(
    membership: Membership, files: Files, key_file: Path, names: list[str], *, check_time: bool
) -> str:
    """A certificate for the guard's page under these names, by the key in `key_file`, PEM. Raises EnrolmentError."""
    csr = identity.make_csr(identity.load_tls_key(key_file))
    context = client_context(str(files.ca), str(files.certificate), str(files.tls_key), check_time=check_time)
    async with _https(context) as client:
        body = enrolment.encode(PageRequest(csr=_pem(csr), names=names))
        answer = await _ask(client, f"{membership.cloud}/edge/page", body, RenewAnswer)
    _check_certificate(answer.certificate, key_file, files.ca.read_text())
    return answer.certificate


def finish_renewal(files: Files) -> None:
    """A power cut between the new certificate and its key leaves them apart: join them. Called at start."""
    if not files.next_key.exists() or not files.certificate.exists():
        return
    certificate = identity.load_certificate(files.certificate)
    if _public(identity.load_tls_key(files.next_key)) == _public_of(certificate):
        files.next_key.replace(files.tls_key)


def _install(answer: RenewAnswer, files: Files) -> None:
    _check_certificate(answer.certificate, files.next_key, files.ca.read_text())
    identity.write_private(files.certificate, answer.certificate.encode())
    finish_renewal(files)


def _next_request(files: Files) -> x509.CertificateSigningRequest:
    if not files.next_key.exists():
        identity.write_private(files.next_key, identity.make_tls_key())
    return identity.make_csr(identity.load_tls_key(files.next_key))


def _prepare(files: Files, code: str) -> EnrolRequest:
    """Keys and request, made once and kept; a renewal since has made the key another one, and the request old."""
    if not files.tls_key.exists():
        identity.write_private(files.tls_key, identity.make_tls_key())
    if not files.journal_key.exists():
        identity.write_private(files.journal_key, identity.make_journal_key())
    key = identity.load_tls_key(files.tls_key)
    if not files.csr.exists() or _public_of(x509.load_pem_x509_csr(files.csr.read_bytes())) != _public(key):
        identity.write_private(files.csr, _pem(identity.make_csr(key)).encode())
    journal_key = identity.load_journal_key(files.journal_key)
    csr = x509.load_pem_x509_csr(files.csr.read_bytes())
    proof = journal_key.sign(enrolment.journal_proof(csr.public_bytes(serialization.Encoding.DER)))
    public = journal_key.public_key().public_bytes_raw()
    return EnrolRequest(
        code=code,
        csr=_pem(csr),
        journal_key=base64.b64encode(public).decode(),
        proof=base64.b64encode(proof).decode(),
    )


async def _fetch_ca(cloud: str, fingerprint: bytes) -> str:
    """The CA's certificate over an unverified connection, believed only if the code names it."""
    context = ssl.create_default_context()
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    try:
        async with _https(context) as client:
            response = await client.get(f"{cloud}/edge/ca")
            response.raise_for_status()
        certificate = x509.load_pem_x509_certificate(response.content)
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        raise _unreached(cloud, error) from error
    except ValueError as error:
        raise EnrolmentError(
            f"{cloud}/edge/ca: no certificate: {error}",
            f"{cloud}/edge/ca: вместо сертификата пришло другое, это не облако Домового: {error}",
        ) from error
    if enrolment.fingerprint(certificate.public_bytes(serialization.Encoding.DER)) != fingerprint:
        raise EnrolmentError(
            f"{cloud}: another authority than the one the code was made by; nothing was sent",
            f"{cloud}: код выпущен другим облаком, или в коде опечатка; ничего не отправлено",
        )
    return certificate.public_bytes(serialization.Encoding.PEM).decode()


async def _ask(client: httpx.AsyncClient, url: str, body: bytes | None, answer: type[_Answer]) -> _Answer:
    """POST the body, GET without one."""
    method, headers = ("GET", {}) if body is None else ("POST", {"Content-Type": "application/json"})
    try:
        response = await client.request(method, url, content=body, headers=headers)
    except httpx.HTTPError as error:
        raise _unreached(url, error) from error
    if response.status_code != httpx.codes.OK:
        raise refusal(url, response)
    try:
        return msgspec.json.decode(response.content, type=answer)
    except msgspec.DecodeError as error:
        raise EnrolmentError(
            f"{url}: the answer is not understood: {error}", f"{url}: ответ непонятен: {error}"
        ) from error


def _unreached(url: str, error: Exception) -> EnrolmentError:
    why = str(error) or type(error).__name__
    return EnrolmentError(f"{url}: does not answer: {why}", f"{url}: не отвечает: {why}")


def _check_certificate(pem: str, key_file: Path, ca: str) -> None:
    """It is for our key, and by the one authority that the code named."""
    try:
        certificate = x509.load_pem_x509_certificate(pem.encode())
    except ValueError as error:
        raise EnrolmentError(
            f"the cloud's answer holds no certificate: {error}", f"в ответе облака нет сертификата: {error}"
        ) from error
    try:
        certificate.verify_directly_issued_by(x509.load_pem_x509_certificate(ca.encode()))
    except (ValueError, TypeError, InvalidSignature) as error:
        raise EnrolmentError(
            "the cloud's certificate is not signed by the authority of the code",
            "сертификат облака подписан не тем центром, что назван в коде",
        ) from error
    if _public_of(certificate) != _public(identity.load_tls_key(key_file)):
        raise EnrolmentError(
            "the cloud's certificate is for another key than this box's",
            "сертификат облака выпущен на чужой ключ",
        )


def _https(context: ssl.SSLContext) -> httpx.AsyncClient:
    return httpx.AsyncClient(verify=context, timeout=TIMEOUT_S, trust_env=False)


def _trusting(ca: str, *, check_time: bool = True) -> ssl.SSLContext:
    context = ssl.create_default_context(cadata=ca)
    if not check_time:
        context.verify_flags |= NO_CHECK_TIME
    return context


def _pem(csr: x509.CertificateSigningRequest) -> str:
    return csr.public_bytes(serialization.Encoding.PEM).decode()


def _public(key: ec.EllipticCurvePrivateKey) -> bytes:
    return key.public_key().public_bytes(
        serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
    )


def _public_of(signed: x509.Certificate | x509.CertificateSigningRequest) -> bytes:
    return signed.public_key().public_bytes(
        serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
    )
