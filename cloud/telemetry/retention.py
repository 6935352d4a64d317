"""What the journal keeps of persons: the bytes of a record go when its kind's time is over, its hash stays.

The chain needs the hash alone, so what follows stays provable, and the box's signatures still cover what is gone.
"""

from cloud.kernel.retention import Kept, Part
from cloud.telemetry.models import BoxEvent
from protocols.privacy import KINDS_OF_RECORDS, KeptKind


def _records(kind: KeptKind) -> Part:
    tags = sorted(tag for tag, of in KINDS_OF_RECORDS.items() if of is kind)
    return Part(
        kind=kind,
        table=BoxEvent,
        at=BoxEvent.received_at,
        # Without its hash a record is the only witness of its place: it stays until the journal's own time is over.
        holds=(BoxEvent.kind.in_(tags)) & BoxEvent.erased_at.is_(None) & BoxEvent.hash.is_not(None),
        wiped={"record": b""},
    )


KEPT: tuple[Kept, ...] = tuple(_records(kind) for kind in dict.fromkeys(KINDS_OF_RECORDS.values()))
