"""Segments of video: their names, which of them show a moment, which go first. Pure."""

import re
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import NamedTuple
from uuid import UUID

DRIFT_MS = 2000
_NAME = re.compile(r"(\d{13})-(\d{1,7})\.ts")


class Segment(NamedTuple):
    """A piece of a camera's video. `start_ms`: Unix time by the box's clock; `size`: bytes."""

    camera: UUID
    start_ms: int
    duration_ms: int
    size: int

    @property
    def end_ms(self) -> int:
        """When the next one begins, if there is one."""
        return self.start_ms + self.duration_ms

    @property
    def path(self) -> str:
        """Within the archive: camera, day and hour (UTC), the moment and the length."""
        at = datetime.fromtimestamp(self.start_ms / 1000, UTC)
        return f"{self.camera}/{at:%Y%m%d/%H}/{self.start_ms:013d}-{self.duration_ms}.ts"


def parse(camera: UUID, name: str, size: int) -> Segment | None:
    """A segment by its file's name; None: the file is none."""
    found = _NAME.fullmatch(name)
    return Segment(camera, int(found[1]), int(found[2]), size) if found else None


def hours(from_ms: int, until_ms: int) -> list[str]:
    """The folders, below a camera's, in which segments of that time may lie: one that began before counts, too."""
    first, last = from_ms // 3_600_000 - 1, until_ms // 3_600_000
    moments = (datetime.fromtimestamp(hour * 3600, UTC) for hour in range(first, last + 1))
    return [f"{moment:%Y%m%d/%H}" for moment in moments]


def hour_start_ms(name: str) -> int:
    """Of a folder's name, Unix time."""
    return int(datetime.strptime(name, "%Y%m%d/%H").replace(tzinfo=UTC).timestamp()) * 1000


def hour_end_ms(name: str) -> int:
    """Likewise."""
    return hour_start_ms(name) + 3_600_000


def covering(segments: Iterable[Segment], from_ms: int, until_ms: int) -> list[Segment]:
    """Those that show some of the time, in its order. Of two that begin together (the clock was set) one is enough."""
    found = {each.start_ms: each for each in segments if each.end_ms > from_ms and each.start_ms < until_ms}
    return [found[start] for start in sorted(found)]


def surplus(segments: Iterable[Segment], *, quota_bytes: int, before_ms: int) -> list[Segment]:
    """What has to go: what ended before that time, then the oldest of all cameras until the rest keeps the quota."""
    total, is_full = 0, False
    gone: list[Segment] = []
    for each in sorted(segments, key=lambda segment: segment.start_ms, reverse=True):
        is_full = is_full or total + each.size > quota_bytes
        if is_full or each.end_ms <= before_ms:
            gone.append(each)
        else:
            total += each.size
    return gone[::-1]


class Anchor:
    """When a run of ffmpeg began, by the box's clock: its segments follow each other without a gap.

    ffmpeg counts from the run's first picture. Segments are dated by the first one's arrival, so that the jitter of
    each does not show, and anew when the clock was set or the camera's own clock has run away.
    """

    def __init__(self) -> None:
        self._begun_ms: int | None = None

    def place(self, start_s: float, end_s: float, now_ms: int) -> tuple[int, int]:
        """Start and duration, ms, of a segment that is whole now."""
        begun_ms = now_ms - round(end_s * 1000)
        if self._begun_ms is None or abs(begun_ms - self._begun_ms) > DRIFT_MS:
            self._begun_ms = begun_ms
        return self._begun_ms + round(start_s * 1000), round((end_s - start_s) * 1000)
