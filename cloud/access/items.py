"""Rows as a site's boxes hold them."""

import base64
from collections.abc import Iterable
from uuid import UUID

import msgspec

from cloud.access.models import Blocked, CodeKey, Pass, PassCard
from cloud.access.types import PassState
from protocols import faces
from protocols.fields import KEY_MAX, Direction, clipped
from protocols.held import BlockItem, KeyItem, KeyPurpose, PassItem, PassKind, Window

_FINAL = {PassState.REVOKED, PassState.REFUSED}


def pass_item(row: Pass, cards: Iterable[PassCard], *, refusal: str = "") -> PassItem:
    """A revoked pass stays held for a while, so that the gate can say why it refuses.

    `refusal`: why one that was made at a gate does not stand.
    """
    keys = dict.fromkeys(key for card in cards for key in card.keys)
    keys |= dict.fromkeys(map(faces.key_of, row.faces or ()))  # a pass that is just made has none yet
    return PassItem(
        id=row.id,
        number=str(row.number),
        kind=PassKind(row.kind),
        holder=row.holder or row.vehicle,
        host=row.host,
        phone=row.host_phone or row.phone,
        address=clipped(row.address),
        keys=list(keys),
        plates=_plates(row.plates),
        points=[UUID(point) for point in row.points],
        direction=Direction(row.direction) if row.direction else None,
        valid_from=row.valid_from,
        valid_until=row.valid_until,
        schedule=msgspec.convert(row.schedule, list[Window]),
        entries=row.entries,
        revoked=row.state in _FINAL,
        household=row.premises_id,
        vehicles=row.vehicles,
        vehicle=row.vehicle,
        service=row.service,
        ticket=row.ticket,
        changed_at=row.changed_at,
        guest_phone=row.phone,
        refusal=clipped(refusal),
    )


def moved_item(row: Pass) -> PassItem:
    """What the boxes of a site hold of a pass that has moved to another, as long as a code may be good there.

    A code says nothing of the move, and a box believes the code of a pass that it does not hold. Nothing else opens
    there any more, and nobody there needs to know whose it is.
    """
    return PassItem(
        id=row.id,
        number=str(row.number),
        kind=PassKind(row.kind),
        valid_from=row.valid_from,
        valid_until=row.valid_until,
        revoked=True,
        changed_at=row.changed_at,
    )


def block_item(row: Blocked, passes: Iterable[UUID]) -> BlockItem:
    """`passes`: those of a blacklisted person."""
    return BlockItem(
        id=row.id,
        keys=list(row.keys),
        plates=_plates(row.plates),
        passes=list(passes),
        persons=list(row.persons),
        documents=list(row.documents),
        phones=list(row.phones),
        name=row.person,
        reason=row.reason,
        until=row.until,
    )


def _plates(kept: Iterable[str]) -> list[str]:
    """Without those of the time before their length was judged: no box holds them, and no camera reads them."""
    return [plate for plate in kept if len(plate) <= KEY_MAX]


def key_item(row: CodeKey) -> KeyItem:
    """What verifies guests' codes."""
    return KeyItem(
        id=row.id,
        purpose=KeyPurpose.QR,
        public_key=base64.b64encode(row.public_key).decode(),
        valid_from=row.valid_from,
        valid_until=row.valid_until,
    )
