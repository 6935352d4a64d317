"""The live stream over HTTP: server-sent events."""

from typing import Annotated, Any

from fastapi import Header, Query
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import StreamingResponse

from cloud.kernel.actor import Actor
from cloud.kernel.api import Companies, HouseOf, Router, Shown, authenticated
from cloud.kernel.errors import SignIn
from cloud.kernel.house import Credentials, House
from cloud.kernel.permissions import Permission
from cloud.kernel.problems import answers
from cloud.kernel.realtime import to_account
from cloud.kernel.stream import Event, Sees

router = Router(prefix="/api", tags=["stream"])
_EXAMPLE = (
    'id: 4711\nevent: change\ndata: {"company": "019abf2e-…", "kind": "passage", "id": "019abf31-…"}\n\n'
    "id: 4711\nevent: ready\ndata: {}\n\n"
)
_STREAM: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "Events `change` (`kind`: LiveKind), `ready`, `reload` (ask for everything anew), `signed_out`,"
        " and `beat` every 15 s of quiet",
        "content": {"text/event-stream": {"schema": {"type": "string"}, "example": _EXAMPLE}},
    }
}
LastEventId = Annotated[
    int | None, Header(alias="Last-Event-ID", ge=0, description="resume after this event; kept for an hour")
]
After = Annotated[
    int | None,
    Query(ge=0, description="the same for a first connection, whose headers a browser does not let one set"),
]


@router.get("/stream", responses=answers() | _STREAM, response_class=StreamingResponse)
async def stream(
    house: HouseOf,
    shown: Shown,
    companies: Companies = None,
    last_event_id: LastEventId = None,
    after: After = None,
) -> StreamingResponse:
    """What changes, as it happens: company, kind and id of each thing that I may see."""
    resume_after = after if last_event_id is None else last_event_id  # a browser that reconnects knows better
    sees = await run_in_threadpool(_sight, house, shown, companies)

    async def recheck() -> Sees | None:
        try:
            return await run_in_threadpool(_sight, house, shown, companies)
        except SignIn:
            return None

    return StreamingResponse(
        house.hub.watch(sees, recheck, resume_after),
        media_type="text/event-stream",
        headers={"Cache-Control": "no-store", "X-Accel-Buffering": "no"},
    )


def _sight(house: House, shown: Credentials | None, companies: Companies) -> Sees:
    """What this session may see now. Raises SignIn."""
    with house.database.transaction() as session:
        actor = authenticated(house, session, shown)
    return sight_of(actor, frozenset(companies) if companies else None)


def sight_of(actor: Actor, companies: frozenset[object] | None) -> Sees:
    """Events of the companies and kinds that the actor has the permission for, and those told to their account."""
    known = {permission.value: actor.organisations_with(permission) for permission in Permission}

    mine = to_account(actor.account_id) if actor.account_id else None

    def sees(event: Event) -> bool:
        if companies is not None and event.organisation_id not in companies:
            return False
        return event.permission == mine or event.organisation_id in known.get(event.permission, frozenset())

    return sees
