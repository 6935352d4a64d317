"""The company's cards and fobs: with whom each is, and never with two; who had it before.

A card that is typed for a pass is the company's from then on, and with that pass's holder. What the passes open by is
`PassCard`; here is what is known of the thing itself.
"""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import delete, select, text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from cloud.access import rules
from cloud.access.errors import CardNotThere
from cloud.access.models import Card, CardHistory, Pass, PassCard
from cloud.access.types import CardChange, CardState, PassState
from cloud.kernel.actor import Actor
from cloud.kernel.database import current_organisation, new_id, now
from cloud.kernel.errors import FixInput
from cloud.kernel.language import Text
from cloud.kernel.permissions import Permission
from cloud.kernel.realtime import LiveKind, publish
from cloud.kernel.text import search_text
from protocols.cards import Credential, unambiguous
from protocols.persons import fold

_TAKEN = Text(
    "Карта {card} сейчас у другого держателя: пропуск № {held}. Сначала примите её.",
    "Card {card} is with somebody else: pass {held}. Take it back first.",
)
_IN_TURN = text("SELECT pg_advisory_xact_lock(hashtextextended('cards of ' || :company, 0))")
_GONE = {
    CardState.LOST: Text(
        "Карта {card} числится потерянной. Если нашлась, верните её в запас на странице «Карты».",
        "Card {card} is on record as lost. If it was found, put it back into stock on the page “Cards”.",
    ),
    CardState.DESTROYED: Text(
        "Карта {card} списана. Если это ошибка, верните её в запас на странице «Карты».",
        "Card {card} was written off. If that was a mistake, put it back into stock on the page “Cards”.",
    ),
}
_SEVERAL = Text(
    "Под «{card}» подходят несколько карт компании. Напишите, какая из них: {written}.",
    "“{card}” may be any of several cards of the company. Write which of them: {written}.",
)


def claim(session: Session, actor: Actor, row: Pass, credential: Credential, path: str) -> Card:
    """The card is with the holder of this pass from now on, and registered if it was not.

    Raises FixInput, at `path`, where somebody else has it, where it is lost or written off, or where several may be
    meant.
    """
    card = find(session, credential, path) or _registered(session, credential)[0]
    refuse_gone(card, path)
    others = _standing_on(session, card, but=row)
    for other in others:
        if not is_same_holder(other, row):
            holder = other.holder or other.vehicle or ", ".join(other.plates)
            told = {"card": card.printed, "number": other.number, "holder": holder}
            held = ", ".join(filter(None, (str(other.number), holder)))
            raise FixInput.at(path, "card_taken", _TAKEN, held=held, **told)
    if card.pass_id not in (None, row.id) and not others:
        put_back(session, actor, card)  # whoever gives it out anew has it in hand
    if card.pass_id is None:
        hand_over(session, actor, card, row)
    return card


def in_turn(session: Session) -> None:
    """Lists and tables bring many cards, each in an order of its own: a company's come one after another.

    Before anything else of such a change: whoever waits here holds nothing that another waits for.
    """
    session.execute(_IN_TURN, {"company": str(current_organisation(session))})


def pass_with(session: Session, key: str) -> UUID | None:
    """The pass of whoever has the card with this strongest key; None: nobody has it, or nobody knows it."""
    given = (Card.key == key, Card.state == CardState.GIVEN)
    return session.scalar(select(Card.pass_id).where(*given))


def find(session: Session, credential: Credential, path: str) -> Card | None:
    """The company's card that was typed, however fully it was typed now or then; locked. Raises FixInput."""
    seen_as = [lookup.key for lookup in credential.lookups()]
    rows = session.scalars(
        select(Card).where(Card.keys.overlap(seen_as)).order_by(Card.id).with_for_update(key_share=True)
    ).all()
    known = {row.key: row for row in rows}
    chosen = meant(credential, list(known), path)
    return known[chosen] if chosen is not None else None


def meant(credential: Credential, alike: Sequence[str], path: str) -> str | None:
    """Which of the cards that all look like the typed one it is, by their strongest keys. Raises FixInput."""
    own = credential.keys()[0]
    if own in alike:
        return own
    if len(alike) > 1:
        told = {"card": credential.printed or own, "written": " / ".join(alike)}
        raise FixInput.at(path, "card_several", _SEVERAL, **told)
    return next(iter(alike), None)


def add(session: Session, actor: Actor, credential: Credential, label: str) -> tuple[Card, bool]:
    """A card for the stock, and whether it is new. The caller has seen that there was none like it.

    Another request may have brought the same meanwhile: then the card is as that one left it.
    """
    card, is_new = _registered(session, credential)
    if is_new:
        card.label, card.by = label, actor.name
        card.search = words_of(card)
        tell(session, actor, card, CardChange.ADDED)
    return card, is_new


def locked(session: Session, card_id: UUID) -> Card:
    """Raises CardNotThere."""
    card = session.get(Card, card_id, with_for_update={"key_share": True}, populate_existing=True)
    if card is None:
        raise CardNotThere
    return card


def hand_over(
    session: Session,
    actor: Actor,
    card: Card,
    row: Pass,
    *,
    deposit: str = "",
    note: str = "",
    due_at: datetime | None = None,
) -> None:
    """It goes to a pass's holder out of the stock."""
    card.state, card.since, card.by = CardState.GIVEN, now(session), actor.name
    card.pass_id, card.deposit, card.due_at = row.id, deposit, due_at
    tell(session, actor, card, CardChange.GIVEN, row=row, deposit=deposit, note=note)


def put_back(session: Session, actor: Actor, card: Card, *, note: str = "") -> None:
    """It is in stock again, and no pass opens by it here; boxes learn it from their passes (`passes.take_off`)."""
    change = CardChange.RETURNED if card.state == CardState.GIVEN else CardChange.FOUND
    _end(session, actor, card, CardState.STOCK, change, note)


def write_off(session: Session, actor: Actor, card: Card, state: CardState, *, note: str = "") -> None:
    """It is lost or destroyed. Who lost it stays known."""
    _end(session, actor, card, state, CardChange(state.value), note)


def let_go(session: Session, actor: Actor, row: Pass, card_ids: Collection[UUID]) -> None:
    """These cards are on this pass no more: with the holder by another pass of theirs, or in stock again."""
    for card_id in sorted(card_ids):
        card = locked(session, card_id)
        if card.pass_id != row.id or card.state != CardState.GIVEN:
            continue
        other = next(iter(_standing_on(session, card, but=row)), None)
        if other is None:
            put_back(session, actor, card)
        else:
            card.pass_id = other.id


def history_of(session: Session, card_id: UUID) -> list[CardHistory]:
    """What became of a card, newest first."""
    lines = select(CardHistory).where(CardHistory.card_id == card_id)
    return list(session.scalars(lines.order_by(CardHistory.at.desc(), CardHistory.id.desc())))


def refuse_gone(card: Card, path: str) -> None:
    """Raises FixInput for a card that is lost or written off."""
    text = _GONE.get(CardState(card.state))
    if text is not None:
        raise FixInput.at(path, f"card_{card.state}", text, card=card.printed)


def is_same_holder(one: Pass, other: Pass) -> bool:
    """A holder may have a pass for each site: the same name, and no phone or premises that tell namesakes apart."""
    if not fold(one.holder) or fold(one.holder) != fold(other.holder):
        return False
    pairs = ((one.phone, other.phone), (one.premises_id, other.premises_id))
    return all(mine is None or theirs is None or mine == theirs for mine, theirs in pairs)


def words_of(card: Card) -> str:
    """By what a card is found."""
    return search_text(card.label, card.printed, card.key)


def tell(
    session: Session,
    actor: Actor,
    card: Card,
    change: CardChange,
    *,
    row: Pass | None = None,
    deposit: str = "",
    note: str = "",
) -> None:
    """A line of the card's history. `row`: the pass of whoever it is about."""
    session.add(
        CardHistory(
            id=new_id(session),
            organisation_id=card.organisation_id,
            card_id=card.id,
            at=now(session),
            change=change,
            actor=actor.name,
            account_id=actor.account_id,
            pass_id=row.id if row is not None else None,
            holder=(row.holder or row.vehicle) if row is not None else "",
            deposit=deposit,
            note=note,
        )
    )
    session.flush()
    publish(session, card.organisation_id, LiveKind.CARD, card.id, Permission.PASSES_READ)


def _end(session: Session, actor: Actor, card: Card, state: CardState, change: CardChange, note: str) -> None:
    holder = session.get(Pass, card.pass_id) if card.pass_id is not None else None
    session.execute(delete(PassCard).where(PassCard.card_id == card.id))
    deposit, card.deposit, card.due_at = card.deposit, "", None
    if state is not CardState.LOST:
        card.pass_id = None
    card.state, card.since, card.by = state, now(session), actor.name
    tell(session, actor, card, change, row=holder, deposit=deposit, note=note)


def _standing_on(session: Session, card: Card, *, but: Pass) -> list[Pass]:
    """Other passes that open by the card now, the newest first."""
    mine = (PassCard.card_id == card.id, PassCard.pass_id == Pass.id, Pass.id != but.id)
    rows = session.scalars(select(Pass).where(*mine).order_by(Pass.created_at.desc(), Pass.id.desc()))
    return [row for row in rows if not is_over(session, row)]


def is_over(session: Session, row: Pass) -> bool:
    """It opens nothing any more."""
    ended = row.valid_until is not None and row.valid_until <= now(session)
    return ended or row.erased_at is not None or not rules.may_revoke(PassState(row.state))


def _registered(session: Session, credential: Credential) -> tuple[Card, bool]:
    """In stock, and new; another request may register the same at the same time: then theirs, wherever it is."""
    keys, at = list(credential.keys()), now(session)
    values: dict[str, Any] = {"id": new_id(session), "key": keys[0], "keys": keys, "label": "", "by": ""}
    values |= {
        "organisation_id": current_organisation(session),
        "format": credential.format.value,
        "deposit": "",
    }
    values |= {"printed": credential.printed or unambiguous(credential), "state": CardState.STOCK}
    values |= {"since": at, "created_at": at, "search": search_text(credential.printed, keys[0])}
    made = session.scalar(insert(Card).values(**values).on_conflict_do_nothing().returning(Card.id))
    card = session.scalars(select(Card).where(Card.key == keys[0]).with_for_update(key_share=True)).one()
    return card, made is not None
