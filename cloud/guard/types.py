"""Words of the guard slice that other slices may use."""

from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from cloud.kernel.schemas import ONE_LINE


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
