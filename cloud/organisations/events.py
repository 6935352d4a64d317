"""What happens in the slice."""

from uuid import UUID

from cloud.kernel.outbox import DomainEvent


class StaffInvited(DomainEvent, frozen=True, tag="organisations.staff_invited"):
    """A person was invited into a company."""

    membership_id: UUID


class StaffChanged(DomainEvent, frozen=True, tag="organisations.staff_changed"):
    """A person's roles or state in a company changed; `ended` when they no longer belong to it."""

    membership_id: UUID
    ended: bool = False
