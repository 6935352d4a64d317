"""The one-time code: however a person writes it down, it is read as it was made, or refused with words."""

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from protocols.enrolment import Code, CodeError, parse_code

codes = st.builds(Code, st.binary(min_size=10, max_size=10), st.binary(min_size=16, max_size=16))
CYRILLIC = str.maketrans("ABEKMHOPCTYX", "АВЕКМНОРСТУХ")


@given(codes)
def test_a_code_is_read_as_it_was_made(code: Code) -> None:
    text = code.text()
    for written in (text, text.lower(), text.replace("-", " "), text.replace("-", ""), f" {text}\n"):
        assert parse_code(written) == code


@given(codes)
def test_cyrillic_letters_that_look_alike_are_read_as_latin(code: Code) -> None:
    written = code.text().translate(CYRILLIC)
    assert parse_code(written) == parse_code(written.lower()) == code


@given(st.text(min_size=42, max_size=42) | st.text("ABЖЫ2й018=", min_size=42, max_size=42))
def test_what_is_no_code_is_refused_with_words(text: str) -> None:
    with suppress(CodeError):  # and no other error
        assert parse_code(text).text()


@pytest.mark.parametrize("letter", ["Ж", "1", "=", "é", "\ud800"])
def test_a_letter_of_no_code_is_named(letter: str) -> None:
    with pytest.raises(CodeError, match="the letters A-Z and the digits 2-7"):
        parse_code(letter + "A" * 41)
