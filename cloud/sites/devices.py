"""Devices of a box: drafted, changed and removed; what is secret in their settings is sealed."""

import json
from collections.abc import Mapping
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import select
from sqlalchemy.orm import Session

from cloud.kernel import audit, realtime
from cloud.kernel.actor import Actor
from cloud.kernel.database import new_id
from cloud.kernel.errors import FieldError, FixInput
from cloud.kernel.permissions import Permission
from cloud.kernel.secrets import SecretBox
from cloud.kernel.text import search_text, sort_key
from cloud.sites import errors, rules, uses
from cloud.sites.boxes import find_box
from cloud.sites.models import Box, Device, Point
from cloud.sites.polled import meter_names, polled_meters
from cloud.sites.schemas import DeviceDraft
from protocols import config
from protocols.driver_forms import SECRET_SETTINGS
from protocols.drivers import BUSES, DeviceRole
from protocols.urls import without_secrets

FIRE_ALARM = "пожарная тревога / fire alarm"


def create_device(session: Session, actor: Actor, vault: SecretBox, draft: DeviceDraft) -> Device:
    """A device of a box; it counts from the next configuration on. Raises FixInput."""
    actor.require(Permission.SITES_MANAGE)
    box = find_box(session, draft.box_id)
    device = Device(
        id=new_id(session),
        organisation_id=box.organisation_id,
        box_id=box.id,
        status_detail="",
        secret_names=[],
        secrets=None,
    )
    _fill(session, device, vault, draft)
    session.add(device)
    audit.record(session, actor, "sites.device.create", "device", device.id, _told(draft))
    _changed(session, device)
    return device


def change_device(
    session: Session, actor: Actor, vault: SecretBox, device_id: UUID, draft: DeviceDraft
) -> Device:
    """Change a device of the same box; secrets that are not named stay. Raises FixInput."""
    actor.require(Permission.SITES_MANAGE)
    find_box(session, draft.box_id, lock=True)  # so that no point begins to use what is changed here
    device = _find_device(session, device_id)
    if draft.box_id != device.box_id:
        raise errors.BoxNotFound
    _fill(session, device, vault, draft)
    audit.record(session, actor, "sites.device.change", "device", device.id, _told(draft))
    _changed(session, device)
    return device


def remove_device(session: Session, actor: Actor, device_id: UUID) -> None:
    """Remove a device that no point, meter or other device uses. Raises InUse naming what does."""
    actor.require(Permission.SITES_MANAGE)
    device = _find_device(session, device_id)
    box = find_box(session, device.box_id)
    used = uses.used_devices(configured_points(session, box.id), polled_meters(box), meter_names(box))
    used_by = used.get(device_id) or _fire_alarm_at(box, device_id) or _first_on(session, device)
    if used_by is not None:
        raise errors.InUse(by=used_by)
    audit.record(session, actor, "sites.device.remove", "device", device.id, {"name": device.name})
    _changed(session, device)
    session.delete(device)


def complete_settings(device: Device, vault: SecretBox) -> dict[str, Any]:
    """A device's settings as the box needs them: with its secrets, and with the passwords in its addresses."""
    return device.settings | _open_sealed(device, vault)


def find_device(session: Session, device_id: UUID, *, box_id: UUID) -> Device:
    """A device of this box. Raises DeviceNotFound."""
    device = session.get(Device, device_id)
    if device is None or device.box_id != box_id:
        raise errors.DeviceNotFound
    return device


def configured_points(session: Session, box_id: UUID) -> list[config.Point]:
    query = select(Point).where(Point.box_id == box_id, Point.archived_at.is_(None)).order_by(Point.id)
    return [
        config.Point(
            id=point.id,
            name=point.name,
            barrier=msgspec.convert(point.barrier, config.Barrier) if point.barrier else None,
            readers=msgspec.convert(point.readers, list[config.Reader]),
            camera=point.camera_id,
            zone=point.zone_id,
        )
        for point in session.scalars(query)
    ]


def _fill(session: Session, device: Device, vault: SecretBox, draft: DeviceDraft) -> None:
    known = _open_sealed(device, vault)
    settings = rules.with_known_addresses(draft.settings, (device.settings or {}) | known)
    faults = rules.secret_faults(settings, draft.secrets)
    if faults:
        raise FixInput(*faults)
    secrets = {name: value for name, value in known.items() if name in SECRET_SETTINGS} | draft.secrets
    kept = {name: value for name, value in secrets.items() if value is not None}
    if faults := rules.setting_faults(draft.driver, settings | kept):
        raise FixInput(*faults)
    if faults := rules.reference_faults(draft.driver, settings, _buses(session, device)):
        raise FixInput(*faults)
    if faults := _faults_of_use(session, device, draft):
        raise FixInput(*faults)
    device.driver, device.settings = draft.driver, without_secrets(settings)
    device.name, device.sort_name = draft.name, sort_key(draft.name)
    device.search_name = search_text(draft.name, draft.driver)
    device.secret_names = sorted(kept)
    sealed = kept | rules.secret_addresses(settings)
    if sealed != known:  # sealed anew, the same secrets would look like others
        device.secrets = vault.seal(json.dumps(sealed).encode(), f"device/{device.id}") if sealed else None


def _faults_of_use(session: Session, device: Device, draft: DeviceDraft) -> list[FieldError]:
    """What points, meters and other devices that use the device could not live with."""
    box = find_box(session, device.box_id)
    points = configured_points(session, box.id)
    used_as = uses.used_as(device.id, points, polled_meters(box), meter_names(box))
    if alarm := _fire_alarm_at(box, device.id):
        used_as.setdefault(DeviceRole.RELAY, alarm)
    if hanging := _first_on(session, device):
        used_as.setdefault(DeviceRole.BUS, hanging)
    if fault := uses.role_fault(draft.driver, used_as):
        return [fault]
    opened = [point for point in points if point.barrier and point.barrier.device == device.id]
    return uses.relay_faults(draft.driver, draft.settings, opened)


def _buses(session: Session, device: Device) -> frozenset[UUID]:
    """The lines of the device's box."""
    lines = (Device.box_id == device.box_id, Device.driver.in_(BUSES), Device.id != device.id)
    return frozenset(session.scalars(select(Device.id).where(*lines)))


def _open_sealed(device: Device, vault: SecretBox) -> dict[str, Any]:
    """The device's secrets, and those of its settings whose addresses carry a password."""
    if device.secrets is None:
        return {}
    opened: dict[str, Any] = json.loads(vault.open(device.secrets, f"device/{device.id}"))
    return opened


def _changed(session: Session, device: Device) -> None:
    """The device, and with it what its box is to be sent."""
    for kind, changed in (("device", device.id), ("box", device.box_id)):
        realtime.publish(session, device.organisation_id, kind, changed, Permission.SITES_READ)


def _told(draft: DeviceDraft) -> Mapping[str, Any]:
    told: dict[str, Any] = without_secrets(draft.model_dump(mode="json"))
    return told | {"secrets": dict.fromkeys(draft.secrets, rules.REDACTED)}


def _find_device(session: Session, device_id: UUID) -> Device:
    device = session.scalars(
        select(Device).where(Device.id == device_id).with_for_update(key_share=True)
    ).one_or_none()
    if device is None:
        raise errors.DeviceNotFound
    return device


def _fire_alarm_at(box: Box, device_id: UUID) -> str | None:
    """What it is called, if its contact hangs at this device."""
    return FIRE_ALARM if any(fire["device"] == str(device_id) for fire in box.fire) else None


def _first_on(session: Session, bus: Device) -> str | None:
    """A device that hangs on this line, by name."""
    hanging = (Device.box_id == bus.box_id, Device.settings["bus"].astext == str(bus.id))
    return session.scalars(select(Device.name).where(*hanging).order_by(Device.name).limit(1)).first()
