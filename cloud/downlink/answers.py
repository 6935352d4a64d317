"""What is said to a box, made from what the database knows. Pure: the time and the keys come in."""

import base64
import math
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import msgspec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from cloud.sites.types import Changes, DesiredVersion, HeldChange, HeldState, Snapshot
from protocols.fields import clipped
from protocols.messages import (
    Command,
    Desired,
    PassChanges,
    Put,
    Remove,
    Signed,
    SnapshotPiece,
    UpToDate,
    Uses,
    Whereabouts,
    encode,
)
from protocols.topics import Channel

PIECE_ITEMS = 2000
PIECE_BYTES = 512 * 1024


@dataclass(frozen=True, slots=True)
class Outgoing:
    """A message for one box. `command_id`: to be noted as sent once the broker has it."""

    channel: Channel
    payload: bytes
    expires_in_s: int | None = None
    command_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class Signer:
    """The cloud's key for commands and configuration."""

    id: UUID
    key: Ed25519PrivateKey

    def sign(self, payload: bytes) -> bytes:
        """An encoded `Signed` around exactly these bytes."""
        signature = base64.b64encode(self.key.sign(payload)).decode()
        return encode(Signed(key=self.id, payload=msgspec.Raw(payload), signature=signature))


@dataclass(frozen=True, slots=True)
class Piece:
    """Some items, uses and places of a snapshot."""

    items: list[bytes]
    uses: list[Uses]
    places: list[Whereabouts]


@dataclass(frozen=True, slots=True)
class CutSnapshot:
    """A snapshot under its own id, cut into pieces that fit a message."""

    id: UUID
    state: HeldState
    pieces: list[Piece]

    def message(self, number: int, now: datetime) -> Outgoing:
        """Piece `number`; a number beyond the end gives the last one."""
        number = min(number, len(self.pieces) - 1)
        piece = self.pieces[number]
        message = SnapshotPiece(
            epoch=self.state.epoch,
            snapshot=self.id,
            version=self.state.version,
            digest=self.state.digest.hex(),
            piece=number,
            pieces=len(self.pieces),
            items=[msgspec.Raw(item) for item in piece.items],
            uses=piece.uses,
            places=piece.places,
            now=now,
        )
        return Outgoing(Channel.DOWN_PASSES, encode(message))


def cut(snapshot: Snapshot, snapshot_id: UUID) -> CutSnapshot:
    """An empty set is one empty piece."""
    items = list(_runs(snapshot.items))
    count = max(len(items), *(-(-len(facts) // PIECE_ITEMS) for facts in (snapshot.uses, snapshot.places)), 1)
    items += [[]] * (count - len(items))
    pieces = [
        Piece(
            items[number],
            snapshot.uses[first : first + PIECE_ITEMS],
            snapshot.places[first : first + PIECE_ITEMS],
        )
        for number, first in enumerate(range(0, count * PIECE_ITEMS, PIECE_ITEMS))
    ]
    return CutSnapshot(snapshot_id, snapshot.state, pieces)


def up_to_date(state: HeldState, now: datetime) -> Outgoing:
    """Where the log stands: a box that holds something else asks for a snapshot."""
    message = UpToDate(epoch=state.epoch, version=state.version, digest=state.digest.hex(), now=now)
    return Outgoing(Channel.DOWN_PASSES, encode(message))


def changes(found: Changes, now: datetime) -> Outgoing:
    """The versions that the box lacks."""
    message = PassChanges(
        epoch=found.state.epoch,
        after=found.after,
        version=found.state.version,
        digest=found.state.digest.hex(),
        changes=[_change(change) for change in found.changes],
        now=now,
    )
    return Outgoing(Channel.DOWN_PASSES, encode(message))


def desired(signer: Signer, box_id: UUID, wanted: DesiredVersion) -> Outgoing:
    """The box's configuration, signed."""
    message = Desired(
        box=box_id,
        version=wanted.version,
        body=msgspec.Raw(wanted.body),
        person=clipped(wanted.person),
        person_id=wanted.account_id,
    )
    return Outgoing(Channel.DOWN_CONFIG, signer.sign(encode(message)))


def command(signer: Signer, ordered: Command, now: datetime) -> Outgoing | None:
    """The command, signed; the broker drops it when its time is over. None: it is over already."""
    left_s = (ordered.expires_at - now).total_seconds()
    if left_s <= 0:
        return None
    return Outgoing(Channel.DOWN_COMMANDS, signer.sign(encode(ordered)), math.ceil(left_s), ordered.id)


def _change(change: HeldChange) -> Put | Remove:
    if change.body is None:
        return Remove(version=change.version, kind=change.kind, id=change.item_id)
    return Put(version=change.version, item=msgspec.Raw(change.body))


def _runs(items: list[bytes]) -> Iterator[list[bytes]]:
    """Consecutive items that fit a piece."""
    run: list[bytes] = []
    size = 0
    for item in items:
        if run and (len(run) == PIECE_ITEMS or size + len(item) > PIECE_BYTES):
            yield run
            run, size = [], 0
        run.append(item)
        size += len(item)
    if run:
        yield run
