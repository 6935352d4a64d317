"""The video of one camera: filmed as long as it is to be, again with a growing delay after each failure."""

import asyncio
import logging
from collections import deque
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from uuid import UUID

from edge.drivers.base import DeviceError, Stream, StreamingCamera
from edge.drivers.presence import Backoff
from edge.video.archive import Archive
from edge.video.command import Programs, arguments, fed, meaning, told
from edge.video.filming import FilmingError, Piece, film
from edge.video.recording import Recording
from edge.video.segments import Anchor, Segment

log = logging.getLogger(__name__)
LATEST_MAX = 6
PLAYED_MAX = 4  # more of the latest: a page may still be fetching what has left the playlist


@dataclass(frozen=True, kw_only=True)
class Source:
    """A camera's stream. `ask`: where it is now; raises DeviceError. `recorded`: it is kept."""

    camera: UUID
    name: str
    ask: Callable[[], Awaitable[Stream]]
    recorded: bool


def sources_of(streaming: Mapping[UUID, StreamingCamera]) -> dict[UUID, Source]:
    """Of the cameras of a plan. One that is the same object is the same source."""
    return {
        camera: Source(camera=camera, name=each.name, ask=each.stream, recorded=each.is_recorded)
        for camera, each in streaming.items()
    }


@dataclass
class State:
    """How the video of a camera fares, for reports. `going` None: nothing is known yet."""

    going: bool | None = None
    runs: int = 0
    segments: int = 0
    detail: str = ""


@dataclass
class Reel:
    """`run` films until cancelled. `latest`: the newest segments, for live playlists; `sequence`: of their first.

    `recording` None: it is only shown. `has_room`: whether the disk takes what is to be kept.
    """

    source: Source
    archive: Archive
    programs: Programs
    random: Callable[[], float]
    now_ms: Callable[[], int]
    stall_s: float
    recording: Recording | None
    has_room: Callable[[], bool] = lambda: True
    latest: deque[Segment] = field(default_factory=deque)
    sequence: int = 0
    state: State = field(default_factory=State)
    arrived: asyncio.Event = field(default_factory=asyncio.Event)

    @property
    def keeps(self) -> bool:
        """What it films is recorded, not only shown."""
        return self.recording is not None

    async def run(self) -> None:
        """Film, for ever; "gone" is told once, and "back" once."""
        backoff = Backoff(self.random, first_s=1.0, cap_s=60.0)
        while True:
            begun = self.state.segments
            try:
                await self._once()
            except (FilmingError, DeviceError, OSError) as error:
                self._gone(str(error), broke_off=self.state.segments > begun)
            if self.state.segments > begun:
                backoff.reset()
            await backoff.wait()

    async def _once(self) -> None:
        self._insist_on_room()
        stream = await self.source.ask()
        folder = await asyncio.to_thread(self.archive.work_folder, self.source.camera)
        anchor = Anchor()
        self.state.runs += 1

        async def taken(piece: Piece) -> None:
            await self._take(piece, anchor)

        try:
            await film(arguments(self.programs), fed(stream), folder, stall_s=self.stall_s, taken=taken)
        except FilmingError as error:
            raise FilmingError(told(str(error), stream)) from None  # the cause has the stream's secrets
        finally:
            await asyncio.to_thread(self.archive.clear, self.source.camera)

    async def _take(self, piece: Piece, anchor: Anchor) -> None:
        start_ms, duration_ms = anchor.place(piece.start_s, piece.end_s, self.now_ms())
        size = await asyncio.to_thread(lambda: piece.file.stat().st_size)
        if duration_ms <= 0 or size == 0:
            return
        self._insist_on_room()
        segment = Segment(self.source.camera, start_ms, duration_ms, size)
        await asyncio.to_thread(self.archive.keep, segment, piece.file)
        if not self.latest:
            self.sequence = (
                start_ms // 1000
            )  # no segment is shorter than a second: after a restart it is ahead
        self.latest.append(segment)
        while len(self.latest) > LATEST_MAX + PLAYED_MAX:
            left = self.latest.popleft()
            self.sequence += 1
            if not self.keeps:
                await asyncio.to_thread(self.archive.remove, left)
        self.state.segments += 1
        self.arrived.set()
        self._back()

    def _insist_on_room(self) -> None:
        if self.keeps and not self.has_room():
            raise FilmingError("the disk has no room for video")

    async def forget(self) -> None:
        """Nobody watches any more: what was not to be kept goes."""
        if not self.keeps:
            await asyncio.to_thread(self.archive.wipe, self.source.camera)
        self.latest.clear()

    def playing(self) -> tuple[list[Segment], int]:
        """What a live playlist names, and the number of its first."""
        segments = list(self.latest)[-LATEST_MAX:]
        return segments, self.sequence + len(self.latest) - len(segments)

    def _gone(self, detail: str, *, broke_off: bool) -> None:
        self.state.detail = detail[-500:]
        if self.recording is not None:
            self.recording.failed(_now_s(), meaning(self.state.detail), broke_off=broke_off)
        if self.state.going is not False:
            self.state.going = False
            log.warning("video of %s does not come: %s", self.source.name, self.state.detail)

    def _back(self) -> None:
        if self.recording is not None:
            self.recording.kept(_now_s())
        if self.state.going is not True:
            self.state.going, self.state.detail = True, ""
            log.info("video of %s comes", self.source.name)


def _now_s() -> float:
    return asyncio.get_running_loop().time()
