"""What a site's boxes hold: passes, blacklist, keys and guards' sign-ins, replicated by one versioned log.

An item's canonical bytes are its bytes as the cloud first sent them; the digest is taken over those.
"""

from enum import StrEnum
from typing import Annotated
from uuid import UUID

import msgspec
from msgspec import Meta

from protocols import decoding
from protocols.fields import Base64, Direction, Key, Message, Minute, Part, Text, Utc

PersonHash = Annotated[
    str, Meta(pattern="^[0-9a-f]{12}$")
]  # keyed hash of a person; the key stays in the cloud
DocumentHash = Annotated[str, Meta(pattern=r"^[0-9a-f]{32}\.[0-9a-f]{12}$(?!\n)")]


class ItemKind(StrEnum):
    """Tag of a held item."""

    PASS = "pass"
    BLOCK = "block"
    KEY = "key"
    GUARD = "guard"
    RETENTION = "retention"


class PassKind(StrEnum):
    """What a pass is for; policies differ by it."""

    RESIDENT = "resident"
    STAFF = "staff"
    GUEST = "guest"
    RECURRING = "recurring"
    SERVICE = "service"
    CONTRACTOR = "contractor"
    SPECIAL = "special"  # ambulance, fire service, police: no zone is too full for them


AT_HOME = frozenset({PassKind.RESIDENT, PassKind.STAFF})
"""Whose holders are no visitors."""


class Window(Part, frozen=True, kw_only=True):
    """A weekly window in the site's zone. `days`: ISO weekdays 1–7; minutes of the day, end exclusive.

    `until_minute` less than or equal to `from_minute` runs over midnight into the next day.
    """

    days: Annotated[list[Annotated[int, Meta(ge=1, le=7)]], Meta(min_length=1, max_length=7)]
    from_minute: Minute
    until_minute: Minute


class PassItem(Message, tag=ItemKind.PASS.value, frozen=True, kw_only=True):
    """A pass as the gate needs it. `keys` are credential match keys, `plates` canonical plates.

    `points` empty: every point of the site. `entries` None: without limit; counts grants with direction in.
    `household`: whose vehicles are counted together (premises); `vehicles`: how many of them may be inside at once.
    `vehicle`, `service`, `ticket`, `changed_at`, `refusal` and the phones are for the guard's eyes alone. `phone`: the
    host's or, where that is not known, the guest's; `guest_phone`: the guest's (None: not known, or an older cloud).
    `refusal`: why the company did not let a pass stand that was made at a gate, in its language; then it is `revoked`.
    """

    id: UUID
    number: Key
    kind: PassKind
    holder: Text = ""
    host: Text = ""
    phone: Key | None = None
    address: Text = ""
    keys: Annotated[list[Key], Meta(max_length=100)] = []  # twenty cards have up to three each
    plates: Annotated[list[Key], Meta(max_length=20)] = []
    points: Annotated[list[UUID], Meta(max_length=200)] = []
    direction: Direction | None = None
    valid_from: Utc
    valid_until: Utc | None = None
    schedule: Annotated[list[Window], Meta(max_length=50)] = []
    entries: Annotated[int, Meta(ge=1)] | None = None
    revoked: bool = False
    household: UUID | None = None
    vehicles: Annotated[int, Meta(ge=0)] | None = None
    vehicle: Text = ""  # make and colour
    service: Text = ""
    ticket: Text = ""
    changed_at: Utc | None = None
    guest_phone: Key | None = None
    refusal: Text = ""


class BlockItem(Message, tag=ItemKind.BLOCK.value, frozen=True, kw_only=True):
    """A blacklist entry; it precedes every pass and fails closed.

    `name`, `phones` and `documents` name one person: `protocols.persons.is_named`.
    """

    id: UUID
    keys: Annotated[list[Key], Meta(max_length=50)] = []
    plates: Annotated[list[Key], Meta(max_length=20)] = []
    passes: Annotated[list[UUID], Meta(max_length=1000)] = []  # passes of a blacklisted person
    persons: Annotated[list[PersonHash], Meta(max_length=10)] = []  # as guests' codes name them
    documents: Annotated[list[DocumentHash], Meta(max_length=10)] = []  # protocols.documents.document_hash
    phones: Annotated[list[DocumentHash], Meta(max_length=10)] = []  # protocols.persons.phone_hash
    name: Text = ""
    reason: Text = ""
    until: Utc | None = None


class KeyPurpose(StrEnum):
    """What a public key verifies."""

    COMMAND = "command"
    QR = "qr"


class KeyItem(Message, tag=ItemKind.KEY.value, frozen=True, kw_only=True):
    """An Ed25519 public key of the cloud (32 bytes, base64)."""

    id: UUID
    purpose: KeyPurpose
    public_key: Base64
    valid_from: Utc
    valid_until: Utc | None = None


class GuardItem(Message, tag=ItemKind.GUARD.value, frozen=True, kw_only=True):
    """A guard's sign-in at the box's own page. `pin_hash` is argon2id in its PHC string form."""

    id: UUID
    name: Text
    pin_hash: Annotated[str, Meta(max_length=200)] = ""
    keys: Annotated[list[Key], Meta(max_length=100)] = []
    enabled: bool = True


class RetentionItem(Message, tag=ItemKind.RETENTION.value, frozen=True, kw_only=True):
    """For how many days the company lets personal data stay, by `privacy.KeptKind`; `id` is the site's.

    A kind that a box does not know is passed over. A box keeps nothing longer, and may keep it shorter.
    """

    id: UUID
    days: Annotated[dict[str, Annotated[int, Meta(ge=1, le=36_500)]], Meta(max_length=100)]


class UnknownItem(Part, frozen=True, kw_only=True):
    """What any item has, also one of a kind that only a newer cloud knows: enough to hold it for the digest."""

    type: Key
    id: UUID


AnyItem = PassItem | BlockItem | KeyItem | GuardItem | RetentionItem

_encoder = msgspec.json.Encoder()
_decoder: msgspec.json.Decoder[AnyItem] = msgspec.json.Decoder(AnyItem)
_unknown_decoder = msgspec.json.Decoder(UnknownItem)


def encode_item(item: AnyItem) -> bytes:
    """The item's canonical bytes."""
    return _encoder.encode(item)


def decode_item(data: bytes | msgspec.Raw) -> AnyItem:
    """Raises msgspec.DecodeError alone; its ValidationError names the field."""
    return decoding.decode(_decoder, data)


def decode_head(data: bytes | msgspec.Raw) -> UnknownItem:
    """What any item has, whatever else is in it. Raises msgspec.DecodeError alone."""
    return decoding.decode(_unknown_decoder, data)


def decode_any_item(data: bytes | msgspec.Raw) -> AnyItem | UnknownItem:
    """As `decode_item`, but an item of an unknown kind is no error."""
    try:
        return decode_item(data)
    except msgspec.DecodeError as error:
        if not decoding.is_unknown_type(error):
            raise
        return decode_head(data)
