"""What happened to the boxes' streams, for the reactions of other slices."""

from uuid import UUID

from cloud.kernel.outbox import DomainEvent


class StreamForked(DomainEvent, tag="telemetry.stream_forked", frozen=True, kw_only=True):
    """A box's history differs from ours: restored from a copy, or forged. Raised once a fork."""

    box_id: UUID
    stream_id: UUID
    sequence: int


class StreamGapFound(DomainEvent, tag="telemetry.stream_gap_found", frozen=True, kw_only=True):
    """Records `first` to `last` of a stream exist nowhere any more."""

    box_id: UUID
    stream_id: UUID
    first: int
    last: int


class RecordQuarantined(DomainEvent, tag="telemetry.record_quarantined", frozen=True, kw_only=True):
    """Something of a box could not be taken in. Raised once for the same bytes."""

    box_id: UUID
    quarantine_id: UUID
    reason: str
