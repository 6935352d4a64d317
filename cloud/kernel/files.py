"""The content-addressed store: a file lies on disk under its SHA-256; a company's row in `stored_file` lets it be read.

What is being received lies under `incoming/`, is resumable by offset, and moves to its place in one step once its hash
is right, so that a file that is there is whole.
"""

import hashlib
import os
import re
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import IO
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from cloud.kernel.database import current_organisation, new_id, now
from cloud.kernel.errors import BadRequest, Conflict, FixInput, NotThere
from cloud.kernel.language import Text
from cloud.kernel.tables import FileUsage, StoredFile

CHUNK_BYTES = 256 * 1024
_NAME = re.compile(r"[0-9a-f]{64}")


class QuotaExceeded(Conflict):
    """The company's files would take more room than it has."""

    code = "files_quota_exceeded"
    text = Text(
        "Файлы компании заняли бы больше {quota_mb} МБ.", "The company's files would exceed {quota_mb} MB."
    )
    example = {"quota_mb": 10240}


class HashMismatch(BadRequest):
    """What was received is not what its name says."""

    code = "file_hash_mismatch"
    text = Text("Содержимое файла не совпадает с его хешем.", "The file's content does not match its hash.")


class OffsetMismatch(Conflict):
    """A piece does not follow what is already there: go on from `offset`."""

    code = "file_offset_mismatch"
    text = Text("Продолжите с байта {offset}.", "Continue from byte {offset}.")
    example = {"offset": 262144}


@dataclass(frozen=True, slots=True)
class FileStore:
    """Files of one folder."""

    folder: Path

    def path(self, sha256: str) -> Path:
        """Where a whole file lies. Raises FixInput for what is no SHA-256 in lower-case hex."""
        _check_name(sha256)
        return self.folder / sha256[:2] / sha256[2:4] / sha256

    def size(self, sha256: str) -> int | None:
        """Bytes of a whole file, None when it is not there."""
        try:
            return self.path(sha256).stat().st_size
        except FileNotFoundError:
            return None

    def received(self, sha256: str, sender: UUID) -> int:
        """How many bytes of an unfinished file this sender has delivered."""
        try:
            return self._incoming(sha256, sender).stat().st_size
        except FileNotFoundError:
            return 0

    def append(self, sha256: str, sender: UUID, offset: int, piece: bytes) -> int:
        """Add a piece of an unfinished file, durably; returns how many bytes there are now.

        Raises OffsetMismatch when the piece does not continue what is there.
        """
        there = self.received(sha256, sender)
        if offset != there:
            raise OffsetMismatch(offset=there)
        path = self._incoming(sha256, sender)
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("ab") as file:
            file.write(piece)
            file.flush()
            os.fsync(file.fileno())
        return there + len(piece)

    def finish(self, sha256: str, sender: UUID) -> int:
        """Check the hash and put the file in its place; returns its size. Raises HashMismatch, pieces dropped."""
        incoming = self._incoming(sha256, sender)
        try:
            self._settle(incoming, sha256)
        except HashMismatch:
            incoming.unlink()
            raise
        return self.path(sha256).stat().st_size

    def keep(self, sha256: str, source: IO[bytes]) -> None:
        """Store a file whose hash the caller has taken; one that is there is left alone. Raises HashMismatch."""
        if self.size(sha256) is not None:
            return
        incoming = self.folder / "incoming" / f"{sha256}.{os.urandom(8).hex()}"
        incoming.parent.mkdir(parents=True, exist_ok=True)
        try:
            with incoming.open("wb") as file:
                shutil.copyfileobj(source, file, CHUNK_BYTES)
                file.flush()
                os.fsync(file.fileno())
            self._settle(incoming, sha256)
        finally:
            incoming.unlink(missing_ok=True)

    def _settle(self, incoming: Path, sha256: str) -> None:
        if _hash_of(incoming) != sha256:
            raise HashMismatch
        final = self.path(sha256)
        final.parent.mkdir(parents=True, exist_ok=True)
        incoming.replace(final)
        _sync_folder(final.parent)

    def read(self, sha256: str) -> Iterator[bytes]:
        """The file in pieces. Raises NotThere before the first one."""
        path = self.path(sha256)
        if not path.exists():
            raise NotThere
        return _pieces(path)

    def sweep(self, before: datetime) -> int:
        """Remove unfinished files that got nothing since; how many. Whoever comes back to one begins anew."""
        removed = 0
        for path in (self.folder / "incoming").glob("*"):
            try:
                if path.stat().st_mtime < before.timestamp():
                    path.unlink()
                    removed += 1
            except FileNotFoundError:  # finished in this moment
                continue
        return removed

    def _incoming(self, sha256: str, sender: UUID) -> Path:
        _check_name(sha256)
        return self.folder / "incoming" / f"{sha256}.{sender}"


def claim(session: Session, sha256: str, *, size: int, media_type: str, name: str, quota_bytes: int) -> None:
    """Let the current company read a file of the store; to claim it again changes nothing.

    Raises QuotaExceeded; the transaction is then to be given up.
    """
    organisation_id = current_organisation(session)
    added = session.scalar(
        insert(StoredFile)
        .values(
            id=new_id(session),
            organisation_id=organisation_id,
            sha256=sha256,
            size=size,
            media_type=media_type,
            name=name,
            created_at=now(session),
        )
        .on_conflict_do_nothing()
        .returning(StoredFile.id)
    )
    if added is not None and _count(session, organisation_id, size) > quota_bytes:
        raise QuotaExceeded(quota_mb=quota_bytes // 1024**2)


def _count(session: Session, organisation_id: UUID, size: int) -> int:
    """Add to the company's total; two uploads at once cannot both take the last room. Returns the total in bytes."""
    statement = insert(FileUsage).values(organisation_id=organisation_id, bytes=size)
    counted = statement.on_conflict_do_update(
        index_elements=[FileUsage.organisation_id], set_={"bytes": FileUsage.bytes + statement.excluded.bytes}
    )
    return session.execute(counted.returning(FileUsage.bytes)).scalar_one()


def claimed(session: Session, sha256: str) -> StoredFile:
    """A file that the transaction's companies may read. Raises NotThere."""
    if not _NAME.fullmatch(sha256):
        raise NotThere
    row = session.scalars(select(StoredFile).where(StoredFile.sha256 == sha256)).first()
    if row is None:
        raise NotThere
    return row


def _check_name(sha256: str) -> None:
    if not _NAME.fullmatch(sha256):
        raise FixInput.at(
            "sha256",
            "not_a_hash",
            Text("Нужен SHA-256 в шестнадцатеричном виде.", "A SHA-256 in hex is needed."),
        )


def _hash_of(path: Path) -> str:
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except FileNotFoundError as error:
        raise NotThere from error


def _pieces(path: Path) -> Iterator[bytes]:
    with path.open("rb") as file:
        while piece := file.read(CHUNK_BYTES):
            yield piece


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
