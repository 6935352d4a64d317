"""What telemetry answers over HTTP."""

from datetime import datetime
from uuid import UUID

from pydantic import BaseModel, Field

from cloud.telemetry.charts import Chart
from cloud.telemetry.types import Resolution, SeriesKind


class SeriesRow(BaseModel):
    """A series in a list."""

    id: int = Field(examples=[17])
    organisation_id: UUID
    site_id: UUID
    box_id: UUID | None
    meter_id: UUID | None
    channel: str = Field(examples=["energy_total"])
    name: str = Field(examples=["Электричество: энергия"])
    unit: str = Field(examples=["kWh"])
    kind: SeriesKind


class LatestOut(BaseModel):
    """The newest reading of a series."""

    at: datetime
    value: float | None = Field(description="null unless the quality is good", examples=[1234.56])
    raw: str | None = Field(
        description="the register's integer as text: it may need all 64 bits", examples=["123456"]
    )
    quality: str = Field(examples=["good"])


class SeriesOut(SeriesRow):
    """A series with its newest reading of the last month."""

    latest: LatestOut | None


class ChartPoint(BaseModel):
    """A reading (resolution raw), or an hour or day that begins `at`.

    Raw: `value`, `raw`, `quality`. Counter: `value` is the counter at the bucket's end, `consumption` what it counted.
    Gauge: `value` is the average, with `minimum` and `maximum`.
    """

    at: datetime
    value: float | None = Field(default=None, examples=[230.5])
    raw: str | None = Field(default=None, examples=["2305"])
    quality: str | None = Field(default=None, examples=["good"])
    consumption: float | None = Field(default=None, examples=[0.42])
    minimum: float | None = None
    maximum: float | None = None
    count: int | None = Field(default=None, description="readings in the bucket", examples=[60])
    resets: int = Field(default=0, description="times the counter fell: replaced, restarted or wrapped")
    has_gap: bool = Field(default=False, description="nothing was read in the bucket before this one")


class ChartOut(BaseModel):
    """A series over [begin, end)."""

    series: SeriesRow
    zone: str = Field(description="days are days of this zone", examples=["Europe/Moscow"])
    resolution: Resolution
    begin: datetime
    end: datetime
    consumption: float | None = Field(description="of the whole span; counters by hour or day only")
    points: list[ChartPoint]

    @classmethod
    def of(cls, chart: Chart) -> "ChartOut":
        series = chart.series
        counted = [item.consumption for item in chart.consumed]
        return cls(
            series=SeriesRow.model_validate(series, from_attributes=True),
            zone=chart.zone,
            resolution=chart.resolution,
            begin=chart.begin,
            end=chart.end,
            consumption=sum(counted) if counted else None,
            points=_points(chart),
        )


def _points(chart: Chart) -> list[ChartPoint]:
    if chart.resolution is Resolution.RAW:
        return [
            ChartPoint(at=p.at, value=p.value, raw=_text(p.raw), quality=p.quality.name.lower())
            for p in chart.points
        ]
    if chart.series.kind == SeriesKind.COUNTER:
        return [
            ChartPoint(
                at=c.bucket.at,
                value=c.bucket.last,
                consumption=c.consumption,
                count=c.bucket.n,
                resets=c.resets,
                has_gap=c.has_gap,
            )
            for c in chart.consumed
        ]
    return [
        ChartPoint(at=b.at, value=b.total / b.n, minimum=b.minimum, maximum=b.maximum, count=b.n)
        for b in chart.buckets
    ]


def _text(raw: int | None) -> str | None:
    return None if raw is None else str(raw)


_KEY = "4cb5abf6ad79fbf5abbccafcc269d85cd2651ed4b885b5869f241aedf0a5ba29"


class JournalKey(BaseModel):
    """A key that a box was enrolled with."""

    key: str = Field(description="Ed25519, 64 hexadecimal digits", examples=[_KEY])
    since: datetime


class JournalKeys(BaseModel):
    """What extracts of a box's journal are signed by."""

    cloud: str = Field(description="Ed25519, 64 hexadecimal digits", examples=[_KEY])
    box: list[JournalKey] = Field(description="the newest last")
