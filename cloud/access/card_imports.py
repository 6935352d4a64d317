"""A box of cards at once: each line judged by itself, as each row of a table of passes."""

from collections.abc import Sequence
from dataclasses import replace
from typing import NamedTuple

from pydantic import ValidationError
from sqlalchemy.orm import Session

from cloud.access import card_desk, cards, recognition
from cloud.access.models import Card
from cloud.access.types import StockDraft, StockLine, StockList
from cloud.kernel.actor import Actor
from cloud.kernel.audit import record
from cloud.kernel.database import new_id, savepoint
from cloud.kernel.errors import FieldError, FixInput
from cloud.kernel.language import Text
from cloud.kernel.permissions import Permission
from cloud.kernel.problems import field_error
from protocols.cards import Credential

_SAME = Text("Та же карта, что в строке {line}.", "The same card as in row {line}.")


class Verdict(NamedTuple):
    """Of one line, counted from 1. `made`: the card, when it was added, or would be. `ways`: to read its number."""

    line: int
    typed: StockLine
    made: Card | None
    faults: Sequence[FieldError] = ()
    ways: Sequence[str] = ()


class _Fit(NamedTuple):
    """A line that the register may take."""

    line: int
    typed: StockLine
    ways: Sequence[str]
    credential: Credential
    label: str


def import_cards(session: Session, actor: Actor, draft: StockList) -> list[Verdict]:
    """Put into stock what can be; the rest says what is wrong with it."""
    actor.require(Permission.PASSES_ISSUE)
    cards.in_turn(session)
    earlier = _Earlier()
    read = [_read(line, typed, draft.read_as, earlier) for line, typed in enumerate(draft.cards, 1)]
    fit = [each for each in read if isinstance(each, _Fit)]
    # In one order, whichever list it is: others, too, bring more than one card.
    by_key = sorted(fit, key=lambda each: each.credential.keys()[0])
    registered = {each.line: _registered(session, actor, each) for each in by_key}
    verdicts = [registered[each.line] if isinstance(each, _Fit) else each for each in read]
    added = sum(verdict.made is not None for verdict in verdicts)
    told = {"issued": added, "refused": len(verdicts) - added}
    record(session, actor, "card.import", "card", new_id(session), told)
    return verdicts


class _Earlier:
    """Cards of the lines before, compared as the register compares them: two forms of one card are the same."""

    def __init__(self) -> None:
        self._lines: dict[str, int] = {}
        self._held: dict[str, dict[str, None]] = {}

    def take(self, credential: Credential, line: int) -> None:
        """Raises FixInput for one that is there already, or may be any of several."""
        alike: dict[str, None] = {}
        for lookup in credential.lookups():
            alike |= self._held.get(lookup.key, {})
        same = cards.meant(credential, list(alike), "text")
        if same is not None:
            raise FixInput.at("text", "row_twice", _SAME, line=self._lines[same])
        own, *_ = keys = credential.keys()
        self._lines[own] = line
        for key in keys:
            self._held.setdefault(key, {})[own] = None


def _read(line: int, typed: StockLine, read_as: str | None, earlier: _Earlier) -> _Fit | Verdict:
    ways = recognition.ways_to_read(typed.text)
    meant = ways.get(read_as) if read_as is not None and len(ways) > 1 else None
    card = {"text": typed.text, "key": meant.keys()[0] if meant is not None else None}
    choice = tuple(ways) if len(ways) > 1 else ()
    try:
        draft = StockDraft.model_validate({"card": card, "label": typed.label})
        credential = recognition.read_card(draft.card, "text")
        earlier.take(credential, line)
    except FixInput as error:
        return Verdict(line, typed, None, error.fields, choice)
    except ValidationError as error:
        return Verdict(line, typed, None, [_in_line(field_error(each)) for each in error.errors()])
    return _Fit(line, typed, choice, credential, draft.label)


def _registered(session: Session, actor: Actor, fit: _Fit) -> Verdict:
    try:
        with savepoint(session):
            made = card_desk.register(session, actor, fit.credential, fit.label, "text")
    except FixInput as error:
        return Verdict(fit.line, fit.typed, None, error.fields, fit.ways)
    return Verdict(fit.line, fit.typed, made)


def _in_line(error: FieldError) -> FieldError:
    """`card.text` → text."""
    return replace(error, path=error.path.rsplit(".", maxsplit=1)[-1])
