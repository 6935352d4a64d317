"""What is answered about what was counted at the gates."""

from datetime import datetime
from uuid import UUID

from pydantic import BaseModel, Field


class Counted(BaseModel):
    """Passages: let in, let out, refused; whom a guard let in by a pass is let in."""

    entered: int = Field(examples=[41])
    left: int = Field(examples=[38])
    denied: int = Field(examples=[3])


class CountedAt(Counted):
    """Of an hour or a day that begins at `at`."""

    at: datetime


class CountedByHour(Counted):
    """Of an hour of the day, over all days."""

    hour: int = Field(ge=0, le=23, examples=[18])


class Denials(BaseModel):
    """How often was refused for a reason."""

    reason: str = Field(examples=["expired"])
    count: int = Field(examples=[3])


class OpeningsOut(BaseModel):
    """How often was opened beside passes. `by`: `guard`, at the gate; else who ordered it from afar."""

    by: str = Field(examples=["guard"])
    reason: str = Field(description="a guard's reason, or what was ordered", examples=["ambulance"])
    count: int = Field(examples=[2])


class Spread(BaseModel):
    """How many took at most so long, and longer than the bound before."""

    up_to_us: int | None = Field(description="microseconds; null: longer than any bound", examples=[500])
    count: int = Field(examples=[17])


class Speed(BaseModel):
    """Microseconds; null where nothing was measured."""

    count: int = Field(examples=[41])
    p50: int | None = Field(examples=[120])
    p95: int | None = Field(examples=[240])
    p99: int | None = Field(examples=[310])
    spread: list[Spread] = Field(description="from the shortest to the longest")


class Speeds(BaseModel):
    """How fast it went."""

    decision_us: Speed = Field(description="of the decision itself")
    opening_us: Speed = Field(description="from the bytes in hand to the barrier's coil written")


class GuestsOf(BaseModel):
    """Guests of one premises."""

    premises_id: UUID
    address: str = Field(examples=["к/п Афины, ул. Кифису, д. А2"])
    entries: int = Field(examples=[12])
    passes: int = Field(examples=[9])


class StatisticsOut(BaseModel):
    """What went on at the gates in a period."""

    since: datetime
    until: datetime
    time_zone: str = Field(examples=["Asia/Yekaterinburg"])
    step_s: int = Field(description="of the series: an hour or a day", examples=[3600])
    series: list[CountedAt]
    by_hour: list[CountedByHour]
    denials: list[Denials] = Field(description="the commonest first")
    openings: list[OpeningsOut] = Field(description="by hand and from afar, the commonest first")
    speed: Speeds
    premises: list[GuestsOf] = Field(
        description="whose guests came most often; at most 100, in the workbook all"
    )
