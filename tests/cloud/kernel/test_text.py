import pytest
from hypothesis import given
from hypothesis import strategies as st

from cloud.kernel.text import like_pattern, search_text, search_words, sort_key
from protocols.persons import fold


def is_found(query: str, stored: str) -> bool:
    """As a list looks: each word in one of its spellings."""
    return all(any(spelling in stored for spelling in spellings) for spellings in search_words(query))


def test_numbers_order_by_value_and_yo_stands_beside_ye() -> None:
    names = ["кв. 10", "кв. 2", "Ёлкин", "Елисеев", "Жуков", "кв. 02а"]
    assert sorted(names, key=sort_key) == ["Елисеев", "Ёлкин", "Жуков", "кв. 2", "кв. 02а", "кв. 10"]


def test_search_finds_words_in_any_order_and_case() -> None:
    stored = search_text("Ёлкин Пётр", "+7 (912) 345-67-89", "А2", None)
    assert stored == "елкин петр +7 912 345 67 89 а2"
    assert is_found("петр ЁЛКИН", stored)
    assert not is_found("петр ЁЛКИНА", stored)


def test_a_plate_is_found_by_either_alphabet() -> None:
    stored = search_text("KIA RIO", "X711TT90")
    for typed in ("х711", "Х 711 ТТ 90", "x711tt", "кia"):
        assert is_found(typed, stored), typed


@pytest.mark.parametrize(
    "typed",
    [
        "89123456701",
        "8 912 345 67 01",
        "+7 (912) 345-67-01",
        "+7\u00a0912\u00a0345\u201167\u201101",
        "9123456701",
        "8 912 345 67 01.",
        "+7.912.345.67.01",
        "Петров 89123456701",
        "тел. 89123456701",
        "8(912)345-67-01 Петров",
        "петров, моб.: +7 912 345-67-01 пётр",
        "8-912-345-67-01 / петр",
        "345-67-01",
        "345 67 01 петров",
        "(912) 345-67-01",
        "Петров\t8 912 345 67 01",
    ],
)
def test_a_telephone_number_is_found_however_it_is_typed_and_no_other(typed: str) -> None:
    assert is_found(typed, search_text("Петров Пётр", "+79123456701"))
    assert not is_found(typed, search_text("Сидоров", "+79126701345", "карта 018,23011 01 912 345 67"))
    assert not is_found(typed, search_text("Петров Пётр", "+79126701345", "карта 018,34567 01 912 345 67"))


@pytest.mark.parametrize(
    "typed", ["17 89123456701", "89123456701 кв 17", "кв. 17, 8 912 345 67 01", "17 9123456701"]
)
def test_what_stands_beside_a_telephone_number_is_looked_for_as_words(typed: str) -> None:
    assert is_found(typed, search_text("кв. 17", "+79123456701"))
    assert not is_found(typed, search_text("кв. 18", "+79123456701"))
    assert not is_found(typed, search_text("кв. 17", "+79123456702"))


@pytest.mark.parametrize(
    ("typed", "stored"),
    [
        ("8 8 912 345 67 01", "8 +79123456701"),
        ("+375 29 123-45-67 12", "+375291234567 12"),
        ("89123456701 89123456702", "+79123456701 +79123456702"),
        ("12-14", "д. 12, кв. 14"),
        ("34-56-78", "+73452345678"),
        ("45 08 123456", "4508 123456 4508123456"),
        ("тел 12", "тел 12"),
        ("018,23011", "018 23011"),
        ("1" * 200, "1" * 200),
    ],
)
def test_numbers_are_told_apart(typed: str, stored: str) -> None:
    assert is_found(typed, search_text(stored))


def test_numbers_written_like_telephones_are_found_as_they_were_written() -> None:
    for number in ("001-234-567-8", "80012345678", "0001234567"):
        assert is_found(number, search_text("Счётчик", number)), number


@pytest.mark.parametrize("typed", ["№ 9", "№9", "пропуск №  9", "№ 9 иванова", "Иванова, №9"])
def test_the_sign_of_a_number_is_no_word(typed: str) -> None:
    assert is_found(typed, search_text("пропуск", "9", "Иванова"))
    assert not is_found(typed, search_text("пропуск", "8", "Иванова"))
    assert is_found("№ 2", search_text("Корпус № 2"))
    assert is_found("№ 2", "корпус no 2"), "kept so before"


@pytest.mark.parametrize(
    "typed",
    [
        "8912",
        "8 912",
        "8 (912",
        "8 (912) 3",
        "89123456",
        "8 912 345 6",
        "8 912 345-67-0",
        "8 (912) 345-67-0",
        "8912345670",
        "Петров 8912",
        "8 912 петров",
        "тел. 8-912-345",
        "8 912 345 67 01",
    ],
)
def test_a_national_number_is_found_while_it_is_typed(typed: str) -> None:
    assert is_found(typed, search_text("тел. Петров", "+79123456701"))
    assert not is_found(typed, search_text("тел. Петров", "+79223456701"))
    assert not is_found(typed, search_text("тел. Петров", "карта 017,91234"))


def test_what_looks_like_the_beginning_of_a_number_is_found_as_it_stands() -> None:
    for number in ("8912", "8 912", "89123456", "8912345670", "д. 8, 912"):
        assert is_found(number, search_text("д. Счётчик", number)), number


def test_every_word_of_a_long_query_must_be_found() -> None:
    words = [f"слово{n}" for n in range(12)]
    assert is_found(" ".join(words), search_text(*words))
    assert not is_found(" ".join([*words, "нет"]), search_text(*words))


@pytest.mark.parametrize("typed", ["№", "№ №", "%", "\\", '"', "🙂", "--"])
def test_punctuation_alone_is_found_nowhere(typed: str) -> None:
    assert not is_found(typed, search_text("50% - «скидка»", "Петров"))


def test_a_pattern_takes_wildcards_literally() -> None:
    assert like_pattern("50%_\\") == "%50\\%\\_\\\\%"


@given(st.text(max_size=60))
def test_folding_twice_changes_nothing(text: str) -> None:
    once = fold(text)
    assert fold(once) == once


@given(st.integers(0, 10**10 - 1), st.integers(0, 10**10 - 1))
def test_numbers_below_ten_digits_order_as_numbers(left: int, right: int) -> None:
    assert (sort_key(f"д. {left}") < sort_key(f"д. {right}")) == (left < right)
