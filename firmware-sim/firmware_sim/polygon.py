"""The polygon: several sites in one process, and a page that draws them, live, and moves their devices."""

import asyncio
import json
import urllib.error
import urllib.request
from collections.abc import AsyncIterator, Mapping
from pathlib import Path
from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import FileResponse, JSONResponse, Response, StreamingResponse
from starlette.routing import Mount, Route
from starlette.types import ASGIApp, Receive, Scope, Send

from firmware_sim import config, control
from firmware_sim.config import ConfigError, Name, Port
from firmware_sim.site import Site

PAGE = Path(__file__).parent / "page"
FILES = {"/": "polygon.html", "/polygon.js": "polygon.js", "/polygon.css": "polygon.css"}
LOOK_S = 0.1  # how often what is drawn is looked at
SILENCE_S = 10.0  # something is said at least this often
NEWEST = 12  # entries of a site's log on the page
TOLD = frozenset({"arm", "hand", "card", "keys", "scan", "plate", "ring", "door", "car"})
UPLINK_TIMEOUT_S = 5.0
_HEADERS = {
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; "
    "img-src 'self' data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    "Cache-Control": "no-cache",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
}


class _Strict(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    pass


class PlaceConfig(_Strict, frozen=True, kw_only=True):
    """What is drawn together: a lane with its barrier (`kind` lane), or a door. The rest: names of its devices."""

    kind: Literal["lane", "door"]
    name: str
    barrier: Name
    direction: Literal["in", "out"] = "in"
    lane: Name | None = None
    reader: Name | None = None
    scanner: Name | None = None
    camera: Name | None = None
    panel: Name | None = None


class FireConfig(_Strict, frozen=True, kw_only=True):
    """The input at which the fire alarm hangs."""

    line: Name
    unit: int
    input: Annotated[int, Meta(ge=0, le=6)]


class StageConfig(_Strict, frozen=True, kw_only=True):
    """A site on the page. `config`: of its devices, relative to the polygon's own file."""

    key: Name
    name: str
    config: str
    places: list[PlaceConfig]
    fire: FireConfig | None = None


class PlateConfig(_Strict, frozen=True, kw_only=True):
    """A car to choose."""

    plate: str
    note: str = ""


class CardConfig(_Strict, frozen=True, kw_only=True):
    """A 26-bit card to choose; `text` is printed on it."""

    text: str
    facility: int
    number: int
    note: str = ""


class LinkConfig(_Strict, frozen=True, kw_only=True):
    """A page of the house to open beside."""

    name: dict[Literal["ru", "en"], str]
    url: str


class PolygonConfig(_Strict, frozen=True, kw_only=True):
    """`uplink_url`: who cuts the boxes' link to the cloud (GET, PUT of `{"cut": …}`); none: it cannot be cut here."""

    port: Port = 0
    uplink_url: str = ""
    sites: Annotated[list[StageConfig], Meta(min_length=1)]
    plates: list[PlateConfig] = []
    cards: list[CardConfig] = []
    links: list[LinkConfig] = []


def load(path: Path) -> PolygonConfig:
    """Raises ConfigError."""
    loaded = config.read(path, PolygonConfig)
    keys = [stage.key for stage in loaded.sites]
    if repeated := {key for key in keys if keys.count(key) > 1}:
        raise ConfigError(f"{path}: sites: {min(repeated)} stands more than once")
    return loaded


def check(stage: StageConfig, site: Site) -> None:
    """Whether all that is drawn is there. Raises ConfigError."""
    known: Mapping[str, Mapping[str, Any]] = {
        "barrier": site.barriers,
        "lane": site.lanes,
        "reader": site.readers,
        "scanner": site.scanners,
        "camera": site.cameras,
        "panel": site.panels,
    }
    for place in stage.places:
        for kind, devices in known.items():
            name = getattr(place, kind)
            if name is not None and name not in devices:
                raise ConfigError(f"site {stage.key}: place {place.name}: there is no {kind} {name}")
    if stage.fire is not None and (stage.fire.line, stage.fire.unit) not in site.relays:
        raise ConfigError(f"site {stage.key}: fire: there is no relay module {stage.fire.unit}")


class Polygon:
    """The handlers of the page."""

    def __init__(self, wanted: PolygonConfig, sites: Mapping[str, Site]) -> None:
        self._wanted = wanted
        self._sites = sites

    async def page(self, request: Request) -> Response:
        """The page, its script or its style."""
        return FileResponse(PAGE / FILES[request.url.path], headers=_HEADERS)

    async def scene(self, _request: Request) -> Response:
        """What is drawn and what can be chosen."""
        told = msgspec.to_builtins(self._wanted)
        told["can_cut"] = bool(told.pop("uplink_url"))
        for stage in told["sites"]:
            stage["lines"] = sorted(self._sites[stage["key"]].lines)
            del stage["config"]
        return JSONResponse(told, headers={"Cache-Control": "no-store"})

    async def live(self, _request: Request) -> Response:
        """How everything stands, now and at every change (server-sent events)."""
        headers = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
        return StreamingResponse(self._told(), media_type="text/event-stream", headers=headers)

    async def uplink(self, request: Request) -> Response:
        """Whether the link between boxes and cloud is cut; a PUT cuts or mends it."""
        if not self._wanted.uplink_url:
            return JSONResponse({"error": "nobody here can cut the link"}, status_code=404)
        body = await request.body() if request.method == "PUT" else None
        try:
            return Response(await asyncio.to_thread(self._ask, body), media_type="application/json")
        except urllib.error.HTTPError as error:
            with error:
                return JSONResponse({"error": error.reason}, status_code=422)
        except OSError as error:
            return JSONResponse({"error": str(error)}, status_code=502)

    def _ask(self, body: bytes | None) -> bytes:
        request = urllib.request.Request(  # noqa: S310 - the URL is of the polygon's own configuration
            self._wanted.uplink_url, data=body, method="GET" if body is None else "PUT"
        )
        with urllib.request.urlopen(request, timeout=UPLINK_TIMEOUT_S) as answer:  # noqa: S310 - as above
            return bytes(answer.read())

    async def _told(self) -> AsyncIterator[str]:
        said, said_at = "", 0.0
        clock = asyncio.get_running_loop()
        while True:
            now = json.dumps({key: _look(site) for key, site in self._sites.items()}, ensure_ascii=False)
            if now != said:
                yield f"data: {now}\n\n"
            elif clock.time() - said_at >= SILENCE_S:
                yield ": still here\n\n"
            else:
                await asyncio.sleep(LOOK_S)
                continue
            said, said_at = now, clock.time()
            await asyncio.sleep(LOOK_S)


def _look(site: Site) -> dict[str, Any]:
    """What the page draws of a site: no counters, they always move."""
    seen = site.overview()
    del seen["meters"], seen["ports"]
    return seen | {"log": site.journal.newest(NEWEST, TOLD)}


def application(wanted: PolygonConfig, sites: Mapping[str, Site]) -> ASGIApp:
    """The ASGI app: the page, and below `/sites/<key>` each site's control API."""
    polygon = Polygon(wanted, sites)
    app = Starlette(
        routes=[
            *(Route(path, polygon.page) for path in FILES),
            Route("/scene", polygon.scene),
            Route("/live", polygon.live),
            Route("/uplink", polygon.uplink, methods=["GET", "PUT"]),
            *(Mount(f"/sites/{key}", control.application(site)) for key, site in sites.items()),
        ]
    )
    return _OwnPagesOnly(app)


class _OwnPagesOnly:
    """Another site's page that a browser shows has no hand at the devices."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            headers = {name.decode(): value.decode("latin-1") for name, value in scope["headers"]}
            host, origin = headers.get("host", ""), headers.get("origin")
            is_ours = host.rpartition(":")[0] in ("127.0.0.1", "localhost")
            if not is_ours or origin not in (None, f"http://{host}"):
                await Response("not from here", status_code=403)(scope, receive, send)
                return
        await self._app(scope, receive, send)
