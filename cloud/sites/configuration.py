"""The configuration of a box: drafted from its points, devices and meters, applied as a new version.

A version is kept as it is sent, sealed, since it carries the devices' secrets.
"""

from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from cloud.kernel import audit, realtime
from cloud.kernel.actor import Actor
from cloud.kernel.database import new_id, now
from cloud.kernel.language import Language
from cloud.kernel.permissions import Permission
from cloud.kernel.secrets import SecretBox
from cloud.sites import errors, rules
from cloud.sites.boxes import find_box
from cloud.sites.devices import complete_settings, configured_points
from cloud.sites.differences import Difference, differences
from cloud.sites.fire import fire_inputs
from cloud.sites.models import Box, DesiredConfig, Device, Site
from cloud.sites.page import page_certificate
from cloud.sites.polled import meter_names, polled_meters
from cloud.sites.replication import notify
from cloud.sites.types import DesiredVersion, NotifyKind
from cloud.sites.unsent import drafted_from
from cloud.sites.zones import configured_zones
from protocols import config
from protocols.records import ConfigApplied

_FORGOTTEN_VERSIONS = 1000  # no backup is so old that a box was configured more often since


def draft_configuration(session: Session, vault: SecretBox, box_id: UUID) -> config.Configuration:
    """What the box should be by all that is known now, secrets included."""
    box = find_box(session, box_id)
    site = session.get_one(Site, box.site_id)
    points = configured_points(session, box_id)
    return config.Configuration(
        site=site.id,
        site_name=site.name,
        time_zone=site.time_zone,
        points=points,
        devices=_devices(session, vault, box_id),
        meters=polled_meters(box),
        fire=fire_inputs(box, points),
        zones=configured_zones(session, site.id),
        stale=msgspec.convert(site.stale, config.StalePolicy),
        page=page_certificate(box, vault),
    )


def configuration_preview(
    session: Session, vault: SecretBox, box_id: UUID, language: Language
) -> tuple[int, dict[str, Any], list[Difference]]:
    """(version sent last, what would be sent now with its secrets redacted, what differs in words)."""
    box = find_box(session, box_id)
    drafted = config.whole(draft_configuration(session, vault, box_id))
    names = {str(meter): name for meter, name in meter_names(box).items()}
    told = differences(_sent(session, vault, box), drafted, names, language)
    return box.config_version, rules.redacted(drafted), told


def apply_configuration(session: Session, actor: Actor, vault: SecretBox, box_id: UUID) -> int:
    """Make what is known now the box's desired configuration; its version. Unchanged: no new version."""
    actor.require(Permission.SITES_MANAGE)
    box = find_box(session, box_id, lock=True)
    before = drafted_from(session, box_id)  # first: what is changed meanwhile counts as not sent
    version = set_desired_config(session, actor, vault, box_id, draft_configuration(session, vault, box_id))
    box.drafted_from = before
    return version


def set_desired_config(
    session: Session, actor: Actor, vault: SecretBox, box_id: UUID, wanted: config.Configuration
) -> int:
    """A new version of the box's desired configuration, told to downlink; the version. Raises BoxRevoked.

    Unchanged, it stays as it is, unless the box refused it: then it is to be tried again.
    """
    box = find_box(session, box_id, lock=True)
    if box.revoked_at is not None:
        raise errors.BoxRevoked
    body = config.encode_configuration(wanted)
    config.decode_configuration(body)  # the box would refuse what this refuses
    if _sent(session, vault, box) == config.whole(wanted) and not _is_refused(session, box):
        return box.config_version
    box.config_version += 1
    session.add(
        DesiredConfig(
            id=new_id(session),
            organisation_id=box.organisation_id,
            box_id=box_id,
            version=box.config_version,
            body=vault.seal(body, _place(box_id, box.config_version)),
            created_at=now(session),
            account_id=actor.account_id,
            person=actor.name,
            errors=[],
        )
    )
    audit.record(session, actor, "sites.box.configure", "box", box_id, {"version": box.config_version})
    notify(session, NotifyKind.CONFIG, box_id)
    realtime.publish(session, box.organisation_id, "box", box_id, Permission.SITES_READ)
    return box.config_version


def send_again(session: Session, vault: SecretBox, box_id: UUID, *, person: str) -> int | None:
    """The newest desired configuration under a version far above any that a restored backup may have forgotten.

    A box takes only what is newer than what it runs. None: there is no configuration yet.
    """
    box = find_box(session, box_id, lock=True)
    known = desired_config(session, vault, box_id)
    if known is None:
        return None
    box.config_version += _FORGOTTEN_VERSIONS
    session.add(
        DesiredConfig(
            id=new_id(session),
            organisation_id=box.organisation_id,
            box_id=box_id,
            version=box.config_version,
            body=vault.seal(known.body, _place(box_id, box.config_version)),
            created_at=now(session),
            account_id=None,
            person=person,
            errors=[],
        )
    )
    notify(session, NotifyKind.CONFIG, box_id)
    return box.config_version


def desired_config(
    session: Session, vault: SecretBox, box_id: UUID, *, refused_too: bool = True
) -> DesiredVersion | None:
    """The newest desired configuration as it is sent, None before there is one.

    `refused_too` False: the newest that the box has not refused; to send it a refused one again would change nothing.
    """
    told = (DesiredConfig.version, DesiredConfig.body, DesiredConfig.person, DesiredConfig.account_id)
    query = select(*told).where(DesiredConfig.box_id == box_id)
    if not refused_too:
        query = query.where(DesiredConfig.applied.is_not(False))
    row = session.execute(query.order_by(DesiredConfig.version.desc()).limit(1)).one_or_none()
    if row is None:
        return None
    body = vault.open(row.body, _place(box_id, row.version))
    return DesiredVersion(row.version, body, row.person, row.account_id)


def record_config_applied(session: Session, box_id: UUID, event: ConfigApplied) -> None:
    """The box took a configuration, or said why not; the first answer to a version stands."""
    session.execute(
        update(DesiredConfig)
        .where(
            DesiredConfig.box_id == box_id,
            DesiredConfig.version == event.version,
            DesiredConfig.answered_at.is_(None),
        )
        .values(applied=event.applied, answered_at=event.at, errors=list(event.errors))
    )
    box = find_box(session, box_id)
    realtime.publish(session, box.organisation_id, "box", box_id, Permission.SITES_READ)


def _devices(session: Session, vault: SecretBox, box_id: UUID) -> list[config.Device]:
    query = select(Device).where(Device.box_id == box_id).order_by(Device.id)
    return [
        config.Device(
            id=device.id,
            driver=device.driver,
            name=device.name,
            settings=complete_settings(device, vault),
        )
        for device in session.scalars(query)
    ]


def _sent(session: Session, vault: SecretBox, box: Box) -> dict[str, Any] | None:
    sent = desired_config(session, vault, box.id)
    return None if sent is None else config.whole(config.decode_configuration(sent.body))


def _is_refused(session: Session, box: Box) -> bool:
    newest = (DesiredConfig.box_id == box.id, DesiredConfig.version == box.config_version)
    return session.scalar(select(DesiredConfig.applied).where(*newest)) is False


def _place(box_id: UUID, version: int) -> str:
    return f"desired_config/{box_id}/{version}"
