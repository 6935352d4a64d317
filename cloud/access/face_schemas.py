"""What is answered over HTTP of faces by which panels know people, and what is asked."""

from datetime import date, datetime
from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from cloud.access.types import ConsentHow
from cloud.kernel.schemas import ONE_LINE, Day

_VERSION = Field(description="of the text that was agreed to", examples=["2026-11"])


class PaperConsent(BaseModel):
    """A consent that the company has on paper."""

    model_config = ConfigDict(frozen=True, extra="forbid", str_strip_whitespace=True)

    given_on: Day = Field(description="the date on the paper")
    note: Annotated[str, StringConstraints(min_length=1, max_length=500), ONE_LINE] = Field(
        description="where the paper is", examples=["папка 12, л. 4"]
    )
    text_version: Annotated[str, StringConstraints(max_length=20), ONE_LINE] = _VERSION


class OwnConsent(BaseModel):
    """A consent that a person gives in the app."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    text_version: Annotated[str, StringConstraints(max_length=20), ONE_LINE] = _VERSION


class ConsentOut(BaseModel):
    """A consent; in force until it is withdrawn."""

    model_config = ConfigDict(from_attributes=True)

    id: UUID
    how: ConsentHow
    text_version: str = _VERSION
    given_on: date = Field(examples=[date(2026, 11, 2)])
    recorded_at: datetime
    recorded_by: str = Field(examples=["Анна Ёлкина"])
    note: str = Field(examples=["папка 12, л. 4"])
    withdrawn_at: datetime | None
    withdrawn_by: str = Field(examples=["Анна Ёлкина"])


class ConsentTextOut(BaseModel):
    """What a person agrees to."""

    model_config = ConfigDict(from_attributes=True)

    version: str = _VERSION
    text: str = Field(examples=["Я, Иванова Мария Петровна, даю согласие…"])


class FacePictureOut(BaseModel):
    """A picture that is kept."""

    model_config = ConfigDict(from_attributes=True)

    id: UUID
    size: int = Field(description="bytes", examples=[84211])
    stored_at: datetime
    stored_by: str = Field(examples=["Анна Ёлкина"])


class FaceOut(BaseModel):
    """A person's face, as panels may know it. `consents`: the one in force first."""

    person_id: UUID
    organisation_id: UUID
    consents: list[ConsentOut]
    picture: FacePictureOut | None
    passes: int = Field(description="passes that the picture belongs to", examples=[1])
    to_agree: ConsentTextOut
