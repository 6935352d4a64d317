"""What the access slice keeps of persons: passages as they were read, their pictures, ended passes, lapsed entries."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, and_, case, delete, exists, func, not_, or_, select, update
from sqlalchemy.dialects.postgresql import array
from sqlalchemy.orm import Session

from cloud.access import faces
from cloud.access.face_models import Face, FaceConsent
from cloud.access.face_passes import lock
from cloud.access.models import Blocked, CardHistory, Pass, PassageRow, PassCard, PassHistory
from cloud.access.types import PassState
from cloud.kernel import claims
from cloud.kernel.claims import FileKind
from cloud.kernel.database import now
from cloud.kernel.retention import COUNTED_MOST, Gone, Kept, Part
from cloud.kernel.tables import StoredFile
from cloud.people import service as people
from protocols.privacy import KeptKind

_REVOKED = (PassState.REVOKED, PassState.REFUSED)
_NOBODY = dict.fromkeys(
    ("holder", "vehicle", "host", "address", "document", "document_key", "note", "search"), ""
)


def _forget_cards(session: Session, passes: Sequence[UUID]) -> None:
    """That something was changed, when and by whom of the staff, stays; its words go, and the names of residents."""
    session.execute(delete(PassCard).where(PassCard.pass_id.in_(passes)))
    _forget_words(session, PassHistory, passes, {"reason": "", "data": {}})
    _forget_words(session, CardHistory, passes, {"holder": "", "deposit": "", "note": ""})


def _forget_words(
    session: Session, table: type[PassHistory | CardHistory], passes: Sequence[UUID], wiped: dict[str, Any]
) -> None:
    told = update(table).where(table.pass_id.in_(passes))
    session.execute(told.values(wiped).execution_options(synchronize_session=False))
    by_residents = told.where(table.account_id.in_(people.resident_accounts(session)))
    session.execute(
        by_residents.values(actor="", account_id=None).execution_options(synchronize_session=False)
    )


@dataclass(frozen=True, kw_only=True)
class Pictures:
    """Files of a kind, by when they came. A passage whose picture goes says so."""

    kind: KeptKind
    files: FileKind

    def erase(self, session: Session, company: UUID, before: datetime, most: int) -> Gone:
        """See `Kept`."""
        names = claims.release_older(session, self.files, before, most)
        note_removed(session, company, names)
        return Gone(len(names), names)

    def oldest(self, session: Session, company: UUID) -> datetime | None:
        """See `Kept`."""
        return session.scalar(select(func.min(StoredFile.created_at)).where(*self._mine(company)))

    def overdue(self, session: Session, company: UUID, before: datetime) -> int:
        """See `Kept`."""
        older = select(StoredFile.id).where(*self._mine(company), StoredFile.created_at < before)
        return session.scalar(select(func.count()).select_from(older.limit(COUNTED_MOST).subquery())) or 0

    def _mine(self, company: UUID) -> tuple[ColumnElement[bool], ...]:
        return StoredFile.organisation_id == company, StoredFile.kind == self.files.value


def note_removed(session: Session, company: UUID, names: Sequence[str]) -> None:
    """Passages say that their pictures are gone."""
    mine = (PassageRow.organisation_id == company, PassageRow.still.in_(names))
    session.execute(update(PassageRow).where(*mine).values(still_removed_at=now(session)))


@dataclass(frozen=True, kw_only=True)
class Former:
    """What passes were before they were changed: kept of one that stands no longer than an ended one is."""

    kind: KeptKind = KeptKind.PASSES

    def erase(self, session: Session, company: UUID, before: datetime, most: int) -> Gone:
        """See `Kept`. Who changed it, when and why stays as long as the pass."""
        chosen = select(PassHistory.id).where(*self._mine(company), PassHistory.at < before)
        these = session.scalars(chosen.order_by(PassHistory.at).limit(most)).all()
        emptied = update(PassHistory).where(PassHistory.id.in_(these)).values(data={})
        session.execute(emptied.execution_options(synchronize_session=False))
        return Gone(len(these))

    def oldest(self, session: Session, company: UUID) -> datetime | None:
        """See `Kept`."""
        return session.scalar(select(func.min(PassHistory.at)).where(*self._mine(company)))

    def overdue(self, session: Session, company: UUID, before: datetime) -> int:
        """See `Kept`."""
        older = select(PassHistory.id).where(*self._mine(company), PassHistory.at < before)
        return session.scalar(select(func.count()).select_from(older.limit(COUNTED_MOST).subquery())) or 0

    def _mine(self, company: UUID) -> tuple[ColumnElement[bool], ...]:
        return PassHistory.organisation_id == company, PassHistory.data.has_key("changes")


_LAST_NEEDED = func.greatest(
    Face.stored_at,
    select(func.max(case((Pass.state.in_(_REVOKED), Pass.changed_at), else_=Pass.valid_until)))
    .where(Pass.faces != [], Pass.faces.contains(array([Face.sha256])))
    .correlate(Face)
    .scalar_subquery(),
)
_NEEDED_FOR_EVER = exists().where(
    Pass.faces != [],
    Pass.faces.contains(array([Face.sha256])),
    Pass.state.not_in(_REVOKED),
    Pass.valid_until.is_(None),
)


class Faces(Part):
    """Pictures of faces whose passes have all ended; the consent stays."""

    def erase(self, session: Session, company: UUID, before: datetime, most: int) -> Gone:
        """See `Kept`."""
        chosen = select(Face).where(self._older(company, before)).order_by(Face.id).limit(most)
        locked = [lock(session, face.person_id) for face in session.scalars(chosen).all()]
        names = [faces.forget(session, face) for face in locked if face is not None]
        return Gone(len(names), names)


KEPT: tuple[Kept, ...] = (
    Part(
        kind=KeptKind.PASSAGES,
        table=PassageRow,
        at=PassageRow.at,
        holds=PassageRow.erased_at.is_(None),
        wiped={"plate": None, "credential": None, "read": "", "carrier": "", "left_carrier": None},
    ),
    Pictures(kind=KeptKind.STILLS, files=FileKind.STILL),
    Pictures(kind=KeptKind.VIOLATIONS, files=FileKind.VIOLATION),
    Part(
        kind=KeptKind.PASSES,
        table=Pass,
        at=case((Pass.state.in_(_REVOKED), Pass.changed_at), else_=Pass.valid_until),
        # Whoever is still inside is somebody whom the gate must know.
        holds=and_(Pass.erased_at.is_(None), Pass.state != PassState.INSIDE),
        wiped=_NOBODY | {"plates": [], "faces": [], "phone": None, "host_phone": None},
        also=_forget_cards,
    ),
    Former(),
    Part(
        kind=KeptKind.BLACKLIST,
        table=Blocked,
        at=func.coalesce(Blocked.removed_at, Blocked.until),
        holds=or_(Blocked.removed_at.is_not(None), Blocked.until.is_not(None)),
    ),
    Faces(kind=KeptKind.FACES, table=Face, at=_LAST_NEEDED, holds=not_(_NEEDED_FOR_EVER)),
    Part(kind=KeptKind.CONSENTS, table=FaceConsent, at=FaceConsent.withdrawn_at),
)
