"""Telephone numbers: whatever a person types, stored in E.164."""

import phonenumbers

_HOME_REGION = "RU"


class PhoneError(ValueError):
    """The text is not a telephone number."""


def parse_phone(text: str) -> str:
    """«8 (912) 345-67-89» → "+79123456789". Without a country code it is Russian. Raises PhoneError."""
    try:
        number = phonenumbers.parse(text, _HOME_REGION)
    except phonenumbers.NumberParseException as error:
        raise PhoneError(f"{text!r} is not a telephone number") from error
    if not phonenumbers.is_possible_number(number):
        raise PhoneError(f"{text!r} has the wrong length for a telephone number")
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
