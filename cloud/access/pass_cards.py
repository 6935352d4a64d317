"""Cards on passes: put on as they are typed or given out, taken off as they come back."""

from collections.abc import Mapping, Sequence
from uuid import UUID

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from cloud.access import blacklist
from cloud.access import cards as stock
from cloud.access.history import add_history
from cloud.access.items import pass_item
from cloud.access.models import Card, Pass, PassCard
from cloud.access.types import PassChange, PassState
from cloud.kernel.actor import Actor
from cloud.kernel.database import new_id, now
from cloud.kernel.errors import FixInput
from cloud.kernel.language import Text
from cloud.kernel.text import search_text
from cloud.sites import service as sites
from protocols.cards import Credential

CARDS_MOST = 20  # of one pass, as PassDraft takes them
_TOO_MANY_CARDS = Text(
    "На пропуске уже {most} карт: больше нельзя.", "The pass has {most} cards already: no more are possible."
)


def cards_of(session: Session, pass_id: UUID) -> list[PassCard]:
    """The cards of a pass, in the order they were given."""
    return list(session.scalars(select(PassCard).where(PassCard.pass_id == pass_id).order_by(PassCard.id)))


def put(
    session: Session, actor: Actor, row: Pass, cards: Sequence[Credential], had: Mapping[str, UUID]
) -> list[PassCard]:
    """`had`: the company's cards that are on the pass already, by their strongest keys. Raises FixInput."""
    made = []
    for index, card in enumerate(cards):
        key = card.keys()[0]
        card_id = had[key] if key in had else stock.claim(session, actor, row, card, f"cards.{index}.text").id
        made.append(
            PassCard(
                id=new_id(session),
                organisation_id=row.organisation_id,
                pass_id=row.id,
                card_id=card_id,
                format=card.format.value,
                printed=card.printed or "",
                keys=list(card.keys()),
            )
        )
    row.search = search_text(row.search, *(_card_words(card) for card in cards))
    session.add_all(made)
    session.flush()
    return made


def let_go(session: Session, actor: Actor, row: Pass) -> None:
    """What was asked for and is not to be: nobody got its cards."""
    stock.let_go(session, actor, row, {card.card_id for card in cards_of(session, row.id) if card.card_id})


def _card_words(card: Credential) -> str:
    """A card as people type it: "018,23011", "01823011", its hexadecimal number."""
    words = [card.printed or "", card.uid_hex or ""]
    if card.facility is not None and card.number is not None:
        words += [f"{card.facility:03},{card.number:05}", f"{card.facility:03}{card.number:05}"]
    return " ".join(words)


def put_on(session: Session, actor: Actor, row: Pass, card: Card, reason: str) -> None:
    """A card of the company's opens by this pass, which is locked, from now on. Raises OnBlacklist, FixInput."""
    sites.lock_sites(session, {row.site_id})
    had = cards_of(session, row.id)
    if sum(card.card_id is not None for card in had) >= CARDS_MOST:
        raise FixInput.at("pass_id", "too_many_cards", _TOO_MANY_CARDS, most=CARDS_MOST)
    added = PassCard(
        id=new_id(session),
        organisation_id=row.organisation_id,
        pass_id=row.id,
        card_id=card.id,
        format=card.format,
        printed=card.printed,
        keys=list(card.keys),
    )
    blacklist.refuse_listed_pass(session, row, [added])
    session.add(added)
    row.search = search_text(row.search, card.search)
    _note(session, actor, row, PassChange.CARD_GIVEN, card, reason)
    session.flush()
    if row.state != PassState.REQUESTED:
        sites.append_item(session, row.site_id, pass_item(row, [*had, added]))


def take_off(session: Session, actor: Actor, card: Card, reason: str) -> list[Pass]:
    """No pass opens by this card from now on; the passes that it was on, which stand as they stood."""
    mine = select(Pass).where(PassCard.card_id == card.id, PassCard.pass_id == Pass.id).order_by(Pass.id)
    rows = list(session.scalars(mine.with_for_update(key_share=True, of=Pass)))
    sites.lock_sites(session, {row.site_id for row in rows})
    session.execute(delete(PassCard).where(PassCard.card_id == card.id))
    for row in rows:
        _note(session, actor, row, PassChange.CARD_TAKEN, card, reason)
        session.flush()
        if row.state != PassState.REQUESTED and not stock.is_over(session, row):
            sites.append_item(session, row.site_id, pass_item(row, cards_of(session, row.id)))
    return rows


def _note(session: Session, actor: Actor, row: Pass, change: PassChange, card: Card, reason: str) -> None:
    add_history(
        session,
        row,
        change,
        at=now(session),
        actor=actor.name,
        account_id=actor.account_id,
        reason=reason,
        data={"card": card.printed},
    )
