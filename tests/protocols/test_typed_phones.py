"""Telephone numbers among the words of a search."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from protocols.typed_phones import lift


@pytest.mark.parametrize(
    ("query", "digits", "rest"),
    [
        ("+7 912 345-67-01", ["79123456701"], ""),
        ("8 (912) 345-67-01", ["79123456701"], ""),
        ("89123456701", ["79123456701"], ""),
        ("9123456701", ["9123456701"], ""),
        ("912 345 67 01", ["9123456701"], ""),
        ("+49 30 901820 00", ["493090182000"], ""),
        ("345-67-01", ["3456701"], ""),
        ("345-6701", ["3456701"], ""),
        ("иванова тел. 8 912 345 67 01", ["79123456701"], "иванова ."),
        ("семенова +79123456701 +7 495 123-45-67", ["79123456701", "74951234567"], "семенова"),
        ("кв 17 8 912 345-67-01", ["79123456701"], "кв 17"),
    ],
)
def test_numbers_are_lifted_out_of_what_was_typed(query: str, digits: list[str], rest: str) -> None:
    numbers, left = lift(query)
    assert [each.digits for each in numbers] == digits
    assert left.split() == rest.split()


@pytest.mark.parametrize(
    "query", ["", "кв 1", "2026000123", "х711тт90", "дом 12 корпус 3", "№ 9", "0012345678", "12.11.2026"]
)
def test_other_numbers_stay_where_they_are(query: str) -> None:
    assert lift(query) == ([], query)


@given(st.text(alphabet="+0123456789 ()-./абтел", max_size=60))
def test_nothing_that_is_typed_is_lost(query: str) -> None:
    numbers, rest = lift(query)
    typed = [symbol for symbol in query if symbol.isdigit()]
    kept = [
        symbol for text in [*(each.text for each in numbers), rest] for symbol in text if symbol.isdigit()
    ]
    assert sorted(kept) == sorted(typed)
