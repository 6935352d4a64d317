"""Words of the guard slice that other slices may use."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from cloud.kernel.schemas import LINES, ONE_LINE


class GuardDraft(BaseModel):
    """Whether a guard may sign in at boxes, and at those of which sites."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    enabled: bool = True
    site_ids: list[UUID] = Field(default=[], max_length=200, description="empty: all sites of the company")


class PinDraft(BaseModel):
    """A PIN that was chosen; null: one is made."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    pin: Annotated[str, StringConstraints(pattern="^[0-9]{6,8}$"), ONE_LINE] | None = Field(
        default=None, examples=["407318"]
    )


class PostDraft(BaseModel):
    """A computer at a gate that is to become a post."""

    model_config = ConfigDict(frozen=True, extra="forbid", str_strip_whitespace=True)

    name: Annotated[str, StringConstraints(min_length=1, max_length=100), ONE_LINE] = Field(
        examples=["КПП, стол у окна"]
    )


class DraftState(StrEnum):
    """Of a pass that was made at a gate."""

    WAITING = "waiting"  # to be judged
    TAKEN = "taken"
    CONFLICT = "conflict"  # the company does not let it stand; the boxes hold it as revoked
    WITHDRAWN = "withdrawn"  # at the gate


class ViolationState(StrEnum):
    """Of a case."""

    RECORDED = "recorded"
    NOTIFIED = "notified"
    APPEALED = "appealed"
    CONFIRMED = "confirmed"
    DISMISSED = "dismissed"
    CHARGED = "charged"


@dataclass(frozen=True, slots=True)
class Where:
    """Where an act was taken: a box of the site, or (`box_id` None) the cloud's own page."""

    organisation_id: UUID
    site_id: UUID
    box_id: UUID | None = None


class StepDraft(BaseModel):
    """Into which state a case goes, and why. `since`: the state that its person saw."""

    model_config = ConfigDict(frozen=True, extra="forbid", str_strip_whitespace=True)

    state: ViolationState = Field(examples=[ViolationState.NOTIFIED])
    since: ViolationState | None = Field(
        default=None, description="refuse if it is not in this state any more"
    )
    note: Annotated[str, StringConstraints(max_length=2000), LINES] = Field(
        default="", examples=["Позвонили владельцу, обещал убрать"]
    )
