"""PINs and codes: what is given can be typed in any way, and is never an easy guess."""

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from protocols import codes, qr

_RUSSIAN = str.maketrans("qwertyuiopasdfghjklzxcvbnm", "йцукенгшщзфывапролдячсмить")


@given(st.integers())
def test_a_code_is_found_however_it_is_typed(seed: int) -> None:
    code = codes.new_code(random.Random(seed).randrange)
    key = f"CODE:{code}"
    for typed in (code, code.lower(), codes.shown(code), f" {codes.shown(code.lower())}\r\n"):
        assert codes.key_of(typed) == key
    assert codes.key_of(code.lower().translate(_RUSSIAN)) == key


@given(st.integers())
def test_a_pin_is_six_digits_and_no_easy_guess(seed: int) -> None:
    pin = codes.new_pin(random.Random(seed).randrange)
    assert codes.key_of(pin) == f"PIN:{pin}"
    assert codes.key_of(f"{pin[:3]} {pin[3:]}") == f"PIN:{pin}"
    assert len(set(pin)) > 1


def test_easy_pins_are_never_given() -> None:
    rolled = iter([111111, 123456, 654321, 0, 987654, 123457])
    assert codes.new_pin(lambda _: next(rolled)) == "123457"


@pytest.mark.parametrize("typed", ["", "12345", "1234567", "ACDE-FHJ", "ACDE-FHJKM", "ACDE-FHJ0", "ACDEFHJO"])
def test_anything_else_is_neither(typed: str) -> None:
    assert codes.key_of(typed) is None


@given(st.text(max_size=20))
def test_whatever_is_typed_has_an_answer(typed: str) -> None:
    key = codes.key_of(typed)
    assert key is None or codes.is_typed(key)


def test_a_guest_s_code_is_no_typed_one() -> None:
    assert codes.key_of("A" * 150) is None
    assert qr.looks_like("A" * 160)
    assert not codes.is_typed("EM:0012345678")


def test_what_is_written_down_lets_nobody_in() -> None:
    assert codes.masked("PIN:123457") == "PIN:••••57"
    assert codes.masked("CODE:ACDEFHJK") == "CODE:••••••JK"
