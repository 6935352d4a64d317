"""What a pass is in one word, where several would be true."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from protocols.guard_views import PassStatus
from protocols.pass_status import pass_status

AT = datetime(2026, 11, 30, 12, tzinfo=UTC)
GOOD: dict[str, Any] = {
    "valid_from": AT - timedelta(hours=1),
    "valid_until": AT + timedelta(hours=1),
    "blocked": False,
    "revoked": False,
    "inside": False,
    "left": False,
    "used_up": False,
}
OVER = {"valid_until": AT}


@pytest.mark.parametrize(
    ("facts", "told"),
    [
        ({}, PassStatus.ISSUED),
        ({"valid_until": None}, PassStatus.ISSUED),
        ({"valid_from": AT + timedelta(seconds=1)}, PassStatus.NOT_YET),
        ({"inside": True}, PassStatus.INSIDE),
        ({"inside": True, "used_up": True}, PassStatus.INSIDE),
        ({"inside": True, **OVER}, PassStatus.OVERSTAYED),
        ({"inside": True, "revoked": True}, PassStatus.REVOKED),
        ({"inside": True, "revoked": True, "blocked": True}, PassStatus.BLACKLISTED),
        (OVER, PassStatus.EXPIRED),
        ({"left": True, **OVER}, PassStatus.EXPIRED),
        ({"left": True, "used_up": True}, PassStatus.LEFT),
        ({"used_up": True}, PassStatus.USED_UP),
    ],
)
def test_the_gravest_is_told(facts: dict[str, Any], told: PassStatus) -> None:
    assert pass_status(AT, **{**GOOD, **facts}) is told
