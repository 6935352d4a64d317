"""What the people slice answers over HTTP."""

from datetime import date, datetime
from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from cloud.kernel.schemas import ONE_LINE, ONE_LINE_AS_TYPED
from cloud.people.types import ResidencyRole, ResidentState


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


class ResidentOut(BaseModel):
    """How a person stands with the resident's app."""

    model_config = ConfigDict(from_attributes=True)

    person_id: UUID
    email: str = Field(description="where the invitation went", examples=["ivanova@example.org"])
    state: ResidentState
    invited_at: datetime
    invited_by: str = Field(examples=["Анна Ёлкина"])
    joined_at: datetime | None
    ended_at: datetime | None


class ResidentLook(BaseModel):
    """The token of a letter."""

    model_config = ConfigDict(extra="forbid")

    token: Annotated[str, StringConstraints(min_length=20, max_length=100), ONE_LINE] = Field(
        examples=["V8r0aXQ3c2VjcmV0X2xpbmtfb2ZfYV9tYWls"]
    )


class ResidentInvitationOut(BaseModel):
    """What a resident is invited to; whether a password is still to be chosen decides the form."""

    model_config = ConfigDict(from_attributes=True)

    email: str = Field(examples=["ivanova@example.org"])
    name: str = Field(examples=["Иванова Мария Петровна"])
    company: str = Field(examples=["Афины"])
    has_password: bool


class ResidentAccept(ResidentLook):
    """The answer. `password` of who has none yet."""

    password: Annotated[str, StringConstraints(min_length=1, max_length=1000), ONE_LINE_AS_TYPED] | None = (
        Field(default=None, examples=["новый длинный пароль"])
    )


class ResidentMade(BaseModel):
    """The account that is the person now."""

    id: UUID
