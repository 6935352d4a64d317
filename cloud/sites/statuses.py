"""Why a device is in its state, as one text of its row: a reason with its number, and what its driver said besides."""

from typing import NamedTuple

import msgspec

from protocols.records import DeviceReason, DeviceState


class Status(NamedTuple):
    """`reason` None: the box told none, or one that is not known here."""

    reason: DeviceReason | None
    number: int | None
    detail: str


class _Kept(msgspec.Struct, frozen=True):
    reason: str
    number: int | None
    detail: str


_decoder = msgspec.json.Decoder(_Kept)


def kept(event: DeviceState) -> str:
    """What the row keeps; a state without a reason is kept as older boxes' are, by its detail alone."""
    if not event.reason:
        return event.detail
    return msgspec.json.encode(_Kept(event.reason, event.number, event.detail)).decode()


def told(text: str) -> Status:
    """What the row says."""
    try:
        row = _decoder.decode(text)
    except msgspec.DecodeError:
        return Status(None, None, text)
    known = DeviceReason(row.reason) if row.reason in set(DeviceReason) else None
    return Status(known, row.number, row.detail)
