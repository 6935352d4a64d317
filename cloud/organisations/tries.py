"""How often somebody may try to get in, counted by account and by where they come from; and what makes that forgotten.

`origins`: as `kernel.api.origins_of` tells them, the narrowest first.
"""

from collections.abc import Callable, Sequence
from datetime import timedelta
from uuid import UUID

from cloud.kernel import limits
from cloud.kernel.database import Database
from cloud.kernel.limits import Limit
from cloud.organisations.accounts import normal_email

_WINDOW = timedelta(minutes=15)
_PER_ORIGIN = 100
_PER_ACCOUNT_AND_ORIGIN = 10
_PER_ACCOUNT = 300  # from everywhere together: what one stranger tries locks nobody out
_WIDER = 3  # a customer's whole network may try so many times as often as one link of it
_LETTERS, _LETTERS_WINDOW = 5, timedelta(hours=1)
PROOFS = Limit("proof/account", 10, _WINDOW)  # of who one is, once more
PREFERENCES = Limit("preference", 600, _WINDOW)  # one may try out columns, a loop may not run for ever


def count_sign_in(
    database: Database, email: str, origins: Sequence[str], *, on_lock: Callable[[], None]
) -> None:
    """Raises TooMany, the first time after `on_lock`."""
    counted = _by_origin("sign-in/address", origins, _PER_ORIGIN)
    counted |= _by_origin(_sign_in(email), origins, _PER_ACCOUNT_AND_ORIGIN)
    counted[_sign_in(email)] = _PER_ACCOUNT
    for key, most in counted.items():
        limits.take(database, key, most=most, window=_WINDOW, on_lock=on_lock)


def forget_sign_ins(database: Database, email: str, origins: Sequence[str]) -> None:
    """Somebody got in: what was tried at the account from there is forgotten."""
    limits.forget(database, *(f"{_sign_in(email)}/{origin}" for origin in origins))


def count_letter(database: Database, email: str, origins: Sequence[str]) -> None:
    """Somebody asks for a link to a new password. Raises TooMany."""
    for key, most in _by_origin("reset/address", origins, _PER_ORIGIN).items():
        limits.take(database, key, most=most, window=_LETTERS_WINDOW)
    limits.take(database, f"reset/account/{normal_email(email)}", most=_LETTERS, window=_LETTERS_WINDOW)


def count_link(database: Database, origins: Sequence[str]) -> None:
    """Somebody shows a one-time link. Raises TooMany."""
    for key, most in _by_origin("link/address", origins, _PER_ORIGIN).items():
        limits.take(database, key, most=most, window=_WINDOW)


def forget_proofs(database: Database, account_id: UUID) -> None:
    """The proof was right."""
    limits.forget(database, PROOFS.key_of(account_id))


def forget_account(database: Database, account_id: UUID, email: str, origins: Sequence[str]) -> None:
    """Its owner has set a new password by a letter: what strangers tried keeps them out no longer.

    Where others tried, they stay locked.
    """
    forget_sign_ins(database, email, origins)
    limits.forget(database, _sign_in(email), PROOFS.key_of(account_id))


def _by_origin(what: str, origins: Sequence[str], most: int) -> dict[str, int]:
    return {f"{what}/{origin}": most * (_WIDER if wide else 1) for wide, origin in enumerate(origins)}


def _sign_in(email: str) -> str:
    return f"sign-in/account/{normal_email(email)}"
