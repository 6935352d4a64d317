"""All video of the box: who records, who is shown live, what is kept and for how long."""

import asyncio
import logging
import math
import shutil
from collections.abc import Callable, Iterable, Mapping
from functools import partial
from pathlib import Path
from uuid import UUID

from edge.clock import Clock
from edge.drivers.base import StreamingCamera
from edge.settings import VideoSettings
from edge.supervisor import Supervisor
from edge.video.archive import Archive
from edge.video.command import Programs
from edge.video.recording import LATE_STALLS, Recording, Trouble, is_squeezed
from edge.video.reel import Reel, Source, sources_of
from edge.video.segments import Segment
from protocols.privacy import KeptKind
from protocols.records import DeviceAlarm

log = logging.getLogger(__name__)
LIVE_IDLE_S = 30.0
LOOK_S = 5.0
FIRST_WITHIN_S = 12.0  # a page waits 15 s for an answer
LIVE_MAX = 4
DAY_MS = 86_400_000
MEGABYTE = 1024 * 1024
TellAlarm = Callable[[UUID, DeviceAlarm, bool, str], None]


class NoVideoError(Exception):
    """There is none to show; the text says why."""


class Studio:
    """`programs` None: no video, and `why_off` says why. What is to be recorded and is not is told by `alarm`."""

    programs: Programs | None

    def __init__(
        self,
        folder: Path,
        settings: VideoSettings,
        supervisor: Supervisor,
        clock: Clock,
        random: Callable[[], float],
        *,
        alarm: TellAlarm,
        has_room: Callable[[], bool],
    ) -> None:
        self.archive = Archive(folder / "kept")
        self._shown = Archive(folder / "shown")
        self._folder = folder
        self.programs = find_programs()
        self.why_off = "" if self.programs else "there is no ffmpeg here"
        self._settings = settings
        self._supervisor = supervisor
        self._random = random
        self._clock = clock
        self._alarm = alarm
        self._has_room = has_room
        self._is_squeezed = False
        self._cameras: frozenset[UUID] = frozenset()
        self._sources: Mapping[UUID, Source] = {}
        self._recording: dict[UUID, Reel] = {}
        self._live: dict[UUID, Reel] = {}
        self._wanted: dict[UUID, float] = {}

    async def open(self) -> None:
        """Before anything else; what cannot be counted is nobody else's trouble."""
        try:
            await asyncio.to_thread(self._open)
        except OSError as error:
            log.warning("video: the archive cannot be read: %s", error)
            self.programs, self.why_off = None, f"the archive cannot be read: {error}"

    def _open(self) -> None:
        shutil.rmtree(self._folder / "shown", ignore_errors=True)
        self._folder.mkdir(mode=0o700, exist_ok=True)
        self.archive.open()
        self._shown.open()

    async def run(self, rules: Callable[[], Mapping[str, int]]) -> None:
        """Keep order until cancelled: no video outlives the company's rule for pictures, in days."""
        while True:
            await self.end_idle()
            await self.tidy(self.days(rules()))
            self.tell()
            await asyncio.sleep(LOOK_S)

    async def change(self, streaming: Mapping[UUID, StreamingCamera], cameras: Iterable[UUID]) -> None:
        """Another configuration. Cameras that are as they were go on being filmed; `cameras`: all that there are."""
        sources = sources_of(streaming)
        ending = [camera for camera, source in self._sources.items() if sources.get(camera) != source]
        for camera in ending:
            await self._end(camera)
        self._sources, self._cameras = sources, frozenset(cameras)
        recorded = [source for source in sources.values() if source.recorded]
        if recorded and self.programs is None:
            log.warning("video is off: %s; %s cameras were to be recorded", self.why_off, len(recorded))
            return
        for source in recorded:
            if source.camera not in self._recording:
                reel = self._recording[source.camera] = self._reel(source, keeps=True)
                self._supervisor.start(f"video {source.camera}", reel.run)

    def tell(self) -> None:
        """Of every camera whether it is recorded as it should be: again and again, so that one word may be lost."""
        for camera in self._cameras:
            if (trouble := self._trouble(camera)) is not None:
                self._alarm(camera, DeviceAlarm.CAMERA_RECORDING, trouble.is_lost, trouble.detail)

    def _trouble(self, camera: UUID) -> Trouble | None:
        source, reel = self._sources.get(camera), self._recording.get(camera)
        if source is None or not source.recorded:
            return Trouble(False, "it is not to be recorded")
        if self.programs is None:
            return Trouble(True, self.why_off)
        trouble = None if reel is None or reel.recording is None else reel.recording.trouble(_now_s())
        is_squeezed = trouble is not None and not trouble.is_lost and self._is_squeezed
        return (
            Trouble(True, "the quota is too small: what is kept goes within minutes")
            if is_squeezed
            else trouble
        )

    async def live(self, camera: UUID) -> tuple[list[Segment], int]:
        """The newest segments and the number of the first; asked for again and again. Raises NoVideoError."""
        reel = self._recording.get(camera) or self._live.get(camera) or self._begin_live(camera)
        now = _now_s()
        self._wanted[camera] = now if reel.arrived.is_set() else now + FIRST_WITHIN_S
        try:
            async with asyncio.timeout(FIRST_WITHIN_S):
                await reel.arrived.wait()
        except TimeoutError as error:
            raise NoVideoError(reel.state.detail or "nothing came from the camera") from error
        return reel.playing()

    async def find(self, camera: UUID, from_ms: int, until_ms: int) -> list[Segment]:
        """What of the archive shows that time."""
        return await asyncio.to_thread(self.archive.find, camera, from_ms, until_ms)

    def is_live(self, camera: UUID, start_ms: int) -> bool:
        """Whether a segment is among the newest, which live playlists name."""
        reel = self._recording.get(camera) or self._live.get(camera)
        return reel is not None and any(each.start_ms == start_ms for each in reel.latest)

    async def segment(self, camera: UUID, start_ms: int) -> Path | None:
        """The file of a segment, kept or shown live."""
        return await asyncio.to_thread(self._segment, camera, start_ms)

    def _segment(self, camera: UUID, start_ms: int) -> Path | None:
        for archive in (self.archive, self._shown):
            for each in archive.find(camera, start_ms, start_ms + 1):
                if each.start_ms == start_ms:
                    return archive.path(each)
        return None

    def has(self, camera: UUID, at_ms: int) -> bool:
        """Whether there may be something of that moment."""
        return self.archive.has(camera, at_ms)

    def shows(self, camera: UUID) -> bool:
        """Whether it can be shown live."""
        return self.programs is not None and camera in self._sources

    def days(self, rules: Mapping[str, int]) -> float:
        """How long video stays, unless the quota is full before. `rules`: the company's."""
        return min(self._settings.days, rules.get(KeptKind.STILLS, math.inf))

    async def tidy(self, days: float) -> int:
        """Keep the quota and the days. How many segments went for their age or the quota."""
        quota, now_ms = self._settings.quota_mb * MEGABYTE, self._clock.now().unix_ms
        before_ms = now_ms - int(days * DAY_MS)
        gone = await asyncio.to_thread(partial(self.archive.drop, quota_bytes=quota, before_ms=before_ms))
        oldest_ms = await asyncio.to_thread(self.archive.oldest_ms)
        self._is_squeezed = is_squeezed(
            room_bytes=quota - self.archive.size,
            segment_bytes=max(
                (reel.latest[-1].size for reel in self._recording.values() if reel.latest), default=0
            ),
            oldest_ms=oldest_ms,
            now_ms=now_ms,
        )
        return gone

    async def end_idle(self) -> None:
        """Whom nobody watches any more is filmed no more."""
        now = _now_s()
        for camera in [each for each in self._live if now - self._wanted[each] > LIVE_IDLE_S]:
            await self._end(camera)

    def report(self) -> dict[str, object]:
        """For /health."""
        reels = self._recording | self._live
        return {
            "ffmpeg": self.programs is not None,
            "archive_mb": self.archive.size // MEGABYTE,
            "cameras": {
                str(camera): {
                    "going": reel.state.going,
                    "recorded": reel.keeps,
                    "runs": reel.state.runs,
                    "segments": reel.state.segments,
                    "detail": reel.state.detail,
                }
                for camera, reel in reels.items()
            },
        }

    def _begin_live(self, camera: UUID) -> Reel:
        source = self._sources.get(camera)
        if source is None:
            raise NoVideoError("the camera has no stream")
        if self.programs is None:
            raise NoVideoError(self.why_off)
        if len(self._live) >= LIVE_MAX:
            raise NoVideoError(f"{LIVE_MAX} cameras are shown already")
        reel = self._live[camera] = self._reel(source, keeps=False)
        self._supervisor.start(f"video {camera}", reel.run)
        return reel

    async def _end(self, camera: UUID) -> None:
        """It stands in its place until it has ended: two would write into the same folder."""
        reel = self._recording.get(camera) or self._live.get(camera)
        if reel is not None:
            await self._supervisor.stop(f"video {camera}")
            await reel.forget()
            self._recording.pop(camera, None)
            self._live.pop(camera, None)

    def _reel(self, source: Source, *, keeps: bool) -> Reel:
        assert self.programs is not None  # noqa: S101  # asked before
        return Reel(
            source=source,
            archive=self.archive if keeps else self._shown,
            programs=self.programs,
            random=self._random,
            now_ms=lambda: self._clock.now().unix_ms,
            stall_s=self._settings.stall_s,
            recording=self._judged() if keeps else None,
            has_room=self._has_room,
        )

    def _judged(self) -> Recording:
        return Recording(begun_s=_now_s(), late_s=LATE_STALLS * self._settings.stall_s)


def find_programs() -> Programs | None:
    """None: no ffmpeg."""
    ffmpeg = shutil.which("ffmpeg")
    return Programs(ffmpeg, shutil.which("setpriv") or "") if ffmpeg else None


def _now_s() -> float:
    return asyncio.get_running_loop().time()
