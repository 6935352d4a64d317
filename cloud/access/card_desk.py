"""The desk's acts with cards: into stock, to a holder, back, lost, written off. Each goes with its passes."""

from dataclasses import replace
from uuid import UUID

from sqlalchemy.orm import Session

from cloud.access import cards, pass_cards, passes, recognition
from cloud.access.errors import CardIsElsewhere
from cloud.access.models import Card, Pass
from cloud.access.types import CardMove, CardState, GiveDraft, LabelDraft, StockDraft
from cloud.kernel.actor import Actor
from cloud.kernel.audit import record
from cloud.kernel.database import now
from cloud.kernel.errors import FixInput
from cloud.kernel.language import Text
from cloud.kernel.permissions import Permission
from protocols.cards import Credential

_KNOWN = Text(
    "Эта карта уже есть: {card}. Найдите её в списке.",
    "This card is known already: {card}. Find it in the list.",
)
_ONE_PASS = Text(
    "Выберите, кому выдать карту: пропуск или новый пропуск.",
    "Choose to whom the card is given: a pass, or a new one.",
)
_DUE_OVER = Text("Этот срок уже прошёл.", "This time has already passed.")
_FROM = {
    CardState.STOCK: (CardState.GIVEN, CardState.LOST, CardState.DESTROYED),
    CardState.LOST: (CardState.STOCK, CardState.GIVEN),
    CardState.DESTROYED: (CardState.STOCK, CardState.GIVEN, CardState.LOST),
}


def add_card(session: Session, actor: Actor, draft: StockDraft) -> Card:
    """A card that the company has from now on. Raises FixInput for one that is none, or is known already."""
    actor.require(Permission.PASSES_ISSUE)
    credential = recognition.read_card(draft.card, "card.text")
    card = register(session, actor, credential, draft.label, "card.text")
    record(session, actor, "card.add", "card", card.id, _told(card))
    return card


def register(session: Session, actor: Actor, credential: Credential, label: str, path: str) -> Card:
    """A card for the stock. Raises FixInput, at `path`, for one that is known already."""
    card, is_new = cards.find(session, credential, path), False
    if card is None:
        card, is_new = cards.add(session, actor, credential, label)
    if not is_new:
        shown = ", ".join(filter(None, (card.label, card.printed, card.key)))
        raise FixInput.at(path, "card_known", _KNOWN, card=shown)
    return card


def label_card(session: Session, actor: Actor, card_id: UUID, draft: LabelDraft) -> Card:
    """What the company calls it. Raises CardNotThere."""
    actor.require(Permission.PASSES_ISSUE)
    card = cards.locked(session, card_id)
    card.label = draft.label
    card.search = cards.words_of(card)
    session.flush()
    record(session, actor, "card.label", "card", card.id, _told(card))
    return card


def give_card(session: Session, actor: Actor, card_id: UUID, draft: GiveDraft) -> Card:
    """Onto a pass that stands, or onto a new one.

    Raises CardNotThere; CardIsElsewhere where it is not in stock; FixInput; what issuing or changing a pass raises.
    """
    actor.require(Permission.PASSES_ISSUE)
    if (draft.pass_id is None) == (draft.new_pass is None):
        raise FixInput.at("pass_id", "one_pass", _ONE_PASS)
    if draft.due_at is not None and draft.due_at <= now(session):
        raise FixInput.at("due_at", "over", _DUE_OVER)
    card = cards.locked(session, card_id)
    if card.state != CardState.STOCK:
        raise CardIsElsewhere(card=card.printed)
    row = passes.standing(session, draft.pass_id or _issued(session, actor, draft))
    pass_cards.put_on(session, actor, row, card, draft.note)
    cards.hand_over(session, actor, card, row, deposit=draft.deposit, note=draft.note, due_at=draft.due_at)
    told = _told(card) | {"number": row.number, "holder": row.holder or row.vehicle, "deposit": draft.deposit}
    record(session, actor, "card.give", "card", card.id, told)
    return card


def move_card(session: Session, actor: Actor, card_id: UUID, draft: CardMove) -> Card:
    """It is back in stock, lost or written off, and stops opening with that.

    Raises CardNotThere; CardIsElsewhere where it is so already; NotAllowed where passes are not to be revoked.
    """
    actor.require(Permission.PASSES_ISSUE)
    state = CardState(draft.state)
    card = cards.locked(session, card_id)
    if card.state not in _FROM[state]:
        raise CardIsElsewhere(card=card.printed)
    told = _told(card) | {"deposit": card.deposit, "note": draft.note}
    found = state is CardState.STOCK and card.state != CardState.GIVEN
    were_on = pass_cards.take_off(session, actor, card, draft.note)
    if state is CardState.STOCK:
        cards.put_back(session, actor, card, note=draft.note)
    else:
        cards.write_off(session, actor, card, state, note=draft.note)
    record(session, actor, _ACTS[state] if not found else "card.found", "card", card.id, told)
    standing = [row.id for row in were_on if not passes.is_final(row)]
    if draft.revoke and standing:
        passes.revoke_passes(session, actor, standing, draft.note, is_told=False)
    return card


_ACTS = {CardState.STOCK: "card.return", CardState.LOST: "card.lost", CardState.DESTROYED: "card.destroy"}


def _issued(session: Session, actor: Actor, draft: GiveDraft) -> UUID:
    if draft.new_pass is None:
        raise ValueError("neither a pass nor a new one")
    try:
        made: Pass = passes.issue_pass(session, actor, draft.new_pass)
    except FixInput as error:
        raise FixInput(*(replace(field, path=f"new_pass.{field.path}") for field in error.fields)) from error
    return made.id


def _told(card: Card) -> dict[str, str]:
    return {"card": card.printed, "label": card.label}
