"""What the calls slice keeps of persons: who was called, and who answered."""

from cloud.calls.models import CallRow
from cloud.kernel.retention import Kept, Part
from protocols.privacy import KeptKind

KEPT: tuple[Kept, ...] = (Part(kind=KeptKind.CALLS, table=CallRow, at=CallRow.started_at),)
