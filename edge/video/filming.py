"""One run of ffmpeg: begun, watched, and ended with all that it may have begun."""

import asyncio
import contextlib
import csv
import os
import signal
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path
from typing import NamedTuple

_WORDS_MAX = 2000
_END_S = 5.0


class Piece(NamedTuple):
    """A segment that ffmpeg has ended; times in s since its first picture."""

    file: Path
    start_s: float
    end_s: float


class FilmingError(Exception):
    """ffmpeg ended, or wrote nothing for too long; the text is its last words. They may hold secrets."""


async def film(
    command: Sequence[str],
    feed: bytes,
    folder: Path,
    *,
    stall_s: float,
    taken: Callable[[Piece], Awaitable[None]],
) -> None:
    """Run until cancelled. Raises FilmingError when it ends or stalls, OSError when it cannot be begun."""
    process = await asyncio.create_subprocess_exec(
        *command,
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
        cwd=folder,
        env={"PATH": os.environ.get("PATH", ""), "LANG": "C"},
        start_new_session=True,
    )
    said = asyncio.create_task(_last_words(process), name="what ffmpeg says")
    try:
        await _feed(process, feed)
        while (line := await _next_line(process, stall_s)) is not None:
            await taken(_piece(line, folder))
        words = await asyncio.wait_for(said, _END_S)
        raise FilmingError(words or f"ffmpeg ended with {process.returncode}")
    except TimeoutError as error:
        raise FilmingError(f"no segment within {stall_s:.0f} s") from error
    finally:
        await _end(process)
        said.cancel()


async def _feed(process: asyncio.subprocess.Process, feed: bytes) -> None:
    assert process.stdin is not None  # noqa: S101  # asked for
    with contextlib.suppress(ConnectionError):  # it ended at once: its last words say why
        process.stdin.write(feed)
        await process.stdin.drain()
    process.stdin.close()


async def _next_line(process: asyncio.subprocess.Process, stall_s: float) -> str | None:
    """None: it closed its output."""
    assert process.stdout is not None  # noqa: S101
    async with asyncio.timeout(stall_s):
        line = await process.stdout.readline()
    return line.decode("utf-8", "replace").strip() if line else None


def _piece(line: str, folder: Path) -> Piece:
    try:
        [[name, start, end]] = csv.reader([line])
        return Piece(folder / Path(name).name, float(start), float(end))
    except ValueError as error:
        raise FilmingError(f"ffmpeg named no segment: {line[:200]}") from error


async def _last_words(process: asyncio.subprocess.Process) -> str:
    """All is read, the end is kept."""
    assert process.stderr is not None  # noqa: S101
    kept = b""
    while data := await process.stderr.read(4096):
        kept = (kept + data)[-_WORDS_MAX:]
    return kept.decode("utf-8", "replace").strip()


async def _end(process: asyncio.subprocess.Process) -> None:
    """At once: a stuck one would not listen. What it had not ended is lost."""
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    await process.wait()
