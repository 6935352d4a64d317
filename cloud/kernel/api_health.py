"""Liveness, readiness and metrics."""

import hmac
import ipaddress
from collections.abc import Callable, Sequence

from fastapi import APIRouter, Request, Response
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from pydantic import Field
from sqlalchemy import text
from sqlalchemy.orm import Session

from cloud.kernel import migrating
from cloud.kernel.api import HouseOf
from cloud.kernel.errors import NotThere
from cloud.kernel.house import House
from cloud.kernel.problems import answers
from cloud.kernel.schemas import Output, example

ReadinessCheck = Callable[[Session], str | None]
"""What keeps the process from being ready, in a sentence; None when nothing does."""


class Health(Output):
    """The process answers."""

    model_config = example(status="ok")

    status: str


class Readiness(Output):
    """Whether requests should be sent here."""

    model_config = example(ready=True, waiting_for=[])

    ready: bool
    waiting_for: list[str] = Field(description="why not")


def health_routes(checks: Sequence[ReadinessCheck]) -> APIRouter:
    """The routes, with the slices' own checks."""
    router = APIRouter(tags=["health"])

    @router.get("/api/health", responses=answers(anyone=True))
    async def health() -> Health:
        """Alive; says nothing about the database."""
        return Health(status="ok")

    @router.get("/api/ready", responses=answers(anyone=True) | {503: {"model": Readiness}})
    def ready(house: HouseOf, response: Response) -> Readiness:
        """The database answers and has the schema this code needs."""
        with house.database.transaction() as session:
            waiting = [why for check in (schema_is_current, *checks) if (why := check(session))]
        response.status_code = 503 if waiting else 200
        return Readiness(ready=not waiting, waiting_for=waiting)

    @router.get("/metrics", include_in_schema=False)
    def metrics(request: Request, house: HouseOf) -> Response:
        if not _may_read_metrics(request, house):
            raise NotThere
        return Response(generate_latest(), media_type=CONTENT_TYPE_LATEST)

    return router


def schema_is_current(session: Session) -> str | None:
    """The database may be ahead of the code (expand, then contract), never behind it."""
    there = session.scalar(text("SELECT version_num FROM alembic_version"))
    wanted = migrating.head()
    return None if there is not None and there >= wanted else f"schema {there}, the code needs {wanted}"


def _may_read_metrics(request: Request, house: House) -> bool:
    token = house.settings.metrics_token
    if token is not None:
        given = request.headers.get("authorization", "").removeprefix("Bearer ")
        if hmac.compare_digest(given.encode(), token.get_secret_value().encode()):
            return True
    return request.client is not None and _is_loopback(request.client.host)


def _is_loopback(host: str) -> bool:
    """A proxy may say "unknown", or leave a port or a zone in it: that is not this machine."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
