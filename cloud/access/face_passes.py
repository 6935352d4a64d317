"""Whose passes hold a person's face, which boxes learn as a key of the pass: the hash of the picture.

A pass is a person's when it is for residents or staff, in their name, and to where they are at home or with them as the
host.
"""

from collections.abc import Sequence, Set
from uuid import UUID

from sqlalchemy import ColumnElement, and_, exists, or_, select
from sqlalchemy.orm import Session

from cloud.access.face_models import Face
from cloud.access.items import pass_item
from cloud.access.models import Pass, PassCard
from cloud.access.types import PassState
from cloud.people import service as people
from cloud.sites import service as sites
from protocols.held import ItemKind, PassKind
from protocols.persons import fold

_KINDS = (PassKind.RESIDENT, PassKind.STAFF)
_ENDED = (PassState.REVOKED, PassState.REFUSED)


def faces_for(session: Session, row: Pass) -> list[str]:
    """The pictures of whoever holds the pass, which is being filled in; one question where nobody has a face."""
    if row.kind not in _KINDS or not session.scalar(select(exists(select(Face.id)))):
        return []
    persons: frozenset[UUID] = frozenset()
    if row.host_id is not None:
        persons = frozenset({row.host_id})
    elif row.premises_id is not None:
        persons = people.people_at(session, row.premises_id)
    chosen = select(Face).where(Face.person_id.in_(persons)).order_by(Face.id)
    faces = session.scalars(chosen.with_for_update(read=True, key_share=False)).all()  # see `lock`
    return [face.sha256 for face in faces if _is_holder(session, row, face.person_id)]


def lock(session: Session, person_id: UUID, *, to_share: bool = False) -> Face | None:
    """The face, for whoever takes it away, or lets passes hold it: none comes to hold one that is being taken away.

    Sites are locked before it, as where passes are issued.
    """
    chosen = select(Face).where(Face.person_id == person_id)
    found = session.scalars(chosen).one_or_none()
    if found is None:
        return None
    sites.lock_sites(session, {row.site_id for row in holding_passes(session, found.sha256)})
    locked = (
        chosen.with_for_update(read=True, key_share=False)
        if to_share
        else chosen.with_for_update(key_share=True)
    )
    return session.scalars(locked.execution_options(populate_existing=True)).one_or_none()


def match(session: Session, face: Face) -> int:
    """The passes of the person hold the face, and no others; their boxes learn what changed. How many changed."""
    theirs = {row.id: row for row in _passes_of(session, face.person_id)}
    holding = {row.id: row for row in holding_passes(session, face.sha256)}
    amiss = theirs.keys() ^ holding.keys()
    _change(session, [(theirs | holding)[each] for each in amiss], face.sha256, holding=theirs.keys())
    return len(amiss)


def take_away(session: Session, sha256: str) -> None:
    """No pass holds the face any more."""
    _change(session, holding_passes(session, sha256), sha256, holding=frozenset())


def holding_passes(session: Session, sha256: str) -> Sequence[Pass]:
    """The passes that hold a face, ended ones too."""
    return session.scalars(select(Pass).where(_holds(sha256))).all()


def is_face_at(session: Session, site_id: UUID, sha256: str) -> bool:
    """Whether a box of this site may have the picture: a pass that it holds names it."""
    kept = select(Face.id).where(Face.sha256 == sha256)
    standing = (Pass.site_id == site_id, _holds(sha256), Pass.state.not_in(_ENDED))
    return bool(session.scalar(select(and_(exists(kept), exists().where(*standing)))))


def _holds(sha256: str) -> ColumnElement[bool]:
    return and_(Pass.faces != [], Pass.faces.contains([sha256]))  # the index knows those alone that hold some


def _passes_of(session: Session, person_id: UUID) -> list[Pass]:
    at_home = and_(Pass.host_id.is_(None), Pass.premises_id.in_(people.premises_of(session, person_id)))
    rows = session.scalars(
        select(Pass).where(
            Pass.kind.in_(_KINDS),
            Pass.state.not_in(_ENDED),
            Pass.erased_at.is_(None),
            or_(Pass.host_id == person_id, at_home),
        )
    )
    return [row for row in rows if _is_holder(session, row, person_id)]


def _is_holder(session: Session, row: Pass, person_id: UUID) -> bool:
    """In the person's name; two phones that differ tell namesakes apart. A vehicle's alone is its host's."""
    person = people.get_person(session, person_id)
    if row.phone and person.phones and row.phone not in person.phones:
        return False
    return fold(row.holder) == fold(person.name) if row.holder else row.host_id == person_id


def _change(session: Session, rows: Sequence[Pass], sha256: str, *, holding: Set[UUID]) -> None:
    sites.lock_sites(session, {row.site_id for row in rows})
    for row in sorted(rows, key=lambda row: row.id):
        others = [each for each in row.faces if each != sha256]
        row.faces = [*others, sha256] if row.id in holding else others
        session.flush()
        if sites.is_held(session, row.site_id, ItemKind.PASS, row.id):  # it waits, or was let go of long ago
            cards = session.scalars(select(PassCard).where(PassCard.pass_id == row.id).order_by(PassCard.id))
            sites.append_item(session, row.site_id, pass_item(row, cards))
