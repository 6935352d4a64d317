"""HTTP of telemetry: series and their charts."""

from datetime import timedelta
from typing import Annotated, Any
from uuid import UUID

from fastapi import Path, Query

from cloud.kernel.api import Call, Router, reading
from cloud.kernel.database import now
from cloud.kernel.lists import ListParams, Page
from cloud.kernel.permissions import Permission
from cloud.kernel.problems import answers
from cloud.kernel.schemas import Instant
from cloud.telemetry import charts, service
from cloud.telemetry.errors import RangeInvalid, SeriesNotFound
from cloud.telemetry.schemas import ChartOut, LatestOut, SeriesOut, SeriesRow
from cloud.telemetry.types import Resolution, SeriesKind

router = Router(prefix="/api/telemetry", tags=["telemetry"])
SeriesId = Annotated[int, Path(ge=1, lt=2**63)]
Reading = Annotated[Call, reading(Permission.TELEMETRY_READ)]
_A_DAY = timedelta(days=1)


@router.get("/series", response_model=Page[SeriesRow], responses=answers())
def list_series(
    call: Reading,
    query: ListParams,
    site_id: Annotated[UUID | None, Query()] = None,
    meter_id: Annotated[UUID | None, Query()] = None,
    kind: Annotated[SeriesKind | None, Query()] = None,
) -> dict[str, Any]:
    """Series; `q` looks into their names. Sorts: name, channel, id."""
    return charts.list_series(call.session, query, site_id=site_id, meter_id=meter_id, kind=kind)


@router.get("/series/{series_id}", response_model=SeriesOut, responses=answers(SeriesNotFound, one=True))
def get_series(call: Reading, series_id: SeriesId) -> SeriesOut:
    """One series with its newest reading."""
    series = service.find_series(call.session, series_id)
    row = SeriesRow.model_validate(series, from_attributes=True)
    found = service.latest(call.session, [series_id], now(call.session) + _A_DAY).get(series_id)
    shown = None
    if found is not None:
        raw = None if found.raw is None else str(found.raw)
        shown = LatestOut(at=found.at, value=found.value, raw=raw, quality=found.quality.name.lower())
    return SeriesOut(**row.model_dump(), latest=shown)


@router.get(
    "/series/{series_id}/points",
    response_model=ChartOut,
    responses=answers(SeriesNotFound, RangeInvalid, one=True),
)
def get_points(
    call: Reading,
    series_id: SeriesId,
    begin: Annotated[Instant | None, Query(description="default: a day before `end`")] = None,
    end: Annotated[Instant | None, Query(description="exclusive; default: now")] = None,
    resolution: Annotated[
        Resolution | None, Query(description="default: the finest that fits the span")
    ] = None,
) -> ChartOut:
    """A chart. Counters by hour or day show what was consumed; days are days of the site's time zone."""
    end = end or now(call.session)
    return ChartOut.of(charts.chart(call.session, series_id, begin or end - _A_DAY, end, resolution))
