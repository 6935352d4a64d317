"""The meters that a box polls: what the meters slice has put beside its points and devices."""

from collections.abc import Mapping, Sequence
from uuid import UUID

import msgspec
from sqlalchemy.orm import Session

from cloud.kernel import realtime
from cloud.kernel.permissions import Permission
from cloud.sites.boxes import find_box
from cloud.sites.models import Box
from protocols import config

NAME = "name"  # of a meter, beside what is sent


def set_meters(
    session: Session, box_id: UUID, meters: Sequence[config.Meter], names: Mapping[UUID, str]
) -> None:
    """What the meters slice wants this box to poll; it counts from the next configuration on.

    `names`: by the meter's id; for people here, boxes never see them.
    """
    box = find_box(session, box_id, lock=True)
    box.meters = [msgspec.to_builtins(meter) | {NAME: names[meter.id]} for meter in meters]
    realtime.publish(session, box.organisation_id, "box", box_id, Permission.SITES_READ)


def polled_meters(box: Box) -> list[config.Meter]:
    """The meters of a box, as it is told of them."""
    wire = [{name: value for name, value in meter.items() if name != NAME} for meter in box.meters]
    return msgspec.convert(wire, list[config.Meter])


def meter_names(box: Box) -> dict[UUID, str]:
    """What people call the meters of a box; empty for those that were set before names were kept."""
    return {UUID(meter["id"]): meter[NAME] for meter in box.meters if NAME in meter}
