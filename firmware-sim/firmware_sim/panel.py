"""An intercom panel that speaks the generic HTTP shape: rings, opens its doors, remembers whom it lets in and faces."""

import asyncio
import hashlib
import json
import secrets
import urllib.error
import urllib.request
from enum import StrEnum
from typing import Any

from starlette.applications import Starlette
from starlette.background import BackgroundTask
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from firmware_sim import anpr, picture
from firmware_sim.journal import Journal
from firmware_sim.serving import Served

PUSH_TIMEOUT_S = 5.0


class Fault(StrEnum):
    """What goes wrong when it is asked. `FORGETS`: it says that it did, and did not."""

    NONE = "none"
    SILENT = "silent"
    GARBAGE = "garbage"
    REFUSE = "refuse"
    BROKEN = "broken"
    FORGETS = "forgets"
    FACELESS = "faceless"  # it finds no face in any picture


class PushError(Exception):
    """The box did not take the push."""


class Panel:
    """`grants`: what it holds, as (kind, value). `opened`: how often each door was. `hung_up`: calls it had to end.

    `faces`: the pictures it knows people by, under the names that it was given.
    """

    def __init__(
        self,
        name: str,
        *,
        journal: Journal,
        push_url: str = "",
        port: int = 0,
        doors: int = 1,
        refuses_calls: bool = True,
        knows_faces: bool = True,
        user: str = "",
        password: str = "",
    ) -> None:
        self.name = name
        self.push_url = push_url
        self.fault = Fault.NONE
        self.grants: set[tuple[str, str]] = set()
        self.faces: dict[str, bytes] = {}
        self.opened = [0] * doors
        self.hung_up: list[str] = []
        self._journal = journal
        self._user, self._password = user, password
        self._nonce = secrets.token_hex(8)
        self._calls = 0
        routes = [
            Route("/api/", self._asked_state),
            Route("/api/doors/{door:int}/open", self._asked_open, methods=["POST"]),
            Route("/api/grants", self._asked_grants),
            Route("/api/grants", self._asked_change, methods=["POST"]),
        ]
        if knows_faces:
            routes.append(Route("/api/faces", self._asked_faces))
            routes.append(Route("/api/faces/{face}", self._asked_face, methods=["PUT", "DELETE"]))
        if refuses_calls:
            routes.append(Route("/api/calls/end", self._asked_end, methods=["POST"]))
        self.served = Served(f"panel {name}", Starlette(routes=routes), port)

    @property
    def url(self) -> str:
        """Where the box asks it."""
        return f"http://127.0.0.1:{self.served.port}/api"

    async def ring(self, number: str, *, with_picture: bool = True) -> str:
        """Somebody dials. Returns the call's name. Raises PushError."""
        self._calls += 1
        call = f"{self.name}-{self._calls}"
        event = {"event": "ring", "call": call, "number": number}
        self._journal.write("ring", panel=self.name, number=number, call=call)
        push = anpr.Push("application/json", json.dumps(event).encode())
        if with_picture:
            still = await asyncio.to_thread(picture.take, camera=self.name, plate="", caption=call)
            parts = (
                ("event", "", "application/json", push.body),
                ("still", "still.jpg", "image/jpeg", still),
            )
            push = anpr.form(*parts)
        await asyncio.to_thread(self._push, push)
        return call

    async def tell(self, **event: Any) -> None:
        """Any event. Raises PushError."""
        await asyncio.to_thread(self._push, anpr.Push("application/json", json.dumps(event).encode()))

    async def recognise(self, face: str, confidence: float = 0.97) -> None:
        """Somebody whom it knows by this name stands in front of it. Raises PushError."""
        await self.tell(event="face", face=face, confidence=confidence)

    async def _asked_state(self, request: Request) -> Response:
        return await self._fail(request) or JSONResponse({"doors": len(self.opened)})

    async def _asked_open(self, request: Request) -> Response:
        door = request.path_params["door"]
        if failed := await self._fail(request):
            return failed
        if door >= len(self.opened):
            return Response(status_code=404)
        self.opened[door] += 1
        self._journal.write("door", device=self.name, door=str(door))
        return Response(status_code=204)

    async def _asked_end(self, request: Request) -> Response:
        """It hangs up, answers, and tells that the call is over as it tells all else."""
        if failed := await self._fail(request):
            return failed
        call = json.loads(await request.body())["call"]
        self.hung_up.append(call)
        self._journal.write("hung_up", panel=self.name, call=call)
        push = anpr.Push("application/json", json.dumps({"event": "ended", "call": call}).encode())
        return Response(status_code=204, background=BackgroundTask(asyncio.to_thread, self._push, push))

    async def _asked_grants(self, request: Request) -> Response:
        told = [{"kind": kind, "value": value} for kind, value in sorted(self.grants)]
        return await self._fail(request) or JSONResponse(told)

    async def _asked_change(self, request: Request) -> Response:
        if failed := await self._fail(request):
            return failed
        change = json.loads(await request.body())
        if self.fault is not Fault.FORGETS:
            self.grants -= {(each["kind"], each["value"]) for each in change["remove"]}
            self.grants |= {(each["kind"], each["value"]) for each in change["add"]}
        self._journal.write("grants", panel=self.name, held=len(self.grants))
        return Response(status_code=204)

    async def _asked_faces(self, request: Request) -> Response:
        told = [
            {"id": face, "sha256": hashlib.sha256(data).hexdigest()}
            for face, data in sorted(self.faces.items())
        ]
        return await self._fail(request) or JSONResponse(told)

    async def _asked_face(self, request: Request) -> Response:
        if failed := await self._fail(request):
            return failed
        face, data = request.path_params["face"], await request.body()
        if self.fault is Fault.FORGETS:
            return Response(status_code=204)
        if request.method == "DELETE":
            return Response(status_code=404 if self.faces.pop(face, None) is None else 204)
        if self.fault is Fault.FACELESS or not data.startswith(b"\xff\xd8"):
            return JSONResponse({"title": "no face in this picture"}, status_code=422)
        self.faces[face] = data
        self._journal.write("faces", panel=self.name, held=len(self.faces))
        return Response(status_code=204)

    async def _fail(self, request: Request) -> Response | None:
        if self.fault is Fault.SILENT:
            await asyncio.sleep(60)
        answers = {
            Fault.GARBAGE: (200, b"\x00\xff<html>"),
            Fault.REFUSE: (403, b""),
            Fault.BROKEN: (500, b""),
        }
        if self.fault in answers:
            status, body = answers[self.fault]
            return Response(body, status)
        if self._user and not self._knows(request):
            challenge = f'Digest realm="panel", nonce="{self._nonce}", qop="auth", algorithm=MD5'
            return Response(status_code=401, headers={"WWW-Authenticate": challenge})
        return None

    def _knows(self, request: Request) -> bool:
        header = request.headers.get("authorization", "").removeprefix("Digest ")
        told = {
            key.strip(): value.strip('"')
            for key, value in (part.split("=", 1) for part in header.split(",") if "=" in part)
        }
        one = _md5(f"{self._user}:panel:{self._password}")
        two = _md5(f"{request.method}:{request.url.path}")
        wanted = _md5(f"{one}:{self._nonce}:{told.get('nc')}:{told.get('cnonce')}:auth:{two}")
        return told.get("response") == wanted

    def _push(self, push: anpr.Push) -> None:
        if not self.push_url:
            raise PushError(f"panel {self.name}: no push_url is set")
        request = urllib.request.Request(  # noqa: S310 - the URL is of the site's own configuration
            self.push_url, data=push.body, headers={"Content-Type": push.content_type}
        )
        try:
            with urllib.request.urlopen(request, timeout=PUSH_TIMEOUT_S):  # noqa: S310 - as above
                return
        except urllib.error.HTTPError as error:
            with error:
                said = error.read(300)
            raise PushError(f"panel {self.name}: the box answered {error.code}: {said!r}") from error
        except OSError as error:
            raise PushError(f"panel {self.name}: {error}") from error


def _md5(text: str) -> str:
    return hashlib.md5(text.encode(), usedforsecurity=False).hexdigest()
