"""By what guards sign in at the boxes: their PINs and cards, and at which sites. Every change goes out to the boxes."""

from collections.abc import Iterable
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from cloud.access import service as access
from cloud.access.types import CardDraft
from cloud.guard import pins, rules
from cloud.guard.errors import CardTaken, GuardCardNotThere, GuardNotThere, NoGuard
from cloud.guard.models import Guard, GuardCard
from cloud.guard.post_sign_ins import end_sessions
from cloud.guard.types import GuardDraft
from cloud.kernel.actor import Actor
from cloud.kernel.audit import difference, record
from cloud.kernel.database import new_id, now
from cloud.kernel.errors import FixInput
from cloud.kernel.language import Text
from cloud.kernel.permissions import Permission
from cloud.kernel.realtime import LiveKind, publish
from cloud.kernel.text import search_text, sort_key
from cloud.organisations import service as organisations
from cloud.organisations.types import StaffMember
from cloud.sites import service as sites
from protocols.codes import new_pin
from protocols.fields import clipped
from protocols.held import GuardItem, ItemKind

_WEAK = Text(
    "Такой ПИН подберут первым. Выберите другой, без повторов и цифр подряд.",
    "Such a PIN is tried first. Choose another, without repetitions and digits in a row.",
)
_MOST_CARDS = 20  # of a guard, as of a pass: a box takes the keys of so many
_TOO_MANY_CARDS = Text(
    "У охранника не больше {most} карт. Удалите ненужную.",
    "A guard has at most {most} cards. Remove one that is not needed.",
)


def set_pin(session: Session, actor: Actor, guard_id: UUID, chosen: str | None) -> str:
    """Give a guard a PIN; it is told this once. Raises GuardNotThere, NoGuard, Outranked; FixInput for a weak one."""
    row = _to_change(session, actor, guard_id)
    if chosen is not None and rules.is_weak_pin(chosen):
        raise FixInput.at("pin", "weak", _WEAK)
    pin = chosen or _made_pin()
    row.pin_hash, row.pin_set_at = pins.hash_pin(pin), now(session)
    row.wrong_pins, row.locked_until = 0, None
    end_sessions(session, row)
    record(session, actor, "guard.guard.set_pin", "membership", row.id, {"name": row.name})
    _changed(session, row)
    return pin


def change(session: Session, actor: Actor, guard_id: UUID, draft: GuardDraft) -> Guard:
    """Say whether a guard may sign in, and where. Raises GuardNotThere, NoGuard, Outranked, SiteNotFound."""
    row = _to_change(session, actor, guard_id)
    for site_id in draft.site_ids:
        sites.find_site(session, site_id)
    before = {"enabled": row.enabled, "site_ids": list(map(str, row.site_ids))}
    row.enabled, row.site_ids = draft.enabled, sorted(set(draft.site_ids))
    changes = difference(before, draft.model_dump(mode="json"))
    record(session, actor, "guard.guard.change", "membership", row.id, changes)
    _changed(session, row)
    return row


def add_card(session: Session, actor: Actor, guard_id: UUID, draft: CardDraft) -> GuardCard:
    """Let a guard sign in by a card, typed in any printed form.

    Raises GuardNotThere, NoGuard, Outranked, CardTaken; FixInput for what is none or is ambiguous, or one too many.
    """
    row = _to_change(session, actor, guard_id)
    card = access.read_card(draft)
    keys = list(card.keys())
    known = session.execute(
        select(GuardCard, Guard.name)
        .join(Guard, Guard.id == GuardCard.guard_id)
        .where(GuardCard.organisation_id == row.organisation_id, GuardCard.keys.contains(keys[:1]))
    ).first()
    if known is not None and known[0].guard_id != row.id:
        raise CardTaken(name=known[1])
    if known is not None:
        return known[0]
    if len(cards_of(session, [row.id])) >= _MOST_CARDS:
        raise FixInput.at("text", "too_many_cards", _TOO_MANY_CARDS, most=_MOST_CARDS)
    made = GuardCard(
        id=new_id(session),
        organisation_id=row.organisation_id,
        guard_id=row.id,
        format=card.format.value,
        printed=card.printed or draft.text,
        keys=keys,
    )
    session.add(made)
    told = {"name": row.name, "card": made.printed}
    record(session, actor, "guard.guard.add_card", "membership", row.id, told)
    _changed(session, row)
    return made


def remove_card(session: Session, actor: Actor, guard_id: UUID, card_id: UUID) -> None:
    """Raises GuardNotThere, GuardCardNotThere, Outranked."""
    row = _to_change(session, actor, guard_id)
    card = session.get(GuardCard, card_id)
    if card is None or card.guard_id != row.id:
        raise GuardCardNotThere
    session.delete(card)
    end_sessions(session, row)
    told = {"name": row.name, "card": card.printed}
    record(session, actor, "guard.guard.remove_card", "membership", row.id, told)
    _changed(session, row)


def look_at(session: Session, guard_id: UUID) -> Guard:
    """A guard as set up; one who is not set up yet has neither PIN nor card. Raises GuardNotThere."""
    known = session.get(Guard, guard_id)
    if known is not None:
        return known
    member = organisations.staff_member(session, guard_id)
    if member is None:
        raise GuardNotThere
    return _made(session, member)


def cards_of(session: Session, guard_ids: Iterable[UUID]) -> list[GuardCard]:
    """In the order they were given."""
    mine = GuardCard.guard_id.in_(list(guard_ids))
    return list(session.scalars(select(GuardCard).where(mine).order_by(GuardCard.id)))


def follow_member(session: Session, guard_id: UUID) -> None:
    """A member of staff, or a site, has changed: so does what the boxes hold of the guard.

    Whoever left is wiped; whoever lost the role keeps PIN and cards for the day that they get it back.
    """
    row = session.get(Guard, guard_id, with_for_update={"key_share": True})
    if row is None:
        return
    member = organisations.staff_member(session, guard_id)
    _note_member(row, member)
    if member is None or member.has_left:
        row.pin_hash, row.pin_set_at = "", None
        for card in cards_of(session, [row.id]):
            session.delete(card)
    _send(session, row)


def follow_all(session: Session) -> None:
    """As `follow_member`, of all guards of the company."""
    for guard_id in session.scalars(select(Guard.id).order_by(Guard.id)).all():
        follow_member(session, guard_id)


def _to_change(session: Session, actor: Actor, guard_id: UUID) -> Guard:
    organisation_id = actor.require(Permission.GUARDS_MANAGE)
    member = organisations.staff_member(session, guard_id, below=actor)
    if member is None or member.organisation_id != organisation_id:
        raise GuardNotThere
    if Permission.GATE_WORK not in member.permissions or not member.is_active:
        raise NoGuard
    fresh = _made(session, member)
    values = {column.name: getattr(fresh, column.name) for column in Guard.__table__.columns}
    session.execute(insert(Guard).values(values).on_conflict_do_nothing())  # two may be the first at once
    row = session.get_one(Guard, guard_id, with_for_update={"key_share": True})
    _note_member(row, member)
    return row


def _made(session: Session, member: StaffMember) -> Guard:
    row = Guard(
        id=member.id,
        organisation_id=member.organisation_id,
        pin_hash="",
        pin_set_at=None,
        enabled=True,
        site_ids=[],
        changed_at=now(session),
        wrong_pins=0,
        locked_until=None,
    )
    _note_member(row, member)
    return row


def _note_member(row: Guard, member: StaffMember | None) -> None:
    row.may_work = member is not None and member.is_active and Permission.GATE_WORK in member.permissions
    if member is not None:
        row.name, row.sort_name, row.search = member.name, sort_key(member.name), search_text(member.name)


def _made_pin() -> str:
    while rules.is_weak_pin(pin := new_pin()):
        pass
    return pin


def _changed(session: Session, row: Guard) -> None:
    row.changed_at = now(session)
    session.flush()
    _send(session, row)
    publish(session, row.organisation_id, LiveKind.STAFF, row.id, Permission.STAFF_READ)


def _send(session: Session, row: Guard) -> None:
    """What the boxes hold of the guard; nothing of one who may not sign in, or has nothing to sign in with."""
    session.flush()
    cards = cards_of(session, [row.id])
    is_let_in = row.may_work and row.enabled and bool(row.pin_hash or cards)
    every = [place.site_id for place in sites.site_places(session)]
    wanted = set(row.site_ids or every) if is_let_in else set[UUID]()
    sites.lock_sites(session, every)
    item = GuardItem(
        id=row.id,
        name=clipped(row.name),
        pin_hash=row.pin_hash,
        keys=list(dict.fromkeys(key for card in cards for key in card.keys)),
    )
    for site_id in every:
        if site_id in wanted:
            sites.append_item(session, site_id, item)
        else:
            sites.remove_item(session, site_id, ItemKind.GUARD, row.id)
