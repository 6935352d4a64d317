import pytest

from protocols.phones import PhoneError, parse_phone


@pytest.mark.parametrize(
    ("typed", "stored"),
    [
        ("+7 (912) 345-67-89", "+79123456789"),
        ("8 912 345 67 89", "+79123456789"),
        ("9123456789", "+79123456789"),
        ("+375 29 123-45-67", "+375291234567"),
    ],
)
def test_what_people_type_is_stored_in_e164(typed: str, stored: str) -> None:
    assert parse_phone(typed) == stored


@pytest.mark.parametrize("typed", ["", "нет", "12345", "+7 912 345-67-89-00"])
def test_what_is_no_number_is_refused(typed: str) -> None:
    with pytest.raises(PhoneError):
        parse_phone(typed)
