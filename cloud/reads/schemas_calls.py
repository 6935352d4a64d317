"""What the list of calls answers."""

from datetime import datetime
from uuid import UUID

from pydantic import BaseModel, Field

from cloud.access.types import StillState
from cloud.calls.types import CallAnswer, CallState


class CallOut(BaseModel):
    """A call at an intercom."""

    id: UUID
    organisation_id: UUID
    site_id: UUID
    site: str = Field(examples=["ЖК «Берег»"])
    point_id: UUID
    point: str = Field(examples=["Подъезд 1"])
    number: str = Field(description="what was dialled", examples=["17"])
    premises_id: UUID | None = Field(description="null: the number is nobody's, or could be several's")
    address: str = Field(examples=["ЖК «Берег», 1, кв. 17"])
    state: CallState
    started_at: datetime
    received_at: datetime = Field(description="when the cloud was told")
    answered_at: datetime | None = Field(description="taken at the panel's line")
    opened_at: datetime | None
    ended_at: datetime | None
    still: str | None = Field(description="SHA-256 of the picture")
    still_state: StillState
    answer: CallAnswer | None = Field(description="a resident's")
    decided_at: datetime | None
    person: str = Field(description="who answered", examples=["Иванова Мария"])
    command_id: UUID | None = Field(description="the order by which the answer went to the box")
