"""What the API takes and gives about sites. Device secrets go in and never come out."""

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID
from zoneinfo import available_timezones

import msgspec
from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints

from cloud.kernel.schemas import LINES, LINES_AS_TYPED, ONE_LINE, FreeObject, Instant, known
from cloud.sites.differences import Difference
from cloud.sites.page_schemas import ServedPage, UploadedPage
from cloud.sites.types import AlarmState, HoldCard
from protocols.config import AntiPassback, Barrier, BarrierKind, FireInput, Reader, StaleRule
from protocols.fields import Direction
from protocols.records import BarrierCause, BarrierPosition, DeviceReason, Severity
from protocols.urls import without_secrets

_ZONES = available_timezones()


def _known_zone(name: str) -> str:
    if name not in _ZONES:
        raise ValueError(f"{name!r} is not an IANA time zone")
    return name


Name = Annotated[str, Field(min_length=1, max_length=200, examples=["КПП 1"]), ONE_LINE]
TimeZone = Annotated[str, ONE_LINE, AfterValidator(_known_zone), Field(examples=["Europe/Moscow"])]
Reason = Annotated[str, Field(min_length=1, max_length=500, examples=["Скорая помощь"]), LINES]

SecretName = Annotated[str, Field(max_length=100), ONE_LINE]
Secret = Annotated[str, StringConstraints(max_length=2000, strip_whitespace=False), LINES_AS_TYPED]


class Draft(BaseModel):
    """Base of what callers send: a field that does not exist is an error, not a silence."""

    model_config = ConfigDict(extra="forbid", str_strip_whitespace=True)


class StaleDraft(Draft):
    """What it means that a box has not confirmed its list with the cloud for long."""

    model_config = ConfigDict(from_attributes=True)

    after_s: int | None = Field(
        default=None,
        ge=60,
        le=366 * 86_400,
        description="stale after so long; null: never",
        examples=[86_400],
    )
    residents: StaleRule = Field(default=StaleRule.ALLOW, description="with staff")
    guests: StaleRule = StaleRule.GUARD
    services: StaleRule = Field(default=StaleRule.GUARD, description="with contractors and recurring passes")


class SiteDraft(Draft):
    """A place with gates and boxes."""

    name: Annotated[str, Field(min_length=1, max_length=200, examples=["к/п Афины"]), ONE_LINE]
    time_zone: TimeZone
    complex_id: UUID | None = Field(default=None, description="the complex that it belongs to, if to one")
    stale: StaleDraft = StaleDraft()


class SiteCard(BaseModel):
    """A site as lists and pages show it."""

    id: UUID
    organisation_id: UUID
    complex_id: UUID | None = Field(description="the complex that it belongs to, if to one")
    name: str = Field(examples=["к/п Афины"])
    time_zone: str
    stale: StaleDraft
    pass_version: int
    created_at: datetime
    boxes: int = Field(description="boxes in service")
    boxes_online: int
    boxes_unsent: int = Field(description="boxes in service that have not been sent all changes")


class ZoneDraft(Draft):
    """A part of a site into which points lead. What is counted in it is counted by one box."""

    name: Annotated[str, Field(min_length=1, max_length=200, examples=["Паркинг"]), ONE_LINE]
    parent_id: UUID | None = Field(default=None, description="the zone within which it lies")
    anti_passback: AntiPassback = AntiPassback.OFF
    amnesty_minute: int | None = Field(
        default=None,
        ge=0,
        lt=1440,
        description="of the day, when anti-passback forgets where everyone was; null: never",
        examples=[240],
    )
    capacity: int | None = Field(default=None, ge=1, le=100_000, description="null: any number")
    vehicles_only: bool = Field(default=False, description="vehicles alone are counted and watched")


class ZoneCard(ZoneDraft):
    """A zone."""

    name: str = Field(examples=["Паркинг"])
    id: UUID
    site_id: UUID
    number: int = Field(description="what guests' codes call it")


class BoxDraft(Draft):
    """An edge box to be."""

    site_id: UUID
    name: Name


class BoxChange(Draft):
    """What of a box can be changed."""

    name: Name


class BoxCard(BaseModel):
    """A box: what it should be and what it last said of itself."""

    id: UUID
    organisation_id: UUID
    site_id: UUID
    site_name: str
    name: str = Field(examples=["КПП-1"])
    created_at: datetime
    enrolled_at: datetime | None
    revoked_at: datetime | None
    online: bool
    seen_at: datetime | None
    changed_at: datetime | None
    software: str | None
    clock: str | None
    pass_version: int | None = Field(description="version of the passes that it holds")
    pass_version_wanted: int
    config_version: int | None = Field(description="configuration that it runs")
    config_version_wanted: int
    unsent: bool = Field(description="its points, devices or meters are not as it was last sent")
    events_waiting: int | None
    readings_waiting: int | None
    oldest_waiting_at: datetime | None
    disk_free_mb: int | None
    page: ServedPage | None = Field(
        description="null: no guard's page by HTTPS, or software that does not tell"
    )
    page_uploaded: UploadedPage | None = Field(description="that the box has, or is to get")


class EnrolmentCodeCard(BaseModel):
    """A one-time code; shown this once."""

    box_id: UUID
    code: str = Field(examples=["P2HO-KHTG-KMB3-4DUM-SBL6-K23K-I72X-6EE3-4L2J-6UO7-JE"])
    expires_at: datetime
    edge_url: str = Field(description="where the box enrols", examples=["https://edge.example:8443"])


class RevokeDraft(Draft):
    """Why a box is revoked."""

    reason: Reason


class ReplacementCard(BaseModel):
    """The box that took over."""

    box_id: UUID


class DeviceDraft(Draft):
    """A device of a box. What a driver keeps secret goes into `secrets`; what is not named there stays."""

    box_id: UUID
    driver: Annotated[str, Field(min_length=1, max_length=100, examples=["modbus_tcp"]), ONE_LINE]
    name: Annotated[str, Field(min_length=1, max_length=200, examples=["Реле шлагбаума"]), ONE_LINE]
    settings: FreeObject = Field(default={}, examples=[{"host": "192.168.1.10", "port": 502}])
    secrets: Annotated[dict[SecretName, Secret | None], Field(max_length=20)] = Field(
        default={}, description="write-only; null removes one", examples=[{"password": "…"}]
    )


class DeviceCard(BaseModel):
    """A device and how it fares."""

    id: UUID
    organisation_id: UUID
    box_id: UUID
    box_name: str
    site_id: UUID
    driver: str
    name: str = Field(examples=["Реле шлагбаума"])
    settings: Annotated[dict[str, Any], AfterValidator(without_secrets)]
    secret_names: list[str] = Field(description="which secrets are set")
    status: str | None
    status_at: datetime | None
    status_reason: Annotated[DeviceReason | None, BeforeValidator(known(DeviceReason))] = Field(
        description="null: not told, or not known here"
    )
    status_number: int | None = Field(
        description="of the reason: a code that the device gave, an output, a port"
    )
    status_detail: str = Field(description="what the driver said, in its own words")


Output = Annotated[int, Field(ge=0, le=63)]


class ContactDraft(Draft):
    """A dry contact at an input of the barrier's module."""

    input: Annotated[int, Field(ge=0, le=63)]
    normally_closed: bool = Field(default=False, description="what it tells of opens it")


class LightDraft(Draft):
    """A traffic light for those who come from one side."""

    direction: Direction
    green: Output | None = None
    red: Output | None = None


class BarrierDraft(Draft):
    """Which output opens the point, how it is driven, and what tells where it stands and whether the way is free."""

    device: UUID
    output: Output
    pulse_ms: Annotated[int, Field(ge=50, le=30_000)] = 700
    kind: BarrierKind = BarrierKind.PULSE
    close_output: Output | None = None
    stop_output: Output | None = None
    opened: ContactDraft | None = Field(default=None, description="end position")
    closed: ContactDraft | None = Field(default=None, description="end position; of a door, that it is shut")
    photocell: ContactDraft | None = None
    loop: ContactDraft | None = None
    passed: ContactDraft | None = Field(default=None, description="a turnstile has turned")
    exit_button: ContactDraft | None = Field(
        default=None, description="whoever presses it leaves without a pass"
    )
    travel_s: Annotated[float, Field(ge=0.1, le=120)] = Field(
        default=15.0, description="it reaches its other end within this, or is stuck"
    )
    stay_s: Annotated[float, Field(ge=0.1, le=600)] = Field(
        default=5.0, description="how long it stays open after it opened or the way was left"
    )
    held_open_s: Annotated[float, Field(ge=1, le=86_400)] = Field(
        default=120.0, description="not closed for longer is an alarm"
    )
    interlock: UUID | None = Field(default=None, description="the point at the other gate of a sluice")
    lights: Annotated[list[LightDraft], Field(max_length=2)] = []

    def wire(self) -> Barrier:
        return msgspec.convert(self.model_dump(), Barrier)


class FireDraft(Draft):
    """The fire alarm's contact at a relay module."""

    device: UUID
    input: Annotated[int, Field(ge=0, le=63)]
    normally_closed: bool = Field(default=False, description="a cut wire opens, too")
    points: Annotated[list[UUID], Field(max_length=100)] = Field(
        default=[], description="what it opens; none named: every point of the box"
    )

    def wire(self) -> FireInput:
        return msgspec.convert(self.model_dump(), FireInput)


class BoxFire(Draft):
    """The fire alarm's contacts of a box."""

    inputs: Annotated[list[FireDraft], Field(max_length=16)] = []


class ReaderDraft(Draft):
    """A device that reads at the point."""

    device: UUID
    direction: Direction = Direction.IN

    def wire(self) -> Reader:
        return Reader(device=self.device, direction=self.direction)


class AlarmCard(BaseModel):
    """An alarm of a box."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "id": "0193514c-8a00-7000-8000-0000000000a1",
                    "organisation_id": "0193514c-8a00-7000-8000-000000000001",
                    "site_id": "0193514c-8a00-7000-8000-000000000002",
                    "site_name": "к/п Афины",
                    "box_id": "0193514c-8a00-7000-8000-000000000030",
                    "box_name": "КПП 1",
                    "source_id": None,
                    "source_name": None,
                    "kind": "stream_forked",
                    "severity": "critical",
                    "state": "open",
                    "notice": True,
                    "detail": "stream 0193514c-8a00-7000-8000-0000000000f0 at 4711",
                    "times": 1,
                    "raised_at": "2026-11-22T12:00:00Z",
                    "last_at": "2026-11-22T12:00:00Z",
                    "cleared_at": None,
                    "acknowledged_at": None,
                    "acknowledged_person": None,
                }
            ]
        }
    )

    id: UUID
    organisation_id: UUID
    site_id: UUID
    site_name: str
    box_id: UUID
    box_name: str
    source_id: UUID | None = Field(description="device or point")
    source_name: str | None
    kind: str
    severity: Severity
    state: AlarmState
    notice: bool = Field(description="it happened and does not last: acknowledging it clears it")
    detail: str
    times: int = Field(description="how often the same was told until somebody took note of it")
    raised_at: datetime
    last_at: datetime
    cleared_at: datetime | None
    acknowledged_at: datetime | None
    acknowledged_person: str | None


class PointDraft(Draft):
    """A lane, door or gate, driven by one box."""

    box_id: UUID
    name: Annotated[str, Field(min_length=1, max_length=200, examples=["Въезд 1"]), ONE_LINE]
    zone_id: UUID | None = None
    building_id: UUID | None = Field(
        default=None, description="whose door it is; null: of all who live in the site's complex"
    )
    entrance_id: UUID | None = Field(default=None, description="of this entrance of the building alone")
    residents: bool = Field(default=False, description="those who live there may open it from afar")
    barrier: BarrierDraft | None = None
    readers: Annotated[list[ReaderDraft], Field(max_length=16)] = []
    camera_id: UUID | None = None


class PointCard(BaseModel):
    """A point."""

    id: UUID
    organisation_id: UUID
    site_id: UUID
    site_name: str
    box_id: UUID
    box_name: str
    zone_id: UUID | None
    building_id: UUID | None
    entrance_id: UUID | None
    residents: bool
    name: str = Field(examples=["Въезд 1"])
    barrier: BarrierDraft | None
    readers: list[ReaderDraft]
    camera_id: UUID | None
    barrier_position: Annotated[BarrierPosition | None, BeforeValidator(known(BarrierPosition))] = Field(
        description="where it stands, as the box told it last; null: not told, or not known here"
    )
    barrier_cause: Annotated[BarrierCause | None, BeforeValidator(known(BarrierCause))] = Field(
        description="what brought it there"
    )
    barrier_at: datetime | None
    hold: HoldCard | None = Field(description="as the box told it; null: no person has it held open")


class ConfigPreview(BaseModel):
    """What would be sent to a box now, secrets redacted, and how it differs from what was sent last."""

    box_id: UUID
    version: int = Field(description="sent last; 0: nothing yet")
    body: dict[str, Any]
    differences: list[Difference]


class ConfigVersion(BaseModel):
    """A configuration that was sent."""

    version: int
    created_at: datetime
    person: str
    applied: bool | None
    answered_at: datetime | None
    errors: list[str]


class MoveDraft(Draft):
    """An order to move a point's barrier now."""

    reason: Reason


class HoldDraft(Draft):
    """An order to open a point now, and to hold it open."""

    reason: Reason
    until: Instant = Field(description="when it is released by itself; a day ahead at most")


class CommandDraft(Draft):
    """Another order to a box."""

    kind: Annotated[str, Field(pattern="^(capture|restart|read_now)$", examples=["restart"]), ONE_LINE]
    target: UUID | None = None
    reason: Annotated[str, Field(max_length=500), LINES] = ""


class CommandCard(BaseModel):
    """An order, and its answer if one has come."""

    id: UUID
    organisation_id: UUID
    box_id: UUID
    kind: str
    target: UUID | None
    person: str
    reason: str
    issued_at: datetime
    expires_at: datetime
    until: datetime | None = Field(description="of a hold: when it is released by itself")
    sent_at: datetime | None
    answered_at: datetime | None
    lapsed_at: datetime | None
    outcome: str | None
    outcome_reason: str | None
    detail: str
