"""HTTP of the sites slice: sites, zones, boxes, points, devices, configuration, commands."""

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from fastapi import Query, Request

from cloud.housing.errors import ComplexNotThere
from cloud.kernel.api import Call, Router, reading, writing
from cloud.kernel.lists import ListParams, Page
from cloud.kernel.looks import looks_at
from cloud.kernel.permissions import Permission
from cloud.kernel.problems import answers, language_of
from cloud.sites import errors, keyfiles, queries, service
from cloud.sites.authority import to_der
from cloud.sites.drivers import DriverCard, driver_cards
from cloud.sites.models import Zone
from cloud.sites.page_schemas import PageCertificateDraft
from cloud.sites.schemas import (
    BoxCard,
    BoxChange,
    BoxDraft,
    BoxFire,
    CommandCard,
    CommandDraft,
    ConfigPreview,
    ConfigVersion,
    DeviceCard,
    DeviceDraft,
    EnrolmentCodeCard,
    HoldDraft,
    MoveDraft,
    PointCard,
    PointDraft,
    ReplacementCard,
    RevokeDraft,
    SiteCard,
    SiteDraft,
    ZoneCard,
    ZoneDraft,
)
from protocols.enrolment import fingerprint
from protocols.messages import CommandKind
from protocols.privacy import LookKind
from protocols.records import DeviceStatus

router = Router(prefix="/api", tags=["sites"])
Reading = Annotated[Call, reading(Permission.SITES_READ)]
Managing = Annotated[Call, writing(Permission.SITES_MANAGE)]
Enrolling = Annotated[Call, writing(Permission.BOXES_ENROL)]
Opening = Annotated[Call, writing(Permission.GATES_OPEN)]
MOVED = answers(errors.PointNotFound, errors.BoxRevoked, errors.BoxNotEnrolled, one=True)
OfSite = Annotated[UUID | None, Query(description="only of this site")]
OfComplex = Annotated[UUID | None, Query(description="only of this complex")]
OfBox = Annotated[UUID | None, Query(description="only of this box")]


@router.get("/sites", response_model=Page[SiteCard], responses=answers())
def list_sites(call: Reading, query: ListParams, complex_id: OfComplex = None) -> dict[str, Any]:
    """Sites. Sorts: name, created."""
    return queries.list_sites(call.session, query, complex_id)


@router.post("/sites", status_code=201, response_model=SiteCard, responses=answers(ComplexNotThere))
def create_site(call: Managing, draft: SiteDraft) -> dict[str, Any]:
    """A new site."""
    return queries.site_card(call.session, service.create_site(call.session, call.actor, draft).id)


@router.get("/sites/{site_id}", response_model=SiteCard, responses=answers(errors.SiteNotFound, one=True))
def get_site(call: Reading, site_id: UUID) -> dict[str, Any]:
    """One site."""
    return queries.site_card(call.session, site_id)


@router.put(
    "/sites/{site_id}",
    response_model=SiteCard,
    responses=answers(errors.SiteNotFound, ComplexNotThere, one=True),
)
def change_site(call: Managing, site_id: UUID, draft: SiteDraft) -> dict[str, Any]:
    """Rename a site; change its time zone or its complex."""
    service.change_site(call.session, call.actor, site_id, draft)
    return queries.site_card(call.session, site_id)


@router.delete(
    "/sites/{site_id}",
    status_code=204,
    responses=answers(errors.SiteNotFound, errors.InUse, errors.HasRecords, one=True),
)
def remove_site(call: Managing, site_id: UUID) -> None:
    """Remove a site that nothing refers to."""
    service.remove_site(call.session, call.actor, site_id)


@router.get(
    "/sites/{site_id}/zones", response_model=list[ZoneCard], responses=answers(errors.SiteNotFound, one=True)
)
def list_zones(call: Reading, site_id: UUID) -> list[dict[str, Any]]:
    """A site's zones, by name."""
    service.find_site(call.session, site_id)
    return queries.list_zones(call.session, site_id)


@router.post(
    "/sites/{site_id}/zones",
    status_code=201,
    response_model=ZoneCard,
    responses=answers(errors.SiteNotFound, one=True),
)
def create_zone(call: Managing, site_id: UUID, draft: ZoneDraft) -> ZoneCard:
    """A new zone of a site."""
    return _zone(service.create_zone(call.session, call.actor, site_id, draft))


@router.put("/zones/{zone_id}", response_model=ZoneCard, responses=answers(errors.ZoneNotFound, one=True))
def change_zone(call: Managing, zone_id: UUID, draft: ZoneDraft) -> ZoneCard:
    """Change a zone; its number stays."""
    return _zone(service.change_zone(call.session, call.actor, zone_id, draft))


@router.delete(
    "/zones/{zone_id}", status_code=204, responses=answers(errors.ZoneNotFound, errors.InUse, one=True)
)
def remove_zone(call: Managing, zone_id: UUID) -> None:
    """Remove a zone; its points stay."""
    service.remove_zone(call.session, call.actor, zone_id)


@router.get("/boxes", response_model=Page[BoxCard], responses=answers())
def list_boxes(
    call: Reading,
    query: ListParams,
    complex_id: OfComplex = None,
    site_id: OfSite = None,
    online: Annotated[bool | None, Query(description="of those that were enrolled")] = None,
    revoked: Annotated[bool, Query(description="revoked ones, too")] = False,  # a query flag
) -> dict[str, Any]:
    """Boxes and what they last said of themselves. Sorts: name, site, seen, created."""
    return queries.list_boxes(
        call.session, query, complex_id=complex_id, site_id=site_id, online=online, revoked=revoked
    )


@router.post(
    "/boxes", status_code=201, response_model=BoxCard, responses=answers(errors.SiteNotFound, one=True)
)
def create_box(call: Managing, draft: BoxDraft) -> dict[str, Any]:
    """A box to be enrolled: ask for its code next."""
    return queries.box_card(call.session, service.create_box(call.session, call.actor, draft).id)


@router.get("/boxes/{box_id}", response_model=BoxCard, responses=answers(errors.BoxNotFound, one=True))
def get_box(call: Reading, box_id: UUID) -> dict[str, Any]:
    """One box."""
    return queries.box_card(call.session, box_id)


@router.put("/boxes/{box_id}", response_model=BoxCard, responses=answers(errors.BoxNotFound, one=True))
def rename_box(call: Managing, box_id: UUID, change: BoxChange) -> dict[str, Any]:
    """Rename a box."""
    service.rename_box(call.session, call.actor, box_id, change.name)
    return queries.box_card(call.session, box_id)


@router.get("/boxes/{box_id}/fire", response_model=BoxFire, responses=answers(errors.BoxNotFound, one=True))
def get_fire(call: Reading, box_id: UUID) -> dict[str, Any]:
    """The fire alarm's contacts of a box."""
    return {"inputs": service.find_box(call.session, box_id).fire}


@router.put("/boxes/{box_id}/fire", response_model=BoxFire, responses=answers(errors.BoxNotFound, one=True))
def set_fire(call: Managing, box_id: UUID, draft: BoxFire) -> dict[str, Any]:
    """Which contacts tell of a fire, and what each opens; counts from the next configuration on."""
    service.set_fire(call.session, call.actor, box_id, draft.inputs)
    return {"inputs": service.find_box(call.session, box_id).fire}


@router.put(
    "/boxes/{box_id}/page-certificate",
    response_model=BoxCard,
    responses=answers(errors.BoxNotFound, errors.BoxRevoked, errors.PageNotServed, one=True),
)
def upload_page_certificate(call: Managing, box_id: UUID, draft: PageCertificateDraft) -> dict[str, Any]:
    """Another certificate for the guard's page at the box; it counts from the next configuration on."""
    service.upload_page_certificate(call.session, call.actor, call.house.secrets, box_id, draft)
    return queries.box_card(call.session, box_id)


@router.delete(
    "/boxes/{box_id}/page-certificate",
    response_model=BoxCard,
    responses=answers(errors.BoxNotFound, errors.NoPageCertificate, one=True),
)
def remove_page_certificate(call: Managing, box_id: UUID) -> dict[str, Any]:
    """Take the uploaded certificate away: from the next configuration on, that of the cloud's CA serves."""
    service.remove_page_certificate(call.session, call.actor, box_id)
    return queries.box_card(call.session, box_id)


@router.delete(
    "/boxes/{box_id}",
    status_code=204,
    responses=answers(errors.BoxNotFound, errors.BoxEnrolled, errors.InUse, errors.HasRecords, one=True),
)
def remove_box(call: Managing, box_id: UUID) -> None:
    """Remove a box that was never enrolled and drives no point, with its devices."""
    service.remove_box(call.session, call.actor, box_id)


@router.post(
    "/boxes/{box_id}/code",
    status_code=201,
    response_model=EnrolmentCodeCard,
    responses=answers(errors.BoxNotFound, errors.BoxRevoked, errors.BoxEnrolled, one=True),
)
def issue_code(call: Enrolling, box_id: UUID) -> EnrolmentCodeCard:
    """A one-time enrolment code for 24 hours, shown this once; an earlier unused one ends."""
    ca = keyfiles.load_certificate(call.house.settings.need_path("mqtt_ca"))
    code, expires_at = service.issue_code(call.session, call.actor, box_id, fingerprint(to_der(ca)))
    return EnrolmentCodeCard(
        box_id=box_id, code=code.text(), expires_at=expires_at, edge_url=call.house.settings.edge_url
    )


@router.post("/boxes/{box_id}/revoke", status_code=204, responses=answers(errors.BoxNotFound, one=True))
def revoke_box(call: Enrolling, box_id: UUID, draft: RevokeDraft) -> None:
    """Revoke a box for good; whatever it says from now on is ignored."""
    service.revoke_box(call.session, call.actor, box_id, draft.reason)


@router.post(
    "/boxes/{box_id}/replacement",
    status_code=201,
    response_model=ReplacementCard,
    responses=answers(errors.BoxNotFound, errors.InUse, one=True),
)
def replace_box(call: Managing, box_id: UUID) -> ReplacementCard:
    """A new box that takes over the points, devices and meters of a revoked one; it has to be enrolled."""
    return ReplacementCard(box_id=service.replace_box(call.session, call.actor, box_id).id)


@router.get(
    "/boxes/{box_id}/configuration/preview",
    response_model=ConfigPreview,
    responses=answers(errors.BoxNotFound, one=True),
)
def preview_configuration(call: Reading, request: Request, box_id: UUID) -> ConfigPreview:
    """What would be sent to the box now, secrets redacted, and in words how it differs from what was sent last."""
    version, body, told = service.configuration_preview(
        call.session, call.house.secrets, box_id, language_of(request)
    )
    return ConfigPreview(box_id=box_id, version=version, body=body, differences=told)


@router.get(
    "/boxes/{box_id}/configuration",
    response_model=list[ConfigVersion],
    responses=answers(errors.BoxNotFound, one=True),
)
def list_configurations(call: Reading, box_id: UUID) -> list[dict[str, Any]]:
    """The last 50 configurations that were sent, newest first, and whether the box took them."""
    service.find_box(call.session, box_id)
    return queries.list_config_versions(call.session, box_id)


@router.post(
    "/boxes/{box_id}/configuration",
    response_model=ConfigVersion,
    responses=answers(errors.BoxNotFound, errors.BoxRevoked, one=True),
)
def apply_configuration(call: Managing, box_id: UUID) -> dict[str, Any]:
    """Send the box what its points, devices and meters amount to now; nothing new: the last version again."""
    service.apply_configuration(call.session, call.actor, call.house.secrets, box_id)
    return queries.list_config_versions(call.session, box_id)[0]


@router.post(
    "/boxes/{box_id}/commands",
    status_code=201,
    response_model=CommandCard,
    responses=answers(errors.BoxNotFound, errors.BoxRevoked, errors.BoxNotEnrolled, one=True),
)
def order_command(call: Managing, box_id: UUID, draft: CommandDraft) -> dict[str, Any]:
    """Order a box to capture, restart or read now."""
    ordered = service.order_command(
        call.session,
        call.actor,
        box_id,
        CommandKind(draft.kind),
        target=draft.target,
        reason=draft.reason,
    )
    return queries.command_card(call.session, ordered.id)


@router.get("/commands", response_model=Page[CommandCard], responses=answers())
@looks_at(LookKind.AUDIT)
def list_commands(call: Reading, query: ListParams, box_id: OfBox = None) -> dict[str, Any]:
    """Orders and their answers, not to be searched by `q`. Sorts: issued."""
    return queries.list_commands(call.session, query, box_id=box_id)


@router.get(
    "/commands/{command_id}",
    response_model=CommandCard,
    responses=answers(errors.CommandNotFound, one=True),
)
@looks_at(LookKind.AUDIT)
def get_command(call: Reading, command_id: UUID) -> dict[str, Any]:
    """One order."""
    return queries.command_card(call.session, command_id)


@router.get("/points", response_model=Page[PointCard], responses=answers())
def list_points(
    call: Reading,
    query: ListParams,
    complex_id: OfComplex = None,
    site_id: OfSite = None,
    box_id: OfBox = None,
) -> dict[str, Any]:
    """Points in service. Sorts: name, site."""
    return queries.list_points(call.session, query, complex_id=complex_id, site_id=site_id, box_id=box_id)


@router.post(
    "/points", status_code=201, response_model=PointCard, responses=answers(errors.BoxNotFound, one=True)
)
def create_point(call: Managing, draft: PointDraft) -> dict[str, Any]:
    """A new point; it works once the configuration is applied."""
    return queries.point_card(call.session, service.create_point(call.session, call.actor, draft).id)


@router.get("/points/{point_id}", response_model=PointCard, responses=answers(errors.PointNotFound, one=True))
def get_point(call: Reading, point_id: UUID) -> dict[str, Any]:
    """One point."""
    return queries.point_card(call.session, point_id)


@router.put("/points/{point_id}", response_model=PointCard, responses=answers(errors.PointNotFound, one=True))
def change_point(call: Managing, point_id: UUID, draft: PointDraft) -> dict[str, Any]:
    """Change a point; it stays at its site."""
    service.change_point(call.session, call.actor, point_id, draft)
    return queries.point_card(call.session, point_id)


@router.delete("/points/{point_id}", status_code=204, responses=answers(errors.PointNotFound, one=True))
def archive_point(call: Managing, point_id: UUID) -> None:
    """Take a point out of service; what happened there stays."""
    service.archive_point(call.session, call.actor, point_id)


@router.post("/points/{point_id}/open", status_code=201, response_model=CommandCard, responses=MOVED)
def open_point(call: Opening, point_id: UUID, draft: MoveDraft) -> dict[str, Any]:
    """Order the point to open now; after 10 seconds it is too late and nothing happens."""
    return _moved(call, point_id, CommandKind.OPEN, draft.reason)


@router.post("/points/{point_id}/close", status_code=201, response_model=CommandCard, responses=MOVED)
def close_point(call: Opening, point_id: UUID, draft: MoveDraft) -> dict[str, Any]:
    """Order the point to close now; its box refuses while somebody is in the way, or something holds it open."""
    return _moved(call, point_id, CommandKind.CLOSE, draft.reason)


@router.post("/points/{point_id}/stop", status_code=201, response_model=CommandCard, responses=MOVED)
def stop_point(call: Opening, point_id: UUID, draft: MoveDraft) -> dict[str, Any]:
    """Order the point to stop where it is, if it moves and its drive can be stopped."""
    return _moved(call, point_id, CommandKind.STOP, draft.reason)


@router.post("/points/{point_id}/hold", status_code=201, response_model=CommandCard, responses=MOVED)
def hold_point(call: Opening, point_id: UUID, draft: HoldDraft) -> dict[str, Any]:
    """Order the point to open, and to stay open until a time, or until it is released."""
    return _moved(call, point_id, CommandKind.HOLD, draft.reason, draft.until)


@router.post("/points/{point_id}/release", status_code=201, response_model=CommandCard, responses=MOVED)
def release_point(call: Opening, point_id: UUID, draft: MoveDraft) -> dict[str, Any]:
    """Order the point to be held open no more; what the fire alarm holds stays open."""
    return _moved(call, point_id, CommandKind.RELEASE, draft.reason)


@router.get("/devices", response_model=Page[DeviceCard], responses=answers())
def list_devices(
    call: Reading,
    query: ListParams,
    complex_id: OfComplex = None,
    box_id: OfBox = None,
    site_id: OfSite = None,
    status: Annotated[list[DeviceStatus] | None, Query()] = None,
) -> dict[str, Any]:
    """Devices and how they fare. Sorts: name, driver, status, changed."""
    return queries.list_devices(
        call.session,
        query,
        complex_id=complex_id,
        box_id=box_id,
        site_id=site_id,
        statuses=status or (),
    )


@router.get("/device-drivers", response_model=list[DriverCard], responses=answers())
def list_drivers(_call: Reading, request: Request) -> list[DriverCard]:
    """Kinds of devices that boxes know, with the settings of each; titles in the language of Accept-Language."""
    return driver_cards(language_of(request))


@router.post(
    "/devices", status_code=201, response_model=DeviceCard, responses=answers(errors.BoxNotFound, one=True)
)
def create_device(call: Managing, draft: DeviceDraft) -> dict[str, Any]:
    """A new device; it works once the configuration is applied."""
    device = service.create_device(call.session, call.actor, call.house.secrets, draft)
    return queries.device_card(call.session, device.id)


@router.get(
    "/devices/{device_id}", response_model=DeviceCard, responses=answers(errors.DeviceNotFound, one=True)
)
def get_device(call: Reading, device_id: UUID) -> dict[str, Any]:
    """One device."""
    return queries.device_card(call.session, device_id)


@router.put(
    "/devices/{device_id}", response_model=DeviceCard, responses=answers(errors.DeviceNotFound, one=True)
)
def change_device(call: Managing, device_id: UUID, draft: DeviceDraft) -> dict[str, Any]:
    """Change a device; secrets that are not named stay."""
    service.change_device(call.session, call.actor, call.house.secrets, device_id, draft)
    return queries.device_card(call.session, device_id)


@router.delete(
    "/devices/{device_id}", status_code=204, responses=answers(errors.DeviceNotFound, errors.InUse, one=True)
)
def remove_device(call: Managing, device_id: UUID) -> None:
    """Remove a device that no point or meter uses."""
    service.remove_device(call.session, call.actor, device_id)


def _moved(
    call: Call, point_id: UUID, kind: CommandKind, reason: str, until: datetime | None = None
) -> dict[str, Any]:
    ordered = service.move_point(call.session, call.actor, point_id, kind, reason, until=until)
    return queries.command_card(call.session, ordered.id)


def _zone(zone: Zone) -> ZoneCard:
    return ZoneCard.model_validate(zone, from_attributes=True)
