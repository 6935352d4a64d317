"""HTTP of what guards did: decisions, visitors, shifts, violations, passes made at gates."""

from dataclasses import replace
from typing import Annotated, Any
from uuid import UUID

from fastapi import Depends, Query

from cloud.access import service as access
from cloud.access.errors import PassNotThere
from cloud.guard import service as guard
from cloud.guard.errors import DraftNotThere, ShiftNotThere, ViolationNotThere, VisitNotThere, WrongStep
from cloud.guard.types import DraftState, StepDraft, ViolationState
from cloud.kernel.actor import Actor
from cloud.kernel.api import Call, Router, reading, writing
from cloud.kernel.lists import ListParams, Page
from cloud.kernel.looks import looks_at
from cloud.kernel.permissions import Permission
from cloud.kernel.problems import answers
from cloud.kernel.schemas import Instant
from cloud.reads import shift_report, violations, watch
from cloud.reads.schemas_watch import (
    ConflictOut,
    DecisionOut,
    PassWatch,
    ShiftOut,
    ShiftReportOut,
    ViolationOut,
    ViolationRow,
    VisitOut,
)
from cloud.reads.watch import WatchFilter
from protocols.acts import Verdict, ViolationKind, VisitState
from protocols.privacy import LookKind

router = Router(prefix="/api", tags=["watch"])
Watching = Annotated[Call, reading(Permission.WATCH_READ)]
ReadingPasses = Annotated[Call, reading(Permission.PASSES_READ)]
Settling = Annotated[Call, writing(Permission.PASSES_ISSUE)]
ReadingCases = Annotated[Call, reading(Permission.VIOLATIONS_READ)]
Handling = Annotated[Call, writing(Permission.VIOLATIONS_READ)]


async def _wanted(
    complex_id: Annotated[UUID | None, Query(description="only at the sites of this complex")] = None,
    site_id: Annotated[UUID | None, Query()] = None,
    since: Annotated[Instant | None, Query()] = None,
    until: Annotated[Instant | None, Query()] = None,
) -> WatchFilter:
    return WatchFilter(complex_id=complex_id, site_id=site_id, since=since, until=until)


Wanted = Annotated[WatchFilter, Depends(_wanted)]


@router.get("/watch/decisions", response_model=Page[DecisionOut], responses=answers())
@looks_at(LookKind.PASSAGES)
def list_decisions(
    call: Watching,
    query: ListParams,
    wanted: Wanted,
    verdict: Annotated[Verdict | None, Query()] = None,
    shift_id: Annotated[UUID | None, Query()] = None,
) -> dict[str, Any]:
    """What guards decided at the lanes; `q` looks into guards' names and plates. Sorts: at, guard."""
    return watch.list_decisions(call.session, query, wanted, verdict=verdict, shift_id=shift_id)


@router.get("/watch/visits", response_model=Page[VisitOut], responses=answers())
@looks_at(LookKind.VISITORS)
def list_visits(
    call: Watching,
    query: ListParams,
    wanted: Wanted,
    state: Annotated[VisitState | None, Query()] = None,
    card_out: Annotated[bool, Query(description="who has a temporary card")] = False,
    conflict: Annotated[bool, Query(description="whom the blacklist names; nobody has seen it yet")] = False,
) -> dict[str, Any]:
    """Visitors whom guards registered, by when. Sorts: since, registered, name."""
    return watch.list_visits(
        call.session, query, wanted, state=state, is_card_out=card_out, is_conflict=conflict
    )


@router.post("/watch/visits/{visit_id}/settle", status_code=204, responses=answers(VisitNotThere, one=True))
def settle_visit(call: Settling, visit_id: UUID) -> None:
    """Somebody at the desk has seen that the blacklist names a visitor whom a guard let in."""
    guard.settle_visit(call.session, call.actor, visit_id)


@router.get("/watch/shifts", response_model=Page[ShiftOut], responses=answers())
@looks_at(LookKind.GUARDS)
def list_shifts(call: Watching, query: ListParams, wanted: Wanted) -> dict[str, Any]:
    """Guards' shifts, by when they began; `q` looks into names. Sorts: begun, guard."""
    return watch.list_shifts(call.session, query, wanted)


@router.get(
    "/watch/shifts/{shift_id}", response_model=ShiftReportOut, responses=answers(ShiftNotThere, one=True)
)
@looks_at(LookKind.GUARDS)
def get_shift(call: Watching, shift_id: UUID) -> dict[str, Any]:
    """A shift's report: passages, denials, what was opened by hand, violations."""
    report = shift_report.shift_report(call.session, shift_id)
    if report is None:
        raise ShiftNotThere
    call.about.add(report["shift"]["organisation_id"])
    return report


@router.get("/watch/passes", response_model=Page[ConflictOut], responses=answers())
@looks_at(LookKind.PASSES)
def list_made_passes(
    call: ReadingPasses,
    query: ListParams,
    wanted: Wanted,
    state: Annotated[DraftState | None, Query(description="conflict: those that do not stand")] = None,
    settled: Annotated[bool | None, Query(description="conflicts that somebody has seen, or not yet")] = None,
) -> dict[str, Any]:
    """Passes that guards made at the gates. Sorts: at, number."""
    return watch.list_made_passes(call.session, query, wanted, state=state, is_settled=settled)


@router.get("/watch/passes/{pass_id}", response_model=PassWatch, responses=answers(PassNotThere, one=True))
@looks_at(LookKind.PASSES)
def get_pass_watch(call: ReadingPasses, pass_id: UUID) -> dict[str, Any]:
    """What guards did about a pass; of one that they had nothing to do with, nothing."""
    call.about.add(access.get_pass(call.session, pass_id).organisation_id)
    return watch.about_pass(call.session, pass_id)


@router.post("/watch/passes/{pass_id}/settle", status_code=204, responses=answers(DraftNotThere, one=True))
def settle_conflict(call: Settling, pass_id: UUID) -> None:
    """Somebody at the desk has seen that a pass made at a gate does not stand."""
    guard.settle(call.session, call.actor, pass_id)


@router.get("/violations", response_model=Page[ViolationRow], responses=answers())
@looks_at(LookKind.VIOLATIONS)
def list_violations(
    call: ReadingCases,
    query: ListParams,
    wanted: Wanted,
    state: Annotated[list[ViolationState] | None, Query()] = None,
    kind: Annotated[list[ViolationKind] | None, Query()] = None,
) -> dict[str, Any]:
    """Violations that guards recorded. Sorts: at, number, changed, state, kind."""
    which = violations.ViolationFilter(states=tuple(state or ()), kinds=tuple(kind or ()))
    return violations.list_violations(call.session, query, wanted, which)


@router.get(
    "/violations/{violation_id}", response_model=ViolationOut, responses=answers(ViolationNotThere, one=True)
)
@looks_at(LookKind.VIOLATIONS)
def get_violation(call: ReadingCases, violation_id: UUID) -> dict[str, Any]:
    """One violation with its pictures, its history, and where one may bring it."""
    return _shown(call, violation_id)


@router.post(
    "/violations/{violation_id}/step",
    response_model=ViolationOut,
    responses=answers(ViolationNotThere, WrongStep, one=True),
)
def step(call: Handling, violation_id: UUID, draft: StepDraft) -> dict[str, Any]:
    """Bring a violation into another state; charging takes a right of its own."""
    guard.step(call.session, call.actor, violation_id, draft)
    return _shown(call, violation_id)


def _shown(call: Call, violation_id: UUID) -> dict[str, Any]:
    row = violations.one_violation(call.session, violation_id)
    if row is None:
        raise ViolationNotThere
    actor: Actor = replace(call.actor, organisation_id=row["organisation_id"])
    return row | {"steps": guard.steps_for(actor, ViolationState(row["state"]))}
