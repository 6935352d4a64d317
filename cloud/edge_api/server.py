"""The process: TLS with an optional client certificate, since enrolment comes before there is one."""

import ssl
from argparse import ArgumentParser
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from urllib.parse import urlsplit

import uvicorn
from fastapi import FastAPI

from cloud.edge_api import endpoints, services, uploads
from cloud.edge_api.house import EdgeHouse, RevocationList
from cloud.edge_api.peer import PeerProtocol
from cloud.kernel import problems
from cloud.kernel.clock import SystemClock
from cloud.kernel.database import Database
from cloud.kernel.files import FileStore
from cloud.kernel.http import Envelope
from cloud.kernel.settings import Settings
from cloud.sites import keyfiles
from cloud.sites.authority import Authority

SERVER_NAME = "edge-api"


def serve(settings: Settings, arguments: Sequence[str]) -> int:
    """Serve until SIGTERM; requests under way are finished."""
    ArgumentParser(prog="domovoy edge-api").parse_args(arguments)
    house = open_house(settings)
    try:
        uvicorn.Server(server_config(house, SystemClock().now())).run()
    finally:
        house.database.close()
    return 0


def open_house(settings: Settings) -> EdgeHouse:
    """All that edge-api needs, or an early error that names what is missing."""
    ca = keyfiles.load_authority(settings.need_path("pki_dir"))
    return EdgeHouse(
        settings=settings,
        database=Database(
            settings.need_database_url(),
            pool_size=settings.database_pool_size,
            application_name="domovoy edge-api",
        ),
        ca=ca,
        command_key=keyfiles.load_verify_key(settings.need_path("command_key_file")),
        files=FileStore(settings.need_path("files_dir")),
        crl=RevocationList(ca),
    )


def make_app(house: EdgeHouse) -> FastAPI:
    """The ASGI app. Its paths are for boxes; people's API describes itself elsewhere."""
    app = FastAPI(title="Domovoy edge-api", openapi_url=None, docs_url=None, redoc_url=None)
    app.state.edge_house = house
    problems.install(app)
    app.include_router(endpoints.router)
    app.include_router(services.router)
    app.include_router(uploads.router)
    app.add_middleware(
        Envelope,
        clock=SystemClock(),
        is_https=True,
        body_limit=uploads.MOST_FILE_BYTES,
        upload_limit=uploads.MOST_FILE_BYTES,
        polled=frozenset({"/edge/broker"}),
        head_is_get=False,  # HEAD asks how much of a file is here
    )
    return app


def server_config(house: EdgeHouse, now: datetime) -> uvicorn.Config:
    """uvicorn with a fresh server certificate for the host of DOMOVOY_EDGE_URL."""
    folder = house.settings.need_path("pki_dir")
    write_server_certificate(house.ca, folder, house.settings.edge_url, now)
    return uvicorn.Config(
        make_app(house),
        host=house.settings.http_host,
        port=house.settings.http_port,
        http=PeerProtocol,
        ws="none",
        lifespan="off",
        log_config=None,
        server_header=False,
        proxy_headers=False,  # it speaks TLS itself: nobody stands before it whose word on addresses counts
        timeout_graceful_shutdown=10,
        limit_concurrency=1000,
        ssl_certfile=str(folder / f"{SERVER_NAME}.pem"),
        ssl_keyfile=str(folder / f"{SERVER_NAME}.key"),
        ssl_ca_certs=str(folder / keyfiles.CA_CERTIFICATE),
        ssl_cert_reqs=ssl.CERT_OPTIONAL,
    )


def write_server_certificate(ca: Authority, folder: Path, edge_url: str, now: datetime) -> None:
    """Made at every start: the process that holds the CA's key need not keep another for long."""
    host = urlsplit(edge_url).hostname or "localhost"
    hosts = list(dict.fromkeys([host, "localhost", "127.0.0.1"]))
    keyfiles.write_server(ca, folder, SERVER_NAME, hosts, now)
