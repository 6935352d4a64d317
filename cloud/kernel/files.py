"""The content-addressed store: a file lies on disk under its SHA-256; who may read it is said by `claims`.

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

from cloud.kernel.errors import BadRequest, Conflict, FixInput, NotThere
from cloud.kernel.language import Text

CHUNK_BYTES = 256 * 1024
MOST_UNFINISHED = 8  # a sender's files at once; boxes send one after the other
_NAME = re.compile(r"[0-9a-f]{64}")


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
        if not there:
            self._trim(sender)
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

    def remove(self, sha256: str) -> bool:
        """Remove a whole file; False when it was not there."""
        try:
            self.path(sha256).unlink()
        except FileNotFoundError:
            return False
        return True

    def names(self, before: datetime) -> Iterator[str]:
        """The whole files that nothing has touched since then."""
        for path in self.folder.glob("[0-9a-f][0-9a-f]/[0-9a-f][0-9a-f]/*"):
            try:
                if path.stat().st_mtime < before.timestamp():
                    yield path.name
            except FileNotFoundError:  # removed in this moment
                continue

    def _trim(self, sender: UUID) -> None:
        """Of a sender's unfinished files only the newest stay: nobody fills the disk with beginnings."""
        ages = []
        for path in (self.folder / "incoming").glob(f"*.{sender}"):
            try:
                ages.append((path.stat().st_mtime_ns, path))
            except FileNotFoundError:  # finished in this moment
                continue
        for _, path in sorted(ages)[: max(0, len(ages) - MOST_UNFINISHED + 1)]:
            path.unlink(missing_ok=True)

    def _incoming(self, sha256: str, sender: UUID) -> Path:
        _check_name(sha256)
        return self.folder / "incoming" / f"{sha256}.{sender}"


def is_name(text: str) -> bool:
    """Whether this is a SHA-256 in lower-case hex, as files are named."""
    return _NAME.fullmatch(text) is not None


def _check_name(sha256: str) -> None:
    if not is_name(sha256):
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
