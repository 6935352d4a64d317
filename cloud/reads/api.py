"""HTTP of the joined lists; each stands under the path of the slice that it is about."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import Query
from pydantic import StringConstraints

from cloud.access.errors import PassageNotThere
from cloud.kernel.api import Call, Router, reading
from cloud.kernel.lists import ListParams, Page
from cloud.kernel.looks import looks_at
from cloud.kernel.permissions import Permission
from cloud.kernel.problems import answers
from cloud.kernel.schemas import ONE_LINE, Instant
from cloud.meters.types import Resource
from cloud.people import service as people_service
from cloud.people.errors import PersonNotThere
from cloud.reads import (
    audit,
    inside,
    meters,
    passages,
    people,
    point_policies,
    quarantine,
    site_names,
    unknown_types,
)
from cloud.reads.schemas import (
    AuditRow,
    InsideRow,
    LaneOut,
    MeterRow,
    OccupancyOut,
    PassageOut,
    PersonRow,
    PointPolicyRow,
    QuarantineRow,
    ResidencyOut,
    SiteName,
    UnknownTypeRow,
)
from cloud.telemetry.types import QuarantineReason
from protocols.privacy import LookKind
from protocols.records import Outcome, Reason

router = Router(prefix="/api")
Word = Annotated[str, StringConstraints(max_length=100), ONE_LINE]
ReadingPasses = Annotated[Call, reading(Permission.PASSES_READ)]
ReadingPassages = Annotated[Call, reading(Permission.PASSAGES_READ)]
ReadingMeters = Annotated[Call, reading(Permission.METERS_READ)]
ReadingQuarantine = Annotated[Call, reading(Permission.QUARANTINE_READ)]
ReadingPeople = Annotated[Call, reading(Permission.PEOPLE_READ)]
ReadingOfSites = Annotated[
    Call,
    reading(
        Permission.SITES_READ,
        Permission.PASSES_READ,
        Permission.PASSAGES_READ,
        Permission.BLACKLIST_READ,
        Permission.ALARMS_READ,
        Permission.METERS_READ,
        Permission.TELEMETRY_READ,
        Permission.QUARANTINE_READ,
    ),
]
"""Whoever may read something that bears a site's name and times on its clock."""
OfComplex = Annotated[UUID | None, Query(description="only of this complex")]


@router.get("/access/passages", tags=["access"], response_model=Page[PassageOut], responses=answers())
@looks_at(LookKind.PASSAGES)
def list_passages(
    call: ReadingPassages,
    query: ListParams,
    complex_id: OfComplex = None,
    site_id: Annotated[UUID | None, Query()] = None,
    point_id: Annotated[UUID | None, Query()] = None,
    pass_id: Annotated[UUID | None, Query()] = None,
    outcome: Annotated[Outcome | None, Query()] = None,
    reason: Annotated[list[Reason] | None, Query()] = None,
    since: Annotated[Instant | None, Query()] = None,
    until: Annotated[Instant | None, Query()] = None,
) -> dict[str, Any]:
    """What happened at the gates, newest first. Sorts: at, point, reason."""
    wanted = passages.PassageFilter(
        complex_id=complex_id,
        site_id=site_id,
        point_id=point_id,
        pass_id=pass_id,
        outcome=outcome,
        reasons=tuple(reason or ()),
        since=since,
        until=until,
    )
    return passages.list_passages(call.session, query, wanted)


@router.get(
    "/access/passages/{passage_id}",
    tags=["access"],
    response_model=PassageOut,
    responses=answers(PassageNotThere, one=True),
)
@looks_at(LookKind.PASSAGES)
def get_passage(call: ReadingPassages, passage_id: UUID) -> Any:
    """One passage: what the live stream's `passage` names."""
    row = passages.one_passage(call.session, passage_id)
    if row is None:
        raise PassageNotThere
    return row


@router.get("/access/lanes", tags=["access"], response_model=list[LaneOut], responses=answers())
@looks_at(LookKind.PASSAGES)
def list_lanes(call: ReadingPassages, complex_id: OfComplex = None) -> Any:
    """Every point with its last passage, by site and name."""
    return passages.list_lanes(call.session, complex_id)


@router.get("/access/inside", tags=["access"], response_model=Page[InsideRow], responses=answers())
@looks_at(LookKind.PASSES)
def list_inside(
    call: ReadingPasses,
    query: ListParams,
    complex_id: OfComplex = None,
    site_id: Annotated[UUID | None, Query()] = None,
    zone_id: Annotated[UUID | None, Query(description="in it, or in what lies in it")] = None,
    means: Annotated[inside.Means | None, Query(description="by what they came in")] = None,
    overstayed: Annotated[bool | None, Query(description="whose pass has ended")] = None,
) -> dict[str, Any]:
    """Who is inside now, the last to come first. Sorts: since, until, holder, host, address, number, zone."""
    wanted = inside.InsideFilter(
        complex_id=complex_id, site_id=site_id, zone_id=zone_id, means=means, is_overstayed=overstayed
    )
    return inside.list_inside(call.session, query, wanted)


@router.get("/access/occupancy", tags=["access"], response_model=list[OccupancyOut], responses=answers())
def list_occupancy(
    call: ReadingPasses, complex_id: OfComplex = None, site_id: Annotated[UUID | None, Query()] = None
) -> Any:
    """Every zone with how many are inside it and how many may be, by site and name."""
    return inside.list_occupancy(call.session, complex_id=complex_id, site_id=site_id)


@router.get(
    "/access/point-policies", tags=["access"], response_model=Page[PointPolicyRow], responses=answers()
)
def list_point_policies(call: ReadingPasses, query: ListParams) -> dict[str, Any]:
    """Every point in service, and which passes may open it. Sorts: point, site."""
    return point_policies.list_point_policies(call.session, query)


@router.get("/site-names", tags=["sites"], response_model=list[SiteName], responses=answers())
def list_site_names(call: ReadingOfSites) -> Any:
    """Names and time zones of sites, for whoever reads passes, passages, alarms or meters there."""
    return site_names.list_site_names(call.session)


@router.get("/quarantine", tags=["alarms"], response_model=Page[QuarantineRow], responses=answers())
def list_quarantine(
    call: ReadingQuarantine,
    query: ListParams,
    site_id: Annotated[UUID | None, Query()] = None,
    box_id: Annotated[UUID | None, Query()] = None,
    reason: Annotated[list[QuarantineReason] | None, Query()] = None,
) -> dict[str, Any]:
    """What of the boxes was set aside and why, the newest first. Sorts: last, first, times, reason."""
    wanted = quarantine.QuarantineFilter(site_id=site_id, box_id=box_id, reasons=reason or ())
    return quarantine.list_quarantine(call.session, query, wanted)


@router.get("/quarantine/types", tags=["alarms"], response_model=list[UnknownTypeRow], responses=answers())
def list_unknown_types(call: ReadingQuarantine, site_id: Annotated[UUID | None, Query()] = None) -> Any:
    """Types that only newer boxes know, the latest first: they are counted, never in the way."""
    return unknown_types.list_unknown_types(call.session, site_id)


@router.get("/people", tags=["people"], response_model=Page[PersonRow], responses=answers())
@looks_at(LookKind.PEOPLE)
def list_people(
    call: ReadingPeople,
    query: ListParams,
    complex_id: Annotated[UUID | None, Query(description="who lives or owns in this complex")] = None,
    premises_id: Annotated[UUID | None, Query()] = None,
) -> dict[str, Any]:
    """People, by name."""
    return people.list_people(call.session, query, premises_id, complex_id)


@router.get(
    "/people/{person_id}/residencies",
    tags=["people"],
    response_model=list[ResidencyOut],
    responses=answers(PersonNotThere, one=True),
)
@looks_at(LookKind.PEOPLE)
def list_residencies(call: ReadingPeople, person_id: UUID) -> Any:
    """Where a person lives."""
    call.about.add(people_service.get_person(call.session, person_id).organisation_id)
    return people.residencies(call.session, person_id=person_id, premises_id=None)


@router.get("/meters", tags=["meters"], response_model=Page[MeterRow], responses=answers())
def list_meters(
    call: ReadingMeters,
    query: ListParams,
    complex_id: Annotated[UUID | None, Query(description="by the place, else by the box")] = None,
    site_id: Annotated[UUID | None, Query()] = None,
    box_id: Annotated[UUID | None, Query()] = None,
    resource: Annotated[Resource | None, Query()] = None,
) -> dict[str, Any]:
    """Meters with their series. Sorts: name, resource, site."""
    return meters.list_meters(
        call.session, query, complex_id=complex_id, site_id=site_id, box_id=box_id, resource=resource
    )


@router.get("/audit", tags=["audit"], responses=answers(), response_model=Page[AuditRow])
@looks_at(LookKind.AUDIT)
def list_audit(
    call: Annotated[Call, reading(Permission.AUDIT_READ)],
    query: ListParams,
    object_kind: Annotated[Word | None, Query()] = None,
    object_id: UUID | None = None,
    account_id: UUID | None = None,
    action: Annotated[Word | None, Query(description="the action or how it begins")] = None,
    since: Annotated[Instant | None, Query(description="from this moment")] = None,
    until: Annotated[Instant | None, Query(description="before this moment")] = None,
) -> dict[str, Any]:
    """The audit trail, the newest first; `q` looks into the actor's name and the correlation id."""
    wanted = audit.AuditFilter(
        object_kind=object_kind,
        object_id=object_id,
        account_id=account_id,
        action=action,
        since=since,
        until=until,
    )
    return audit.list_audit(call.session, query, wanted)
