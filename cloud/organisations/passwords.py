"""Passwords: argon2id, and what is too weak."""

from collections.abc import Iterable

import argon2
from argon2.exceptions import InvalidHashError, VerifyMismatchError
from zxcvbn import zxcvbn

from cloud.kernel.errors import FieldError
from cloud.kernel.language import Text
from cloud.organisations.errors import PasswordWeak

SHORTEST, LONGEST = 10, 200
_SHORT = Text("Не короче {shortest} символов.", "At least {shortest} characters.")
_LONG = Text("Не длиннее {longest} символов.", "At most {longest} characters.")
_EVIDENT = Text(
    "Пароль не должен повторять почту или имя.", "The password must not repeat the e-mail or name."
)
_GUESSED = Text(
    "Такой пароль угадывают среди первых. Надёжнее фраза из нескольких слов.",
    "Such a password is among the first that are guessed. A phrase of several words is safer.",
)
_GUESSES = 10**8  # that many stand a trickle of tries against a hash like ours
_JUDGED = 72  # characters: the estimate takes the square of the length, and more says nothing new
_CYRILLIC, _LATIN = "йцукенгшщзхъфывапролджэячсмитьбю", "qwertyuiop[]asdfghjkl;'zxcvbnm,."
_OTHER_LAYOUT = str.maketrans(_CYRILLIC + _LATIN, _LATIN + _CYRILLIC)  # the same keys
_COMMON_HERE = (
    "пароль",
    "привет",
    "домовой",
    "любовь",
    "солнышко",
    "максим",
    "москва",
    "россия",
    "domovoy",
    "gate",
)
# RFC 9106's second recommended option, halved in memory: a sign-in costs about 50 ms on a small server.
_hasher = argon2.PasswordHasher(time_cost=3, memory_cost=32 * 1024, parallelism=1)
_DUMMY = _hasher.hash("nobody has this password")


def check_strength(password: str, *, email: str, name: str, path: str = "password") -> None:
    """Length and how soon it would be guessed count, not character classes (NIST SP 800-63B). Raises PasswordWeak."""
    if len(password) < SHORTEST:
        raise PasswordWeak(FieldError(path, "too_short", _SHORT, {"shortest": SHORTEST}))
    if len(password) > LONGEST:
        raise PasswordWeak(FieldError(path, "too_long", _LONG, {"longest": LONGEST}))
    if password.casefold() in {email.casefold(), email.partition("@")[0].casefold(), name.casefold()}:
        raise PasswordWeak(FieldError(path, "evident", _EVIDENT))
    if _guesses(password, (*email.replace("@", " ").split(), *name.split())) < _GUESSES:
        raise PasswordWeak(FieldError(path, "guessed_first", _GUESSED))


def _guesses(password: str, evident: Iterable[str]) -> int:
    """How many tries would find it, in either layout of the keyboard."""
    known = [*_COMMON_HERE, *evident]
    typed = password[:_JUDGED].casefold()
    return min(
        int(zxcvbn(each, user_inputs=known)["guesses"]) for each in (typed, typed.translate(_OTHER_LAYOUT))
    )


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
