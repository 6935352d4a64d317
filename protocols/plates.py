"""Vehicle plates: one canonical form (Latin capitals and digits), the types it may be, and what looks odd.

Russian types after ГОСТ Р 50577-2018. A foreign or unknown plate is never refused, only warned about.
"""

import re
import unicodedata
from dataclasses import dataclass
from enum import StrEnum
from itertools import product

from protocols.fields import KEY_MAX


class PlateError(ValueError):
    """There is no letter and no digit in the text, or far too many."""


class PlateKind(StrEnum):
    """What a plate's pattern says about the vehicle; one pattern may fit several."""

    CAR = "car"
    TAXI = "taxi"
    TRAILER = "trailer"
    TRACTOR = "tractor"
    MOTORCYCLE = "motorcycle"
    MILITARY = "military"
    MILITARY_TRAILER = "military_trailer"
    DIPLOMATIC = "diplomatic"
    TRANSIT = "transit"
    EXPORT = "export"
    POLICE = "police"
    FOREIGN = "foreign"


class PlateWarning(StrEnum):
    """What a person should look at; codes that the faces translate."""

    UNKNOWN_FORM = "unknown_form"
    AMBIGUOUS_KIND = "ambiguous_kind"
    CORRECTED_ZERO_O = "corrected_zero_o"
    NUMBER_000 = "number_000"
    TOO_LONG = "too_long"
    STRANGE_CHARACTERS = "strange_characters"


@dataclass(frozen=True, slots=True)
class Plate:
    """`country`: ISO 3166 alpha-2, None when no known form fits. `raw`: the text as given."""

    canonical: str
    kinds: tuple[PlateKind, ...]
    country: str | None
    raw: str
    warnings: tuple[PlateWarning, ...] = ()


_L = "[ABEKMHOPCTYX]"
_R = "(?:[0-9]{2}|[1-9][0-9]{2})"  # regions: the list grows, so only its form is checked
_RUSSIAN: tuple[tuple[PlateKind, re.Pattern[str]], ...] = tuple(
    (kind, re.compile(pattern))
    for kind, pattern in (
        (PlateKind.CAR, f"{_L}[0-9]{{3}}{_L}{{2}}{_R}"),
        (PlateKind.TAXI, f"{_L}{{2}}[0-9]{{3}}{_R}"),
        (PlateKind.TRAILER, f"{_L}{{2}}[0-9]{{4}}{_R}"),
        (PlateKind.TRACTOR, f"[0-9]{{4}}{_L}{{2}}{_R}"),
        (PlateKind.MOTORCYCLE, f"[0-9]{{4}}{_L}{{2}}{_R}"),
        (PlateKind.MILITARY, f"[0-9]{{4}}{_L}{{2}}[0-9]{{2}}"),
        (PlateKind.MILITARY_TRAILER, f"{_L}{{2}}[0-9]{{4}}"),
        (PlateKind.DIPLOMATIC, f"[0-9]{{3}}(?:CD[0-9]|[DT][0-9]{{3}}){_R}"),
        (PlateKind.TRANSIT, f"{_L}{{2}}[0-9]{{3}}{_L}{_R}"),
        (PlateKind.EXPORT, f"T{_L}{{2}}[0-9]{{3}}{_R}"),
        (PlateKind.POLICE, f"{_L}[0-9]{{4}}{_R}"),
    )
)
_FOREIGN: tuple[tuple[str, re.Pattern[str]], ...] = tuple(
    (country, re.compile(pattern))
    for country, pattern in (
        ("BY", "[0-9]{4}[ABEIKMHOPCTX]{2}[0-8]"),
        ("KZ", "[0-9]{3}[A-Z]{2,3}[0-9]{2}"),
        ("AM", "[0-9]{2}[A-Z]{2}[0-9]{3}"),
        ("KG", "[0-9]{2}KG[0-9]{3}[A-Z]{3}"),
        ("UZ", "[0-9]{2}(?:[A-Z][0-9]{3}[A-Z]{2}|[0-9]{3}[A-Z]{3})"),
    )
)
_ANY_RUSSIAN, _ANY_FOREIGN = (
    re.compile("|".join(f"(?:{pattern.pattern})" for _, pattern in forms)) for forms in (_RUSSIAN, _FOREIGN)
)
_NUMBER_000 = re.compile(rf"{_L}000{_L}{{2}}{_R}")
# The plate's twelve letters, and those that stand on other plates and are typed in Cyrillic.
_FOLD = str.maketrans("АВЕКМНОРСТУХДІ", "ABEKMHOPCTYXDI")
_COUNTRY_MARK = re.compile("(?:RUS|PYC)$")
_LONGEST = 10
_ZERO_O = {"0": "0O", "O": "O0"}


def canonical(text: str) -> str:
    """The canonical form alone, as a gate asks for it while a car waits. Raises PlateError."""
    return _by_position(_plain(text, _folded(text)))


def plain(text: str) -> str:
    """Its letters and digits, folded: of a part nobody can say by the places which are letters. Raises PlateError."""
    return _plain(text, _folded(text))


def parse_plate(text: str) -> Plate:
    """What the text says, typed or read by a camera. Raises PlateError only when nothing is left of it."""
    folded = _folded(text)
    plain = _plain(text, folded)
    found = _by_position(plain)
    kinds, country = _types(found)
    warnings = _warnings(folded, plain, found, kinds)
    return Plate(found, kinds, country, text, warnings)


def _differences(first: str, second: str) -> int:
    return sum(one != other for one, other in zip(first, second, strict=True))


def _folded(text: str) -> str:
    return unicodedata.normalize("NFKC", text[: KEY_MAX + 1]).upper().translate(_FOLD)


def _plain(text: str, folded: str) -> str:
    """Letters and digits alone. Folding may make many characters of one: what counts is the plate as it is kept."""
    letters = "".join(filter(str.isalnum, folded))
    if not letters or max(len(text), len(letters)) > KEY_MAX:
        raise PlateError(f"plate {text[:KEY_MAX]!r}: {len(letters)} letters and digits")
    return _without_country_mark(letters)


def _without_country_mark(plain: str) -> str:
    """Drops a final RUS, but only from what is a Russian plate without it."""
    shorter = _COUNTRY_MARK.sub("", plain)
    return shorter if shorter != plain and _ANY_RUSSIAN.fullmatch(_by_position(shorter)) else plain


def _types(plain: str) -> tuple[tuple[PlateKind, ...], str | None]:
    kinds = tuple(kind for kind, pattern in _RUSSIAN if pattern.fullmatch(plain))
    if kinds:
        return kinds, "RU"
    for country, pattern in _FOREIGN:
        if pattern.fullmatch(plain):
            return (PlateKind.FOREIGN,), country
    return (), None


def _by_position(plain: str) -> str:
    """0 for O and O for 0 where the places of letters and digits say so: the Russian plate with fewest changes."""
    if len(plain) > _LONGEST or _ANY_RUSSIAN.fullmatch(plain) or _ANY_FOREIGN.fullmatch(plain):
        return plain
    choices = [_ZERO_O.get(character, character) for character in plain]
    fitting = [variant for variant in map("".join, product(*choices)) if _ANY_RUSSIAN.fullmatch(variant)]
    changes = [_differences(plain, variant) for variant in fitting]
    return fitting[changes.index(min(changes))] if changes.count(min(changes, default=0)) == 1 else plain


def _warnings(folded: str, plain: str, found: str, kinds: tuple[PlateKind, ...]) -> tuple[PlateWarning, ...]:
    strange = not folded.isascii() and any(not (each.isascii() or each.isspace()) for each in folded)
    checks = (
        (PlateWarning.STRANGE_CHARACTERS, strange),
        (PlateWarning.CORRECTED_ZERO_O, found != plain),
        (PlateWarning.UNKNOWN_FORM, not kinds),
        (PlateWarning.AMBIGUOUS_KIND, len(kinds) > 1),
        (PlateWarning.NUMBER_000, _NUMBER_000.fullmatch(found) is not None),
        (PlateWarning.TOO_LONG, len(found) > _LONGEST),
    )
    return tuple(warning for warning, applies in checks if applies)
