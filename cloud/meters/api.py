"""HTTP of the meters slice; its list stands in `reads`."""

from typing import Annotated, Any
from uuid import UUID

from cloud.housing.errors import BuildingNotThere, PremisesNotThere
from cloud.kernel.api import Call, Router, reading, writing
from cloud.kernel.permissions import Permission
from cloud.kernel.problems import answers
from cloud.meters import service
from cloud.meters.errors import MeterNotThere
from cloud.meters.schemas import MeterOut, ProfileChannelOut, ProfileOut
from cloud.meters.types import MeterDraft
from cloud.sites.errors import BoxNotFound, DeviceNotFound
from protocols.meters import METERS, load_meter

router = Router(prefix="/api/meters", tags=["meters"])
Reading = Annotated[Call, reading(Permission.METERS_READ)]
Writing = Annotated[Call, writing(Permission.METERS_MANAGE)]
_OF_A_DRAFT = (BoxNotFound, DeviceNotFound, PremisesNotThere, BuildingNotThere)


@router.get("/profiles", response_model=list[ProfileOut], responses=answers())
def list_profiles(_call: Reading) -> list[ProfileOut]:
    """Models of meters that boxes know, with their channels."""
    return [
        ProfileOut(
            id=profile.id,
            maker=profile.maker,
            model=profile.model,
            channels=[
                ProfileChannelOut(name=channel.name, unit=channel.unit, kind=channel.kind.value)
                for channel in profile.channels
            ],
        )
        for profile in map(load_meter, METERS)
    ]


@router.post("", status_code=201, response_model=MeterOut, responses=answers(*_OF_A_DRAFT))
def create_meter(call: Writing, draft: MeterDraft) -> Any:
    """Add a meter; the box polls it once its configuration is applied."""
    return service.create_meter(call.session, call.actor, draft)


@router.get("/{meter_id}", response_model=MeterOut, responses=answers(MeterNotThere, one=True))
def get_meter(call: Reading, meter_id: UUID) -> Any:
    """One meter."""
    return service.get_meter(call.session, meter_id)


@router.delete("/{meter_id}", status_code=204, responses=answers(MeterNotThere, one=True))
def remove_meter(call: Writing, meter_id: UUID) -> None:
    """Stop polling a meter; its readings stay."""
    service.remove_meter(call.session, call.actor, meter_id)
