"""HTTP of the resident's API: everything here is about the caller's own premises, passes, doors and calls."""

from datetime import timedelta
from typing import Annotated, Any
from uuid import UUID

from fastapi import Depends, Path, Query
from fastapi.responses import StreamingResponse

from cloud.access import service as access
from cloud.access.errors import PassIsFinal, PassIssuedAlready, PassNeedsApproval, PassNotThere
from cloud.access.types import PassState
from cloud.calls.errors import CallAnswered, CallNotThere, CallOver, DoorNotForResidents
from cloud.calls.types import CallState
from cloud.kernel.api import Call, Router, signed_in
from cloud.kernel.api_files import CONTENT, file_answer
from cloud.kernel.database import now
from cloud.kernel.errors import IdTaken, TooMany
from cloud.kernel.limits import Limit
from cloud.kernel.lists import ListParams, Page
from cloud.kernel.problems import answers
from cloud.kernel.schemas import ONE_LINE
from cloud.reads import residents
from cloud.reads.calls import CallFilter
from cloud.reads.schemas_residents import (
    CallOfMine,
    DoorOfMine,
    KindOfPass,
    Notices,
    OrderOfMine,
    PassageOfMine,
    PassLink,
    PassOfMine,
    PremisesOfMine,
    ReadCount,
)
from cloud.residents import service
from cloud.residents.errors import (
    DoorNotThere,
    KeyNotThere,
    NotAdmitted,
    NotAtHome,
    OrderNotThere,
    PassChanged,
    PassNotYours,
)
from cloud.residents.service import AtHome
from cloud.residents.types import AnswerDraft, GuestDraft, ReadDraft, WatchDraft, WindowChange
from cloud.sites.errors import BoxNotEnrolled, BoxRevoked, CommandNotFound

router = Router(prefix="/api/resident", tags=["resident"])
Mine = Annotated[Call, signed_in()]
_MINUTE, _HOUR = timedelta(minutes=1), timedelta(hours=1)
KeyId = Annotated[
    str, ONE_LINE, Path(min_length=1, max_length=100, description="of one of the pass's `keys`")
]
Opening = Annotated[Call, signed_in(Limit("resident/doors", 10, _MINUTE))]
Answering = Annotated[Call, signed_in(Limit("resident/calls", 30, _MINUTE))]
Ordering = Annotated[Call, signed_in(Limit("resident/passes", 60, _HOUR))]


@router.get("/premises", response_model=list[PremisesOfMine], responses=answers())
def list_premises(call: Mine) -> Any:
    """Where I live today, in every company that invited me; empty: nowhere by this account."""
    return residents.list_premises(service.at_home(call))


@router.get("/kinds", response_model=list[KindOfPass], responses=answers())
def list_kinds(call: Mine) -> Any:
    """Which passes I may order, and within which limits."""
    found = service.kinds_of_passes(service.at_home(call))
    return [each.allowed._asdict() | {"company_id": each.company_id} for each in found]


@router.get("/passes", response_model=Page[PassOfMine], responses=answers())
def list_passes(
    call: Mine, query: ListParams, state: Annotated[list[PassState] | None, Query()] = None
) -> dict[str, Any]:
    """My passes: those in which I am the host. Sorts: number, visit, changed."""
    return residents.list_passes(service.at_home(call), query, tuple(state or ()))


@router.post(
    "/passes",
    status_code=201,
    response_model=PassOfMine,
    responses=answers(NotAtHome, PassIssuedAlready, IdTaken, NotAdmitted, TooMany, one=True),
)
def order_pass(call: Ordering, draft: GuestDraft) -> dict[str, Any]:
    """Order a pass to my premises. 422 names what the company does not allow, and `data.until`, when a limit ends."""
    home = service.at_home(call)
    made, site_id = service.order_pass(home, draft)
    access.keep_key(call.session, call.house.secrets, site_id)
    home.looking()
    return residents.one_pass(home, made)


@router.get("/passes/{pass_id}", response_model=PassOfMine, responses=answers(PassNotThere, one=True))
def get_pass(call: Mine, pass_id: UUID) -> dict[str, Any]:
    """One pass of mine."""
    return residents.one_pass(service.at_home(call), pass_id)


@router.put(
    "/passes/{pass_id}/window",
    response_model=PassOfMine,
    responses=answers(
        PassNotThere,
        PassNotYours,
        PassChanged,
        PassIsFinal,
        PassNeedsApproval,
        NotAdmitted,
        TooMany,
        one=True,
    ),
)
def change_window(call: Ordering, pass_id: UUID, change: WindowChange) -> dict[str, Any]:
    """Give a pass of mine another time, while its kind is left to residents; counted with what is ordered."""
    home = service.at_home(call)
    service.change_window(home, pass_id, change)
    home.looking()
    return residents.one_pass(home, pass_id)


@router.post(
    "/passes/{pass_id}/revoke",
    response_model=PassOfMine,
    responses=answers(PassNotThere, PassNotYours, PassIsFinal, one=True),
)
def revoke_pass(call: Mine, pass_id: UUID) -> dict[str, Any]:
    """The guest is not to come."""
    home = service.at_home(call)
    service.revoke_pass(home, pass_id)
    home.looking()
    return residents.one_pass(home, pass_id)


@router.get("/passes/{pass_id}/link", response_model=PassLink, responses=answers(PassNotThere, one=True))
def get_link(call: Mine, pass_id: UUID) -> PassLink:
    """The page that my guest opens, and its code: whoever has it comes in."""
    home = service.at_home(call)
    residents.one_pass(home, pass_id)
    row = access.get_pass(call.session, pass_id)
    home.acting(row.organisation_id)
    shown = access.shown_link(call.session, call.house.secrets, call.house.settings.public_url, row)
    return PassLink(**shown._asdict())


@router.get(
    "/passes/{pass_id}/passages",
    response_model=Page[PassageOfMine],
    responses=answers(PassNotThere, one=True),
)
def list_passages(call: Mine, query: ListParams, pass_id: UUID) -> dict[str, Any]:
    """When this pass of mine was used or refused, newest first; not to be searched by `q`. Sorts: at."""
    return residents.list_passages(service.at_home(call), query, pass_id)


@router.put("/passes/{pass_id}/watch", response_model=PassOfMine, responses=answers(PassNotThere, one=True))
def watch_pass(call: Mine, pass_id: UUID, draft: WatchDraft) -> dict[str, Any]:
    """Tell me when this pass, its key or its code is used, or refused."""
    home = service.at_home(call)
    service.watch_pass(home, pass_id, by_email=draft.by_email)
    home.looking()
    return residents.one_pass(home, pass_id)


@router.delete(
    "/passes/{pass_id}/watch", response_model=PassOfMine, responses=answers(PassNotThere, one=True)
)
def unwatch_pass(call: Mine, pass_id: UUID) -> dict[str, Any]:
    """Tell me no more."""
    home = service.at_home(call)
    service.unwatch_pass(home, pass_id)
    home.looking()
    return residents.one_pass(home, pass_id)


@router.put(
    "/passes/{pass_id}/keys/{key}/watch",
    response_model=PassOfMine,
    responses=answers(PassNotThere, KeyNotThere, one=True),
)
def watch_key(call: Mine, pass_id: UUID, key: KeyId, draft: WatchDraft) -> dict[str, Any]:
    """Tell me when this key of the pass is used, or refused; of the whole pass I am told as before."""
    home = service.at_home(call)
    service.watch_pass(home, pass_id, key=key, by_email=draft.by_email)
    home.looking()
    return residents.one_pass(home, pass_id)


@router.delete(
    "/passes/{pass_id}/keys/{key}/watch", response_model=PassOfMine, responses=answers(PassNotThere, one=True)
)
def unwatch_key(call: Mine, pass_id: UUID, key: KeyId) -> dict[str, Any]:
    """Tell me no more of this key."""
    home = service.at_home(call)
    service.unwatch_pass(home, pass_id, key=key)
    home.looking()
    return residents.one_pass(home, pass_id)


@router.get("/notices", response_model=Notices, responses=answers())
def list_notices(
    call: Mine, query: ListParams, unread: Annotated[bool, Query(description="only those not read")] = False
) -> dict[str, Any]:
    """What I was told of my passes, newest first, and how many are unread; not to be searched by `q`. Sorts: at."""
    return residents.list_notices(service.at_home(call), query, unread_only=unread)


@router.post("/notices/read", response_model=ReadCount, responses=answers())
def read_notices(call: Mine, body: ReadDraft) -> ReadCount:
    """I have read these; none named: all."""
    home = service.at_home(call)
    service.mark_read(home, body.ids)
    return ReadCount(unread=residents.count_unread(home))


@router.get("/doors", response_model=list[DoorOfMine], responses=answers())
def list_doors(call: Mine) -> Any:
    """The gates and doors that I may open from afar."""
    return [door._asdict() for door in service.doors_of_mine(service.at_home(call))]


@router.post(
    "/doors/{point_id}/open",
    status_code=201,
    response_model=OrderOfMine,
    responses=answers(DoorNotThere, BoxNotEnrolled, BoxRevoked, TooMany, one=True),
)
def open_door(call: Opening, point_id: UUID) -> OrderOfMine:
    """Open it now; after 10 seconds it is too late, and nothing happens. Ask for the order to learn its one answer."""
    home = service.at_home(call)
    return _order(call, home, service.open_door(home, point_id))


@router.get(
    "/orders/{order_id}",
    response_model=OrderOfMine,
    responses=answers(OrderNotThere, CommandNotFound, one=True),
)
def get_order(call: Mine, order_id: UUID) -> OrderOfMine:
    """What became of an order of mine."""
    return _order(call, service.at_home(call), order_id)


async def _wanted(
    premises_id: Annotated[UUID | None, Query(description="where it rang")] = None,
    state: Annotated[list[CallState] | None, Query()] = None,
) -> CallFilter:
    return CallFilter(premises_id=premises_id, states=tuple(state or ()))


@router.get("/calls", response_model=Page[CallOfMine], responses=answers())
def list_calls(
    call: Mine, query: ListParams, wanted: Annotated[CallFilter, Depends(_wanted)]
) -> dict[str, Any]:
    """Calls at my intercoms, newest first. Sorts: at, point, address."""
    return residents.list_calls_of_mine(service.at_home(call), query, wanted)


@router.get("/calls/{call_id}", response_model=CallOfMine, responses=answers(CallNotThere, one=True))
def get_call(call: Mine, call_id: UUID) -> dict[str, Any]:
    """One call at my intercom."""
    return _call(service.at_home(call), call_id)


@router.get(
    "/calls/{call_id}/still",
    response_class=StreamingResponse,
    responses=answers(CallNotThere, one=True) | CONTENT,
)
def get_still(call: Mine, call_id: UUID) -> StreamingResponse:
    """The picture of whoever rings; 404 while it is on its way."""
    row = _call(service.at_home(call), call_id)
    if row["still"] is None:
        raise CallNotThere
    return file_answer(call, row["still"])


@router.post(
    "/calls/{call_id}/answer",
    response_model=CallOfMine,
    responses=answers(
        CallNotThere,
        CallOver,
        CallAnswered,
        DoorNotForResidents,
        BoxNotEnrolled,
        BoxRevoked,
        TooMany,
        one=True,
    ),
)
def answer_call(call: Answering, call_id: UUID, body: AnswerDraft) -> dict[str, Any]:
    """Let in whoever rings, or refuse. 409 says who answered before, or when the call was over."""
    home = service.at_home(call)
    service.answer_call(home, call_id, opens=body.open)
    home.looking()
    return _call(home, call_id)


def _call(home: AtHome, call_id: UUID) -> dict[str, Any]:
    found = residents.one_call_of_mine(home, call_id)
    if found is None:
        raise CallNotThere
    return found


def _order(call: Call, home: AtHome, order_id: UUID) -> OrderOfMine:
    command = service.find_order(home, order_id)
    return OrderOfMine(
        id=command.id,
        state=service.state_of_order(command.outcome, command.expires_at, now(call.session)),
        issued_at=command.issued_at,
        expires_at=command.expires_at,
        answered_at=command.answered_at,
        reason=command.outcome_reason,
    )
