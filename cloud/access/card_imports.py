"""A box of cards at once: each line judged by itself, as each row of a table of passes."""

from collections.abc import Sequence
from dataclasses import replace
from typing import NamedTuple

from pydantic import ValidationError
from sqlalchemy.orm import Session

from cloud.access import card_desk, recognition
from cloud.access.models import Card
from cloud.access.types import StockDraft, StockLine, StockList
from cloud.kernel.actor import Actor
from cloud.kernel.audit import record
from cloud.kernel.database import new_id, savepoint
from cloud.kernel.errors import FieldError, FixInput
from cloud.kernel.language import Text
from cloud.kernel.permissions import Permission
from cloud.kernel.problems import field_error

_SAME = Text("Та же карта, что в строке {line}.", "The same card as in row {line}.")


class Verdict(NamedTuple):
    """Of one line, counted from 1. `made`: the card, when it was added, or would be. `ways`: to read its number."""

    line: int
    typed: StockLine
    made: Card | None
    faults: Sequence[FieldError] = ()
    ways: Sequence[str] = ()


def import_cards(session: Session, actor: Actor, draft: StockList) -> list[Verdict]:
    """Put into stock what can be; the rest says what is wrong with it."""
    actor.require(Permission.PASSES_ISSUE)
    seen: dict[str, int] = {}
    verdicts = [
        _judged(session, actor, line, typed, draft.read_as, seen) for line, typed in enumerate(draft.cards, 1)
    ]
    added = sum(verdict.made is not None for verdict in verdicts)
    told = {"issued": added, "refused": len(verdicts) - added}
    record(session, actor, "card.import", "card", new_id(session), told)
    return verdicts


def _judged(
    session: Session, actor: Actor, line: int, typed: StockLine, read_as: str | None, seen: dict[str, int]
) -> Verdict:
    ways = recognition.ways_to_read(typed.text)
    meant = ways.get(read_as) if read_as is not None and len(ways) > 1 else None
    card = {"text": typed.text, "key": meant.keys()[0] if meant is not None else None}
    try:
        draft = StockDraft.model_validate({"card": card, "label": typed.label})
        credential = recognition.read_card(draft.card, "text")
        first = seen.setdefault(credential.keys()[0], line)
        if first != line:
            raise FixInput.at("text", "row_twice", _SAME, line=first)
        with savepoint(session):
            made = card_desk.register(session, actor, credential, draft.label, "text")
    except FixInput as error:
        return Verdict(line, typed, None, error.fields, tuple(ways) if len(ways) > 1 else ())
    except ValidationError as error:
        return Verdict(line, typed, None, [_in_line(field_error(each)) for each in error.errors()])
    return Verdict(line, typed, made)


def _in_line(error: FieldError) -> FieldError:
    """`card.text` → text."""
    return replace(error, path=error.path.rsplit(".", maxsplit=1)[-1])
