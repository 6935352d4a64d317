"""What a guard's PIN must not be."""

import pytest

from cloud.guard.rules import is_weak_pin


@pytest.mark.parametrize(
    "pin", ["111111", "123456", "654321", "121212", "123123", "112112", "12211221", "123321"]
)
def test_pins_that_are_tried_first_are_weak(pin: str) -> None:
    assert is_weak_pin(pin)


@pytest.mark.parametrize("pin", ["407318", "90210473", "100237", "135791"])
def test_others_are_not(pin: str) -> None:
    assert not is_weak_pin(pin)
