"""Use cases of the residents slice."""

from collections.abc import Collection, Iterator
from contextlib import contextmanager
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy.orm import Session

from cloud.access import service as access
from cloud.access.errors import OnBlacklist, PassNotThere
from cloud.access.types import CardDraft, PassDraft, ResidentKind, TicketReference, WindowDraft
from cloud.calls import service as calls
from cloud.calls.errors import CallNotThere
from cloud.calls.types import CallAnswer
from cloud.housing import service as housing
from cloud.kernel.errors import ChangedMeanwhile, FixInput
from cloud.kernel.language import Text
from cloud.residents.errors import (
    DoorNotThere,
    KeyNotThere,
    NotAdmitted,
    OrderNotThere,
    PassChanged,
    PassNotYours,
)
from cloud.residents.home import AtHome, at_home
from cloud.residents.notices import mark_read, tell_of_decision, tell_of_use
from cloud.residents.retention import KEPT
from cloud.residents.rules import BY_RESIDENT, may_change, state_of_order, why_of
from cloud.residents.types import GuestDraft, WindowChange
from cloud.sites import service as sites
from cloud.sites.types import Door
from protocols.fields import Direction
from protocols.held import PassKind
from protocols.messages import OrderedBy

__all__ = [
    "BY_RESIDENT",
    "KEPT",
    "AtHome",
    "answer_call",
    "at_home",
    "change_window",
    "doors_by_premises",
    "doors_of_mine",
    "find_order",
    "kinds_of_passes",
    "mark_read",
    "may_change",
    "open_door",
    "order_pass",
    "revoke_pass",
    "state_of_order",
    "tell_of_decision",
    "tell_of_use",
    "unwatch_pass",
    "watch_pass",
    "why_of",
]

_NOT_ORDERED = Text(
    "Такие пропуска жители не заказывают: обратитесь в управляющую компанию.",
    "Residents do not order such passes: ask the company.",
)
_WHICH_SITE = Text("Выберите объект: {known}.", "Choose the site: {known}.")
_NO_SITE = Text(
    "К этому помещению не ведёт ни один объект: пропуск некому проверять.",
    "No site leads to these premises: nobody would look at a pass.",
)


class OfCompany(NamedTuple):
    """A kind of pass that may be ordered in a company."""

    company_id: UUID
    allowed: ResidentKind


def kinds_of_passes(home: AtHome) -> list[OfCompany]:
    """What the caller may order, company by company."""
    found = []
    for organisation_id in sorted({each.organisation_id for each in home.homes if each.premises}):
        home.acting(organisation_id)
        found += [OfCompany(organisation_id, kind) for kind in access.resident_kinds(home.session)]
    home.looking()
    return found


def order_pass(home: AtHome, draft: GuestDraft) -> tuple[UUID, UUID]:
    """Order a pass to premises where the caller lives, in their name. Returns the pass and its site.

    Raises NotAtHome, FixInput for what the company does not allow, and what `access.issue_pass` raises;
    NotAdmitted for OnBlacklist.
    """
    who = home.home_of(draft.premises_id)
    actor = home.acting(who.organisation_id)
    _require_kind(home, draft.kind)
    site_id = _site_of(home.session, draft)
    fields = draft.model_dump(exclude={"id", "premises_id", "site_id", "schedule"})
    windows = [WindowDraft(**window.model_dump()) for window in draft.schedule]
    wanted = PassDraft(
        **fields,
        site_id=site_id,
        premises_id=draft.premises_id,
        host_id=who.person_id,
        schedule=windows,
    )
    with _discreetly():
        made = access.issue_pass(home.session, actor, wanted, pass_id=draft.id, by_resident=True)
    home.session.flush()
    return made.id, site_id


@contextmanager
def _discreetly() -> Iterator[None]:
    """The entry holds what others said of a person, their telephone and the end of their document."""
    try:
        yield
    except OnBlacklist as error:
        raise NotAdmitted from error


def change_window(home: AtHome, pass_id: UUID, change: WindowChange) -> None:
    """Give a pass of the caller's another time.

    Raises as `_mine`, PassChanged, FixInput for what the company does not allow, and what `access.change_pass` raises.
    """
    row = _mine(home, pass_id)
    actor = home.acting(row.organisation_id)
    _require_kind(home, PassKind(row.kind))
    cards = [card for card in access.cards_of(home.session, pass_id) if card.format not in ("PIN", "CODE")]
    draft = PassDraft(
        site_id=row.site_id,
        kind=PassKind(row.kind),
        holder=row.holder,
        vehicle=row.vehicle,
        plates=row.plates,
        cards=[CardDraft(text=card.printed or card.keys[0], key=card.keys[0]) for card in cards],
        host_id=row.host_id,
        premises_id=row.premises_id,
        phone=row.phone,
        document=row.document,
        service=row.service,
        ticket=TicketReference(kind=row.ticket_kind, id=row.ticket_id, text=row.ticket)
        if row.ticket_kind
        else None,
        points=[UUID(point) for point in row.points],
        direction=Direction(row.direction) if row.direction else None,
        valid_from=change.valid_from or row.valid_from,
        valid_until=change.valid_until or row.valid_until,
        schedule=[WindowDraft(**window) for window in row.schedule],
        entries=row.entries,
        note=row.note,
    )
    version = (
        change.version or row.version
    )  # what is not given stays, and so must not have changed since it was read
    try:
        with _discreetly():
            access.change_pass(home.session, actor, pass_id, draft, version=version, by_resident=True)
    except ChangedMeanwhile as error:
        raise PassChanged(number=row.number) from error


def revoke_pass(home: AtHome, pass_id: UUID) -> None:
    """The guest is not to come. Raises as `_mine`, and PassIsFinal."""
    row = _mine(home, pass_id)
    actor = home.acting(row.organisation_id)
    access.revoke_passes(home.session, actor, [pass_id], BY_RESIDENT)


def watch_pass(home: AtHome, pass_id: UUID, *, key: str = "", by_email: bool) -> None:
    """Tell the caller from now on when this pass, or one key of it, is used. Raises PassNotThere, KeyNotThere."""
    row = _own(home, pass_id)
    if key and key not in {access.key_of(card) for card in access.cards_of(home.session, pass_id)}:
        raise KeyNotThere
    home.acting(row.organisation_id)
    access.watch_pass(home.session, pass_id, home.account_id, key=key, by_email=by_email)


def unwatch_pass(home: AtHome, pass_id: UUID, *, key: str = "") -> None:
    """Tell the caller no more. Raises PassNotThere."""
    row = _own(home, pass_id)
    home.acting(row.organisation_id)
    access.unwatch_pass(home.session, pass_id, home.account_id, key=key)


def doors_of_mine(home: AtHome) -> list[Door]:
    """What the caller may open from afar."""
    return sites.doors_of(home.session, home.premises)


def doors_by_premises(home: AtHome, premises_ids: Collection[UUID]) -> dict[UUID, frozenset[UUID]]:
    """The points that may be opened from each of these premises."""
    return {
        each: frozenset(door.id for door in sites.doors_of(home.session, {each})) for each in premises_ids
    }


def open_door(home: AtHome, point_id: UUID) -> UUID:
    """Order a door of the caller's to open now; returns the order.

    Raises DoorNotThere, and what `sites.open_point` raises.
    """
    door = next((each for each in doors_of_mine(home) if each.id == point_id), None)
    if door is None:
        raise DoorNotThere
    actor = home.acting(door.organisation_id)
    return sites.open_point(home.session, actor, point_id, BY_RESIDENT, by=OrderedBy.RESIDENT).id


def find_order(home: AtHome, order_id: UUID) -> Any:
    """An order that the caller gave, and its answer. Raises OrderNotThere, CommandNotFound."""
    command = sites.find_command(home.session, order_id)
    if command.account_id != home.account_id:
        raise OrderNotThere
    return command


def answer_call(home: AtHome, call_id: UUID, *, opens: bool) -> None:
    """Let in whoever rings at the caller's, or refuse. Raises what `calls.answer_call` raises."""
    row = calls.get_call(home.session, call_id)  # the scope shows those of their premises alone
    if row.premises_id is None or not home.lived_there(row.premises_id, row.started_at):
        raise CallNotThere
    doors = doors_by_premises(home, {row.premises_id})[row.premises_id]
    actor = home.acting(row.organisation_id)
    answer = CallAnswer.OPEN if opens else CallAnswer.REFUSE
    calls.answer_call(home.session, actor, call_id, answer, may_open=doors)


def _own(home: AtHome, pass_id: UUID) -> Any:
    """A pass in the caller's name, to premises where they live. Raises PassNotThere."""
    row = access.get_pass(home.session, pass_id)
    if row.host_id not in home.persons:
        raise PassNotThere
    return row


def _mine(home: AtHome, pass_id: UUID) -> Any:
    """One that the caller may change. Raises PassNotThere, PassNotYours."""
    row = _own(home, pass_id)
    if not may_change(PassKind(row.kind)):
        raise PassNotYours(number=row.number)
    return row


def _require_kind(home: AtHome, kind: PassKind) -> None:
    """That the company leaves it to residents now. Raises FixInput."""
    if kind not in {each.kind for each in access.resident_kinds(home.session)}:
        raise FixInput.at("kind", "kind_not_for_residents", _NOT_ORDERED)


def _site_of(session: Session, draft: GuestDraft) -> UUID:
    [place] = housing.places_of(session, {draft.premises_id})
    led = sites.sites_of_complexes(session, {place.complex_id})
    known: dict[UUID, str] = {each.site_id: each.name for each in led}
    if not known:
        raise FixInput.at("premises_id", "no_site", _NO_SITE)
    if draft.site_id is None and len(known) == 1:
        return next(iter(known))
    if draft.site_id is None or draft.site_id not in known:
        raise FixInput.at("site_id", "which_site", _WHICH_SITE, known=", ".join(known.values()))
    return draft.site_id
