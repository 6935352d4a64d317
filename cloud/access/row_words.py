"""What a table's row says of a pass in words: whose premises, which kind."""

import re
from uuid import UUID

from sqlalchemy.orm import Session

from cloud.housing import service as housing
from cloud.kernel.errors import FixInput
from cloud.kernel.language import Text
from protocols.held import PassKind

_KINDS: dict[PassKind, tuple[str, ...]] = {
    PassKind.GUEST: ("гостевой", "гость", "разовый", "guest"),
    PassKind.RECURRING: ("многократный", "многоразовый", "recurring"),
    PassKind.RESIDENT: ("житель", "жилец", "собственник", "resident"),
    PassKind.STAFF: ("сотрудник", "персонал", "staff"),
    PassKind.SERVICE: ("служба", "service"),
    PassKind.CONTRACTOR: ("подрядчик", "подрядный", "contractor"),
    PassKind.SPECIAL: ("спецтранспорт", "emergency vehicle", "special"),
}
_KIND_OF = {word: kind for kind, words in _KINDS.items() for word in words}
_BEFORE_A_NUMBER = re.compile(
    r"(?:кв(?:артира)?|дом|д|уч(?:асток)?|оф(?:ис)?|flat|apt|house|plot|office)?[.\s]*№?\s*(\S+)",
    re.IGNORECASE,
)
_TOLD_MAX = 5

_NO_KIND = Text(
    "Такого вида пропуска нет: «{typed}». Есть: {kinds}.",
    "There is no such kind of pass: “{typed}”. There are: {kinds}.",
)
_NO_PREMISES = Text(
    "В комплексе объекта нет такого помещения: «{typed}». Напишите номер или конец адреса: «д. А2, кв. 15».",
    "The site's complex has no such premises: “{typed}”. Write the number, or the end of the address.",
)
_WHICH_PREMISES = Text(
    "«{typed}» есть не одно: {addresses}. Напишите адрес подробнее.",
    "“{typed}” may be several: {addresses}. Write more of the address.",
)


def pass_kind(typed: str) -> PassKind:
    """As faces call them. Raises FixInput at `kind`."""
    found = _KIND_OF.get(" ".join(typed.casefold().split()))
    if found is None:
        kinds = ", ".join(words[0] for words in _KINDS.values())
        raise FixInput.at("kind", "no_such_kind", _NO_KIND, typed=typed, kinds=kinds)
    return found


def premises_named(session: Session, typed: str, complex_id: UUID | None) -> UUID:
    """By number within the complex, or by the end of the address.

    Raises FixInput at `premises_id` for none, or several.
    """
    found = housing.places_numbered(session, typed, complex_id=complex_id)
    if not found and (number := _BEFORE_A_NUMBER.fullmatch(typed.strip())) is not None:
        found = housing.places_numbered(session, number[1], complex_id=complex_id)
    found = found or housing.places_addressed(session, typed, complex_id=complex_id)
    if not found:
        raise FixInput.at("premises_id", "no_such_premises", _NO_PREMISES, typed=typed)
    if len(found) > 1:
        addresses = "; ".join(place.address for place in found[:_TOLD_MAX])
        more = "; …" if len(found) > _TOLD_MAX else ""
        raise FixInput.at(
            "premises_id", "which_premises", _WHICH_PREMISES, typed=typed, addresses=addresses + more
        )
    return found[0].premises_id
