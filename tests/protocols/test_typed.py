"""What a searched text may be."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from protocols.typed import may_be, part_of_plate


@pytest.mark.parametrize(
    ("text", "plates", "keys"),
    [
        ("А 123 ВС 72", ["A123BC72"], []),
        ("", [], []),
        ("-", [], []),
        ("018,23011", ["01823011"], ["W26:18:23011"]),
    ],
)
def test_a_text_may_be(text: str, plates: list[str], keys: list[str]) -> None:
    found = may_be(text)
    assert found.plates == plates
    assert set(keys) <= set(found.keys)


def test_every_reading_of_a_card_counts() -> None:
    assert {"EM:04A2B3C4", "UID:04A2B3C4", "UID:C4B3A204"} <= set(may_be("04A2B3C4").keys)


@pytest.mark.parametrize(
    ("text", "part"),
    [
        ("а 123", "A123"),
        ("123 вс", "123BC"),
        ("А 123 ВС 72", "A123BC72"),
        ("О 084 ОО", "O084OO"),
        ("о084о", "O084O"),
        ("123", None),
        ("а12в", None),
        ("Иванов", None),
        ("", None),
    ],
)
def test_enough_of_a_plate_to_tell_it_by(text: str, part: str | None) -> None:
    assert part_of_plate(text) == part


LETTERS = st.sampled_from("ABEKMHOPCTYX")


@given(LETTERS, st.integers(1, 999), LETTERS, LETTERS, st.integers(4, 9))
def test_whatever_is_typed_of_a_plate_is_a_part_of_it(
    a: str, number: int, b: str, c: str, typed: int
) -> None:
    plate = f"{a}{number:03}{b}{c}172"
    assert part_of_plate(plate[:typed]) == plate[:typed]
