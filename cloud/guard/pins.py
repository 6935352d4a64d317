"""Guards' PINs: argon2id in its PHC string form, which the boxes verify themselves."""

import secrets

import argon2
from argon2.exceptions import Argon2Error, InvalidHashError

# As an account's password, see cloud/organisations/passwords.py: a box of four small cores needs half a second.
_hasher = argon2.PasswordHasher(time_cost=3, memory_cost=32 * 1024, parallelism=1)
_nobodys = _hasher.hash(secrets.token_hex(8))


def hash_pin(pin: str) -> str:
    """The hash with its parameters and its salt."""
    return _hasher.hash(pin)


def is_right(pin_hash: str, pin: str) -> bool:
    """Whether this is the PIN; takes as long where there is none (`pin_hash` empty)."""
    try:
        return _hasher.verify(pin_hash or _nobodys, pin) and bool(pin_hash)
    except (Argon2Error, InvalidHashError):
        return False
