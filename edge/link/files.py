"""Pictures on their way to the cloud: kept under their hash, sent after events, dropped oldest first when they must.

A violation's picture is never dropped for room. `PUT <files_url>/<sha256>` is idempotent and resumable: a HEAD says
in `Upload-Offset` how much is there, the PUT's `Content-Range` says what follows.
"""

import asyncio
import logging
import os
import sqlite3
import ssl
from collections.abc import Awaitable, Callable, Sequence
from functools import partial
from hashlib import sha256
from pathlib import Path
from typing import NamedTuple

import httpx

from edge.clock import Clock
from edge.drivers.base import Still
from edge.store import Store, StoreError

log = logging.getLogger(__name__)
CHUNK_BYTES = 256 * 1024
TIMEOUT_S = 30.0
LONGEST_WAIT_S = 3600.0
STILL = "still"
VIOLATION = "violation"
PHOTO = "photo"
"""A guard's, which nothing names yet: neither sent nor dropped for room."""


class FileError(Exception):
    """The file did not get through; `lasting`: trying again will not help; `wait_s`: it may after so many seconds."""

    def __init__(self, message: str, *, lasting: bool = False, wait_s: float = 0.0) -> None:
        super().__init__(message)
        self.lasting = lasting
        self.wait_s = wait_s


class Waiting(NamedTuple):
    """A file that the cloud does not have yet."""

    sha256: str
    size: int
    media_type: str
    kind: str


class Pictures:
    """The folder of stills and its rows."""

    def __init__(
        self, folder: Path, store: Store, clock: Clock, woken: Callable[[], None] = lambda: None
    ) -> None:
        self._folder = folder
        self._store = store
        self._clock = clock
        self.woken = woken
        self.keeps_sent = False
        folder.mkdir(mode=0o700, exist_ok=True)

    async def keep(self, still: Still, sha256_hex: str, kind: str = STILL) -> None:
        """Write the file, then its row. The same picture twice is one. Raises OSError, StoreError."""
        path = self.path(sha256_hex)
        is_new = not path.exists()
        await asyncio.to_thread(_write, path, still.data)
        row = (sha256_hex, kind, len(still.data), self._clock.now().unix_ms, still.media_type)
        try:
            await self._store.write(
                lambda connection: connection.execute(
                    "INSERT OR IGNORE INTO file (sha256, kind, size, at_ms, media_type)"
                    " VALUES (?, ?, ?, ?, ?)",
                    row,
                )
            )
        except StoreError:
            if is_new:  # without a row nobody would ever drop it
                path.unlink(missing_ok=True)
            raise
        self.woken()

    async def tidy(self) -> None:
        """Before anything is kept: remove what a power cut left without a row, since nothing else would."""
        try:
            known = await self._store.write(
                lambda connection: {row[0] for row in connection.execute("SELECT sha256 FROM file")}
            )
            removed = await asyncio.to_thread(_remove_others, self._folder, known)
        except (OSError, StoreError) as error:
            log.warning("pictures: what is left over could not be removed: %s", error)
        else:
            log.log(logging.INFO if removed else logging.DEBUG, "pictures: %s left over, removed", removed)

    def path(self, sha256_hex: str) -> Path:
        """Where a file lies."""
        return self._folder / sha256_hex

    async def next(self) -> Waiting | None:
        """The next one to send: violations first, then the newest, since somebody may be looking at it now."""
        return await self._store.write(_next)

    async def done(self, sha256_hex: str) -> None:
        """The cloud has it, or never will; it stays for a while where guards may look at it: see `forget_sent`."""
        if self.keeps_sent:
            await self._store.write(partial(_note_sent, sha256_hex, self._clock.now().unix_ms))
            return
        await self._store.write(partial(_forget, [sha256_hex]))
        self.path(sha256_hex).unlink(missing_ok=True)

    async def forget_sent(self, sent_before_ms: int, unnamed_before_ms: int) -> int:
        """Drop what was sent before, and guards' photographs that nothing has named for so long. How many went."""
        return self._unlink(await self._store.write(partial(_sent, sent_before_ms, unnamed_before_ms)))

    async def drop_until(self, quota_bytes: int) -> int:
        """Drop the oldest stills until they take no more than the quota. Returns how many went."""
        return self._unlink(await self._store.write(partial(_over_quota, quota_bytes)))

    async def drop_bytes(self, size: int) -> int:
        """Drop the oldest stills, so many bytes of them at least, as far as there are any. Returns how many went."""
        return self._unlink(await self._store.write(partial(_oldest, size)))

    def _unlink(self, dropped: list[str]) -> int:
        for sha256_hex in dropped:
            self.path(sha256_hex).unlink(missing_ok=True)
        return len(dropped)


class Uploader:
    """Sends what waits, one at a time. `turn`: returns when events are not waiting for the line."""

    def __init__(
        self,
        pictures: Pictures,
        files_url: str,
        *,
        tls: Callable[[], ssl.SSLContext] | None,
        turn: Callable[[], Awaitable[None]],
        connected: asyncio.Event,
        random: Callable[[], float],
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._pictures = pictures
        self._files_url = files_url
        self._tls = tls
        self._turn = turn
        self._connected = connected
        self._random = random
        self._sleep = sleep
        self._more = asyncio.Event()
        self.counts: dict[str, int] = {"sent": 0, "failed": 0, "given_up": 0}

    def wake(self) -> None:
        """A picture was kept."""
        self._more.set()

    async def run(self) -> None:
        """Send, for ever. A failure raises and the supervisor waits before it starts this again."""
        verify: ssl.SSLContext | bool = True if self._tls is None else await asyncio.to_thread(self._tls)
        async with httpx.AsyncClient(verify=verify, timeout=TIMEOUT_S, trust_env=False) as client:
            while True:
                await self._connected.wait()
                await self._turn()
                self._more.clear()
                waiting = await self._pictures.next()
                if waiting is None:
                    await self._more.wait()
                    continue
                await self._send(client, waiting)

    async def _send(self, client: httpx.AsyncClient, waiting: Waiting) -> None:
        try:
            data = await asyncio.to_thread(_read, self._pictures.path(waiting.sha256))
            await upload(
                client, f"{self._files_url}/{waiting.sha256}", data, waiting.media_type, waiting.kind
            )
        except FileNotFoundError:
            log.warning("file %s: gone from the disk", waiting.sha256)
            self.counts["given_up"] += 1
        except FileError as error:
            self.counts["failed"] += 1
            if error.wait_s:
                log.warning("%s; waiting", error)
                await self._sleep(min(error.wait_s, LONGEST_WAIT_S) * (1.0 + 0.5 * self._random()))
                return
            if not error.lasting:
                raise
            log.warning("%s; given up", error)
            self.counts["given_up"] += 1
        else:
            self.counts["sent"] += 1
        await self._pictures.done(waiting.sha256)


async def upload(
    client: httpx.AsyncClient, url: str, data: bytes, media_type: str, kind: str = STILL
) -> None:
    """Send what of the file is not there yet. Raises FileError."""
    try:
        offset = await _offset(client, url)
        while offset is not None:
            # what is there in full, and unfinished, is finished when its last byte comes once more
            start = min(offset, len(data) - 1)
            offset = await _put(client, url, data, start, {"Content-Type": media_type, "File-Kind": kind})
    except httpx.HTTPError as error:
        raise FileError(f"{url}: {str(error) or type(error).__name__}") from error


async def _offset(client: httpx.AsyncClient, url: str) -> int | None:
    """How much the cloud has; None: all of it."""
    response = await client.head(url)
    if response.status_code == httpx.codes.NOT_FOUND:
        return 0
    if response.status_code != httpx.codes.OK:
        raise _refused(url, response)
    return None if response.headers.get("Upload-Complete") == "?1" else _told_offset(url, response)


async def _put(
    client: httpx.AsyncClient, url: str, data: bytes, offset: int, headers: dict[str, str]
) -> int | None:
    """Send the next piece. Returns where to go on; None: the cloud has it all."""
    piece = data[offset : offset + CHUNK_BYTES]
    end = offset + len(piece)
    part = {"Content-Range": f"bytes {offset}-{end - 1}/{len(data)}"}
    response = await client.put(url, content=piece, headers=headers | part)
    if response.status_code in {httpx.codes.OK, httpx.codes.CREATED}:
        return None
    if response.status_code in {httpx.codes.ACCEPTED, httpx.codes.CONFLICT}:
        told = _told_offset(url, response)
        if told == offset:
            raise FileError(f"{url}: the cloud stays at {offset}")
        return told
    raise _refused(url, response)


def _told_offset(url: str, response: httpx.Response) -> int:
    try:
        return int(response.headers["Upload-Offset"])
    except (KeyError, ValueError) as error:
        raise FileError(f"{url}: no usable Upload-Offset") from error


def _refused(url: str, response: httpx.Response) -> FileError:
    lasting = response.status_code in {
        httpx.codes.BAD_REQUEST,
        httpx.codes.REQUEST_ENTITY_TOO_LARGE,
        httpx.codes.UNPROCESSABLE_ENTITY,
    }
    told = response.headers.get("Retry-After", "")
    wait_s = float(told) if told.isascii() and told.isdecimal() else 0.0
    return FileError(f"{url}: {response.status_code}", lasting=lasting, wait_s=wait_s)


def _write(path: Path, data: bytes) -> None:
    part = path.with_suffix(".part")
    try:
        descriptor = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "wb") as stream:
            stream.write(data)
        part.replace(path)
    except OSError:
        part.unlink(missing_ok=True)
        raise


def _remove_others(folder: Path, known: set[str]) -> int:
    others = [path for path in folder.iterdir() if path.name not in known and path.is_file()]
    for path in others:
        path.unlink(missing_ok=True)
    return len(others)


def _read(path: Path) -> bytes:
    data = path.read_bytes()
    if sha256(data).hexdigest() != path.name:
        raise FileError(f"file {path.name}: damaged on the disk", lasting=True)
    return data


def _next(connection: sqlite3.Connection) -> Waiting | None:
    row = connection.execute(
        "SELECT sha256, size, media_type, kind FROM file WHERE sent_ms IS NULL AND kind <> ?"
        " ORDER BY kind = ? DESC, at_ms DESC LIMIT 1",
        (PHOTO, VIOLATION),
    ).fetchone()
    return None if row is None else Waiting(*row)


def _forget(hashes: list[str], connection: sqlite3.Connection) -> None:
    connection.executemany("DELETE FROM file WHERE sha256 = ?", [(sha256_hex,) for sha256_hex in hashes])


def _note_sent(sha256_hex: str, at_ms: int, connection: sqlite3.Connection) -> None:
    connection.execute("UPDATE file SET sent_ms = ? WHERE sha256 = ?", (at_ms, sha256_hex))


def _sent(sent_before_ms: int, unnamed_before_ms: int, connection: sqlite3.Connection) -> list[str]:
    rows = connection.execute(
        "SELECT sha256 FROM file WHERE sent_ms < ? OR (kind = ? AND at_ms < ?)",
        (sent_before_ms, PHOTO, unnamed_before_ms),
    ).fetchall()
    gone = [row[0] for row in rows]
    _forget(gone, connection)
    return gone


def named(connection: sqlite3.Connection, hashes: Sequence[str], kind: str) -> None:
    """Guards' photographs have found their place: they may go."""
    connection.executemany(
        "UPDATE file SET kind = ? WHERE sha256 = ? AND kind = ?", [(kind, each, PHOTO) for each in hashes]
    )


def missing(connection: sqlite3.Connection, hashes: Sequence[str]) -> list[str]:
    """Those of which there is no picture here."""
    known = {
        row[0]
        for each in hashes
        for row in connection.execute("SELECT sha256 FROM file WHERE sha256 = ?", (each,))
    }
    return [each for each in hashes if each not in known]


def unsent(connection: sqlite3.Connection) -> set[str]:
    """Those that the cloud does not have."""
    return {row[0] for row in connection.execute("SELECT sha256 FROM file WHERE sent_ms IS NULL")}


def _over_quota(quota_bytes: int, connection: sqlite3.Connection) -> list[str]:
    """What was sent goes first."""
    rows = connection.execute(
        "SELECT sha256, size FROM file WHERE kind = ? OR sent_ms IS NOT NULL"
        " ORDER BY sent_ms IS NOT NULL, at_ms DESC",
        (STILL,),
    ).fetchall()
    total, dropped = 0, []
    for sha256_hex, size in rows:
        total += size
        if total > quota_bytes:
            dropped.append(sha256_hex)
    _forget(dropped, connection)
    return dropped


def _oldest(size: int, connection: sqlite3.Connection) -> list[str]:
    taken = connection.execute(
        "SELECT total(size) FROM file WHERE kind = ? OR sent_ms IS NOT NULL", (STILL,)
    ).fetchone()[0]
    return [] if size <= 0 else _over_quota(max(int(taken) - size, 0), connection)
