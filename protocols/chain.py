"""The arithmetic of streams and digests: hash chain, what a batch's signature covers, the set digest. Pure.

h(0) = SHA-256("domovoy/1 stream " + stream id), h(n) = SHA-256(h(n-1) + bytes of record n).
"""

from collections.abc import Iterable
from hashlib import sha256
from uuid import UUID

DIGEST_MODULUS = 2**256
_SIGNED_EVENTS = b"domovoy/1 events\x00"


def genesis(stream: UUID) -> bytes:
    """The hash before a stream's first record, 32 bytes."""
    return sha256(b"domovoy/1 stream " + stream.bytes).digest()


def link(previous: bytes, record: bytes) -> bytes:
    """The hash after `record`, 32 bytes."""
    return sha256(previous + record).digest()


def head(previous: bytes, records: Iterable[bytes]) -> bytes:
    """The hash after all `records`."""
    for record in records:
        previous = link(previous, record)
    return previous


def signed_bytes(stream: UUID, last: int, head_hash: bytes) -> bytes:
    """What the box signs for a batch of events: domain, stream (16), last sequence (u64 BE), head (32)."""
    return _SIGNED_EVENTS + stream.bytes + last.to_bytes(8, "big") + head_hash


def item_digest(item: bytes) -> int:
    """An item's part of the set digest."""
    return int.from_bytes(sha256(item).digest(), "big")


def digest_hex(total: int) -> str:
    """The set digest as 64 hex digits."""
    return f"{total % DIGEST_MODULUS:064x}"
