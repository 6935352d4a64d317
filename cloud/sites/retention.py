"""What the sites slice keeps of persons: who ordered a box to do something, a resident at a door among them."""

from cloud.kernel.retention import Kept, Part
from cloud.sites.models import Command
from protocols.privacy import KeptKind

KEPT: tuple[Kept, ...] = (
    Part(
        kind=KeptKind.AUDIT,  # the trail tells of every order, too, and as long
        table=Command,
        at=Command.issued_at,
        holds=Command.erased_at.is_(None),
        wiped={"person": "", "account_id": None, "reason": "", "carrier": None},
    ),
)
