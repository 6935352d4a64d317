"""Why a device is in its state."""

from datetime import UTC, datetime
from uuid import UUID

import pytest

from cloud.sites.statuses import Status, kept, told
from protocols.records import DeviceReason, DeviceState, DeviceStatus

AT = datetime(2026, 11, 22, tzinfo=UTC)


def said(detail: str = "", reason: str = "", number: int | None = None) -> DeviceState:
    status, one = DeviceStatus.OFFLINE, UUID(int=1)
    return DeviceState(id=one, at=AT, device=one, status=status, detail=detail, reason=reason, number=number)


@pytest.mark.parametrize(
    ("event", "status"),
    [
        (
            said("PLC: HTTP status 401", "http_status", 401),
            Status(DeviceReason.HTTP_STATUS, 401, "PLC: HTTP status 401"),
        ),
        (said("no answer"), Status(None, None, "no answer")),
        (said(), Status(None, None, "")),
        (said("on fire", "of_a_newer_box", 7), Status(None, 7, "on fire")),
        (said('{"reason": 1}'), Status(None, None, '{"reason": 1}')),
    ],
)
def test_what_was_said_is_told(event: DeviceState, status: Status) -> None:
    assert told(kept(event)) == status
