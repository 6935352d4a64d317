"""Passwords: argon2id, and what is too weak."""

from collections.abc import Iterable

import argon2
from argon2.exceptions import InvalidHashError, VerifyMismatchError
from zxcvbn import zxcvbn

from cloud.kernel.errors import FieldError
from cloud.kernel.language import Text
from cloud.organisations import guessed
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
_WORD, _PER_WORD = 4, 100  # letters of a word that is looked for within; tries for each
_JUDGED = 72  # characters: the estimate takes the square of the length, and more says nothing new
_CYRILLIC, _LATIN = "йцукенгшщзхъфывапролджэячсмитьбю", "qwertyuiop[]asdfghjkl;'zxcvbnm,."
_OTHER_LAYOUT = str.maketrans(_CYRILLIC + _LATIN, _LATIN + _CYRILLIC)  # the same keys
# RFC 9106's second recommended option, halved in memory: a sign-in costs about 50 ms on a small server.
_hasher = argon2.PasswordHasher(time_cost=3, memory_cost=32 * 1024, parallelism=1)
_DUMMY = _hasher.hash("nobody has this password")


def check_strength(
    password: str, *, email: str, name: str, companies: Iterable[str] = (), path: str = "password"
) -> None:
    """Length and how soon it would be guessed count, not character classes (NIST SP 800-63B). Raises PasswordWeak."""
    if len(password) < SHORTEST:
        raise PasswordWeak(FieldError(path, "too_short", _SHORT, {"shortest": SHORTEST}))
    if len(password) > LONGEST:
        raise PasswordWeak(FieldError(path, "too_long", _LONG, {"longest": LONGEST}))
    if password.casefold() in {email.casefold(), email.partition("@")[0].casefold(), name.casefold()}:
        raise PasswordWeak(FieldError(path, "evident", _EVIDENT))
    known = guessed.words([name, email, *companies])
    if guessed.is_phone(password) or _guesses(password, known) < _GUESSES:
        raise PasswordWeak(FieldError(path, "guessed_first", _GUESSED))


def _guesses(password: str, known: list[str]) -> int:
    """How many tries would find it, in either layout of the keyboard."""
    typed = password[:_JUDGED].casefold()
    return min(_guesses_of(each, known) for each in (typed, typed.translate(_OTHER_LAYOUT)))


def _guesses_of(typed: str, known: list[str]) -> int:
    """The estimate takes «ivanova-ivan» for noise from the dash on: what is left without the words counts, too."""
    whole, left, words = int(zxcvbn(typed, user_inputs=known)["guesses"]), typed, 1
    for word in sorted(known, key=len, reverse=True):
        if len(word) >= _WORD:
            words *= _PER_WORD ** left.count(word)
            left = left.replace(word, "")
    rest = int(zxcvbn(left)["guesses"]) if left else 1
    return min(whole, words * rest)


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
