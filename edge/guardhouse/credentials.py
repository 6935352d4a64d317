"""By what a guard could sign in when a session began.

Another PIN, or a card taken away, ends it: whoever had the old one may be who sits there. One more card takes nothing
away.
"""

import logging
from hashlib import sha256

import msgspec

from protocols import decoding
from protocols.held import GuardItem


class Credentials(msgspec.Struct, frozen=True, array_like=True):
    """SHA-256 of the PIN's hash and of each card's keys, hexadecimal: a copied store says no more than the list."""

    pin: str
    keys: frozenset[str]

    def stand(self, now: "Credentials") -> bool:
        """Whether all of them are good still."""
        return self.pin == now.pin and self.keys <= now.keys


log = logging.getLogger(__name__)
_NONE = Credentials("", frozenset())
_decoder = msgspec.json.Decoder(Credentials)


def credentials_of(guard: GuardItem) -> Credentials:
    """As the list has them."""
    return Credentials(_hash(guard.pin_hash), frozenset(map(_hash, guard.keys)))


def read(kept: bytes | None, guard: GuardItem) -> Credentials:
    """A session that an earlier agent kept began with those of now; of one that cannot be read, they stand no more."""
    if kept is None:
        return credentials_of(guard)
    try:
        return decoding.decode(_decoder, kept)
    except msgspec.DecodeError as error:
        log.error("a session of %s: %s; it is over", guard.id, error)  # noqa: TRY400  # whose, not how it was read
        return _NONE


def written(credentials: Credentials) -> bytes:
    """For the store."""
    return msgspec.json.encode(credentials)


def _hash(text: str) -> str:
    return sha256(text.encode()).hexdigest()
