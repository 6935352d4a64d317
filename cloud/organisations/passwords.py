"""Passwords: argon2id, and what is too weak."""

import argon2
from argon2.exceptions import InvalidHashError, VerifyMismatchError

from cloud.kernel.errors import FieldError
from cloud.kernel.language import Text
from cloud.organisations.errors import PasswordWeak

SHORTEST, LONGEST = 10, 200
_SHORT = Text("Не короче {shortest} символов.", "At least {shortest} characters.")
_LONG = Text("Не длиннее {longest} символов.", "At most {longest} characters.")
_EVIDENT = Text(
    "Пароль не должен повторять почту или имя.", "The password must not repeat the e-mail or name."
)
_MONOTONOUS = Text("Слишком мало разных символов.", "Too few different characters.")
# RFC 9106's second recommended option, halved in memory: a sign-in costs about 50 ms on a small server.
_hasher = argon2.PasswordHasher(time_cost=3, memory_cost=32 * 1024, parallelism=1)
_DUMMY = _hasher.hash("nobody has this password")


def check_strength(password: str, *, email: str, name: str, path: str = "password") -> None:
    """Length counts, not character classes (NIST SP 800-63B). Raises PasswordWeak."""
    if len(password) < SHORTEST:
        raise PasswordWeak(FieldError(path, "too_short", _SHORT, {"shortest": SHORTEST}))
    if len(password) > LONGEST:
        raise PasswordWeak(FieldError(path, "too_long", _LONG, {"longest": LONGEST}))
    if password.casefold() in {email.casefold(), email.partition("@")[0].casefold(), name.casefold()}:
        raise PasswordWeak(FieldError(path, "evident", _EVIDENT))
    if len(set(password)) < 4:
        raise PasswordWeak(FieldError(path, "monotonous", _MONOTONOUS))


def hash_password(password: str) -> str:
    """The argon2id hash with its parameters."""
    return _hasher.hash(password)


def fits(password: str, password_hash: str | None) -> bool:
    """Whether the password is the hashed one; takes as long when there is no hash."""
    try:
        return _hasher.verify(password_hash or _DUMMY, password) and password_hash is not None
    except (VerifyMismatchError, InvalidHashError):
        return False


def is_outdated(password_hash: str) -> bool:
    """Whether the hash was made with other parameters than today's."""
    return _hasher.check_needs_rehash(password_hash)
