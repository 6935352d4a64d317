"""Video at the guard's page: asked for by lane, passage or camera and time, then played with a token that expires."""

import secrets
from functools import partial
from http import HTTPStatus
from uuid import UUID

from starlette.responses import FileResponse, Response

from edge.guardhouse import chronicle, problems
from edge.guardhouse.ground import Asked, Ground
from edge.guardhouse.moments import ms_of, utc
from edge.guardhouse.problems import Trouble
from edge.video import tokens
from edge.video.playlist import playlist
from edge.video.segments import Segment
from edge.video.studio import NoVideoError
from edge.video.tokens import Leave
from protocols.guard_api import ROOT
from protocols.guard_views import Video

BEFORE_MS, AFTER_MS = 10_000, 20_000
LONGEST_MS = 3_600_000
_MEDIA = "application/vnd.apple.mpegurl"


class Videos:
    """Handlers. The key dies with the agent, and with it every token."""

    def __init__(self, ground: Ground) -> None:
        self._ground = ground
        self._key = secrets.token_bytes(32)

    async def live(self, asked: Asked) -> Video:
        """Of a lane's camera; begins to film where nobody does."""
        camera = self._camera(problems.found_id(asked.id))
        await self._playing(camera)
        return self._leave(asked, Leave(camera=camera, expires_ms=self._expires_ms))

    async def of_passage(self, asked: Asked) -> Video:
        """From a while before it to a while after."""
        wanted = problems.found_id(asked.id)
        row = await self._ground.reading.ask(partial(chronicle.one, passage=wanted))
        if row is None:
            raise problems.not_found(asked.id)
        at_ms = ms_of(row.passage.at)
        return await self._kept(asked, self._camera(row.passage.point), at_ms - BEFORE_MS, at_ms + AFTER_MS)

    async def of_camera(self, asked: Asked) -> Video:
        """Of a time. A camera that is no longer there may have its archive still."""
        from_ms, until_ms = ms_of(asked.query.since), ms_of(asked.query.until)
        if not 0 < until_ms - from_ms <= LONGEST_MS:
            raise problems.invalid("until")
        return await self._kept(asked, problems.found_id(asked.id), from_ms, until_ms)

    async def playlist(self, asked: Asked) -> Response:
        """Of a token. Live ones are asked for again and again."""
        leave = self._taken(asked)
        if leave.until_ms is None:
            segments, sequence = await self._playing(leave.camera)
        else:
            segments, sequence = await self._find(leave.camera, leave.from_ms, leave.until_ms), 0
        text = playlist(segments, sequence=sequence, is_live=leave.until_ms is None)
        return Response(text, media_type=_MEDIA)

    async def segment(self, asked: Asked) -> Response:
        """Only what the token's playlist may name."""
        leave, at_ms = self._taken(asked), asked.query.at
        file = await self._ground.studio.segment(leave.camera, at_ms)
        if file is None or not self._is_within(leave, at_ms):
            raise Trouble(HTTPStatus.NOT_FOUND, "no_video")
        return FileResponse(file, media_type="video/mp2t")

    def _is_within(self, leave: Leave, at_ms: int) -> bool:
        if leave.until_ms is None:
            return self._ground.studio.is_live(leave.camera, at_ms)
        return leave.from_ms <= at_ms < leave.until_ms

    async def _kept(self, asked: Asked, camera: UUID, from_ms: int, until_ms: int) -> Video:
        found = await self._find(camera, from_ms, until_ms)
        if not found:
            raise Trouble(HTTPStatus.NOT_FOUND, "no_video")
        begun, over = found[0].start_ms, found[-1].end_ms
        leave = Leave(camera=camera, from_ms=begun, until_ms=over, expires_ms=self._expires_ms)
        return self._leave(asked, leave)

    async def _find(self, camera: UUID, from_ms: int, until_ms: int) -> list[Segment]:
        return await self._ground.studio.find(camera, from_ms, until_ms)

    async def _playing(self, camera: UUID) -> tuple[list[Segment], int]:
        try:
            return await self._ground.studio.live(camera)
        except NoVideoError as error:
            raise Trouble(HTTPStatus.NOT_FOUND, "no_video", str(error)) from error

    def _camera(self, point_id: UUID) -> UUID:
        point = self._ground.gate.site.points.get(point_id)
        if point is None or point.camera is None:
            raise Trouble(HTTPStatus.NOT_FOUND, "no_camera")
        return point.camera

    @property
    def _expires_ms(self) -> int:
        return self._ground.now_ms + tokens.VALID_MS

    def _leave(self, asked: Asked, leave: Leave) -> Video:
        token = tokens.issue(leave, asked.who.token, self._key)
        is_live = leave.until_ms is None
        return Video(
            playlist=f"{ROOT}/video/{token}/playlist.m3u8",
            since=None if is_live else utc(leave.from_ms),
            until=None if leave.until_ms is None else utc(leave.until_ms),
            expires=utc(leave.expires_ms),
        )

    def _taken(self, asked: Asked) -> Leave:
        leave = tokens.take(asked.id, asked.who.token, self._key, self._ground.now_ms)
        if leave is None:
            raise Trouble(HTTPStatus.FORBIDDEN, "video_expired")
        return leave
