"""HTTP of alarms."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import Query

from cloud.kernel.api import Call, Router, reading, writing
from cloud.kernel.lists import ListParams, Page
from cloud.kernel.permissions import Permission
from cloud.kernel.problems import answers
from cloud.kernel.schemas import ONE_LINE
from cloud.sites import errors, queries, service
from cloud.sites.queries import AlarmFilter
from cloud.sites.schemas import AlarmCard
from cloud.sites.types import AlarmState
from protocols.records import Severity

router = Router(prefix="/api/alarms", tags=["alarms"])
Reading = Annotated[Call, reading(Permission.ALARMS_READ)]
Acknowledging = Annotated[Call, writing(Permission.ALARMS_ACKNOWLEDGE)]
Kind = Annotated[str, Query(max_length=100, examples=["stream_forked"]), ONE_LINE]


@router.get("", response_model=Page[AlarmCard], responses=answers())
def list_alarms(
    call: Reading,
    query: ListParams,
    state: Annotated[list[AlarmState] | None, Query()] = None,
    complex_id: Annotated[UUID | None, Query(description="only of this complex")] = None,
    site_id: Annotated[UUID | None, Query(description="only of this site")] = None,
    box_id: Annotated[UUID | None, Query(description="only of this box")] = None,
    severity: Annotated[list[Severity] | None, Query()] = None,
    kind: Annotated[list[Kind] | None, Query()] = None,
) -> dict[str, Any]:
    """Alarms, the newest first; `q` finds words of kind, detail, box and site.

    Sorts: raised, last, severity, kind, site.
    """
    wanted = AlarmFilter(
        complex_id=complex_id,
        site_id=site_id,
        box_id=box_id,
        states=state or (),
        severities=severity or (),
        kinds=kind or (),
    )
    return queries.list_alarms(call.session, query, wanted)


@router.get("/{alarm_id}", response_model=AlarmCard, responses=answers(errors.AlarmNotFound, one=True))
def get_alarm(call: Reading, alarm_id: UUID) -> dict[str, Any]:
    """One alarm: what the live stream's `alarm` names."""
    return queries.alarm_card(call.session, alarm_id)


@router.post(
    "/{alarm_id}/acknowledge",
    response_model=AlarmCard,
    responses=answers(errors.AlarmNotFound, one=True),
)
def acknowledge_alarm(call: Acknowledging, alarm_id: UUID) -> dict[str, Any]:
    """Take note of an alarm; whoever did so first stays. One that does not last is cleared by that."""
    service.acknowledge_alarm(call.session, call.actor, alarm_id)
    return queries.alarm_card(call.session, alarm_id)
