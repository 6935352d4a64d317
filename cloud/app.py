"""The api process: the slices' endpoints under /api, the live stream, health, metrics and the built web app."""

import argparse
import asyncio
import contextlib
import json
import logging
import secrets
import signal
import threading
from collections.abc import AsyncIterator, Callable, Sequence
from pathlib import Path
from types import FrameType

import uvicorn
from fastapi import APIRouter, FastAPI
from sqlalchemy.exc import DBAPIError

from cloud.access import api as access
from cloud.access import api_cards as company_cards
from cloud.access import api_code_keys as code_keys
from cloud.access import api_faces as faces
from cloud.access import api_guests as guests
from cloud.access import api_import
from cloud.access import service as access_service
from cloud.calls import service as calls_service
from cloud.gate.server import GateApi
from cloud.guard import api as guards
from cloud.guard import api_posts as gate_posts
from cloud.guard import service as guard_service
from cloud.housing import api as housing
from cloud.kernel import describe, problems
from cloud.kernel.api_files import InUse, removal_route
from cloud.kernel.api_files import router as files_router
from cloud.kernel.api_health import ReadinessCheck, health_routes
from cloud.kernel.api_stream import router as stream_router
from cloud.kernel.database import Database, Ports
from cloud.kernel.faults import is_unavailable
from cloud.kernel.files import FileStore
from cloud.kernel.house import House
from cloud.kernel.http import Envelope
from cloud.kernel.jobs import CeleryQueue, celery_app
from cloud.kernel.looks import Ledger
from cloud.kernel.secrets import SecretBox
from cloud.kernel.settings import Settings
from cloud.kernel.stream import Hub
from cloud.kernel.webfiles import WebFiles
from cloud.meters import api as meters
from cloud.organisations import api as organisations_api
from cloud.organisations import service as organisations
from cloud.organisations.errors import TotpMustBeSetUp
from cloud.people import api as people
from cloud.privacy import api as privacy
from cloud.privacy import service as privacy_service
from cloud.reads import api as reads
from cloud.reads import api_calls, api_journal, api_looks, api_residents, api_statistics
from cloud.reads import api_watch as watch
from cloud.residents import api_faces as own_faces
from cloud.sites import api as sites
from cloud.sites import api_alarms as alarms
from cloud.telemetry import api as telemetry
from cloud.telemetry import api_journal as journal
from cloud.telemetry import service as telemetry_service
from protocols.guard_api import ROOT

ROUTERS: tuple[APIRouter, ...] = (
    access.router,
    code_keys.router,
    reads.router,
    api_statistics.router,
    alarms.router,
    telemetry.router,
    journal.router,
    api_journal.router,
    meters.router,
    sites.router,
    watch.router,
    api_calls.router,
    api_residents.router,
    own_faces.router,
    guards.router,
    gate_posts.router,
    people.router,
    people.entry,
    faces.router,
    housing.router,
    stream_router,
    files_router,
    organisations_api.router,
    guests.router,
    company_cards.router,
    api_import.router,
    privacy.router,
    api_looks.router,
)
"""Every slice's endpoints; a new slice is added here. They are tried in this order: what is asked often comes first."""

FILES_IN_USE: tuple[InUse, ...] = (
    access_service.is_still,
    calls_service.is_still,
    guard_service.is_photo,
    guard_service.is_still,
)
"""What a file must not be removed for; a slice that names files adds its check."""

READINESS: tuple[ReadinessCheck, ...] = (telemetry_service.what_is_missing,)
"""What must also hold before requests are sent here; a slice adds its check."""

_BODY_LIMIT = 1024 * 1024
_UPLOAD_LIMIT = 64 * 1024 * 1024
_DRAIN_S = 10
_OFFER_AGAIN_S = 2.0
_log = logging.getLogger(__name__)


def create_app(house: House) -> FastAPI:
    """The application around a house; its lifespan runs the listener."""

    @contextlib.asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
        listening = asyncio.create_task(house.hub.run(), name="listener")
        yield
        house.hub.close()
        listening.cancel()
        await asyncio.gather(listening, return_exceptions=True)
        await asyncio.to_thread(house.ledger.close)
        house.database.close()

    app = FastAPI(
        title="Domovoy",
        version="1",
        description="Runs apartment buildings and cottage settlements. Errors are problem+json (RFC 9457).",
        openapi_url="/api/openapi.json",
        docs_url=None,
        redoc_url=None,
        lifespan=lifespan,
        strict_content_type=True,
    )
    app.state.house = house
    for router in ROUTERS:
        app.include_router(router)
    app.include_router(removal_route(FILES_IN_USE))
    app.include_router(health_routes(READINESS))
    app.mount(ROOT, GateApi(house))
    if house.settings.web_dir is not None:
        app.mount("/", WebFiles(house.settings.web_dir))
    problems.install(app)
    describe.install(app, of_company=[TotpMustBeSetUp])
    app.add_middleware(
        Envelope,
        clock=house.database.ports.clock,
        is_https=house.settings.is_https,
        body_limit=_BODY_LIMIT,
        upload_limit=_UPLOAD_LIMIT,
    )
    return app


def open_house(settings: Settings, ports: Ports | None = None) -> House:
    """What the api process holds, by its settings."""
    url = settings.need_database_url()
    database = Database(
        url,
        ports=ports or Ports.system(CeleryQueue(celery_app(settings))),
        pool_size=settings.database_pool_size,
        application_name="domovoy api",
    )
    return House(
        settings=settings,
        database=database,
        authenticate=organisations.authenticate,
        secrets=SecretBox.from_file(settings.need_path("secrets_key_file")),
        files=FileStore(settings.need_path("files_dir")),
        hub=Hub(url),
        ledger=Ledger(privacy_service.writer(database)),
    )


class Server(uvicorn.Server):
    """Ends the live streams at the signal, so that a stop does not wait for browsers to go away."""

    def __init__(self, config: uvicorn.Config, on_stop: Callable[[], None]) -> None:
        super().__init__(config)
        self._on_stop = on_stop

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """Unlike uvicorn's own, does not let the signal kill the process after a clean stop: the exit code is 0."""
        del frame
        self.force_exit = self.should_exit and sig == signal.SIGINT
        self.should_exit = True
        self._on_stop()


def run(settings: Settings, arguments: Sequence[str]) -> int:
    """`domovoy api`: serve until SIGTERM."""
    argparse.ArgumentParser("domovoy api").parse_args(arguments)
    house = open_house(settings)
    app = create_app(house)
    config = uvicorn.Config(
        app,
        host=settings.http_host,
        port=settings.http_port,
        log_config=None,
        access_log=False,
        proxy_headers=True,
        forwarded_allow_ips=settings.trusted_proxies,
        timeout_graceful_shutdown=_DRAIN_S,
        server_header=False,
    )
    over = threading.Event()
    if not _could_offer_first_run(house):
        threading.Thread(target=_offer_later, args=(house, over), name="first run", daemon=True).start()
    Server(config, house.hub.close).run()
    over.set()
    return 0


def _offer_later(house: House, over: threading.Event) -> None:
    """The database is away: ask it again beside the server, which says meanwhile that it is not ready."""
    while not over.wait(_OFFER_AGAIN_S):
        if _could_offer_first_run(house):
            return


def _could_offer_first_run(house: House) -> bool:
    try:
        _offer_first_run(house)
    except DBAPIError as error:
        if not is_unavailable(error):
            raise
        _log.warning("the database cannot be asked whether this is the first run: %s", error.orig)
        return False
    return True


def _offer_first_run(house: House) -> None:
    """Until somebody claims the installation, print the link that does; the newest printed link holds."""
    token = secrets.token_urlsafe(32)
    with house.database.transaction() as session:
        offered = organisations.offer_first_run(session, token)
    if offered:
        print(f"First run: open {house.settings.public_url}/first-run#{token}", flush=True)  # noqa: T201


def write_openapi(settings: Settings, arguments: Sequence[str]) -> int:
    """`domovoy openapi [FILE]`: the API's description, from the code alone."""
    parser = argparse.ArgumentParser("domovoy openapi")
    parser.add_argument("file", type=Path, nargs="?", help="default: docs/openapi.json")
    target = parser.parse_args(arguments).file or Path("docs/openapi.json")
    target.write_text(described(settings))
    return 0


def described(settings: Settings) -> str:
    """The description as JSON text, keys in a fixed order."""
    openapi = app_to_describe(settings).openapi()
    return json.dumps(openapi, ensure_ascii=False, indent=1, sort_keys=True) + "\n"


def app_to_describe(settings: Settings) -> FastAPI:
    """The app to look at; nothing is connected to."""
    house = House(
        settings=settings.model_copy(update={"web_dir": None}),
        database=Database("host=nowhere.invalid"),
        authenticate=organisations.authenticate,
        secrets=SecretBox(bytes(32)),
        files=FileStore(Path("nowhere")),
        hub=Hub(""),
        ledger=Ledger(lambda _looks: None),
    )
    return create_app(house)
