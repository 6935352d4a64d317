"""The code that a guest shows: a pass that a box verifies without a network, also one that it has never heard of.

    1   version        1
    2   shape          highest bits first: zones' bytes (3), persons (2), plate's length (4), direction (2), zeros (5)
    4   key            first bytes of the SHA-256 of the public key that verifies it
    16  pass           its id
    4   begins         minutes since 2020-01-01T00:00Z
    2   minutes        how long it is valid, 1 to 1440
    1   uses           of each direction, 1 to 255
    2   nonce          tells prints of one pass apart, and nothing else
    0–6   zones        bitmap of the site's zone numbers, zone 0 the lowest bit of the last byte; none: every zone
    0–2 × 6 persons    keyed hashes of the person, as the blacklist has them
    0–10  plate        canonical, ASCII
    64  signature      Ed25519 over `signed_bytes`: the site is in them and not in the code

As RFC 4648 base32 without padding that is at most 200 characters: A–Z and 2–7, so a scanner that types under a Russian
layout can be read all the same (`folded`), and a QR code holds two characters in 11 bits.
"""

import base64
import binascii
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from struct import Struct
from typing import NamedTuple
from uuid import UUID

from protocols.fields import Direction

MOST_CHARACTERS = 200
MOST_MINUTES = 24 * 60
MOST_USES = 255
MOST_ZONES = 47  # zone numbers 0–46
NOWHERE = 47  # in place of zones: good only where the pass itself is held, by what is held of it
MOST_PERSONS = 2
MOST_PLATE = 10
PERSON_BYTES = 6
KEY_TAG_BYTES = 4

_VERSION = 1
_SIGNATURE = 64
_FIXED = Struct(">BH4s16sIHBH")
_EPOCH = datetime(2020, 1, 1, tzinfo=UTC)
_DOMAIN = b"domovoy/1 qr\x00"
_DIRECTIONS = (None, Direction.IN, Direction.OUT)
_LATIN, _CYRILLIC = "QWERTYUIOPASDFGHJKLZXCVBNM", "ЙЦУКЕНГШЩЗФЫВАПРОЛДЯЧСМИТЬ"  # the same keys
_SAME_KEYS = str.maketrans(_CYRILLIC, _LATIN)


class QrError(ValueError):
    """Not a code of ours, or a damaged one; the text says what is wrong with it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Token:
    """What a code says. `key`: tag of the key that signed it; `zones` empty: every one; `direction` None: both.

    `begins` is in UTC, whole minutes. `persons`: PERSON_BYTES each. Raises QrError for what no code can say.
    """

    key: bytes
    pass_id: UUID
    begins: datetime
    minutes: int
    uses: int = 1
    direction: Direction | None = None
    zones: frozenset[int] = frozenset()
    persons: tuple[bytes, ...] = ()
    plate: str = ""
    nonce: int = 0

    def __post_init__(self) -> None:
        if not 1 <= self.minutes <= MOST_MINUTES:
            raise QrError(f"valid for {self.minutes} minutes; at most {MOST_MINUTES}")
        if not 1 <= self.uses <= MOST_USES:
            raise QrError(f"{self.uses} uses; 1 to {MOST_USES}")
        if any(not 0 <= zone <= NOWHERE for zone in self.zones):
            raise QrError(f"zones {sorted(self.zones)}; numbers are 0 to {MOST_ZONES - 1}")
        if len(self.persons) > MOST_PERSONS or any(len(each) != PERSON_BYTES for each in self.persons):
            raise QrError(f"at most {MOST_PERSONS} persons of {PERSON_BYTES} bytes")
        if len(self.plate) > MOST_PLATE or not self.plate.isascii():
            raise QrError(f"plate {self.plate!r}: at most {MOST_PLATE} ASCII characters")

    @property
    def ends(self) -> datetime:
        """The first moment at which it is no longer valid."""
        return self.begins + timedelta(minutes=self.minutes)


class Signed(NamedTuple):
    """A code that could be read; whether it is genuine only `signature` over `signed_bytes(site, payload)` says."""

    token: Token
    payload: bytes
    signature: bytes


def key_tag(public_key: bytes) -> bytes:
    """By what a code names the Ed25519 public key (32 bytes) that verifies it."""
    return sha256(public_key).digest()[:KEY_TAG_BYTES]


def signed_bytes(site: UUID, payload: bytes) -> bytes:
    """What is signed: domain, the site's id (16), the payload. A code of another site does not verify."""
    return _DOMAIN + site.bytes + payload


def write(token: Token, site: UUID, sign: Callable[[bytes], bytes]) -> str:
    """The code's characters. `sign` gives the Ed25519 signature (64 bytes) of what it is given."""
    payload = pack(token)
    signature = sign(signed_bytes(site, payload))
    return base64.b32encode(payload + signature).decode().rstrip("=")


def read(text: str) -> Signed:
    """What a scanner typed, in whatever case and layout. Raises QrError."""
    data = _bytes_of(folded(text))
    if len(data) < _FIXED.size + _SIGNATURE:
        raise QrError(f"{len(data)} bytes are too few")
    payload, signature = data[:-_SIGNATURE], data[-_SIGNATURE:]
    return Signed(unpack(payload), payload, signature)


def folded(text: str) -> str:
    """Upper case, without white space, and as if it had been typed under a Latin layout."""
    return "".join(text.upper().split()).translate(_SAME_KEYS)


def looks_like(text: str) -> bool:
    """Whether what a scanner typed can be a code of ours at all: long, and base32 throughout."""
    seen = folded(text)
    fewest = (_FIXED.size + _SIGNATURE) * 8 // 5
    return fewest <= len(seen) <= MOST_CHARACTERS and set(seen) <= set("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567")


def _bytes_of(characters: str) -> bytes:
    if len(characters) > MOST_CHARACTERS:
        raise QrError(f"{len(characters)} characters are too many; at most {MOST_CHARACTERS}")
    try:
        data = base64.b32decode(characters + "=" * (-len(characters) % 8))
    except (binascii.Error, ValueError) as error:
        raise QrError(f"not base32: {error}") from error
    if base64.b32encode(data).decode().rstrip("=") != characters:
        raise QrError("not base32: bits are left over")  # else one signature would stand for several texts
    return data


def pack(token: Token) -> bytes:
    """What is signed of it. Raises QrError."""
    bitmap = sum(1 << zone for zone in token.zones)
    zones = bitmap.to_bytes((bitmap.bit_length() + 7) // 8, "big")
    shape = len(zones) << 13 | len(token.persons) << 11 | len(token.plate) << 7
    shape |= _DIRECTIONS.index(token.direction) << 5
    begins, odd = divmod(token.begins - _EPOCH, timedelta(minutes=1))
    if odd or not 0 <= begins < 2**32:
        raise QrError(f"begins at {token.begins}, not at a minute from {_EPOCH} on")
    fixed = _FIXED.pack(
        _VERSION, shape, token.key, token.pass_id.bytes, begins, token.minutes, token.uses, token.nonce
    )
    return fixed + zones + b"".join(token.persons) + token.plate.encode("ascii")


def unpack(payload: bytes) -> Token:
    """Of `_FIXED.size` bytes at least. Raises QrError."""
    version, shape, key, pass_id, begins, minutes, uses, nonce = _FIXED.unpack_from(payload)
    if version != _VERSION:
        raise QrError(f"version {version} is not known here")
    zones_bytes, persons_count, plate_length, way = (
        shape >> 13,
        shape >> 11 & 3,
        shape >> 7 & 15,
        shape >> 5 & 3,
    )
    persons_at = _FIXED.size + zones_bytes
    plate_at = persons_at + persons_count * PERSON_BYTES
    if shape & 31 or way >= len(_DIRECTIONS) or len(payload) != plate_at + plate_length:
        raise QrError("its parts do not fit together")
    bitmap = int.from_bytes(payload[_FIXED.size : persons_at], "big")
    persons, plate = payload[persons_at:plate_at], payload[plate_at:]
    if not plate.isascii():
        raise QrError("its plate is not ASCII")
    return Token(
        key=key,
        pass_id=UUID(bytes=pass_id),
        begins=_EPOCH + timedelta(minutes=begins),
        minutes=minutes,
        uses=uses,
        direction=_DIRECTIONS[way],
        zones=frozenset(zone for zone in range(bitmap.bit_length()) if bitmap >> zone & 1),
        persons=tuple(persons[at : at + PERSON_BYTES] for at in range(0, len(persons), PERSON_BYTES)),
        plate=plate.decode("ascii"),
        nonce=nonce,
    )
