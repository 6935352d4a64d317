"""What a plate or a card is, by what a person typed: pure, and never a silent guess."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace

from cloud.access.types import CardDraft
from cloud.kernel.errors import FieldError, FixInput
from cloud.kernel.language import Text
from protocols.cards import CardError, Credential, parse_printed, unambiguous
from protocols.documents import document_number
from protocols.plates import Plate, PlateError, parse_plate

_PLATE_UNREADABLE = Text(
    "Это не похоже на номер: «{typed}». Пример: А 123 ВС 72.",
    "This does not look like a plate: “{typed}”. Example: A 123 BC 72.",
)
_CARD_UNREADABLE = Text(
    "Это не похоже на номер карты: «{typed}». Подойдут 10 цифр, «018,23011», "
    "то и другое вместе, номер в hex, «0x2F764DD» или биты Wiegand.",
    "This does not look like a card number: “{typed}”. These will do: 10 digits, "
    "“018,23011”, both together, the hexadecimal number, “0x2F764DD”, or Wiegand bits.",
)
_CARD_AMBIGUOUS = Text(
    "Номер «{typed}» читается по-разному. Выберите, какая это карта, или напишите его однозначно: {written}.",
    "“{typed}” can be read in several ways. Choose which card it is, or write it unambiguously: {written}.",
)
_CARD_RANDOM = Text(
    "У этой карты номер меняется при каждом чтении. Её нельзя записать.",
    "This card changes its number at each reading. It cannot be enrolled.",
)
_DOCUMENT_UNREADABLE = Text(
    "Здесь нет номера документа: «{typed}». Пример: 45 08 123456.",
    "There is no document number here: “{typed}”. Example: 45 08 123456.",
)


REVERSED = "_REVERSED"


@dataclass(frozen=True, slots=True)
class CardReading:
    """One way to read a typed card number. `key` names it."""

    key: str
    format: str
    facility: int | None
    number: int | None
    uid_hex: str | None

    @classmethod
    def of(cls, credential: Credential) -> "CardReading":
        return cls(
            key=credential.keys()[0],
            format=credential.format.value,
            facility=credential.facility,
            number=credential.number,
            uid_hex=credential.uid_hex,
        )


def plate_readings(text: str) -> Plate | None:
    """The plate, or None where the text is none."""
    try:
        return parse_plate(text)
    except PlateError:
        return None


def card_readings(text: str) -> list[Credential]:
    """All readings of a card number; empty where the text is none."""
    try:
        return parse_printed(text)
    except CardError:
        return []


def plates(typed: Sequence[str], path: str = "plates") -> list[str]:
    """Canonical plates, each once. Raises FixInput naming the ones that are none."""
    found: dict[str, None] = {}
    wrong = []
    for index, text in enumerate(typed):
        plate = plate_readings(text)
        if plate is None:
            wrong.append(
                FieldError(f"{path}.{index}", "plate_unreadable", _PLATE_UNREADABLE, {"typed": text})
            )
        else:
            found[plate.canonical] = None
    if wrong:
        raise FixInput(*wrong)
    return list(found)


def cards(drafts: Sequence[CardDraft], path: str = "cards") -> list[Credential]:
    """The cards that are meant. Raises FixInput for what is none or is ambiguous, with the readings to choose from."""
    found, wrong = [], []
    for index, draft in enumerate(drafts):
        chosen = card(draft, f"{path}.{index}")
        if isinstance(chosen, FieldError):
            wrong.append(chosen)
        else:
            found.append(chosen)
    if wrong:
        raise FixInput(*wrong)
    return found


def read_plate(text: str, path: str = "plate") -> str:
    """As `plates`, of a single one."""
    plate = plate_readings(text)
    if plate is None:
        raise FixInput.at(path, "plate_unreadable", _PLATE_UNREADABLE, typed=text)
    return plate.canonical


def read_document(text: str, path: str = "document") -> str:
    """The number of a document; empty for an empty field. Raises FixInput where there is none in what was typed."""
    if not text.strip():
        return ""
    number = document_number(text)
    if number is None:
        raise FixInput.at(path, "document_unreadable", _DOCUMENT_UNREADABLE, typed=text)
    return number


def ways_to_read(text: str) -> dict[str, Credential]:
    """By the name of each way, which holds for a whole list: the card's format, and for a UID from which end."""
    ways: dict[str, Credential] = {}
    for reading in card_readings(text):
        name = reading.format.value
        ways[f"{name}{REVERSED}" if name in ways else name] = reading
    return ways


def read_card(draft: CardDraft, path: str = "text") -> Credential:
    """As `cards`, of a single one; `path`: of its text."""
    chosen = card(draft, "")
    if isinstance(chosen, FieldError):
        raise FixInput(replace(chosen, path=path))
    return chosen


def card(draft: CardDraft, path: str) -> Credential | FieldError:
    """The one reading that is meant, or what to ask."""
    readings = [reading for reading in card_readings(draft.text) if draft.key in {None, reading.keys()[0]}]
    if not readings:
        return FieldError(f"{path}.text", "card_unreadable", _CARD_UNREADABLE, {"typed": draft.text})
    if len(readings) > 1:
        choices = [asdict(CardReading.of(reading)) for reading in readings]
        written = " / ".join(map(unambiguous, readings))
        data = {"typed": draft.text, "written": written, "readings": choices}
        return FieldError(f"{path}.text", "card_ambiguous", _CARD_AMBIGUOUS, data)
    if readings[0].random_uid:
        return FieldError(f"{path}.text", "card_random", _CARD_RANDOM, {"typed": draft.text})
    return readings[0]
