"""What the housing slice answers over HTTP."""

from decimal import Decimal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from cloud.housing.types import BuildingKind, ComplexKind, PremisesKind


class _Out(BaseModel):
    model_config = ConfigDict(from_attributes=True)


class ComplexOut(_Out):
    """A complex."""

    id: UUID
    organisation_id: UUID
    name: str = Field(examples=["к/п Афины"])
    kind: ComplexKind
    address: str
    time_zone: str = Field(examples=["Asia/Yekaterinburg"])


class ComplexRow(ComplexOut):
    """A complex in a list."""

    buildings: int = Field(examples=[24])
    premises: int = Field(examples=[310])


class BuildingOut(_Out):
    """A building or plot."""

    id: UUID
    organisation_id: UUID
    complex_id: UUID
    name: str = Field(examples=["А2"])
    kind: BuildingKind
    address: str = Field(examples=["к/п Афины, ул. Кифису, д. А2"])
    floors: int | None


class BuildingRow(BuildingOut):
    """A building in a list."""

    complex: str = Field(examples=["к/п Афины"])
    premises: int = Field(examples=[1])


class EntranceOut(_Out):
    """An entrance."""

    id: UUID
    building_id: UUID
    name: str = Field(examples=["1"])


class PremisesOut(_Out):
    """Premises."""

    id: UUID
    organisation_id: UUID
    building_id: UUID
    entrance_id: UUID | None
    kind: PremisesKind
    number: str = Field(examples=["17"])
    floor: int | None
    area_m2: Decimal | None = Field(examples=["54.30"])
    address: str = Field(examples=["ЖК Северный, корп. 1, кв. 17"])


class PremisesRow(PremisesOut):
    """Premises in a list."""

    building: str = Field(examples=["корп. 1"])
    complex: str = Field(examples=["ЖК Северный"])
