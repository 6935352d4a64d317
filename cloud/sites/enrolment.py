"""Enrolment, renewal and revocation of boxes. The CA's key stays with the caller: a `Signer` is passed in."""

import base64
import binascii
import secrets
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from uuid import UUID

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from sqlalchemy import select, text, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from cloud.kernel import audit, outbox, realtime
from cloud.kernel.actor import Actor
from cloud.kernel.database import Scope, enter, new_id, now
from cloud.kernel.permissions import Permission
from cloud.sites import authority, codes, errors, events
from cloud.sites.authority import RequestError, Revoked
from cloud.sites.boxes import find_box, owner_of
from cloud.sites.models import Box, BoxCertificate, BoxJournalKey, EnrolmentCode
from cloud.sites.replication import notify
from cloud.sites.types import NotifyKind
from protocols.enrolment import (
    SECRET_BYTES,
    Code,
    CodeError,
    EnrolRequest,
    LapsedRequest,
    PageRequest,
    is_local_name,
    journal_proof,
    lapsed_proof,
    parse_code,
)

Signer = Callable[[x509.CertificateSigningRequest, UUID, datetime], x509.Certificate]
PageSigner = Callable[[x509.CertificateSigningRequest, Sequence[str], datetime], x509.Certificate]
_PROOF_AGE = timedelta(days=1)  # a box that was long without a network has a poor clock


@dataclass(frozen=True, slots=True)
class Issued:
    """A certificate for a box, new or the one that was issued for the same request before."""

    box_id: UUID
    pem: str


def issue_code(session: Session, actor: Actor, box_id: UUID, ca_fingerprint: bytes) -> tuple[Code, datetime]:
    """A new one-time code, told this once, and when it ends. Earlier codes of the box end now.

    Raises BoxNotFound, BoxRevoked, BoxEnrolled.
    """
    actor.require(Permission.BOXES_ENROL)
    box = find_box(session, box_id, lock=True)
    if box.revoked_at is not None:
        raise errors.BoxRevoked
    if box.enrolled_at is not None:
        raise errors.BoxEnrolled
    code = Code(secrets.token_bytes(SECRET_BYTES), ca_fingerprint)
    moment = now(session)
    unused = (EnrolmentCode.box_id == box_id, EnrolmentCode.used_at.is_(None))
    session.execute(update(EnrolmentCode).where(*unused).values(cancelled_at=moment))
    session.add(
        EnrolmentCode(
            id=new_id(session),
            organisation_id=box.organisation_id,
            box_id=box_id,
            hash=codes.hash_of(code),
            created_at=moment,
            expires_at=moment + codes.LIFE,
        )
    )
    audit.record(session, actor, "sites.box.code", "box", box_id)
    return code, moment + codes.LIFE


def enrol(session: Session, sign: Signer, asked: EnrolRequest) -> Issued:
    """Turn a code and a request into a box's certificate; the same request again gets the same certificate.

    Enters the company's scope. Raises CodeUnknown, CodeExpired, CodeUsed, BoxRevoked, RequestInvalid.
    """
    request, request_hash = _read_request(asked.csr)
    journal_key = _proven_journal_key(asked, request)
    code = _locked_code(session, asked.code)
    box = find_box(session, code.box_id, lock=True)
    if box.revoked_at is not None:
        raise errors.BoxRevoked
    if code.used_at is not None:
        return _issued_before(session, code, request_hash)
    if code.cancelled_at is not None or code.expires_at <= now(session):
        raise errors.CodeExpired
    code.used_at, code.request_hash = now(session), request_hash
    box.enrolled_at, box.journal_key = now(session), journal_key
    _remember_key(session, box)
    issued = _issue(session, sign, box, request, request_hash)
    actor = Actor.system(box.organisation_id, name="enrolment")
    audit.record(session, actor, "sites.box.enrol", "box", box.id)
    outbox.add(session, events.BoxEnrolled(box_id=box.id))
    _tell(session, box)
    return issued


def _remember_key(session: Session, box: Box) -> None:
    """What an earlier key signed is proved by that key, for as long as the journal lasts."""
    values = {"id": new_id(session), "organisation_id": box.organisation_id, "box_id": box.id}
    row = insert(BoxJournalKey).values(**values, key=box.journal_key, since=now(session))
    session.execute(row.on_conflict_do_nothing())


def journal_keys(session: Session, box_id: UUID) -> list[tuple[bytes, datetime]]:
    """The keys (Ed25519, 32 bytes) that a box was enrolled with, and since when; the newest last."""
    query = select(BoxJournalKey.key, BoxJournalKey.since).where(BoxJournalKey.box_id == box_id)
    known = [(row.key, row.since) for row in session.execute(query.order_by(BoxJournalKey.since))]
    box = find_box(session, box_id)
    # An older process enrolled it while this one was being put in its place: it kept the newest alone.
    if box.journal_key is None or box.enrolled_at is None or box.journal_key in dict(known):
        return known
    return [*known, (box.journal_key, box.enrolled_at)]


def renew(session: Session, sign: Signer, box_id: UUID, csr: str) -> Issued:
    """A further certificate for a box that proved itself by the one it has. Raises BoxRevoked, RequestInvalid."""
    request, request_hash = _read_request(csr)
    box = _locked_live_box(session, box_id)
    known = _certificate_for(session, box_id, request_hash)
    if known is not None and known.expires_at > now(session) + authority.BOX_LIFE / 3:
        return Issued(box_id, known.pem)
    return _issue(session, sign, box, request, request_hash)


def renew_lapsed(session: Session, sign: Signer, asked: LapsedRequest) -> Issued:
    """A further certificate for a box whose own lapsed while it was away: the old key signs for the new.

    Raises BoxRevoked, BoxNotFound, RequestInvalid.
    """
    request, request_hash = _read_request(asked.csr)
    box = _locked_live_box(session, asked.box)
    if abs(asked.timestamp - now(session)) > _PROOF_AGE:
        raise errors.RequestInvalid(reason="the proof's timestamp is not of today")
    query = select(BoxCertificate.pem).where(
        BoxCertificate.box_id == box.id, BoxCertificate.revoked_at.is_(None)
    )
    proven = lapsed_proof(authority.to_der(request), asked.timestamp)
    proof = _base64(asked.proof, "proof")
    if not any(_signed_by(pem, proof, proven) for pem in session.scalars(query)):
        raise errors.RequestInvalid(reason="the proof is not of a key that this box had")
    known = _certificate_for(session, box.id, request_hash)
    if known is not None and known.expires_at > now(session):
        return Issued(box.id, known.pem)
    return _issue(session, sign, box, request, request_hash)


def certify_page(
    session: Session, sign: PageSigner, box_id: UUID, asked: PageRequest, own_hosts: frozenset[str]
) -> Issued:
    """A server's certificate for the guard's page that a box serves on its site's network.

    `own_hosts`: where boxes look for the cloud itself, since under those a box could pass for it. Raises BoxRevoked,
    RequestInvalid, PageNameRefused.
    """
    request, _ = _read_request(asked.csr)
    _locked_live_box(session, box_id)
    names = list(dict.fromkeys(name.lower() for name in asked.names))
    for name in names:
        if name in own_hosts or not is_local_name(name):
            raise errors.PageNameRefused(name=name)
    return Issued(box_id, authority.to_pem(sign(request, names, now(session))).decode())


def revoke_box(session: Session, actor: Actor, box_id: UUID, reason: str) -> None:
    """End a box for good: its certificates are revoked, its messages ignored. Repeating it changes nothing."""
    actor.require(Permission.BOXES_ENROL)
    box = find_box(session, box_id, lock=True)
    if box.revoked_at is not None:
        return
    box.revoked_at = now(session)
    session.execute(
        update(BoxCertificate)
        .where(BoxCertificate.box_id == box_id, BoxCertificate.revoked_at.is_(None))
        .values(revoked_at=now(session))
    )
    unused = (EnrolmentCode.box_id == box_id, EnrolmentCode.used_at.is_(None))
    session.execute(update(EnrolmentCode).where(*unused).values(cancelled_at=now(session)))
    audit.record(session, actor, "sites.box.revoke", "box", box_id, {"reason": reason})
    outbox.add(session, events.BoxRevoked(box_id=box_id), correlation_id=actor.correlation_id)
    _tell(session, box)


def denied_boxes(session: Session) -> list[UUID]:
    """Every revoked box of every company, for the broker's deny lines."""
    return list(session.scalars(text("SELECT box_denied() ORDER BY 1")))


def revoked_certificates(session: Session) -> list[Revoked]:
    """Every revoked certificate that has not expired, for the revocation list."""
    query = text("SELECT serial, revoked_at FROM certificate_revoked(:now) ORDER BY serial")
    return [
        Revoked(int(row.serial, 16), row.revoked_at) for row in session.execute(query, {"now": now(session)})
    ]


def _read_request(pem: str) -> tuple[x509.CertificateSigningRequest, bytes]:
    try:
        request = authority.read_request(pem)
    except RequestError as error:
        raise errors.RequestInvalid(reason=str(error)) from error
    return request, sha256(authority.to_der(request)).digest()


def _proven_journal_key(asked: EnrolRequest, request: x509.CertificateSigningRequest) -> bytes:
    raw = _base64(asked.journal_key, "journal_key")
    try:
        key = Ed25519PublicKey.from_public_bytes(raw)
        key.verify(_base64(asked.proof, "proof"), journal_proof(authority.to_der(request)))
    except ValueError as error:
        raise errors.RequestInvalid(reason="journal_key: not 32 bytes of Ed25519") from error
    except InvalidSignature as error:
        raise errors.RequestInvalid(reason="proof: not by the journal key over this request") from error
    return raw


def _base64(value: str, field: str) -> bytes:
    try:
        return base64.b64decode(value, validate=True)
    except binascii.Error as error:
        raise errors.RequestInvalid(reason=f"{field}: not base64") from error


def _locked_code(session: Session, text_: str) -> EnrolmentCode:
    try:
        hashed = codes.hash_of(parse_code(text_))
    except CodeError as error:
        raise errors.CodeUnknown from error
    organisation_id = session.scalar(text("SELECT enrolment_code_owner(:hash)"), {"hash": hashed})
    if organisation_id is None:
        raise errors.CodeUnknown
    enter(session, Scope.organisation(organisation_id))
    query = select(EnrolmentCode).where(EnrolmentCode.hash == hashed).with_for_update(key_share=True)
    return session.scalars(query).one()


def _issued_before(session: Session, code: EnrolmentCode, request_hash: bytes) -> Issued:
    known = _certificate_for(session, code.box_id, request_hash)
    if known is None or code.request_hash != request_hash:
        raise errors.CodeUsed
    return Issued(code.box_id, known.pem)


def _certificate_for(session: Session, box_id: UUID, request_hash: bytes) -> BoxCertificate | None:
    query = select(BoxCertificate).where(
        BoxCertificate.box_id == box_id,
        BoxCertificate.request_hash == request_hash,
        BoxCertificate.revoked_at.is_(None),
    )
    return session.scalars(query.order_by(BoxCertificate.expires_at.desc()).limit(1)).one_or_none()


def _locked_live_box(session: Session, box_id: UUID) -> Box:
    owner = owner_of(session, box_id)
    if owner is None:
        raise errors.BoxNotFound
    enter(session, Scope.organisation(owner.organisation_id))
    box = find_box(session, box_id, lock=True)
    if box.revoked_at is not None:
        raise errors.BoxRevoked
    return box


def _issue(
    session: Session,
    sign: Signer,
    box: Box,
    request: x509.CertificateSigningRequest,
    request_hash: bytes,
) -> Issued:
    certificate = sign(request, box.id, now(session))
    pem = authority.to_pem(certificate).decode()
    session.add(
        BoxCertificate(
            id=new_id(session),
            organisation_id=box.organisation_id,
            box_id=box.id,
            serial=f"{certificate.serial_number:x}",
            request_hash=request_hash,
            pem=pem,
            issued_at=now(session),
            expires_at=certificate.not_valid_after_utc,
        )
    )
    return Issued(box.id, pem)


def _signed_by(pem: str, signature: bytes, signed: bytes) -> bool:
    key = x509.load_pem_x509_certificate(pem.encode()).public_key()
    if not isinstance(key, ec.EllipticCurvePublicKey):
        return False
    try:
        key.verify(signature, signed, ec.ECDSA(hashes.SHA256()))
    except InvalidSignature:
        return False
    return True


def _tell(session: Session, box: Box) -> None:
    notify(session, NotifyKind.BOX, box.id)
    realtime.publish(session, box.organisation_id, "box", box.id, Permission.SITES_READ)
