"""What the people slice answers over HTTP."""

from datetime import date
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from cloud.people.types import ResidencyRole


class PersonOut(BaseModel):
    """A person."""

    model_config = ConfigDict(from_attributes=True)

    id: UUID
    organisation_id: UUID
    name: str = Field(examples=["Иванова Мария Петровна"])
    phones: list[str] = Field(examples=[["+79123456789"]])
    email: str | None
    note: str


class ResidencyMade(BaseModel):
    """A person at premises."""

    model_config = ConfigDict(from_attributes=True)

    id: UUID
    person_id: UUID
    premises_id: UUID
    role: ResidencyRole
    since: date | None
    until: date | None
