"""What happens in the access slice."""

from datetime import datetime
from uuid import UUID

from cloud.kernel.outbox import DomainEvent


class PassUsed(DomainEvent, frozen=True, kw_only=True, tag="access.pass_used"):
    """A pass that somebody watches was shown at a gate, and let in or not. `passage_id`: or a guard's decision.

    `shown`: the passage in which the box read something; None: nothing was read.
    """

    pass_id: UUID
    passage_id: UUID
    point_id: UUID
    at: datetime
    direction: str
    outcome: str
    reason: str
    shown: UUID | None = None


class Listed(DomainEvent, frozen=True, tag="access.listed"):
    """Somebody or something was put on a site's blacklist."""

    site_id: UUID


class PassDecided(DomainEvent, frozen=True, kw_only=True, tag="access.pass_decided"):
    """A pass in a resident's name was approved, refused or revoked. `change_id`: the line of its history."""

    pass_id: UUID
    change_id: UUID
