"""HTTP of the housing slice."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import Query

from cloud.housing import queries, service
from cloud.housing.errors import (
    BuildingNotThere,
    ComplexNotThere,
    EntranceNotThere,
    NameTaken,
    PremisesNotThere,
)
from cloud.housing.schemas import (
    BuildingOut,
    BuildingRow,
    ComplexOut,
    ComplexRow,
    EntranceOut,
    PremisesOut,
    PremisesRow,
)
from cloud.housing.types import BuildingDraft, ComplexDraft, EntranceDraft, PremisesDraft, PremisesKind
from cloud.kernel.api import Call, Router, reading, writing
from cloud.kernel.lists import ListParams, Page
from cloud.kernel.permissions import Permission
from cloud.kernel.problems import answers

router = Router(prefix="/api/housing", tags=["housing"])
Reading = Annotated[Call, reading(Permission.HOUSING_READ)]
Writing = Annotated[Call, writing(Permission.HOUSING_MANAGE)]


@router.get("/complexes", response_model=Page[ComplexRow], responses=answers())
def list_complexes(call: Reading, query: ListParams) -> dict[str, Any]:
    """Complexes, by name."""
    return queries.list_complexes(call.session, query)


@router.post("/complexes", status_code=201, response_model=ComplexOut, responses=answers(NameTaken))
def create_complex(call: Writing, draft: ComplexDraft) -> Any:
    """Add a complex."""
    return service.create_complex(call.session, call.actor, draft)


@router.get(
    "/complexes/{complex_id}", response_model=ComplexOut, responses=answers(ComplexNotThere, one=True)
)
def get_complex(call: Reading, complex_id: UUID) -> Any:
    """One complex."""
    return service.get_complex(call.session, complex_id)


@router.put(
    "/complexes/{complex_id}",
    response_model=ComplexOut,
    responses=answers(ComplexNotThere, NameTaken, one=True),
)
def change_complex(call: Writing, complex_id: UUID, draft: ComplexDraft) -> Any:
    """Change a complex."""
    return service.change_complex(call.session, call.actor, complex_id, draft)


@router.get("/buildings", response_model=Page[BuildingRow], responses=answers())
def list_buildings(
    call: Reading, query: ListParams, complex_id: Annotated[UUID | None, Query()] = None
) -> dict[str, Any]:
    """Buildings and plots, in natural order of their names."""
    return queries.list_buildings(call.session, query, complex_id)


@router.post(
    "/buildings", status_code=201, response_model=BuildingOut, responses=answers(ComplexNotThere, NameTaken)
)
def create_building(call: Writing, draft: BuildingDraft) -> Any:
    """Add a building or plot."""
    return service.create_building(call.session, call.actor, draft)


@router.get(
    "/buildings/{building_id}", response_model=BuildingOut, responses=answers(BuildingNotThere, one=True)
)
def get_building(call: Reading, building_id: UUID) -> Any:
    """One building."""
    return service.get_building(call.session, building_id)


@router.put(
    "/buildings/{building_id}",
    response_model=BuildingOut,
    responses=answers(BuildingNotThere, ComplexNotThere, NameTaken, one=True),
)
def change_building(call: Writing, building_id: UUID, draft: BuildingDraft) -> Any:
    """Change a building; its premises' addresses follow."""
    return service.change_building(call.session, call.actor, building_id, draft)


@router.get(
    "/buildings/{building_id}/entrances", response_model=list[EntranceOut], responses=answers(one=True)
)
def list_entrances(call: Reading, building_id: UUID) -> Any:
    """Entrances of a building."""
    service.get_building(call.session, building_id)
    return queries.list_entrances(call.session, building_id)


@router.post(
    "/entrances", status_code=201, response_model=EntranceOut, responses=answers(BuildingNotThere, NameTaken)
)
def create_entrance(call: Writing, draft: EntranceDraft) -> Any:
    """Add an entrance."""
    return service.create_entrance(call.session, call.actor, draft)


@router.get("/premises", response_model=Page[PremisesRow], responses=answers())
def list_premises(
    call: Reading,
    query: ListParams,
    complex_id: Annotated[UUID | None, Query()] = None,
    building_id: Annotated[UUID | None, Query()] = None,
    kind: Annotated[PremisesKind | None, Query()] = None,
) -> dict[str, Any]:
    """Premises, in natural order of address and number."""
    return queries.list_premises(
        call.session, query, complex_id=complex_id, building_id=building_id, kind=kind
    )


@router.post(
    "/premises",
    status_code=201,
    response_model=PremisesOut,
    responses=answers(BuildingNotThere, EntranceNotThere, NameTaken),
)
def create_premises(call: Writing, draft: PremisesDraft) -> Any:
    """Add premises."""
    return service.create_premises(call.session, call.actor, draft)


@router.get(
    "/premises/{premises_id}", response_model=PremisesOut, responses=answers(PremisesNotThere, one=True)
)
def get_premises(call: Reading, premises_id: UUID) -> Any:
    """One flat, house, plot and so on."""
    return service.get_premises(call.session, premises_id)


@router.put(
    "/premises/{premises_id}",
    response_model=PremisesOut,
    responses=answers(PremisesNotThere, BuildingNotThere, EntranceNotThere, NameTaken, one=True),
)
def change_premises(call: Writing, premises_id: UUID, draft: PremisesDraft) -> Any:
    """Change premises."""
    return service.change_premises(call.session, call.actor, premises_id, draft)
