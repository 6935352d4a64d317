"""What the guard slice answers over HTTP."""

from datetime import datetime
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field


class GuardCardOut(BaseModel):
    """A card by which a guard signs in."""

    model_config = ConfigDict(from_attributes=True)

    id: UUID
    format: str = Field(examples=["EM4100"])
    printed: str = Field(examples=["018,23011"])
    keys: list[str] = Field(examples=[["EM:001259E3", "~W26:18:23011"]])


class GuardOut(BaseModel):
    """How a member of staff signs in at the gate. The PIN itself is nowhere kept."""

    id: UUID = Field(description="the membership's")
    organisation_id: UUID
    name: str = Field(examples=["Мартынов Сергей Юрьевич"])
    may_work: bool = Field(description="is staff, and has a role that may keep watch")
    enabled: bool
    has_pin: bool
    pin_set_at: datetime | None
    site_ids: list[UUID] = Field(description="empty: all sites of the company")
    cards: list[GuardCardOut]


class PinMade(BaseModel):
    """A guard's PIN: shown this once."""

    pin: str = Field(examples=["407318"])


class PostOut(BaseModel):
    """A computer at a gate where guards sign in by PIN or card at the cloud's own page."""

    model_config = ConfigDict(from_attributes=True)

    id: UUID
    organisation_id: UUID
    site_id: UUID
    name: str = Field(examples=["КПП, стол у окна"])
    made_by: str = Field(examples=["Воронов Алексей Дмитриевич"])
    made_at: datetime
    code_until: datetime | None = Field(description="a code was given, and is good until then")
    joined_at: datetime | None = Field(description="null: no computer is this post yet")
    seen_at: datetime | None


class PostCode(BaseModel):
    """What to type at the computer that is to be the post: shown this once."""

    post: PostOut
    code: str = Field(examples=["ACDE-FHJK"])
