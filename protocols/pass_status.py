"""What a guard is told of a pass in one word: the same rule at a box and in the cloud. Pure."""

from datetime import datetime

from protocols.guard_views import PassStatus


def pass_status(  # noqa: PLR0911  # a line a status
    at: datetime,
    *,
    valid_from: datetime,
    valid_until: datetime | None,
    blocked: bool,
    revoked: bool,
    inside: bool,
    left: bool,
    used_up: bool,
) -> PassStatus:
    """The gravest first. `left`: whoever has it was inside and is not any more; who is inside with a revoked pass has
    a revoked pass, and is found among those inside all the same.
    """
    is_over = valid_until is not None and at >= valid_until
    if blocked:
        return PassStatus.BLACKLISTED
    if revoked:
        return PassStatus.REVOKED
    if inside:
        return PassStatus.OVERSTAYED if is_over else PassStatus.INSIDE
    if is_over:
        return PassStatus.EXPIRED
    if left:
        return PassStatus.LEFT
    if used_up:
        return PassStatus.USED_UP
    return PassStatus.NOT_YET if at < valid_from else PassStatus.ISSUED
