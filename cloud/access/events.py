"""What happens in the access slice that others may follow."""

from uuid import UUID

from cloud.kernel.outbox import DomainEvent


class PassIssued(DomainEvent, tag="access.pass_issued", frozen=True, kw_only=True):
    """A pass was issued."""

    pass_id: UUID


class PassRevoked(DomainEvent, tag="access.pass_revoked", frozen=True, kw_only=True):
    """A pass was revoked."""

    pass_id: UUID


class PassageRecorded(DomainEvent, tag="access.passage_recorded", frozen=True, kw_only=True):
    """A box decided at a point; the passage stands in the table."""

    passage_id: UUID
