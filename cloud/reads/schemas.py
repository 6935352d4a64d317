"""What the joined lists answer over HTTP."""

from datetime import date, datetime
from typing import Annotated, Any
from uuid import UUID

from pydantic import BaseModel, BeforeValidator, Field

from cloud.access.types import StillState
from cloud.kernel.schemas import Output, example, known
from cloud.meters.types import Resource
from cloud.people.types import ResidencyRole
from cloud.reads.quarantine import PREVIEW_BYTES
from cloud.reads.schemas_watch import DecisionOut
from cloud.sites.types import HoldCard
from cloud.telemetry.types import QuarantineReason, SeriesKind
from protocols.config import BarrierKind
from protocols.fields import Direction
from protocols.held import PassKind
from protocols.records import BarrierPosition, Outcome, PassageFlag, Reason
from protocols.topics import Channel


class PersonRow(BaseModel):
    """A person in a list."""

    id: UUID
    organisation_id: UUID
    name: str = Field(examples=["Иванова Мария Петровна"])
    phones: list[str] = Field(examples=[["+79123456789"]])
    email: str | None
    note: str
    premises: list[str] = Field(description="addresses", examples=[["к/п Афины, ул. Кифису, д. А2"]])


class ResidencyOut(BaseModel):
    """Who is what to which premises."""

    id: UUID
    person_id: UUID
    person: str = Field(examples=["Иванова Мария Петровна"])
    phones: list[str]
    premises_id: UUID
    address: str
    role: ResidencyRole
    since: date | None
    until: date | None


class PassageOut(BaseModel):
    """A decision at a point."""

    id: UUID
    organisation_id: UUID
    site_id: UUID
    site: str = Field(examples=["к/п Афины"])
    point_id: UUID
    point: str = Field(examples=["Въезд 1"])
    at: datetime
    received_at: datetime
    clock_trusted: bool
    direction: Direction
    outcome: Outcome
    reason: Reason
    pass_id: UUID | None
    pass_number: int | None
    holder: str
    host: str
    address: str
    phone: str | None
    plate: str | None
    credential: str | None
    read: str
    still: str | None = Field(description="SHA-256 of the picture; GET /api/files/{sha256}")
    still_state: StillState
    opened: bool | None = Field(
        description="null: the barrier has not answered yet, or `fault` says why nobody knows"
    )
    fault: str
    decision_us: int
    latency_us: int | None
    weak_match: bool
    flags: list[PassageFlag] = Field(description="what was noticed beside the decision")
    list_age_s: int | None = Field(
        description="how old the list was by which it was judged, where that was long"
    )
    left_carrier: str | None = Field(description="the plate by which it had come in, empty: on foot")
    other_pass_id: UUID | None = Field(description="the pass by which the vehicle had come in")
    other_pass_number: int | None
    decided: DecisionOut | None = Field(description="what a guard made of it")


class LaneOut(BaseModel):
    """A point, and what happened there last."""

    point_id: UUID
    point: str = Field(examples=["Въезд 1"])
    organisation_id: UUID
    site_id: UUID
    site: str = Field(examples=["к/п Афины"])
    barrier_kind: BarrierKind | None = Field(description="null: nothing opens there")
    can_stop: bool = Field(description="an output stops it where it is")
    barrier_position: Annotated[BarrierPosition | None, BeforeValidator(known(BarrierPosition))] = Field(
        description="where it stands, as the box told it last; null: not told, or not known here"
    )
    hold: HoldCard | None = Field(description="who has it held open; null: no person has")
    passage: PassageOut | None = Field(description="null: nobody has come yet")


class InsideRow(BaseModel):
    """Somebody inside a zone, by what they came in: a pass with two vehicles inside stands twice."""

    pass_id: UUID
    organisation_id: UUID
    number: int = Field(description="the pass's", examples=[1042])
    kind: PassKind
    holder: str = Field(examples=["Петров Пётр"])
    vehicle: str = Field(examples=["KIA RIO, белый"])
    plate: str | None = Field(description="null: on foot", examples=["X711TT90"])
    host: str
    address: str
    phone: str | None = Field(description="the host's, else the guest's")
    site_id: UUID
    zone_id: UUID
    zone: str = Field(examples=["Паркинг"])
    since: datetime
    valid_until: datetime | None
    overstayed: bool = Field(description="the pass has ended")


class OccupancyOut(BaseModel):
    """A zone and how full it is."""

    id: UUID = Field(description="the zone's")
    organisation_id: UUID
    site_id: UUID
    site: str = Field(examples=["к/п Афины"])
    parent_id: UUID | None
    name: str = Field(examples=["Паркинг"])
    inside: int = Field(
        description="there and in what lies in it; vehicles alone where those alone are counted"
    )
    overstayed: int = Field(description="whose pass has ended, of those counted or not")
    capacity: int | None = Field(description="null: any number")
    vehicles_only: bool


class PointPolicyRow(BaseModel):
    """A point, and which passes may open it; `PointPolicyDraft` says what each means."""

    point_id: UUID
    organisation_id: UUID
    point: str = Field(examples=["Ворота КПП-1"])
    site_id: UUID
    site: str = Field(examples=["к/п Афины"])
    kinds: list[PassKind] | None = Field(examples=[[PassKind.RESIDENT, PassKind.STAFF]])
    residents: bool
    approval: bool
    from_minute: int | None = Field(examples=[540])
    until_minute: int | None = Field(examples=[1320])
    longest_days: int | None
    per_day: int | None = Field(examples=[3])
    standing: int | None


class SiteName(BaseModel):
    """What lists need to know of a site."""

    id: UUID
    organisation_id: UUID
    complex_id: UUID | None
    name: str = Field(examples=["к/п Афины"])
    time_zone: str = Field(examples=["Europe/Moscow"])


class QuarantineRow(BaseModel):
    """Something of a box that could not be taken in."""

    id: UUID
    organisation_id: UUID
    site_id: UUID
    site_name: str = Field(examples=["к/п Афины"])
    box_id: UUID
    box_name: str = Field(examples=["КПП 1"])
    stream_id: UUID | None
    sequence: int | None
    channel: Channel
    reason: QuarantineReason
    detail: str = Field(examples=["Object missing required field `at` - at `$`"])
    size: int = Field(description="bytes")
    text: str | None = Field(
        description=f"its first {PREVIEW_BYTES} bytes, if they are text", examples=['{"type":"passage"}']
    )
    hex: str | None = Field(description="the same bytes if they are not", examples=["00ff17"])
    times: int
    first_at: datetime
    last_at: datetime


class UnknownTypeRow(BaseModel):
    """A type of message or record that a box sends and this version does not know."""

    organisation_id: UUID
    site_id: UUID
    site_name: str = Field(examples=["к/п Афины"])
    box_id: UUID
    box_name: str = Field(examples=["КПП 1"])
    channel: Channel
    type: str = Field(examples=["lift_call"])
    times: int
    first_at: datetime
    last_at: datetime


class MeterSeriesOut(BaseModel):
    """A series of a meter."""

    id: int = Field(examples=[17])
    channel: str = Field(examples=["total_energy"])
    unit: str = Field(examples=["kWh"])
    kind: SeriesKind


class MeterRow(BaseModel):
    """A meter in a list."""

    id: UUID
    organisation_id: UUID
    name: str = Field(examples=["Ввод 1, электричество"])
    serial: str
    resource: Resource
    profile: str = Field(examples=["eastron_sdm120"])
    unit: int = Field(description="the address on the bus")
    box_id: UUID
    box: str
    site_id: UUID
    site: str
    address: str
    series: list[MeterSeriesOut]


class AuditRow(Output):
    """Who did what."""

    model_config = example(
        id="0193514c-8a00-7000-8000-000000000001",
        organisation_id="0193514c-8a00-7000-8000-000000000001",
        at="2026-11-22T12:00:00Z",
        actor="Анна Ёлкина",
        account_id="0193514c-8a00-7000-8000-000000000001",
        action="access.pass.issue",
        object_kind="pass",
        object_id="0193514c-8a00-7000-8000-000000000001",
        changes={"state": ["issued", "revoked"]},
        correlation_id="5f0c1d2e3a4b5c6d",
        address="203.0.113.7",
        names={"0193514c-8a00-7000-8000-000000000001": "247"},
    )

    id: UUID
    organisation_id: UUID
    at: datetime
    actor: str
    account_id: UUID | None
    action: str
    object_kind: str
    object_id: UUID
    changes: dict[str, Any]
    correlation_id: str | None
    address: str | None
    names: dict[str, str] = Field(description="by id, of what the entry names and is still there")
