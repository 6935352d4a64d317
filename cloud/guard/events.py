"""What guards did, for what follows from it."""

from uuid import UUID

from cloud.kernel.outbox import DomainEvent


class PassMade(DomainEvent, frozen=True, tag="guard.pass_made"):
    """A pass was made at a gate; the company has not judged it yet."""

    pass_id: UUID


class PassWithdrawn(DomainEvent, frozen=True, tag="guard.pass_withdrawn"):
    """A pass was withdrawn at a gate; the site's other boxes do not know yet."""

    pass_id: UUID


class VisitTold(DomainEvent, frozen=True, tag="guard.visit_told"):
    """A visitor was let in, or waits; nobody has asked the company's blacklist yet."""

    visit_id: UUID


class ViolationRecorded(DomainEvent, frozen=True, tag="guard.violation_recorded"):
    """A guard recorded a violation: a case begins."""

    violation_id: UUID


class ViolationCharged(DomainEvent, frozen=True, tag="guard.violation_charged"):
    """A confirmed violation is to be paid for. `premises_id` None: nobody's premises are known.

    Once a violation: what bills it takes the violation's id as the key.
    """

    violation_id: UUID
    premises_id: UUID | None = None
    plate: str | None = None
