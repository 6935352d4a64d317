"""The fire alarm's contacts of a box: which points each opens, and holds open while it burns."""

from collections.abc import Iterator, Mapping, Sequence
from uuid import UUID

import msgspec
from sqlalchemy import select
from sqlalchemy.orm import Session

from cloud.kernel import audit, realtime
from cloud.kernel.actor import Actor
from cloud.kernel.errors import FieldError, FixInput
from cloud.kernel.language import Text
from cloud.kernel.permissions import Permission
from cloud.sites.boxes import find_box
from cloud.sites.devices import configured_points
from cloud.sites.models import Box, Device
from cloud.sites.schemas import FireDraft
from protocols import config
from protocols.meters import RELAYS, load_relay

_NO_RELAY = Text("У этого контроллера нет такого модуля реле.", "This box has no such relay module.")
_NO_INPUT = Text("Такого входа у модуля нет.", "The module has no such input.")
_NO_BARRIER = Text(
    "У этого контроллера нет такой точки с преградой.", "This box has no such point with a barrier."
)
_TWICE = Text("Этот вход указан дважды.", "This input is named twice.")


def set_fire(session: Session, actor: Actor, box_id: UUID, drafts: Sequence[FireDraft]) -> None:
    """These contacts, and no others; they count from the next configuration on. Raises FixInput."""
    actor.require(Permission.SITES_MANAGE)
    box = find_box(session, box_id, lock=True)
    wanted = [draft.wire() for draft in drafts]
    relays = {
        device.id: str(device.settings["profile"])
        for device in session.scalars(select(Device).where(Device.box_id == box_id))
        if device.driver == "modbus_relay"
    }
    barred = {point.id for point in configured_points(session, box_id) if point.barrier is not None}
    if faults := list(fire_faults(wanted, relays, barred)):
        raise FixInput(*faults)
    before, box.fire = box.fire, [msgspec.to_builtins(fire) for fire in wanted]
    difference = audit.difference({"fire": before}, {"fire": box.fire})
    audit.record(session, actor, "sites.box.change", "box", box_id, difference)
    realtime.publish(session, box.organisation_id, "box", box_id, Permission.SITES_READ)


def fire_inputs(box: Box, points: Sequence[config.Point]) -> list[config.FireInput]:
    """As the box is told of them: without points that are out of service, and without what would then open nothing."""
    barred = {point.id for point in points if point.barrier is not None}
    kept = []
    for fire in msgspec.convert(box.fire, list[config.FireInput]):
        named = [point for point in fire.points if point in barred]
        if named or not fire.points:
            kept.append(msgspec.structs.replace(fire, points=named))
    return kept


def fire_faults(
    wanted: Sequence[config.FireInput], relays: Mapping[UUID, str], barred: set[UUID]
) -> Iterator[FieldError]:
    """`relays`: the box's, with their profiles; `barred`: its points that have a barrier. Pure."""
    for index, fire in enumerate(wanted):
        profile = relays.get(fire.device)
        if profile is None or profile not in RELAYS:
            yield FieldError(f"inputs.{index}.device", "no_relay", _NO_RELAY)
            continue
        inputs = load_relay(profile).inputs
        if inputs is None or fire.input >= inputs.count:
            yield FieldError(f"inputs.{index}.input", "no_input", _NO_INPUT)
        if any((fire.device, fire.input) == (each.device, each.input) for each in wanted[:index]):
            yield FieldError(f"inputs.{index}.input", "input_twice", _TWICE)
        if not barred.issuperset(fire.points):
            yield FieldError(f"inputs.{index}.points", "no_barrier", _NO_BARRIER)
