"""Words of the meters slice."""

from enum import StrEnum
from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from cloud.kernel.schemas import ONE_LINE
from protocols.config import POLL_PERIOD_MIN_S


class Resource(StrEnum):
    """What a meter measures."""

    ELECTRICITY = "electricity"
    COLD_WATER = "cold_water"
    HOT_WATER = "hot_water"
    HEAT = "heat"
    GAS = "gas"
    OTHER = "other"


class MeterDraft(BaseModel):
    """A meter that a box polls over a bus."""

    model_config = ConfigDict(frozen=True, extra="forbid", str_strip_whitespace=True)

    name: Annotated[str, StringConstraints(min_length=1, max_length=200), ONE_LINE] = Field(
        examples=["Ввод 1, электричество"]
    )
    serial: Annotated[str, StringConstraints(max_length=50), ONE_LINE] = Field(
        default="", examples=["24130077"]
    )
    resource: Resource = Field(examples=[Resource.ELECTRICITY])
    premises_id: UUID | None = None
    building_id: UUID | None = None
    box_id: UUID
    device_id: UUID = Field(description="the bus: a device of the box")
    profile: Annotated[str, StringConstraints(max_length=100), ONE_LINE] = Field(examples=["eastron_sdm120"])
    unit: int = Field(ge=0, le=247, description="the meter's address on the bus", examples=[1])
    period_s: float = Field(default=60.0, ge=POLL_PERIOD_MIN_S, le=86_400, description="between two polls")
    channels: list[Annotated[str, StringConstraints(max_length=100), ONE_LINE]] = Field(
        min_length=1, max_length=200, examples=[["energy_total", "voltage"]]
    )
