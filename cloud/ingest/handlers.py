"""The one table of which slice takes which event of a box."""

from collections.abc import Callable
from typing import Any

from sqlalchemy.orm import Session

from cloud.access import service as access
from cloud.calls import service as calls
from cloud.guard import service as guard
from cloud.guard.types import Where
from cloud.ingest.witnessed import EventHandler, Handlers
from cloud.privacy import service as privacy
from cloud.sites import service as sites
from cloud.sites.types import BoxOwner
from protocols import acts
from protocols.privacy import RetentionApplied
from protocols.records import (
    Actuation,
    Alarm,
    BarrierState,
    Call,
    CommandResult,
    ConfigApplied,
    DeviceState,
    Passage,
    PlaceMarked,
    PointHold,
    Shortage,
    Still,
)


def _device_state(session: Session, box: BoxOwner, event: DeviceState) -> None:
    sites.record_device_state(session, box.box_id, event)


def _barrier_state(session: Session, box: BoxOwner, event: BarrierState) -> None:
    sites.record_barrier_state(session, box.box_id, event)


def _point_hold(session: Session, box: BoxOwner, event: PointHold) -> None:
    sites.record_point_hold(session, box.box_id, event)


def _command_result(session: Session, box: BoxOwner, event: CommandResult) -> None:
    sites.record_command_result(session, box.box_id, event)


def _config_applied(session: Session, box: BoxOwner, event: ConfigApplied) -> None:
    sites.record_config_applied(session, box.box_id, event)


def _actuation(session: Session, box: BoxOwner, event: Actuation) -> None:
    if not access.record_actuation(session, box, event):
        guard.record_actuation(session, _where(box), event)


def _still(session: Session, box: BoxOwner, event: Still) -> None:
    """Of a passage, a call or a decision, by its id; of an opening from afar by that of its order."""
    if access.record_still(session, box, event) or calls.record_still(session, box, event):
        return
    if not guard.record_still(session, _where(box), event) and not calls.record_opening(session, box, event):
        guard.record_opening(session, _where(box), event)


def _place_marked(session: Session, box: BoxOwner, event: PlaceMarked) -> None:
    by = event.person or guard.name_of(session, event.guard)
    access.follow_mark(session, box.site_id, event, by)


def _where(box: BoxOwner) -> Where:
    return Where(box.organisation_id, box.site_id, box.box_id)


def _act(take: Callable[[Session, Where, Any], None]) -> EventHandler:
    return lambda session, box, event: take(session, _where(box), event)


# Opened streams stay in the journal until a slice asks for them.
HANDLERS: Handlers = {
    Passage: access.record_passage,
    PlaceMarked: _place_marked,
    Actuation: _actuation,
    Still: _still,
    Call: calls.record_call,
    acts.SignIn: _act(guard.record_sign_in),
    acts.Shift: _act(guard.record_shift),
    acts.GateDecision: _act(guard.record_decision),
    acts.PassDrafted: _act(guard.record_draft),
    acts.PassWithdrawn: _act(guard.record_withdrawal),
    acts.Visit: _act(guard.record_visit),
    acts.Violation: _act(guard.record_violation),
    acts.GuardNote: _act(guard.record_note),
    DeviceState: _device_state,
    BarrierState: _barrier_state,
    PointHold: _point_hold,
    CommandResult: _command_result,
    ConfigApplied: _config_applied,
    Alarm: sites.record_alarm,
    Shortage: sites.record_shortage,
    RetentionApplied: privacy.record_box_run,
    acts.Looked: privacy.record_look,
}
