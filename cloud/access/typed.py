"""PINs and codes that guests type or tell: given once to a pass, one of a kind among what stands at its site."""

from collections.abc import Callable, Sequence

from sqlalchemy import exists, or_, select
from sqlalchemy.orm import Session

from cloud.access.models import Pass, PassCard
from cloud.access.types import PassDraft, PassState
from cloud.kernel.database import new_id, now
from protocols import codes

PIN, CODE = "PIN", "CODE"
_TRIES = 50


def is_typed(card: PassCard) -> bool:
    """Whether it is a PIN or a code, not a card."""
    return card.format in (PIN, CODE)


def key_of(card: PassCard) -> str:
    """By what a key of a pass is known while the pass is changed: it is put on anew with each change."""
    return card.format if is_typed(card) else str(card.card_id or card.id)


def shown_among(credential: str, cards: Sequence[PassCard]) -> set[str]:
    """Which of a pass's keys a box read: it masks what is typed, and names a card by a key that the pass holds."""
    return {
        key_of(card)
        for card in cards
        if (credential.startswith(f"{card.format}:") if is_typed(card) else credential in card.keys)
    }


def give(session: Session, row: Pass, draft: PassDraft, known: Sequence[PassCard]) -> list[PassCard]:
    """What the pass has of them, with what the draft asks for beside. The site is locked."""
    have = [card for card in known if is_typed(card)]
    wanted: list[tuple[str, Callable[[], str]]] = []
    if draft.pin:
        wanted.append((PIN, codes.new_pin))
    if draft.code:
        wanted.append((CODE, codes.new_code))
    missing = [(kind, make) for kind, make in wanted if kind not in {card.format for card in have}]
    made = [_made(session, row, kind, make) for kind, make in missing]
    session.add_all(made)
    session.flush()
    return have + made


def _made(session: Session, row: Pass, kind: str, make: Callable[[], str]) -> PassCard:
    for _ in range(_TRIES):
        secret = make()
        key = f"{kind}:{secret}"
        if not _is_taken(session, row, key):
            printed = codes.shown(secret) if kind == CODE else secret
            return PassCard(
                id=new_id(session),
                organisation_id=row.organisation_id,
                pass_id=row.id,
                format=kind,
                printed=printed,
                keys=[key],
            )
    raise RuntimeError(f"no free {kind} at site {row.site_id} in {_TRIES} tries")


def _is_taken(session: Session, row: Pass, key: str) -> bool:
    """By another pass that boxes of the site may still hold."""
    standing = (
        Pass.site_id == row.site_id,
        Pass.state.not_in((PassState.REVOKED, PassState.REFUSED)),
        or_(Pass.valid_until.is_(None), Pass.valid_until > now(session)),
    )
    mine = (PassCard.pass_id == Pass.id, PassCard.keys.contains([key]))
    return bool(session.scalar(select(exists().where(*mine, *standing))))
