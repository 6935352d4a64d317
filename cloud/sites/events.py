"""What happened at sites, for the reactions of other slices."""

from uuid import UUID

from cloud.kernel.outbox import DomainEvent


class SiteCreated(DomainEvent, tag="sites.site_created", frozen=True, kw_only=True):
    """The company has a new site; its boxes are to hold what those of every site do."""

    site_id: UUID


class BoxEnrolled(DomainEvent, tag="sites.box_enrolled", frozen=True, kw_only=True):
    """A box got its first certificate."""

    box_id: UUID


class BoxRevoked(DomainEvent, tag="sites.box_revoked", frozen=True, kw_only=True):
    """A box is not to be listened to any more."""

    box_id: UUID


class BoxReplaced(DomainEvent, tag="sites.box_replaced", frozen=True, kw_only=True):
    """Another box took over the points, devices and meters of a revoked one."""

    box_id: UUID
    replacement_id: UUID


class NoRoomForFiles(DomainEvent, tag="sites.no_room_for_files", frozen=True, kw_only=True):
    """A picture of a box was not taken, for the company's files fill its quota; the box keeps it and comes back."""

    box_id: UUID
    quota_mb: int


class AlarmRaised(DomainEvent, tag="sites.alarm_raised", frozen=True, kw_only=True):
    """Something is wrong at a box. Raised once an alarm, however often the same is told."""

    alarm_id: UUID
    box_id: UUID
    kind: str
    severity: str


class AlarmCleared(DomainEvent, tag="sites.alarm_cleared", frozen=True, kw_only=True):
    """A box says that it is well again."""

    alarm_id: UUID
    box_id: UUID


class CommandAnswered(DomainEvent, tag="sites.command_answered", frozen=True, kw_only=True):
    """A box answered a command."""

    command_id: UUID
    box_id: UUID
    outcome: str


class DeviceStatusChanged(DomainEvent, tag="sites.device_status_changed", frozen=True, kw_only=True):
    """A device of a box is gone or back."""

    device_id: UUID
    box_id: UUID
    status: str
