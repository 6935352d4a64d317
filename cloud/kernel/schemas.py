"""What travels over HTTP: input forbids unknown fields and what no table or box can hold, every model shows an example.

Every text that comes in has a `TextMark`, every moment is an `Instant`, every day a
`Day`, every free object a `FreeObject`; tests/architecture/test_inputs.py holds the slices to it.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from enum import StrEnum
from typing import Annotated, Any

from pydantic import (
    AfterValidator,
    AwareDatetime,
    BaseModel,
    ConfigDict,
    GetCoreSchemaHandler,
    StringConstraints,
)
from pydantic_core import CoreSchema, PydanticCustomError, core_schema

from protocols.seen import without_unseen_edges

EARLIEST, LATEST = datetime(2000, 1, 1, tzinfo=UTC), datetime(2100, 1, 1, tzinfo=UTC)
_FIRST_DAY, _LAST_DAY = date(1900, 1, 1), date(2100, 1, 1)
_CONTROL = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029]")
_CONTROL_IN_LINES = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]")
_MOST_DEPTH, _MOST_NODES, _MOST_NUMBER = 8, 2000, 2**53


def known(words: type[StrEnum]) -> Callable[[str | None], str | None]:
    """For what boxes tell in words of their own: a newer box's word is none here."""
    return lambda told: told if told in set(words) else None


def _without(characters: re.Pattern[str], text: str) -> str:
    if characters.search(text):
        raise PydanticCustomError("control_characters", "no control characters")
    return text


@dataclass(frozen=True, slots=True)
class TextMark:
    """What a text may hold. It is looked at before all else that its type asks, such as a shortest length."""

    forbidden: re.Pattern[str]
    as_typed: bool = False
    spaced: bool = False  # all white space becomes one space, also what controls

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.no_info_before_validator_function(self.take, handler(source))

    def take(self, value: Any) -> Any:
        """Raises PydanticCustomError for a character that may not be there."""
        if not isinstance(value, str):
            return value
        text = " ".join(value.split()) if self.spaced else value
        return _without(self.forbidden, text if self.as_typed else without_unseen_edges(text))


ONE_LINE = TextMark(_CONTROL)
"""Marks a text in which there is no control character, not even a line feed: `Annotated[str, …, ONE_LINE]`.

What nobody sees at its edges (spaces, marks of direction or of byte order) goes: a text of that alone is empty.
"""

LINES = TextMark(_CONTROL_IN_LINES)
"""Marks a text that may have line feeds and tabs, and no other control character. Its edges go as of ONE_LINE."""

ONE_LINE_AS_TYPED, LINES_AS_TYPED = (
    TextMark(_CONTROL, as_typed=True),
    TextMark(_CONTROL_IN_LINES, as_typed=True),
)
"""Mark a password and the like, of which each character counts."""

WORDS = TextMark(_CONTROL, spaced=True)
Search = Annotated[str, StringConstraints(max_length=200), WORDS]
"""Words to look for, as they come from anywhere: two cells of a spreadsheet have a tab between them."""


def _within_years(value: datetime) -> datetime:
    """In UTC. Raises for what some zone, table or box could not hold any more."""
    if not EARLIEST.year - 1 <= value.year <= LATEST.year or not EARLIEST <= value.astimezone(UTC) < LATEST:
        raise PydanticCustomError(
            "instant_out_of_range",
            "between the years {first} and {last}",
            {"first": EARLIEST.year, "last": LATEST.year},
        )
    return value.astimezone(UTC)


def _within_days(value: date) -> date:
    if not _FIRST_DAY <= value < _LAST_DAY:
        raise PydanticCustomError(
            "day_out_of_range",
            "between the years {first} and {last}",
            {"first": _FIRST_DAY.year, "last": _LAST_DAY.year},
        )
    return value


INSTANT, DAY = AfterValidator(_within_years), AfterValidator(_within_days)
Instant = Annotated[AwareDatetime, INSTANT]
"""A moment of the years 2000 to 2099, kept in UTC."""

Day = Annotated[date, DAY]
"""A calendar day of the years 1900 to 2099."""


def _storable(value: dict[str, Any]) -> dict[str, Any]:
    """Look through an object of free form: everything in it can be kept as jsonb, signed and sent to a box."""
    waiting: list[tuple[Any, int]] = [(value, 0)]
    looked_at = 0
    while waiting:
        node, depth = waiting.pop()
        looked_at += 1
        if depth > _MOST_DEPTH or looked_at > _MOST_NODES:
            raise PydanticCustomError("object_too_large", "too deep or too large")
        if isinstance(node, dict):
            waiting += [(part, depth + 1) for pair in node.items() for part in pair]
        elif isinstance(node, list):
            waiting += [(part, depth + 1) for part in node]
        elif isinstance(node, str):
            _without(_CONTROL_IN_LINES, node)
            if not node.isascii() and any("\ud800" <= char <= "\udfff" for char in node):
                raise PydanticCustomError("string_unicode", "half of a character")
        elif isinstance(node, int | float) and not abs(node) <= _MOST_NUMBER:  # NaN is not, either
            raise PydanticCustomError("number_out_of_range", "no such number")
    return value


FREE_OBJECT = AfterValidator(_storable)
FreeObject = Annotated[dict[str, Any], FREE_OBJECT]
"""An object whose fields are somebody else's to say, as a driver's settings are."""


class Input(BaseModel):
    """A request's body."""

    model_config = ConfigDict(extra="forbid", str_strip_whitespace=True)


class Output(BaseModel):
    """A response's body."""

    model_config = ConfigDict(from_attributes=True)


def example(**values: Any) -> ConfigDict:
    """`model_config = example(name="…")`: how the model looks in the API's description; joins what is inherited."""
    return ConfigDict(json_schema_extra={"examples": [values]})
