"""Guards' PINs: argon2id in its PHC string form, which the boxes verify themselves."""

import argon2

# As an account's password, see cloud/organisations/passwords.py: a box of four small cores needs half a second.
_hasher = argon2.PasswordHasher(time_cost=3, memory_cost=32 * 1024, parallelism=1)


def hash_pin(pin: str) -> str:
    """The hash with its parameters and its salt."""
    return _hasher.hash(pin)
