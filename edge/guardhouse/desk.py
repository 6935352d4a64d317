"""What is asked of the workplace as a whole: who am I, what is at the lanes, what of this pass, show me."""

import asyncio
import re
from functools import partial
from http import HTTPStatus

import msgspec
from starlette.responses import FileResponse, Response, StreamingResponse

from edge.drivers.base import DeviceError
from edge.guardhouse import acts, chronicle, problems, visits
from edge.guardhouse.catalogue import Catalogue
from edge.guardhouse.ground import Asked, Ground, Session
from edge.guardhouse.past import Past
from edge.guardhouse.problems import Trouble
from edge.guardhouse.shifts import Shifts
from edge.guardhouse.sign_in import SESSION_MS, SignIns
from edge.guardhouse.views import Views
from protocols.guard_api import ROOT
from protocols.guard_views import (
    Board,
    Guard,
    Me,
    PassageCard,
    PassagePage,
    PassCard,
    PassPage,
    SignInBy,
    Site,
)

CAMERA_WITHIN_S = 5.0
PASSAGES_OF_PASS = 20
STREAMS_MAX = 40
_HASH = re.compile(r"[0-9a-f]{64}")


class Desk:
    """Handlers of the contract's operations, by name."""

    def __init__(
        self,
        ground: Ground,
        *,
        sign_ins: SignIns,
        shifts: Shifts,
        catalogue: Catalogue,
        views: Views,
    ) -> None:
        self._ground = ground
        self._sign_ins = sign_ins
        self._shifts = shifts
        self._catalogue = catalogue
        self._views = views
        self._past = Past(ground, catalogue, views)

    async def me(self, asked: Asked) -> Me:
        """Who is signed in."""
        shown = asked.request.cookies.get(self._ground.cookie)
        ended = self._sign_ins.why_ended(shown) if shown and asked.session is None else None
        return msgspec.structs.replace(await self._me(asked.session), ended=ended)

    async def sign_in(self, asked: Asked) -> Response:
        """By PIN."""
        return await self._signed_in(asked, await self._sign_ins.by_pin(asked))

    async def sign_in_by_card(self, asked: Asked) -> Response:
        """By a guard's card."""
        return await self._signed_in(asked, await self._sign_ins.by_card(asked))

    async def join_post(self, _asked: Asked) -> Me:
        """This page is a post already."""
        raise problems.conflict("is_post")

    async def sign_out(self, asked: Asked) -> Response:
        """The shift goes on: a guard may look in elsewhere."""
        await self._sign_ins.end(asked.who)
        response = Response(status_code=HTTPStatus.NO_CONTENT)
        response.delete_cookie(
            self._ground.cookie,
            path=ROOT,
            secure=asked.request.url.scheme == "https",
            httponly=True,
            samesite="strict",
        )
        return response

    async def board(self, _asked: Asked) -> Board:
        """The first screen."""
        return await self._views.board(await self._ground.reading.ask(visits.count_inside))

    async def live(self, asked: Asked) -> Response:
        """Server-sent events."""
        hub = self._ground.hub
        if hub.pages >= STREAMS_MAX:
            raise Trouble(HTTPStatus.TOO_MANY_REQUESTS, "too_many", retry_after_s=10)
        last = asked.request.headers.get("last-event-id", "")
        after = int(last) if last.isascii() and last.isdecimal() and len(last) < 20 else None
        token = asked.who.token
        stream = hub.stream(after, lambda: self._sign_ins.goes_on(token))
        headers = {"X-Accel-Buffering": "no", "Cache-Control": "no-store"}
        return StreamingResponse(stream, headers=headers, media_type="text/event-stream")

    async def live_still(self, asked: Asked) -> Response:
        """A fresh picture of a lane's camera."""
        site = self._ground.gate.site
        point = site.points.get(problems.found_id(asked.id))
        camera = site.cameras.get(point.camera) if point is not None and point.camera else None
        if camera is None:
            raise Trouble(HTTPStatus.NOT_FOUND, "no_camera")
        try:
            async with asyncio.timeout(CAMERA_WITHIN_S):
                still = await camera.still()
        except (DeviceError, TimeoutError) as error:
            raise Trouble(HTTPStatus.BAD_GATEWAY, "device", str(error)) from error
        return Response(still.data, media_type=still.media_type)

    async def passages(self, asked: Asked) -> PassagePage:
        """Decisions, the newest first."""
        return await self._past.page(asked.query, asked.request.is_disconnected)

    async def passage(self, asked: Asked) -> PassageCard:
        """A passage, and what was noted of it."""
        found = await self._views.whole(problems.found_id(asked.id))
        if found is None:
            raise problems.not_found(asked.id)
        return found

    async def picture(self, asked: Asked) -> Response:
        """A picture by its hash, while it is here."""
        path = self._ground.pictures.path(asked.id)
        if not _HASH.fullmatch(asked.id) or not path.is_file():
            raise problems.not_found()
        headers = {"Cache-Control": "private, max-age=86400, immutable"}
        return FileResponse(path, headers=headers, media_type="image/jpeg")

    async def passes(self, asked: Asked) -> PassPage:
        """Found by words and filter."""
        return await self._catalogue.find(asked.query)

    async def pass_card(self, asked: Asked) -> PassCard:
        """A pass, its last passages, what was noted of it."""
        wanted = problems.found_id(asked.id)
        row = await self._catalogue.row(wanted)
        if row is None:
            raise problems.not_found(asked.id)
        reading = self._ground.reading
        found = await reading.ask(partial(chronicle.of_pass, pass_id=wanted, limit=PASSAGES_OF_PASS))
        subjects = [wanted, *(each.passage.id for each in found.rows)]
        notes = await reading.ask(partial(acts.about, subjects=subjects))
        passages = await self._views.passages(found.rows)
        return PassCard(row=row, passages=passages, notes=notes, unreadable=found.unreadable)

    async def authority(self, _asked: Asked) -> Response:
        """The cloud's CA, for browsers to trust."""
        headers = {"Content-Disposition": 'attachment; filename="domovoy-ca.crt"'}
        return Response(self._ground.authority, headers=headers, media_type="application/x-x509-ca-cert")

    async def _signed_in(self, asked: Asked, token: str) -> Response:
        me = await self._me(self._sign_ins.of(token))
        response = Response(msgspec.json.encode(me), media_type="application/json")
        response.set_cookie(
            self._ground.cookie,
            token,
            max_age=SESSION_MS // 1000,
            path=ROOT,
            secure=asked.request.url.scheme == "https",
            httponly=True,
            samesite="strict",
        )
        return response

    async def _me(self, session: Session | None) -> Me:
        plan = self._ground.running.plan
        configuration = plan.configuration if plan else None
        turn = self._shifts.of(session.guard.id) if session else None
        guards = sorted(self._sign_ins.guards().values(), key=lambda guard: guard.name)
        return Me(
            by=SignInBy.PIN,
            guard=session.guard if session else None,
            site=None
            if configuration is None
            else Site(id=configuration.site, name=configuration.site_name, time_zone=configuration.time_zone),
            shift=self._shifts.view(turn) if turn else None,
            guards=[Guard(id=guard.id, name=guard.name) for guard in guards if guard.pin_hash],
            handed_over=await self._shifts.handed_over() if session else None,
        )
