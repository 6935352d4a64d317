"""What the lists of guards' acts answer over HTTP."""

from datetime import datetime
from uuid import UUID

from pydantic import BaseModel, Field

from cloud.access.types import StillState
from cloud.guard.types import DraftState, ViolationState
from protocols.acts import ManualReason, Verdict, ViolationKind, VisitState
from protocols.fields import Direction
from protocols.held import PassKind
from protocols.records import Reason


class PictureOut(BaseModel):
    """A picture by its content, and where it is."""

    sha256: str = Field(description="GET /api/files/{sha256}", examples=["9f86d081…"])
    state: StillState


class DecisionOut(BaseModel):
    """What a guard decided at a lane."""

    id: UUID
    organisation_id: UUID
    site_id: UUID
    site: str = Field(examples=["к/п Афины"])
    point_id: UUID
    point: str = Field(examples=["Въезд 1"])
    at: datetime
    guard: str = Field(examples=["Мартынов Сергей Юрьевич"])
    shift_id: UUID | None
    direction: Direction
    verdict: Verdict
    reason: ManualReason | None
    note: str = Field(examples=["Встал на газон"])
    blacklisted: bool = Field(description="opened in spite of the blacklist")
    passage_id: UUID | None
    pass_id: UUID | None
    pass_number: int | None
    plate: str | None
    opened: bool | None = Field(
        description="null: nothing was to be opened, the barrier has not answered, or `fault` says why nobody knows"
    )
    fault: str = Field(examples=[""])
    still: str | None = Field(
        description="SHA-256 of the picture taken then, GET /api/files/{sha256}; null: there is none, or not yet"
    )


class VisitOut(BaseModel):
    """A visitor."""

    id: UUID
    organisation_id: UUID
    site_id: UUID
    site: str = Field(examples=["к/п Афины"])
    state: VisitState
    name: str = Field(examples=["Курьер Ли"])
    document: str = Field(examples=["4509 123456"])
    phone: str | None = Field(description="the visitor's")
    plate: str | None
    host: str = Field(examples=["Иванова Мария Петровна"])
    host_phone: str | None
    address: str = Field(examples=["к/п Афины, ул. Кифису, д. А2"])
    purpose: str = Field(examples=["Доставка"])
    pass_id: UUID | None
    pass_number: int | None
    card: str | None = Field(description="a temporary card's key", examples=["W26:18:23011"])
    card_back: bool
    photos: list[PictureOut]
    note: str = Field(examples=["Встал на газон"])
    guard: str = Field(examples=["Мартынов Сергей Юрьевич"])
    registered_at: datetime
    since: datetime = Field(description="of the state")
    conflict: str = Field(
        description="why the blacklist does not let the visit stand; empty: it does",
        examples=["В чёрном списке: A123BC72. Причина: Драка 12.10.2026"],
    )
    settled_at: datetime | None
    settled_by: str | None


class ShiftOut(BaseModel):
    """A guard's turn of duty."""

    id: UUID
    organisation_id: UUID
    site_id: UUID
    site: str = Field(examples=["к/п Афины"])
    guard_id: UUID
    guard: str = Field(examples=["Мартынов Сергей Юрьевич"])
    begun_at: datetime
    ended_at: datetime | None
    note: str = Field(description="handed over to the next guard", examples=["Ворота 2 скрипят"])


class DenialsOut(BaseModel):
    """How often a reason refused."""

    reason: Reason
    count: int


class NoteOut(BaseModel):
    """A guard's words."""

    id: UUID
    at: datetime
    guard: str = Field(examples=["Мартынов Сергей Юрьевич"])
    text: str = Field(examples=["Ворота 2 скрипят"])


class ViolationRow(BaseModel):
    """A violation in a list."""

    id: UUID
    organisation_id: UUID
    number: int = Field(examples=[12])
    kind: ViolationKind
    state: ViolationState
    at: datetime
    site_id: UUID
    site: str = Field(examples=["к/п Афины"])
    plate: str | None
    address: str = Field(examples=["к/п Афины, ул. Кифису, д. А2"])
    guard: str = Field(examples=["Мартынов Сергей Юрьевич"])
    note: str = Field(examples=["Встал на газон"])
    photo_count: int
    changed_at: datetime


class ShiftReportOut(BaseModel):
    """What happened at the site during a shift; of one that goes on, until now."""

    shift: ShiftOut
    until: datetime
    granted_in: int
    granted_out: int
    denied: int
    denials: list[DenialsOut] = Field(description="most first")
    decisions: list[DecisionOut] = Field(description="the guard's")
    visitors: int
    passes_made: int
    violations: list[ViolationRow]
    notes: list[NoteOut]
    cards_out: int = Field(description="temporary cards that are out now")


class StepOut(BaseModel):
    """A line of a case's history."""

    at: datetime
    state: ViolationState
    actor: str = Field(examples=["Баклушина Анна Сергеевна"])
    note: str = Field(examples=["Встал на газон"])


class NextStep(BaseModel):
    """Where a case may be brought by whoever asks."""

    state: ViolationState
    needs_note: bool


class ViolationOut(ViolationRow):
    """A violation with its pictures and history."""

    received_at: datetime
    premises_id: UUID | None
    pass_id: UUID | None
    pass_number: int | None
    passage_id: UUID | None
    photos: list[PictureOut]
    history: list[StepOut] = Field(description="newest first")
    steps: list[NextStep]


class ConflictOut(BaseModel):
    """A pass that a guard made at a gate."""

    pass_id: UUID
    organisation_id: UUID
    number: int
    site_id: UUID
    site: str = Field(examples=["к/п Афины"])
    kind: PassKind
    holder: str = Field(examples=["Петров Пётр"])
    vehicle: str = Field(examples=["KIA RIO, белый"])
    plates: list[str] = Field(examples=[["X711TT90"]])
    address: str = Field(examples=["к/п Афины, ул. Кифису, д. А2"])
    guard: str = Field(examples=["Мартынов Сергей Юрьевич"])
    at: datetime
    state: DraftState
    reason: str = Field(
        description="why the company does not let it stand", examples=["В чёрном списке: A123BC72."]
    )
    settled_at: datetime | None
    settled_by: str | None


class PassWatch(BaseModel):
    """What guards did about a pass."""

    made: ConflictOut | None = Field(description="it was made at a gate")
    decisions: list[DecisionOut]
    notes: list[NoteOut]
