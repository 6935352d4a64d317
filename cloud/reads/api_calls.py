"""HTTP of the desk's list of calls."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import Depends, Query

from cloud.calls.errors import CallNotThere
from cloud.calls.types import CallState
from cloud.kernel.api import Call, Router, reading
from cloud.kernel.lists import ListParams, Page
from cloud.kernel.looks import looks_at
from cloud.kernel.permissions import Permission
from cloud.kernel.problems import answers
from cloud.kernel.schemas import Instant
from cloud.reads import calls
from cloud.reads.calls import CallFilter
from cloud.reads.schemas_calls import CallOut
from protocols.privacy import LookKind

router = Router(prefix="/api/calls", tags=["calls"])
Reading = Annotated[Call, reading(Permission.PASSAGES_READ)]


async def _wanted(
    complex_id: Annotated[UUID | None, Query(description="only at the sites of this complex")] = None,
    site_id: Annotated[UUID | None, Query()] = None,
    point_id: Annotated[UUID | None, Query()] = None,
    premises_id: Annotated[UUID | None, Query(description="that were called")] = None,
    state: Annotated[list[CallState] | None, Query()] = None,
    since: Annotated[Instant | None, Query()] = None,
    until: Annotated[Instant | None, Query()] = None,
) -> CallFilter:
    return CallFilter(
        complex_id=complex_id,
        site_id=site_id,
        point_id=point_id,
        premises_id=premises_id,
        states=tuple(state or ()),
        since=since,
        until=until,
    )


@router.get("", response_model=Page[CallOut], responses=answers())
@looks_at(LookKind.CALLS)
def list_calls(
    call: Reading, query: ListParams, wanted: Annotated[CallFilter, Depends(_wanted)]
) -> dict[str, Any]:
    """Calls at intercoms, newest first. Sorts: at, point, address."""
    return calls.list_calls(call.session, query, wanted)


@router.get("/{call_id}", response_model=CallOut, responses=answers(CallNotThere, one=True))
@looks_at(LookKind.CALLS)
def get_call(call: Reading, call_id: UUID) -> dict[str, Any]:
    """One call."""
    found = calls.one_call(call.session, call_id)
    if found is None:
        raise CallNotThere
    return found
