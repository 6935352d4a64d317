"""What an OSDP card event says. Pure."""

from collections.abc import Mapping
from typing import Any, NamedTuple

from osdp import CardFormat, StatusReportType

from protocols.cards import CardError, Credential, bit_string, from_wiegand


class Card(NamedTuple):
    """`raw`: the bits, or the text of a reader that sends characters. No credentials: nobody can read it."""

    raw: str
    credentials: tuple[Credential, ...]


class Condition(NamedTuple):
    """What a reader says of itself."""

    tampered: bool
    power_failing: bool


def condition(event: Mapping[str, Any]) -> Condition | None:
    """A status event of the library; None when it is about something else, or says nothing."""
    report = bytes(event["report"])
    if event["type"] != StatusReportType.Local or len(report) < 2:
        return None
    return Condition(bool(report[0]), bool(report[1]))


def card(event: Mapping[str, Any], *, reverse: bool) -> Card:
    """A card event of the library (`format`, `length` in bits or characters, `data`)."""
    data = bytes(event["data"])
    length = int(event["length"])
    if event["format"] == CardFormat.ASCII:
        return Card(data[:length].decode("ascii", "replace")[:500], ())
    try:
        bits = bit_string(data, length)
        return Card(bits, tuple(from_wiegand(bits, reverse=reverse)))
    except CardError:
        return Card(f"{length} bits: {data.hex()}"[:500], ())
