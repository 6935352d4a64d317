"""HTTP of guards' sign-ins."""

from collections.abc import Sequence
from typing import Annotated, Any
from uuid import UUID

from cloud.access.types import CardDraft
from cloud.guard import queries, service
from cloud.guard.errors import CardTaken, GuardCardNotThere, GuardNotThere, NoGuard
from cloud.guard.models import Guard, GuardCard
from cloud.guard.schemas import GuardCardOut, GuardOut, PinMade
from cloud.guard.types import GuardDraft, PinDraft
from cloud.kernel.api import Call, Router, reading, writing
from cloud.kernel.lists import ListParams, Page
from cloud.kernel.looks import looks_at
from cloud.kernel.permissions import Permission
from cloud.kernel.problems import answers
from cloud.organisations.errors import Outranked
from cloud.sites.errors import SiteNotFound
from protocols.privacy import LookKind

router = Router(prefix="/api/guards", tags=["guards"])
Reading = Annotated[Call, reading(Permission.GUARDS_MANAGE)]
Setting = Annotated[Call, writing(Permission.GUARDS_MANAGE)]
_OF_A_GUARD = (GuardNotThere, NoGuard, Outranked)


@router.get("", response_model=Page[GuardOut], responses=answers())
@looks_at(LookKind.STAFF)
def list_guards(call: Reading, query: ListParams) -> dict[str, Any]:
    """Staff that were given a PIN or a card for the gate; `q` looks into names. Sorts: name, changed."""
    page = queries.list_guards(call.session, query)
    cards = service.cards_of(call.session, [row.id for row in page["items"]])
    return page | {"items": [_shown(row, cards) for row in page["items"]]}


@router.get("/{guard_id}", responses=answers(GuardNotThere, one=True))
@looks_at(LookKind.STAFF)
def get_guard(call: Reading, guard_id: UUID) -> GuardOut:
    """How one member of staff signs in at the gate."""
    return _shown(service.look_at(call.session, guard_id), service.cards_of(call.session, [guard_id]))


@router.put("/{guard_id}", responses=answers(*_OF_A_GUARD, SiteNotFound, one=True))
def change_guard(call: Setting, guard_id: UUID, draft: GuardDraft) -> GuardOut:
    """Say whether a guard may sign in, and at which sites; their boxes know a moment later."""
    changed = service.change(call.session, call.actor, guard_id, draft)
    return _shown(changed, service.cards_of(call.session, [guard_id]))


@router.post("/{guard_id}/pin", responses=answers(*_OF_A_GUARD, one=True))
def set_pin(call: Setting, guard_id: UUID, draft: PinDraft) -> PinMade:
    """Give a guard a PIN, made or chosen; the one before is good no more. It is shown this once."""
    return PinMade(pin=service.set_pin(call.session, call.actor, guard_id, draft.pin))


@router.post("/{guard_id}/cards", status_code=201, responses=answers(*_OF_A_GUARD, CardTaken, one=True))
def add_card(call: Setting, guard_id: UUID, draft: CardDraft) -> GuardCardOut:
    """Let a guard sign in by a card, typed in any printed form; an ambiguous one is asked about."""
    return GuardCardOut.model_validate(service.add_card(call.session, call.actor, guard_id, draft))


@router.delete(
    "/{guard_id}/cards/{card_id}",
    status_code=204,
    responses=answers(*_OF_A_GUARD, GuardCardNotThere, one=True),
)
def remove_card(call: Setting, guard_id: UUID, card_id: UUID) -> None:
    """The card is good for signing in no more."""
    service.remove_card(call.session, call.actor, guard_id, card_id)


def _shown(row: Guard, cards: Sequence[GuardCard]) -> GuardOut:
    return GuardOut(
        id=row.id,
        organisation_id=row.organisation_id,
        name=row.name,
        may_work=row.may_work,
        enabled=row.enabled,
        has_pin=bool(row.pin_hash),
        pin_set_at=row.pin_set_at,
        site_ids=row.site_ids,
        cards=[GuardCardOut.model_validate(card) for card in cards if card.guard_id == row.id],
    )
