"""What a guest types or says: a PIN of six digits for a keypad, a code of eight characters for a guard or a scanner.

A code's characters are ones that nobody takes for another, neither printed nor heard nor typed under a Russian layout:
no O and 0, I and 1 and L, B and 8, S and 5, Z and 2, no G and no Q. There are 23⁸, 78 milliards, of them.
"""

import secrets
from collections.abc import Callable
from itertools import pairwise

from protocols import qr

PIN_DIGITS = 6
CODE_CHARACTERS = "ACDEFHJKMNPRTUVWXY34679"
CODE_LENGTH = 8
_PIN, _CODE = "PIN:", "CODE:"
_CODE_SET, _DIGITS = frozenset(CODE_CHARACTERS), frozenset("0123456789")


def new_pin(below: Callable[[int], int] = secrets.randbelow) -> str:
    """A PIN; those that everybody tries first (111111, 123456, 654321) are never given."""
    while True:
        pin = f"{below(10**PIN_DIGITS):0{PIN_DIGITS}}"
        steps = {int(b) - int(a) for a, b in pairwise(pin)}
        if steps not in ({0}, {1}, {-1}):
            return pin


def new_code(below: Callable[[int], int] = secrets.randbelow) -> str:
    """A code, as it is kept; people see it `shown`."""
    return "".join(CODE_CHARACTERS[below(len(CODE_CHARACTERS))] for _ in range(CODE_LENGTH))


def shown(code: str) -> str:
    """A code as people read it: `ACDE-FHJK`."""
    return f"{code[:4]}-{code[4:]}"


def key_of(typed: str) -> str | None:
    """The match key of what was typed, in whatever case, layout and spacing; None when it is neither PIN nor code."""
    text = qr.folded(typed).replace("-", "")
    if len(text) == PIN_DIGITS and set(text) <= _DIGITS:
        return _PIN + text
    if len(text) == CODE_LENGTH and set(text) <= _CODE_SET:
        return _CODE + text
    return None


def is_typed(key: str) -> bool:
    """Whether a match key is a PIN's or a code's, not a card's."""
    return key.startswith((_PIN, _CODE))


def masked(key: str) -> str:
    """A PIN's or code's match key as it is written down: its last two characters tell whoever knows it which it was."""
    kind, _, secret = key.partition(":")
    return f"{kind}:{'•' * (len(secret) - 2)}{secret[-2:]}"
