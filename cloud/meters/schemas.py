"""What the meters slice answers over HTTP."""

from datetime import datetime
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from cloud.meters.types import Resource


class MeterOut(BaseModel):
    """A meter."""

    model_config = ConfigDict(from_attributes=True)

    id: UUID
    organisation_id: UUID
    name: str = Field(examples=["Ввод 1, электричество"])
    serial: str
    resource: Resource
    premises_id: UUID | None
    building_id: UUID | None
    box_id: UUID
    device_id: UUID
    profile: str = Field(examples=["eastron_sdm120"])
    unit: int
    period_s: float
    channels: list[str] = Field(examples=[["energy_total", "voltage"]])
    created_at: datetime


class ProfileChannelOut(BaseModel):
    """A channel of a model."""

    name: str = Field(examples=["energy_total"])
    unit: str = Field(examples=["kWh"])
    kind: str = Field(examples=["counter"])


class ProfileOut(BaseModel):
    """A model of meter that boxes know."""

    id: str = Field(examples=["eastron_sdm120"])
    maker: str = Field(examples=["Eastron"])
    model: str = Field(examples=["SDM120"])
    channels: list[ProfileChannelOut]
