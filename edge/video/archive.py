"""The folder of segments: what is in it is told by the names of its files, so that nothing else can disagree.

An index of all segments stands in memory: a week of ten cameras at 4 s is 1.5 million, some 200 MB as objects; so what
is kept there are the folders of hours with their sizes, and the segments of an hour are listed when they are asked for.
"""

import asyncio
import logging
import os
import shutil
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple
from uuid import UUID

from edge.video import segments
from edge.video.segments import Segment

log = logging.getLogger(__name__)
WORK = "now"
"""Where ffmpeg of a camera writes; what lies there is not whole."""


class _Hour(NamedTuple):
    """The folder of one camera's hour; its name sorts by time."""

    name: str  # "20260102/07"
    camera: UUID


class Gone(NamedTuple):
    """How many segments went, and when the newest of them ended; Unix ms."""

    segments: int = 0
    until_ms: int = 0

    def more(self, other: "Gone") -> "Gone":
        """Both."""
        return Gone(self.segments + other.segments, max(self.until_ms, other.until_ms))


class Archive:
    """Methods without `async` work on the disk, in whichever thread they are called."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._sizes: dict[_Hour, int] = {}
        self._gone = Gone()
        self._lock = threading.Lock()

    @property
    def size(self) -> int:
        """Bytes of all segments."""
        with self._lock:
            return sum(self._sizes.values())

    def open(self) -> None:
        """Count what is there; what a power cut left unfinished goes. Raises OSError."""
        self._folder.mkdir(mode=0o700, exist_ok=True)
        counted: dict[_Hour, int] = {}
        for camera, folder in self._cameras():
            shutil.rmtree(folder / WORK, ignore_errors=True)
            for path in folder.glob("????????/??"):
                size = sum(each.size for each in _listed(camera, path))
                counted[_Hour(f"{path.parent.name}/{path.name}", camera)] = size
        with self._lock:
            self._sizes = counted

    def work_folder(self, camera: UUID) -> Path:
        """Empty, for a run of ffmpeg. Raises OSError."""
        folder = self._folder / str(camera) / WORK
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(mode=0o700, parents=True)
        return folder

    def clear(self, camera: UUID) -> None:
        """The run is over: what it had not ended goes."""
        shutil.rmtree(self._folder / str(camera) / WORK, ignore_errors=True)

    def remove(self, segment: Segment) -> None:
        """One that was only to be shown."""
        path = self.path(segment)
        hour = _Hour(f"{path.parent.parent.name}/{path.parent.name}", segment.camera)
        with self._lock:
            path.unlink(missing_ok=True)
            left = self._sizes.get(hour, 0) - segment.size
            if left > 0:
                self._sizes[hour] = left
            else:
                self._sizes.pop(hour, None)
                _remove_empty(path.parent, path.parent.parent)

    def wipe(self, camera: UUID) -> None:
        """All of a camera goes."""
        with self._lock:
            shutil.rmtree(self._folder / str(camera), ignore_errors=True)
            self._sizes = {hour: size for hour, size in self._sizes.items() if hour.camera != camera}

    def keep(self, segment: Segment, file: Path) -> None:
        """A segment that is whole takes its place. Raises OSError."""
        path = self.path(segment)
        hour = _Hour(f"{path.parent.parent.name}/{path.parent.name}", segment.camera)
        with self._lock:
            path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            file.replace(path)
            self._sizes[hour] = self._sizes.get(hour, 0) + segment.size

    def path(self, segment: Segment) -> Path:
        """Where it lies."""
        return self._folder / segment.path

    def find(self, camera: UUID, from_ms: int, until_ms: int) -> list[Segment]:
        """What shows that camera's time, in its order."""
        found = [
            each
            for hour in segments.hours(from_ms, until_ms)
            for each in _listed(camera, self._folder / str(camera) / hour)
        ]
        return segments.covering(found, from_ms, until_ms)

    def has(self, camera: UUID, at_ms: int) -> bool:
        """Whether there may be something of that moment, without a look at the disk."""
        names = segments.hours(at_ms, at_ms)
        with self._lock:
            return any(_Hour(name, camera) in self._sizes for name in names)

    def drop(self, *, quota_bytes: int, before_ms: int) -> int:
        """Keep the quota and the time. Whole hours first, then segments of the oldest hour. How many segments went."""
        gone = 0
        for hour in self._oldest_first():
            over = self.size - quota_bytes
            is_past = segments.hour_end_ms(hour.name) <= before_ms
            if over <= 0 and not is_past and segments.hour_start_ms(hour.name) >= before_ms:
                break
            gone += self._thin(hour, over, before_ms)
        return gone

    def oldest_ms(self) -> int | None:
        """When the oldest that is here began; None: there is nothing."""
        for hour in self._oldest_first():
            held = _listed(hour.camera, self._folder / str(hour.camera) / hour.name)
            if (first := min((each.start_ms for each in held), default=None)) is not None:
                return first
        return None

    def take_gone(self) -> Gone:
        """What was dropped since it was asked last, for whatever reason."""
        with self._lock:
            gone, self._gone = self._gone, Gone()
        return gone

    def give_back(self, gone: Gone) -> None:
        """It could not be written down yet."""
        with self._lock:
            self._gone = self._gone.more(gone)

    async def drop_until(self, quota_bytes: int) -> int:
        """See `edge.disk.Stills`: the oldest first."""
        return await asyncio.to_thread(self.drop, quota_bytes=quota_bytes, before_ms=0)

    async def drop_bytes(self, size: int) -> int:
        """See `edge.disk.Stills`."""
        return 0 if size <= 0 else await self.drop_until(max(self.size - size, 0))

    def _thin(self, hour: _Hour, over: int, before_ms: int) -> int:
        folder = self._folder / str(hour.camera) / hour.name
        with self._lock:  # nothing is put there meanwhile
            held = list(_listed(hour.camera, folder))
            size = sum(each.size for each in held)
            gone = segments.surplus(held, quota_bytes=max(size - max(over, 0), 0), before_ms=before_ms)
            for each in gone:
                self.path(each).unlink(missing_ok=True)
            self._gone = self._gone.more(Gone(len(gone), max((each.end_ms for each in gone), default=0)))
            self._sizes[hour] = size - sum(each.size for each in gone)
            if len(gone) == len(held):
                del self._sizes[hour]
                _remove_empty(folder, folder.parent)
        return len(gone)

    def _oldest_first(self) -> list[_Hour]:
        with self._lock:
            return sorted(self._sizes)

    def _cameras(self) -> Iterator[tuple[UUID, Path]]:
        for folder in self._folder.iterdir():
            try:
                yield UUID(folder.name), folder
            except ValueError:
                log.warning("video: %s is no camera's folder", folder.name)


def _listed(camera: UUID, folder: Path) -> Iterator[Segment]:
    try:
        entries = list(os.scandir(folder))
    except FileNotFoundError:
        return
    for entry in entries:
        try:
            size = entry.stat().st_size
        except FileNotFoundError:  # it went in between
            continue
        segment = segments.parse(camera, entry.name, size)
        if segment is not None:
            yield segment


def _remove_empty(*folders: Path) -> None:
    for folder in folders:
        try:
            folder.rmdir()
        except OSError:  # something is in it, or it is gone
            return
