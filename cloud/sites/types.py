"""Plain values that the sites slice hands to others."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import NamedTuple
from uuid import UUID

import msgspec
from pydantic import BaseModel, Field

from protocols.held import ItemKind
from protocols.messages import Uses, Whereabouts


class NotifyKind(StrEnum):
    """What a notice to the downlink processes is about."""

    HELD = "held"  # id: the site
    CONFIG = "config"  # id: the box
    COMMAND = "command"  # id: the box
    BOX = "box"  # id: the box; enrolled or revoked


class AlarmKind(StrEnum):
    """Notices: kinds of alarm that happen and do not last. Boxes may raise lasting ones of any other kind."""

    STREAM_FORKED = "stream_forked"
    STREAM_GAP = "stream_gap"
    RECORD_QUARANTINED = "record_quarantined"
    HELD_ITEM_UNREADABLE = "held_item_unreadable"  # the box holds it and lets nobody in by it
    READER_UNASSIGNED = "reader_unassigned"  # something was read at a device that stands at no point
    NO_ROOM_FOR_FILES = "no_room_for_files"  # the company's files fill its quota: the box keeps its pictures
    SHORTAGE = "shortage"  # of the box's disk; `detail` says what was given up last
    DECISIONS_UNWRITTEN = (
        "decisions_unwritten"  # people were refused and no record says so: the disk was full
    )


class AlarmState(StrEnum):
    """Where an alarm stands."""

    OPEN = "open"  # nobody has taken note of it
    ACKNOWLEDGED = "acknowledged"  # somebody has; it lasts
    CLEARED = "cleared"


NOTIFY_CHANNEL = "domovoy_downlink"


@dataclass(frozen=True, slots=True)
class BoxOwner:
    """Whose box it is. `revoked_at`: it is to be ignored from then on, in the transaction that finds out."""

    box_id: UUID
    organisation_id: UUID
    site_id: UUID
    journal_key: bytes | None  # Ed25519, 32 bytes
    enrolled_at: datetime | None
    revoked_at: datetime | None


@dataclass(frozen=True, slots=True)
class HeldState:
    """A version of a site's held set. `digest`: 32 bytes, big-endian."""

    epoch: UUID
    version: int
    digest: bytes


@dataclass(frozen=True, slots=True)
class HeldChange:
    """One version: the item as of it, or (`body` None) its leaving."""

    version: int
    kind: ItemKind
    item_id: UUID
    body: bytes | None
    digest: bytes  # of the whole set after it


class Moved(NamedTuple):
    """Where a carrier of a pass (its plate, or "" on foot) is from now on. `zone_id` None: outside."""

    pass_id: UUID
    carrier: str
    zone_id: UUID | None
    household_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class Snapshot:
    """The whole held set at one version, and what boxes have counted and know of passes."""

    state: HeldState
    items: list[bytes]
    uses: list[Uses]
    places: list[Whereabouts]


@dataclass(frozen=True, slots=True)
class UpToDate:
    """Nothing is newer than what the box holds."""

    state: HeldState


@dataclass(frozen=True, slots=True)
class Changes:
    """Versions `after` + 1 … `state.version`, complete; more may follow."""

    after: int
    state: HeldState
    changes: list[HeldChange]


@dataclass(frozen=True, slots=True)
class SnapshotNeeded:
    """The box is ahead, differs, holds nothing, or is further behind than the log reaches."""

    state: HeldState
    cause: str


Difference = UpToDate | Changes | SnapshotNeeded


@dataclass(frozen=True, slots=True)
class PointPlace:
    """Where a point is and which box drives it."""

    point_id: UUID
    site_id: UUID
    box_id: UUID
    name: str


class Door(NamedTuple):
    """A point that a resident may open from afar."""

    id: UUID
    organisation_id: UUID
    name: str
    site_id: UUID
    site: str


@dataclass(frozen=True, slots=True)
class SitePlace:
    """A site by name, and the zone in which its schedules are judged."""

    site_id: UUID
    name: str
    time_zone: str


@dataclass(frozen=True, slots=True)
class BoxPlace:
    """A box by name, and the site at which it stands. `enrolled_at` None: no machine answers for it yet."""

    box_id: UUID
    name: str
    site_id: UUID
    site: str
    organisation_id: UUID
    enrolled_at: datetime | None


@dataclass(frozen=True, slots=True)
class DesiredVersion:
    """A box's desired configuration, as it is sent: JSON of `protocols.config.Configuration`. By whom it was sent."""

    version: int
    body: bytes
    person: str
    account_id: UUID | None


@dataclass(frozen=True, slots=True)
class BoxTarget:
    """What an enrolled box should hold by now."""

    box_id: UUID
    organisation_id: UUID
    site_id: UUID
    pass_epoch: UUID
    pass_version: int
    config_version: int


BROKER_KEEPER = "pki-sync"  # its certificate's CN is "pki-sync-<number>"


class HoldCard(BaseModel):
    """Who has a point held open, why, and until when; then it is released by itself."""

    person: str = Field(examples=["Иванова А. П."])
    reason: str = Field(examples=["Заезд грузчиков"])
    since: datetime
    until: datetime


class BrokerOrders(msgspec.Struct, frozen=True):
    """What the broker must refuse: boxes by deny line, certificates by the list (PEM)."""

    denied: list[UUID]
    crl: str


class ServerRenewal(msgspec.Struct, frozen=True):
    """A request (PEM) for a further certificate of the broker's, and the one that it has (PEM)."""

    csr: str
    certificate: str
