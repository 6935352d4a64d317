"""HTTP of the ledger: who looked at whose data. To read it is itself a look at the staff."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import Depends, Query, Response
from pydantic import StringConstraints

from cloud.kernel.api import Call, Router, reading
from cloud.kernel.database import now
from cloud.kernel.lists import ListParams, ListQuery, Page
from cloud.kernel.looks import looks_at
from cloud.kernel.permissions import Permission
from cloud.kernel.problems import answers
from cloud.kernel.schemas import ONE_LINE, Instant, Search
from cloud.organisations import service as organisations
from cloud.reads import looks, looks_sheet
from cloud.reads.schemas_looks import LookOut
from protocols.privacy import LookKind

router = Router(prefix="/api/looks", tags=["privacy"])
Reading = Annotated[Call, reading(Permission.AUDIT_READ)]
Subject = Annotated[str, StringConstraints(max_length=100, pattern=r"^[a-z]+:.+$"), ONE_LINE]
_MOST_ROWS = 10_000
_SHEET: dict[int | str, dict[str, Any]] = {
    200: {
        "content": {looks_sheet.MEDIA_TYPE: {"example": "PK…"}},
        "description": "A workbook, at most 10 000 entries",
    }
}


async def _asked(
    kind: Annotated[LookKind | None, Query()] = None,
    subject: Annotated[
        Subject | None,
        Query(description="whose data: `pass:<id>`, `person:<id>`, `plate:<plate>`, `premises:<id>`"),
    ] = None,
    account_id: Annotated[UUID | None, Query()] = None,
    guard_id: Annotated[UUID | None, Query(description="who looked at a box's page")] = None,
    since: Annotated[Instant | None, Query(description="from this moment")] = None,
    until: Annotated[Instant | None, Query(description="before this moment")] = None,
) -> looks.LookFilter:
    return looks.LookFilter(kind, subject, account_id, guard_id, since, until)


Asked = Annotated[looks.LookFilter, Depends(_asked)]


@router.get("", response_model=Page[LookOut], responses=answers())
@looks_at(LookKind.STAFF)
def list_looks(call: Reading, query: ListParams, asked: Asked) -> dict[str, Any]:
    """Who looked at whose data, the newest first; `q` looks into names, what was typed, and plates. Sorts: at, who."""
    return looks.list_looks(call.session, query, asked, call.actor.language)


@router.get(".xlsx", response_class=Response, responses=answers() | _SHEET)
@looks_at(LookKind.STAFF)
def take_looks(call: Reading, asked: Asked, q: Search | None = None) -> Response:
    """The same as a workbook to take away."""
    rows = looks.all_looks(call.session, ListQuery(q=q), asked, call.actor.language, most=_MOST_ROWS)
    company = next(iter(sorted({row["organisation_id"] for row in rows})), None)
    zone = organisations.company_time_zone(call.session, company) if company else "UTC"
    made = looks_sheet.workbook(rows, zone, call.actor.language)
    name = f"looks-{now(call.session):%Y-%m-%d}.xlsx"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(made, media_type=looks_sheet.MEDIA_TYPE, headers=headers)
