"""Passes as a site holds them, numbered, so that any bench can make as many as it needs and find each again."""

from datetime import UTC, datetime
from uuid import UUID

from edge.access.passes import Row
from protocols.cards import from_uid
from protocols.held import ItemKind, PassItem, PassKind, encode_item

VALID_FROM = datetime(2026, 1, 1, tzinfo=UTC)
VALID_UNTIL = datetime(2099, 1, 1, tzinfo=UTC)
_SCATTER = 0x9E3779B97F4A7C15  # Fibonacci hashing: neighbours in number are strangers in memory
_LETTERS = "ABEKMHOPCTYX"


def card_uid(number: int) -> bytes:
    """The 7-byte UID of the pass's card; the first byte is the maker's, 04 (NXP)."""
    scattered = (number * _SCATTER) & (2**48 - 1)
    return b"\x04" + scattered.to_bytes(6, "big")


def plate(number: int) -> str:
    """The canonical plate of the pass's car."""
    letters = "".join(_LETTERS[number // 12**power % 12] for power in range(3))
    return f"{letters[0]}{number % 1000:03}{letters[1:]}{number // 1728 % 900 + 100}"


def pass_id(number: int) -> UUID:
    """The id of the pass."""
    return UUID(int=0x0192_0000_0000_7000_8000_0000_0000_0000 | number)


def make_pass(number: int) -> PassItem:
    """A resident's pass with a card and a car, in the size that such passes have."""
    return PassItem(
        id=pass_id(number),
        number=f"{number:07}",
        kind=PassKind.RESIDENT,
        holder="Иванова Мария Петровна",
        address="к/п Афины, ул. Кифису, д. А2",
        phone="+79123456701",
        keys=list(from_uid(card_uid(number)).keys()),
        plates=[plate(number)],
        valid_from=VALID_FROM,
        valid_until=VALID_UNTIL,
    )


def make_row(number: int) -> Row:
    """The pass as it is stored."""
    return Row(ItemKind.PASS, pass_id(number), number + 1, encode_item(make_pass(number)))
