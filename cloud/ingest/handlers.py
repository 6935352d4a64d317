"""The one table of which slice takes which event of a box."""

from sqlalchemy.orm import Session

from cloud.access import service as access
from cloud.ingest.witnessed import Handlers
from cloud.sites import service as sites
from cloud.sites.types import BoxOwner
from protocols.records import (
    Actuation,
    Alarm,
    BarrierState,
    CommandResult,
    ConfigApplied,
    DeviceState,
    Passage,
    Shortage,
    Still,
)


def _device_state(session: Session, box: BoxOwner, event: DeviceState) -> None:
    sites.record_device_state(session, box.box_id, event)


def _barrier_state(session: Session, box: BoxOwner, event: BarrierState) -> None:
    sites.record_barrier_state(session, box.box_id, event)


def _command_result(session: Session, box: BoxOwner, event: CommandResult) -> None:
    sites.record_command_result(session, box.box_id, event)


def _config_applied(session: Session, box: BoxOwner, event: ConfigApplied) -> None:
    sites.record_config_applied(session, box.box_id, event)


# Opened streams stay in the journal until a slice asks for them.
HANDLERS: Handlers = {
    Passage: access.record_passage,
    Actuation: access.record_actuation,
    Still: access.record_still,
    DeviceState: _device_state,
    BarrierState: _barrier_state,
    CommandResult: _command_result,
    ConfigApplied: _config_applied,
    Alarm: sites.record_alarm,
    Shortage: sites.record_shortage,
}
