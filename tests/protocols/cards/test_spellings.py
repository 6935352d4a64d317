"""How one card may stand printed: every spelling of it, typed, finds it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from protocols.cards import Credential, lookups, parse_printed, spellings, spellings_of_key


@pytest.mark.parametrize(
    ("key", "expected"),
    [
        ("EM:001259E3", ["0001202659", "018,23011", "001259E3"]),
        ("W26:18:23011", ["018,23011", "01823011"]),
        ("UID:04A1B2C3", ["04:A1:B2:C3", "04A1B2C3", "C3B2A104", "77705923", "3283263748"]),
        ("UID:04A1B2C3D4E5F6", ["04:A1:B2:C3:D4:E5:F6", "04A1B2C3D4E5F6"]),
        ("W37:1234:56789", ["1234,56789"]),
        ("W37:12345", ["12345"]),
        ("N:23011", ["23011"]),
        ("PIN:482913", []),
        ("CODE:ACDEFHJK", []),
    ],
)
def test_spellings(key: str, expected: list[str]) -> None:
    assert spellings_of_key(key) == expected


numbers = st.integers(0, 2**32 - 1).map(lambda number: f"EM:{number:08X}")
uids = st.sampled_from([4, 7, 10]).flatmap(lambda size: st.binary(min_size=size, max_size=size))
pairs = st.tuples(st.integers(0, 255), st.integers(0, 65535)).map(lambda pair: f"W26:{pair[0]}:{pair[1]}")


def asked_for(typed: list[Credential]) -> set[str]:
    return {lookup.key for lookup in lookups(typed)}


@given(st.one_of(numbers, uids.map(lambda uid: f"UID:{uid.hex().upper()}"), pairs))
def test_each_finds_the_card(key: str) -> None:
    [card] = parse_printed(key)
    for spelling in spellings(card):
        assert asked_for(parse_printed(spelling)) & set(card.keys()), spelling
