"""What guards type: plates and card numbers as the list knows them, or the field that is wrong."""

from edge.guardhouse import problems
from protocols import plates
from protocols.cards import CardError, Credential, parse_printed
from protocols.phones import PhoneError, parse_phone
from protocols.plates import PlateError


def plate_of(text: str) -> str | None:
    """The canonical plate; None for an empty field. Raises Trouble."""
    if not text.strip():
        return None
    try:
        return plates.canonical(text)
    except PlateError as error:
        raise problems.invalid("plate", detail=str(error)) from error


def card_of(text: str) -> Credential | None:
    """The card; None for an empty field. Raises Trouble when it may be several: then somebody has to say which."""
    if not text.strip():
        return None
    try:
        readings = parse_printed(text)
    except CardError as error:
        raise problems.invalid("card", detail=str(error)) from error
    if len(readings) > 1:
        told = ", ".join(reading.keys()[0] for reading in readings)
        raise problems.invalid("card", "ambiguous", told)
    return readings[0]


def phone_of(text: str, field: str = "phone") -> str | None:
    """The telephone number in E.164; None for an empty field. Raises Trouble."""
    if not text.strip():
        return None
    try:
        return parse_phone(text)
    except PhoneError as error:
        raise problems.invalid(field, detail=str(error)) from error
