"""Which company may read which file of the store, how much room its files take, and what goes when time or room is up.

The store's bytes and the rows are changed under a lock of the file's name: `claim` takes it, and whoever puts the file
in its place does so before that transaction ends; `sweep_unclaimed` takes it before it looks and removes. So a file
that somebody claims is never taken away, and one that nobody claims does not stay.
"""

import logging
from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import Select, delete, func, select, text, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from cloud.kernel.database import current_organisation, new_id, now
from cloud.kernel.errors import Conflict, NotThere
from cloud.kernel.files import FileStore, is_name
from cloud.kernel.language import Text
from cloud.kernel.tables import FileUsage, StoredFile

MEGABYTE = 1024 * 1024
_AT_ONCE = 500
_LOCK = text(
    "SELECT count(pg_advisory_xact_lock(1718185061, ('x' || left(name, 8))::bit(32)::int))"
    " FROM (SELECT name FROM unnest(CAST(:names AS text[])) AS name ORDER BY name) AS sorted"
)
_log = logging.getLogger(__name__)
_UNCLAIMED = text("SELECT * FROM files_unclaimed(:names)")


class FileKind(StrEnum):
    """What a file is to its company; decides how long it is kept and whether it makes room for others."""

    STILL = "still"  # the picture of a passage: kept for some days, the oldest go first when room runs short
    VIOLATION = "violation"  # kept for its time, whatever the room
    DOCUMENT = "document"  # what a person put there: stays
    FACE = "face"  # shown and given up by the slice that keeps it alone


class QuotaExceeded(Conflict):
    """The company's files would take more room than it has."""

    code = "files_quota_exceeded"
    text = Text(
        "Файлы компании заняли бы больше {quota_mb} МБ.", "The company's files would exceed {quota_mb} MB."
    )
    example = {"quota_mb": 10240}


class FileKept(Conflict):
    """A picture of a passage stays its time; nobody removes it by hand."""

    code = "file_kept"
    text = Text(
        "Это снимок проезда: он хранится положенный срок.",
        "This is a picture of a passage: it stays its time.",
    )


def claim(
    session: Session, sha256: str, *, kind: FileKind, size: int, media_type: str, name: str, quota_bytes: int
) -> None:
    """Let the current company read a file of the store; to claim it again changes nothing, but a still may become more.

    The file is put in its place before the transaction ends. Raises QuotaExceeded: then the transaction is given up.
    """
    organisation_id = current_organisation(session)
    session.execute(_LOCK, {"names": [sha256]})
    added = session.scalar(
        insert(StoredFile)
        .values(
            id=new_id(session),
            organisation_id=organisation_id,
            sha256=sha256,
            kind=kind.value,
            size=size,
            media_type=media_type,
            name=name,
            created_at=now(session),
        )
        .on_conflict_do_nothing()
        .returning(StoredFile.id)
    )
    if added is None:
        _keep_longer(session, sha256, kind)
    elif _count(session, organisation_id, size) > quota_bytes:
        raise QuotaExceeded(quota_mb=quota_bytes // MEGABYTE)


def claimed(session: Session, sha256: str) -> StoredFile:
    """A file that the transaction's companies may read; a face is none. Raises NotThere."""
    if not is_name(sha256):
        raise NotThere
    mine = (StoredFile.sha256 == sha256, StoredFile.kind != FileKind.FACE.value)
    row = session.scalars(select(StoredFile).where(*mine)).first()
    if row is None:
        raise NotThere
    return row


def give_up(session: Session, sha256: str) -> StoredFile:
    """Let go of a document of the current company; what it was. Others who claim the same content keep it.

    Raises NotThere; FileKept for what a box sent.
    """
    claimed(session, sha256)
    session.execute(_LOCK, {"names": [sha256]})
    row = claimed(session, sha256)
    if row.kind != FileKind.DOCUMENT:
        raise FileKept
    session.expunge(row)
    _release(session, [row.id])
    return row


def give_up_face(session: Session, sha256: str) -> None:
    """Let go of a face of the current company; one that is not there changes nothing. The bytes are the caller's."""
    mine = (StoredFile.organisation_id == current_organisation(session), StoredFile.sha256 == sha256)
    chosen = select(StoredFile.id).where(*mine, StoredFile.kind == FileKind.FACE.value)
    _release(session, session.scalars(chosen).all())


def used_bytes(session: Session) -> int:
    """The room that the current company's files take."""
    mine = FileUsage.organisation_id == current_organisation(session)
    return session.scalar(select(FileUsage.bytes).where(mine)) or 0


def release_older(session: Session, kind: FileKind, before: datetime, most: int) -> Sequence[str]:
    """Give up the current company's claims to up to `most` files (at most 500) of before then, oldest first."""
    chosen = _oldest(session, kind).where(StoredFile.created_at < before).limit(min(most, _AT_ONCE))
    return _release(session, session.scalars(chosen).all())


def release_named(session: Session, names: Sequence[str]) -> Sequence[str]:
    """Give up the current company's claims to these; documents that people put there stay. Returns their names."""
    mine = (StoredFile.organisation_id == current_organisation(session), StoredFile.sha256.in_(names))
    chosen = select(StoredFile.id).where(*mine, StoredFile.kind != FileKind.DOCUMENT.value)
    return _release(session, session.scalars(chosen).all())


def release_oldest(session: Session, kind: FileKind, excess_bytes: int) -> Sequence[str]:
    """Give up claims to the oldest files until so many bytes are free, or some of them. Returns the files' names."""
    ages = (StoredFile.created_at, StoredFile.id)
    freed = (func.sum(StoredFile.size).over(order_by=ages) - StoredFile.size).label("freed")
    oldest = _oldest(session, kind).add_columns(freed).limit(_AT_ONCE).subquery()
    chosen = select(oldest.c.id).where(oldest.c.freed < excess_bytes)
    return _release(session, session.scalars(chosen).all())


def sweep_unclaimed(session: Session, store: FileStore, names: Sequence[str]) -> int:
    """Remove from the store those of these files that no company claims any more; how many. For the worker's role.

    One that the disk does not let go is logged and keeps none of the others; then raises OSError.
    """
    session.execute(_LOCK, {"names": list(names)})
    removed, fault = 0, None
    for name in session.scalars(_UNCLAIMED, {"names": list(names)}).all():
        try:
            removed += store.remove(name)
        except OSError as error:
            _log.warning("a file was not removed", extra={"sha256": name, "error": str(error)})
            fault = error
    if fault is not None:
        raise fault
    return removed


def _oldest(session: Session, kind: FileKind) -> Select[UUID]:
    mine = (StoredFile.organisation_id == current_organisation(session), StoredFile.kind == kind.value)
    return select(StoredFile.id).where(*mine).order_by(StoredFile.created_at, StoredFile.id)


def _release(session: Session, ids: Sequence[UUID]) -> Sequence[str]:
    if not ids:
        return []
    gone = delete(StoredFile).where(StoredFile.id.in_(ids)).returning(StoredFile.sha256, StoredFile.size)
    rows = session.execute(gone).all()
    mine = FileUsage.organisation_id == current_organisation(session)
    freed = sum(row.size for row in rows)
    session.execute(update(FileUsage).where(mine).values(bytes=FileUsage.bytes - freed))
    return [row.sha256 for row in rows]


def _keep_longer(session: Session, sha256: str, kind: FileKind) -> None:
    """A picture that is now something that stays."""
    if kind is not FileKind.STILL:
        still = (StoredFile.sha256 == sha256, StoredFile.kind == FileKind.STILL.value)
        session.execute(update(StoredFile).where(*still).values(kind=kind.value))


def _count(session: Session, organisation_id: UUID, size: int) -> int:
    """Add to the company's total; two uploads at once cannot both take the last room. Returns the total in bytes."""
    statement = insert(FileUsage).values(organisation_id=organisation_id, bytes=size)
    counted = statement.on_conflict_do_update(
        index_elements=[FileUsage.organisation_id], set_={"bytes": FileUsage.bytes + statement.excluded.bytes}
    )
    return session.execute(counted.returning(FileUsage.bytes)).scalar_one()
