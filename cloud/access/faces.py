"""Faces by which panels know people: kept with a consent alone, gone with it at once."""

import logging
from datetime import date, timedelta
from functools import partial
from hashlib import sha256
from io import BytesIO
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from cloud.access.errors import ConsentNeeded, ConsentNotThere, ConsentThere, FaceNotThere
from cloud.access.face_models import Face, FaceConsent
from cloud.access.face_passes import holding_passes, lock, match, take_away
from cloud.access.face_texts import CURRENT
from cloud.access.types import ConsentHow
from cloud.kernel import claims
from cloud.kernel.actor import Actor
from cloud.kernel.audit import record
from cloud.kernel.claims import MEGABYTE, FileKind
from cloud.kernel.database import after_commit, current_organisation, new_id, now
from cloud.kernel.errors import FixInput
from cloud.kernel.files import FileStore
from cloud.kernel.language import Text
from cloud.kernel.permissions import Permission
from cloud.kernel.realtime import LiveKind, publish
from cloud.people import service as people
from protocols.faces import LONGEST_SIDE, PICTURE_MAX_BYTES
from protocols.photos import remade, remarked

MOST_BYTES = 16 * MEGABYTE  # of a picture as it is sent
_EARLIEST_ZONE = timedelta(hours=14)  # where today begins before it does in UTC
_log = logging.getLogger(__name__)
_NO_PICTURE = Text(
    "Не получилось открыть снимок: нужен JPEG, PNG или WebP.",
    "The picture cannot be opened: a JPEG, PNG or WebP is needed.",
)
_LATER = Text("Дата согласия не может быть в будущем.", "A consent cannot be dated in the future.")
_OTHER_TEXT = Text(
    "Текст согласия изменился: прочитайте его ещё раз.", "The text of the consent has changed: read it again."
)


class Kept(NamedTuple):
    """What is kept of a person's face: consents, the one in force first, and the picture. `passes`: that hold it."""

    consents: list[FaceConsent]
    face: Face | None
    passes: int


def kept_of(session: Session, person_id: UUID) -> Kept:
    """Raises PersonNotThere."""
    people.get_person(session, person_id)
    consents = select(FaceConsent).where(FaceConsent.person_id == person_id)
    ordered = consents.order_by(FaceConsent.in_force.desc(), FaceConsent.recorded_at.desc())
    face = session.scalars(select(Face).where(Face.person_id == person_id)).one_or_none()
    held = len(holding_passes(session, face.sha256)) if face else 0
    return Kept(list(session.scalars(ordered)), face, held)


def give_consent(
    session: Session,
    actor: Actor,
    person_id: UUID,
    how: ConsentHow,
    *,
    given_on: date,
    note: str,
    version: str,
) -> FaceConsent:
    """Write down that the person agreed. On paper: as `given_on` and `note` say; in the app: here and now.

    Raises PersonNotThere, ConsentThere, FixInput for a day that is yet to come, or a text that holds no more.
    """
    organisation_id = actor.require(Permission.PEOPLE_MANAGE)
    people.get_person(session, person_id)
    if version != CURRENT:
        raise FixInput.at("text_version", "text_changed", _OTHER_TEXT)
    if given_on > (now(session) + _EARLIEST_ZONE).date():
        raise FixInput.at("given_on", "in_the_future", _LATER)
    if _consent(session, person_id) is not None:
        raise ConsentThere
    made = FaceConsent(
        id=new_id(session),
        organisation_id=organisation_id,
        person_id=person_id,
        how=how,
        text_version=version,
        given_on=given_on,
        recorded_at=now(session),
        recorded_by=actor.name,
        account_id=actor.account_id,
        note=note,
        in_force=True,
        withdrawn_by="",
    )
    session.add(made)
    session.flush()
    told = {"how": how.value, "given_on": given_on.isoformat(), "text_version": version}
    record(session, actor, "people.consent.give", "person", person_id, told)
    _tell(session, person_id)
    return made


def withdraw_consent(
    session: Session, actor: Actor, store: FileStore, person_id: UUID, how: ConsentHow
) -> FaceConsent:
    """The person agrees no more: the picture goes with this transaction, from boxes and panels as soon as they hear.

    Raises ConsentNotThere.
    """
    actor.require(Permission.PEOPLE_MANAGE)
    consent = _consent(session, person_id, lock=True)
    if consent is None:
        raise ConsentNotThere
    had_picture = _drop(session, store, person_id)
    consent.in_force, consent.withdrawn_at, consent.withdrawn_by = False, now(session), actor.name
    consent.withdrawn_how = "app" if how is ConsentHow.APP else "company"
    session.flush()
    record(session, actor, "people.consent.withdraw", "person", person_id, {"picture": had_picture})
    _tell(session, person_id)
    return consent


def put_picture(
    session: Session,
    actor: Actor,
    store: FileStore,
    person_id: UUID,
    data: bytes,
    *,
    salt: str,
    quota_bytes: int,
) -> Face:
    """Keep the picture, in place of an older one. `salt`: from chance; it makes the file unlike any other.

    Raises PersonNotThere, ConsentNeeded, FixInput for what is no picture, QuotaExceeded.
    """
    organisation_id = actor.require(Permission.PEOPLE_MANAGE)
    people.get_person(session, person_id)
    consent = _consent(session, person_id, lock=True)
    if consent is None:
        raise ConsentNeeded
    picture = _picture(data, salt)
    digest = sha256(picture).hexdigest()
    _drop(session, store, person_id)
    claims.claim(
        session,
        digest,
        kind=FileKind.FACE,
        size=len(picture),
        media_type="image/jpeg",
        name=digest,
        quota_bytes=quota_bytes,
    )
    store.keep(digest, BytesIO(picture))
    made = Face(
        id=new_id(session),
        organisation_id=organisation_id,
        person_id=person_id,
        consent_id=consent.id,
        in_force=True,
        sha256=digest,
        size=len(picture),
        stored_at=now(session),
        stored_by=actor.name,
    )
    session.add(made)
    session.flush()
    match(session, made)
    record(session, actor, "people.face.store", "person", person_id, {"size": made.size})
    _tell(session, person_id)
    return made


def remove_picture(session: Session, actor: Actor, store: FileStore, person_id: UUID) -> None:
    """The picture goes, the consent stays. Raises FaceNotThere."""
    actor.require(Permission.PEOPLE_MANAGE)
    if not _drop(session, store, person_id):
        raise FaceNotThere
    record(session, actor, "people.face.remove", "person", person_id, {})
    _tell(session, person_id)


def picture_of(session: Session, person_id: UUID) -> Face:
    """Raises FaceNotThere."""
    face = session.scalars(select(Face).where(Face.person_id == person_id)).one_or_none()
    if face is None:
        raise FaceNotThere
    return face


def forget(session: Session, face: Face) -> str:
    """The picture goes, from the passes too. Returns the name of its file, which is the caller's to remove."""
    take_away(session, face.sha256)
    claims.give_up_face(session, face.sha256)
    session.delete(face)
    session.flush()
    return face.sha256


def _drop(session: Session, store: FileStore, person_id: UUID) -> bool:
    face = lock(session, person_id)
    if face is None:
        return False
    after_commit(session, partial(_remove, store, forget(session, face)))
    return True


def _remove(store: FileStore, name: str) -> None:
    """No other file is like it, so it is nobody else's. What the disk keeps, the sweep of files tries again."""
    try:
        store.remove(name)
    except OSError as error:
        _log.warning("a face was not removed at once", extra={"sha256": name, "error": str(error)})


def _consent(session: Session, person_id: UUID, *, lock: bool = False) -> FaceConsent | None:
    mine = (FaceConsent.person_id == person_id, FaceConsent.in_force)
    query = select(FaceConsent).where(*mine)
    return session.scalars(query.with_for_update(key_share=True) if lock else query).one_or_none()


def _picture(data: bytes, salt: str) -> bytes:
    try:
        made = remarked(remade(data, LONGEST_SIDE), salt)
    except ValueError as error:
        raise FixInput.at("file", "no_picture", _NO_PICTURE) from error
    assert len(made) <= PICTURE_MAX_BYTES  # noqa: S101  # a JPEG of so few pixels is a fifth of that at most
    return made


def _tell(session: Session, person_id: UUID) -> None:
    publish(session, current_organisation(session), LiveKind.PERSON, person_id, Permission.PEOPLE_READ)
