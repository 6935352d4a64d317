"""What is kept of persons by no slice of the business: the audit trail, and the ledger of who looked at whose data."""

from cloud.kernel.retention import Kept, Part
from cloud.kernel.tables import AuditEntry
from cloud.privacy.models import LookRow, RetentionRun
from protocols.privacy import KeptKind

KEPT: tuple[Kept, ...] = (
    Part(kind=KeptKind.LOOKS, table=LookRow, at=LookRow.at),
    Part(kind=KeptKind.AUDIT, table=AuditEntry, at=AuditEntry.at),
    Part(kind=KeptKind.AUDIT, table=RetentionRun, at=RetentionRun.at),
)
