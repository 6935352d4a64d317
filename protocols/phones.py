"""Telephone numbers: whatever a person types, stored in E.164, and its beginning as it is typed into a search."""

import re
from typing import NamedTuple

import phonenumbers

_HOME_REGION = "RU"
_BETWEEN = r"[\s()./‐-―-]{1,3}"
_BEGUN = re.compile(
    rf"(?<![\w+])8(?:{_BETWEEN})?[34789](?:(?:{_BETWEEN})?\d){{2,8}}(?!\w|{_BETWEEN}\d)", re.ASCII
)
_NO_DIGIT = re.compile(r"\D+")


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


def kept(text: str | None) -> str | None:
    """As it is stored; what is no number stays as it came."""
    try:
        return parse_phone(text) if text else None
    except PhoneError:
        return text


class Begun(NamedTuple):
    """What was typed, and how a number that begins so is kept: with the country's +7."""

    begin: int
    end: int
    kept: str


def begun(text: str) -> list[Begun]:
    """Where from four to ten digits stand together that may be such a beginning: «8 912», «8 (912) 345-67-0»."""
    return [
        Begun(each.start(), each.end(), f"+7{_NO_DIGIT.sub('', each[0])[1:]}")
        for each in _BEGUN.finditer(text)
    ]
