from hypothesis import given
from hypothesis import strategies as st

from cloud.kernel.text import fold, latin_look_alikes, like_pattern, search_text, search_words, sort_key


def test_numbers_order_by_value_and_yo_stands_beside_ye() -> None:
    names = ["кв. 10", "кв. 2", "Ёлкин", "Елисеев", "Жуков", "кв. 02а"]
    assert sorted(names, key=sort_key) == ["Елисеев", "Ёлкин", "Жуков", "кв. 2", "кв. 02а", "кв. 10"]


def test_search_finds_words_in_any_order_and_case() -> None:
    stored = search_text("Ёлкин Пётр", "+7 (912) 345-67-89", "А2", None)
    assert stored == "елкин петр +7 912 345 67 89 а2"
    assert all(word in stored for word in search_words("петр ЁЛКИН"))


def test_a_plate_is_found_by_either_alphabet() -> None:
    stored = search_text("KIA RIO", "X711TT90")
    for typed in ("х711", "Х 711 ТТ 90", "x711tt", "кia"):
        assert all(latin_look_alikes(word) in stored for word in search_words(typed)), typed


def test_a_pattern_takes_wildcards_literally() -> None:
    assert like_pattern("50%_\\") == "%50\\%\\_\\\\%"


@given(st.text(max_size=60))
def test_folding_twice_changes_nothing(text: str) -> None:
    once = fold(text)
    assert fold(once) == once


@given(st.integers(0, 10**10 - 1), st.integers(0, 10**10 - 1))
def test_numbers_below_ten_digits_order_as_numbers(left: int, right: int) -> None:
    assert (sort_key(f"д. {left}") < sort_key(f"д. {right}")) == (left < right)
