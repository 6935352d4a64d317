"""HTTP of what is counted at the gates."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import Depends, Query, Response

from cloud.kernel.api import Call, Router, reading
from cloud.kernel.permissions import Permission
from cloud.kernel.problems import answers
from cloud.kernel.schemas import Instant
from cloud.reads import statistics, statistics_sheet
from cloud.reads.schemas_statistics import StatisticsOut
from cloud.sites.errors import SiteNotFound

router = Router(prefix="/api/access", tags=["access"])
Reading = Annotated[Call, reading(Permission.PASSAGES_READ)]
_SHEET: dict[int | str, dict[str, Any]] = {
    200: {
        "content": {statistics_sheet.MEDIA_TYPE: {"example": "PK…"}},
        "description": "A workbook: a sheet for each question",
    }
}


async def _asked(
    since: Instant,
    until: Annotated[Instant, Query(description="exclusive; at most a year later")],
    site_id: Annotated[UUID | None, Query()] = None,
    complex_id: Annotated[UUID | None, Query(description="only at the sites of this complex")] = None,
) -> statistics.Period:
    return statistics.Period(since=since, until=until, site_id=site_id, complex_id=complex_id)


Asked = Annotated[statistics.Period, Depends(_asked)]


@router.get("/statistics", response_model=StatisticsOut, responses=answers(SiteNotFound, one=True))
def get_statistics(call: Reading, asked: Asked) -> dict[str, Any]:
    """What went on in a period. Hours and days are those of the site's clocks, or of most of the sites'."""
    return statistics.statistics(call.session, asked)


@router.get("/statistics.xlsx", response_class=Response, responses=answers(SiteNotFound, one=True) | _SHEET)
def take_statistics(call: Reading, asked: Asked) -> Response:
    """The same as a workbook to take away, with every address that had guests."""
    told = statistics.statistics(call.session, asked, is_whole=True)
    made = statistics_sheet.workbook(told, call.actor.language)
    name = f"domovoy-{asked.since:%Y-%m-%d}-{asked.until:%Y-%m-%d}.xlsx"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(made, media_type=statistics_sheet.MEDIA_TYPE, headers=headers)
