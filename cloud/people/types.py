"""Words of the people slice."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Annotated, Self
from uuid import UUID

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints, model_validator

from cloud.kernel.language import Language
from cloud.kernel.schemas import LINES, ONE_LINE, Day
from protocols.phones import parse_phone


class ResidencyRole(StrEnum):
    """What a person is to the premises."""

    OWNER = "owner"  # собственник
    TENANT = "tenant"  # наниматель
    RESIDENT = "resident"  # проживающий
    REPRESENTATIVE = "representative"  # представитель


class ResidentState(StrEnum):
    """Whether a person uses the resident's app."""

    INVITED = "invited"
    ACTIVE = "active"
    ENDED = "ended"


@dataclass(frozen=True, slots=True)
class Home:
    """Who an account is in one company, and the premises where that person lives today."""

    organisation_id: UUID
    person_id: UUID
    name: str
    lives: Mapping[UUID, datetime | None]  # the premises, and since when; None: nobody said

    @property
    def premises(self) -> frozenset[UUID]:
        """Where they live today."""
        return frozenset(self.lives)


@dataclass(frozen=True, slots=True)
class ResidentInvitation:
    """What an invited resident sees before accepting."""

    email: str
    name: str
    company: str
    has_password: bool


Phone = Annotated[str, ONE_LINE, AfterValidator(parse_phone)]


class PersonDraft(BaseModel):
    """What is known of a person. Phones are taken in any form and kept in E.164."""

    model_config = ConfigDict(frozen=True, extra="forbid", str_strip_whitespace=True)

    name: Annotated[str, StringConstraints(min_length=1, max_length=200), ONE_LINE] = Field(
        examples=["Иванова Мария Петровна"]
    )
    phones: list[Phone] = Field(default=[], max_length=10, examples=[["+7 (912) 345-67-89"]])
    email: (
        Annotated[str, StringConstraints(max_length=254, pattern=r"^[^@\s]+@[^@\s]+\.[^@\s]+$"), ONE_LINE]
        | None
    ) = Field(default=None, examples=["ivanova@example.org"])
    note: Annotated[str, StringConstraints(max_length=2000), LINES] = ""


class ResidencyDraft(BaseModel):
    """A person at premises."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    premises_id: UUID
    role: ResidencyRole = Field(examples=[ResidencyRole.OWNER])
    since: Day | None = None
    until: Day | None = None

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.since and self.until and self.until < self.since:
            raise ValueError("until is before since")
        return self


class ResidentDraft(BaseModel):
    """Where the letter to a resident goes, and in which language."""

    model_config = ConfigDict(frozen=True, extra="forbid", str_strip_whitespace=True)

    email: Annotated[
        str, StringConstraints(max_length=254, pattern=r"^[^@\s]{1,64}@[^@\s]{1,189}$"), ONE_LINE
    ] = Field(examples=["ivanova@example.org"])
    language: Language = Field(default=Language.RU, examples=[Language.RU])
