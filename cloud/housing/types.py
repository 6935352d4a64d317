"""Words of the housing slice."""

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Annotated
from uuid import UUID
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints

from cloud.kernel.schemas import ONE_LINE

Name = Annotated[str, StringConstraints(min_length=1, max_length=200), ONE_LINE]
Line = Annotated[str, StringConstraints(max_length=500), ONE_LINE]


def _known_time_zone(name: str) -> str:
    try:
        return ZoneInfo(name).key
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise ValueError(f"{name!r} is not an IANA time zone") from error


TimeZone = Annotated[str, ONE_LINE, AfterValidator(_known_time_zone)]


class ComplexKind(StrEnum):
    """What kind of place is managed."""

    SETTLEMENT = "settlement"  # коттеджный посёлок
    APARTMENTS = "apartments"  # жилой комплекс, МКД


class BuildingKind(StrEnum):
    """What stands (or lies) at an address."""

    HOUSE = "house"  # коттедж
    TOWER = "tower"  # многоквартирный дом
    PLOT = "plot"  # участок
    SERVICE = "service"  # КПП, котельная, паркинг


class PremisesKind(StrEnum):
    """What a person owns or rents."""

    FLAT = "flat"
    HOUSE = "house"
    PLOT = "plot"
    OFFICE = "office"
    STORAGE = "storage"  # кладовая
    PARKING = "parking"  # машино-место


@dataclass(frozen=True, slots=True)
class Place:
    """Where premises are. `time_zone`: the complex's IANA name."""

    premises_id: UUID
    organisation_id: UUID
    kind: PremisesKind
    number: str
    address: str
    building_id: UUID
    entrance_id: UUID | None
    complex_id: UUID
    time_zone: str


class _Draft(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", str_strip_whitespace=True)


class ComplexDraft(_Draft):
    """What a complex is made of."""

    name: Name = Field(examples=["к/п Афины"])
    kind: ComplexKind = Field(examples=[ComplexKind.SETTLEMENT])
    address: Line = Field(default="", examples=["Тюменская обл., к/п Афины"])
    time_zone: TimeZone = Field(default="Asia/Yekaterinburg", examples=["Asia/Yekaterinburg"])


class BuildingDraft(_Draft):
    """What a building or plot is made of."""

    complex_id: UUID
    name: Name = Field(examples=["А2"])
    kind: BuildingKind = Field(examples=[BuildingKind.HOUSE])
    address: Line = Field(default="", examples=["к/п Афины, ул. Кифису, д. А2"])
    floors: int | None = Field(default=None, ge=1, le=200, examples=[2])


class EntranceDraft(_Draft):
    """What an entrance is made of."""

    building_id: UUID
    name: Name = Field(examples=["1"])


class PremisesDraft(_Draft):
    """What premises are made of."""

    building_id: UUID
    entrance_id: UUID | None = None
    kind: PremisesKind = Field(examples=[PremisesKind.FLAT])
    number: Annotated[str, StringConstraints(min_length=1, max_length=20), ONE_LINE] = Field(examples=["17"])
    floor: int | None = Field(default=None, ge=-10, le=200, examples=[4])
    area_m2: Decimal | None = Field(default=None, gt=0, max_digits=10, decimal_places=2, examples=["54.30"])
