"""Every MQTT message between box and cloud: msgspec Structs, JSON, a tagged union per direction and channel.

Signed and hashed parts travel as `msgspec.Raw`, so both sides see the very bytes that were signed or hashed.
"""

from enum import StrEnum
from typing import Annotated, Any
from uuid import UUID

import msgspec
from msgspec import Meta

from protocols import decoding, framing
from protocols.fields import (
    Base64,
    ClockState,
    Key,
    Label,
    Message,
    Part,
    Sequence,
    Sha256Hex,
    Text,
    Utc,
    Version,
    Watermark,
)
from protocols.topics import Channel

BATCH_MAX_RECORDS = 1000
BATCH_MAX_BYTES = 256 * 1024
MESSAGE_MAX_BYTES = 1024 * 1024


class Stream(StrEnum):
    """The two streams of a box."""

    EVENTS = "events"
    READINGS = "readings"


class Batch(Part, frozen=True, kw_only=True):
    """A run of records without a gap. `before`: the hash before `first`; `oldest`: the oldest still held."""

    stream: UUID
    first: Sequence
    before: Sha256Hex
    records: Annotated[list[msgspec.Raw], Meta(min_length=1, max_length=BATCH_MAX_RECORDS)]
    oldest: Sequence


class EventBatch(Message, Batch, tag="events", frozen=True, kw_only=True):
    """`signature`: Ed25519 of the box over chain.signed_bytes(stream, last sequence, head hash)."""

    signature: Base64


class ReadingBatch(Message, Batch, tag="readings", frozen=True, kw_only=True):
    """Unsigned: one hash a chunk is proof enough for what is measured."""


class Backlog(Part, frozen=True, kw_only=True):
    """What of one stream still waits for the cloud.

    `oldest_held_at`: time of the oldest record that the box still holds, acknowledged or not, and could send again.
    """

    records: Watermark = 0
    oldest_at: Utc | None = None
    oldest_held_at: Utc | None = None


class PageSource(StrEnum):
    """Which way the certificate of the guard's page came; what stands first is preferred."""

    FILE = "file"  # the box's own settings name it
    UPLOADED = "uploaded"  # it came by the configuration
    AUTHORITY = "authority"  # the cloud's CA made it


class PageRefusal(StrEnum):
    """Why an uploaded certificate does not serve."""

    FILE_FIRST = "file_first"  # the box's own settings name another
    BROKEN = "broken"  # not readable here, or the key does not fit
    NOT_YET_VALID = "not_yet_valid"  # by the box's clock
    EXPIRED = "expired"


PAGE_NAMES_MAX = 100


class ServedPage(Part, frozen=True, kw_only=True):
    """With which certificate the guard's page is served by HTTPS; without `fingerprint`: with none yet.

    `source`: a `PageSource`, `refused`: a `PageRefusal` of what was uploaded; a newer box may know others. `own_names`:
    under which the box is found by its settings. `fingerprint`: SHA-256 of the certificate's DER.
    """

    source: Label = ""
    names: Annotated[list[Text], Meta(max_length=PAGE_NAMES_MAX)] = []
    own_names: Annotated[list[Text], Meta(max_length=PAGE_NAMES_MAX)] = []
    issuer: Text = ""
    fingerprint: Sha256Hex | None = None
    begins: Utc | None = None
    ends: Utc | None = None
    refused: Label = ""


class State(Message, tag="state", frozen=True, kw_only=True):
    """Retained; the last will is one with `online` false. Everything else is absent in the will.

    `page` None: the guard's page is not served by HTTPS, or the box is an older one.
    """

    online: bool
    at: Utc | None = None
    software: Key | None = None
    pass_epoch: UUID | None = None
    pass_version: Version | None = None
    pass_digest: Sha256Hex | None = None
    config_version: Version | None = None
    clock: ClockState | None = None
    events: Backlog | None = None
    readings: Backlog | None = None
    disk_free_mb: Watermark | None = None
    page: ServedPage | None = None


class PullPasses(Message, tag="pull_passes", frozen=True, kw_only=True):
    """The changes after what is held. `epoch` None: nothing is held yet."""

    epoch: UUID | None
    version: Version
    digest: Sha256Hex


class PullSnapshot(Message, tag="pull_snapshot", frozen=True, kw_only=True):
    """Piece `piece` (from 0) of the snapshot; `snapshot` None asks for a fresh one."""

    snapshot: UUID | None = None
    piece: Watermark = 0


class PullConfig(Message, tag="pull_config", frozen=True, kw_only=True):
    """The desired configuration, if newer than `version`."""

    version: Version


AnyRequest = PullPasses | PullSnapshot | PullConfig


class Ack(Message, tag="ack", frozen=True, kw_only=True):
    """`sequence` is committed (0: nothing of this stream is); `head`: the cloud's hash there.

    A box whose own hash at `sequence` differs has forked. `now`: the cloud's time, for the box's clock.
    """

    stream: UUID
    kind: Stream
    sequence: Watermark
    head: Sha256Hex
    now: Utc


class Put(Message, tag="put", frozen=True, kw_only=True):
    """An item as of `version`."""

    version: Version
    item: msgspec.Raw


class Remove(Message, tag="remove", frozen=True, kw_only=True):
    """An item leaves the held set. `kind` is a `held.ItemKind`, or one that only a newer peer knows."""

    version: Version
    kind: Key
    id: UUID


class PassChanges(Message, tag="changes", frozen=True, kw_only=True):
    """Versions from `after` + 1 to `version`, each once, in order; for a box that holds `after`."""

    epoch: UUID
    after: Version
    version: Version
    digest: Sha256Hex  # of the whole set at `version`
    changes: Annotated[list[Put | Remove], Meta(max_length=1000)]
    now: Utc


class Uses(Part, frozen=True, kw_only=True):
    """Entries, and exits by a guest's code, already counted on a pass; for a replaced box."""

    pass_id: UUID
    entries: Watermark
    exits: Watermark = 0


class Whereabouts(Part, frozen=True, kw_only=True):
    """Where somebody was last, for a replaced box. `carrier`: the plate, or "" on foot; `zone` None: outside."""

    pass_id: UUID
    carrier: Label = ""
    zone: UUID | None = None
    since: Utc
    household: UUID | None = None


class SnapshotPiece(Message, tag="snapshot", frozen=True, kw_only=True):
    """One piece of a consistent copy of the held set at `version`; applied in one swap when all are there."""

    epoch: UUID
    snapshot: UUID
    version: Version
    digest: Sha256Hex
    piece: Watermark
    pieces: Sequence
    items: Annotated[list[msgspec.Raw], Meta(max_length=2000)]
    uses: Annotated[list[Uses], Meta(max_length=2000)] = []
    places: Annotated[list[Whereabouts], Meta(max_length=2000)] = []
    now: Utc


class UpToDate(Message, tag="up_to_date", frozen=True, kw_only=True):
    """Answer to a pull when nothing is newer."""

    epoch: UUID
    version: Version
    digest: Sha256Hex
    now: Utc


AnyPasses = PassChanges | SnapshotPiece | UpToDate


class Signed(Message, tag="signed", frozen=True, kw_only=True):
    """`payload`, and the Ed25519 signature over exactly its bytes by the cloud's key `key`."""

    key: UUID
    payload: msgspec.Raw
    signature: Base64


class CommandKind(StrEnum):
    """What a box can be told to do."""

    OPEN = "open"
    CLOSE = "close"
    STOP = "stop"
    HOLD = "hold"  # open, and stay open until a time
    RELEASE = "release"  # the end of a hold
    CAPTURE = "capture"
    RESTART = "restart"
    READ_NOW = "read_now"
    HANG_UP = "hang_up"  # refuse a call at an intercom; the target is the call
    MARK_LEFT = "mark_left"  # whoever is inside has left, and nothing opens; the target is the pass


MOVES = frozenset(
    {CommandKind.OPEN, CommandKind.CLOSE, CommandKind.STOP, CommandKind.HOLD, CommandKind.RELEASE}
)  # a barrier: who ordered it stands before it, and a late one would surprise


TIMELY = MOVES | {CommandKind.MARK_LEFT}  # a late one would speak of whoever came since


AT_A_POINT = MOVES | {CommandKind.CAPTURE}  # their target is a point


class OrderedBy(StrEnum):
    """As what somebody ordered it."""

    DISPATCHER = "dispatcher"  # or whoever else of the company's staff sits at the desk
    RESIDENT = "resident"
    GUARD = "guard"  # at the cloud's page; at the box's own it is a guard's decision


class Command(Message, tag="command", frozen=True, kw_only=True):
    """Payload of `Signed` on down/commands. Late means not done, and said so. `until`: of a hold, when it ends.

    `carrier`: who has left, by what they had come: the plate, "" on foot; None: all who are inside by the pass.
    `person_id`: the account, as the cloud knows it; `person_kind`: one of `OrderedBy`, or of a newer cloud's.
    """

    id: UUID
    box: UUID
    kind: CommandKind
    target: UUID | None = None
    person: Text
    person_id: UUID | None = None
    person_kind: Label = ""
    reason: Text = ""
    issued_at: Utc
    expires_at: Utc
    until: Utc | None = None
    carrier: Label | None = None


class Desired(Message, tag="desired", frozen=True, kw_only=True):
    """Payload of `Signed` on down/config; `body` is a `protocols.config.Configuration`.

    `person`, `person_id`: who sent it, by name and by account.
    """

    box: UUID
    version: Version
    body: msgspec.Raw
    person: Text = ""
    person_id: UUID | None = None


_DECODERS: dict[Channel, msgspec.json.Decoder[Any]] = {
    Channel.UP_EVENTS: msgspec.json.Decoder(EventBatch),
    Channel.UP_READINGS: msgspec.json.Decoder(ReadingBatch),
    Channel.UP_STATE: msgspec.json.Decoder(State),
    Channel.UP_REQUESTS: msgspec.json.Decoder(AnyRequest),
    Channel.DOWN_ACK: msgspec.json.Decoder(Ack),
    Channel.DOWN_PASSES: msgspec.json.Decoder(AnyPasses),
    Channel.DOWN_CONFIG: msgspec.json.Decoder(Signed),
    Channel.DOWN_COMMANDS: msgspec.json.Decoder(Signed),
}
_BATCHES = {Channel.UP_EVENTS, Channel.UP_READINGS}
_encoder = msgspec.json.Encoder()
_payload_decoder: msgspec.json.Decoder[Command | Desired] = msgspec.json.Decoder(Command | Desired)


class MalformedError(ValueError):
    """The bytes are not a message of the channel; the text names the place."""


class UnknownTypeError(MalformedError):
    """A message type that a newer peer may know: counted and reported, not an error of this one."""


def encode(message: Message) -> bytes:
    """JSON bytes."""
    return _encoder.encode(message)


def decode(channel: Channel, data: bytes) -> Any:
    """The channel's message. Raises UnknownTypeError or MalformedError, never anything else."""
    if len(data) > MESSAGE_MAX_BYTES:
        raise MalformedError(f"{channel}: {len(data)} bytes, more than {MESSAGE_MAX_BYTES}")
    try:
        return decoding.decode(_DECODERS[channel], data)
    except msgspec.DecodeError as error:
        batch = _with_records_apart(channel, data)
        if batch is not None:
            return batch
        kind = UnknownTypeError if decoding.is_unknown_type(error) else MalformedError
        raise kind(f"{channel}: {error}") from error


def _with_records_apart(channel: Channel, data: bytes) -> Any:
    """A batch that is sound but for records of it, which are its receiver's to set aside; None where it is not."""
    parts = framing.parted(data) if channel in _BATCHES else None
    if parts is None:
        return None
    try:
        batch = decoding.decode(_DECODERS[channel], parts.frame)
    except msgspec.DecodeError:
        return None
    return msgspec.structs.replace(batch, records=[msgspec.Raw(record) for record in parts.records])


def decode_payload(data: msgspec.Raw | bytes) -> Command | Desired:
    """What stood under a verified signature. Raises UnknownTypeError or MalformedError, never anything else."""
    try:
        return decoding.decode(_payload_decoder, data)
    except msgspec.DecodeError as error:
        kind = UnknownTypeError if decoding.is_unknown_type(error) else MalformedError
        raise kind(f"signed payload: {error}") from error
