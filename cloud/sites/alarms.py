"""Alarms: what boxes raise and clear, what the cloud notices about boxes, and who has taken note of it.

A *lasting* alarm is a state of the world: its box raises it and clears it under one id, whatever people do. A *notice*
is something that happened (a fork, a gap, a shortage): nobody will ever clear it, so that a person takes note of it is
its end; until then the same thing at the same box counts on the one notice instead of making another.
"""

import re
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, case, func, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from cloud.kernel import audit, outbox, realtime
from cloud.kernel.actor import Actor
from cloud.kernel.database import current_organisation, new_id, now
from cloud.kernel.permissions import Permission
from cloud.kernel.text import search_text
from cloud.sites.boxes import find_box
from cloud.sites.errors import AlarmNotFound
from cloud.sites.events import AlarmCleared, AlarmRaised
from cloud.sites.models import Alarm
from cloud.sites.types import AlarmKind, BoxOwner
from protocols import records
from protocols.fields import Event
from protocols.records import Severity, Shortage

_NOTICES = frozenset(AlarmKind)
_SHORTAGE_OVER = "over"
_UNWRITTEN = re.compile(  # as the box counts them: edge/access/unwritten.py
    rf"{AlarmKind.DECISIONS_UNWRITTEN.value} (?P<many>\d+) (?P<first>\S+) to (?P<last>\S+)"
)
_OPEN_NOTICE = Alarm.notice & Alarm.cleared_at.is_(None)


def record_alarm(session: Session, box: BoxOwner, event: records.Alarm) -> None:
    """What a box says of an alarm. The same again changes nothing; one that was cleared is not raised again."""
    if event.kind in _NOTICES:  # the cloud notices it, too: both count on one
        if event.raised:
            raise_notice(
                session,
                box.box_id,
                event.kind,
                severity=event.severity,
                at=event.at,
                detail=event.detail,
                alarm_id=event.alarm,
                source_id=event.source,
            )
    elif event.raised:
        _raise(session, box, event)
    else:
        _clear(session, box, event.alarm, event)


def record_shortage(session: Session, box: BoxOwner, event: Shortage) -> None:
    """A box gives something up because its disk is filling, or says that it need not any more.

    That people were refused unrecorded is not over with the shortage: it stays until somebody has taken note of it.
    """
    if event.kind == _SHORTAGE_OVER:
        open_one = select(Alarm.id).where(
            Alarm.box_id == box.box_id, Alarm.kind == AlarmKind.SHORTAGE.value, _OPEN_NOTICE
        )
        for alarm_id in session.scalars(open_one):
            _clear(session, box, alarm_id, event)
        return
    kind, detail = AlarmKind.SHORTAGE, f"{event.kind} {event.count} {event.detail}".rstrip()
    if event.kind == AlarmKind.DECISIONS_UNWRITTEN:
        kind, detail = AlarmKind.DECISIONS_UNWRITTEN, _with_those_before(session, box, detail)
    raise_notice(
        session,
        box.box_id,
        kind,
        severity=Severity.WARNING,
        at=event.at,
        detail=detail,
        alarm_id=event.id,
    )


def _with_those_before(session: Session, box: BoxOwner, detail: str) -> str:
    """People who were refused add up until somebody has taken note of them."""
    open_one = session.scalar(
        select(Alarm)
        .where(Alarm.box_id == box.box_id, Alarm.kind == AlarmKind.DECISIONS_UNWRITTEN.value, _OPEN_NOTICE)
        .with_for_update(key_share=True)
    )
    if open_one is None:
        return detail
    # Whichever moment it is of: the box's clock may have gone back.
    open_one.detail = added_up(open_one.detail, detail)
    open_one.search = search_text(open_one.kind, open_one.detail)
    session.flush()
    return open_one.detail


def added_up(before: str, detail: str) -> str:
    """How many, from the first to the last of both; what does not say so is not added to. Pure."""
    known, further = _UNWRITTEN.fullmatch(before), _UNWRITTEN.fullmatch(detail)
    if known is None or further is None:
        return detail
    is_told_again = (
        known["first"] <= further["first"] and further["last"] <= known["last"]
    )  # by a fork of the stream
    if is_told_again:
        return before
    many = int(known["many"]) + int(further["many"])
    first, last = min(known["first"], further["first"]), max(known["last"], further["last"])
    return f"{AlarmKind.DECISIONS_UNWRITTEN.value} {many} {first} to {last}"


def raise_notice(
    session: Session,
    box_id: UUID,
    kind: str,
    *,
    severity: Severity,
    detail: str,
    at: datetime | None = None,
    alarm_id: UUID | None = None,
    source_id: UUID | None = None,
) -> None:
    """Note what happened at a box, at `at` (default: now). While nobody has taken note, the same again only counts.

    It is then as grave as the gravest, and tells of the newest.
    """
    at = at or now(session)
    if _is_told(session, box_id, kind, at):
        return
    values = _values(session, kind, severity, at, detail, source_id) | {
        "id": alarm_id or new_id(session),
        "site_id": find_box(session, box_id).site_id,
        "box_id": box_id,
        "notice": True,
    }
    statement = insert(Alarm).values(values)
    counted = statement.on_conflict_do_update(
        index_elements=[Alarm.organisation_id, Alarm.box_id, Alarm.kind],
        index_where=_OPEN_NOTICE,
        set_={
            "times": Alarm.times + 1,
            "last_at": func.greatest(Alarm.last_at, statement.excluded.last_at),
            "severity": _graver(statement.excluded),
        }
        | {name: _newer(statement.excluded, name) for name in ("detail", "search", "source_id")},
    ).returning(Alarm.id, Alarm.times)
    told, times = session.execute(counted).one()
    _tell(session, told)
    if times == 1:
        raised = AlarmRaised(alarm_id=told, box_id=box_id, kind=kind, severity=severity.value)
        outbox.add(session, raised, correlation_id=str(told))


def _newer(told: Any, name: str) -> ColumnElement[Any]:
    """A value of the notice that counts: of two, that of whichever happened later, whichever came first."""
    return case((told.last_at >= Alarm.last_at, getattr(told, name)), else_=getattr(Alarm, name))


def _graver(told: Any) -> ColumnElement[str]:
    return case((_grave(told) > _grave(Alarm), told.severity), else_=Alarm.severity)


def _grave(of: Any) -> ColumnElement[int]:
    return case({each.value: place for place, each in enumerate(Severity)}, value=of.severity, else_=-1)


def acknowledge_alarm(session: Session, actor: Actor, alarm_id: UUID) -> None:
    """A person takes note of it; whoever was first stays. A notice ends with that. Raises AlarmNotFound."""
    actor.require(Permission.ALARMS_ACKNOWLEDGE)
    row = session.scalars(
        select(Alarm).where(Alarm.id == alarm_id).with_for_update(key_share=True)
    ).one_or_none()
    if row is None or row.organisation_id != current_organisation(session):
        raise AlarmNotFound
    if row.acknowledged_at is not None:
        return
    row.acknowledged_at, row.acknowledged_by, row.acknowledged_person = (
        now(session),
        actor.account_id,
        actor.name,
    )
    if row.notice:
        row.cleared_at = now(session)
    audit.record(session, actor, "sites.alarm.acknowledge", "alarm", alarm_id, {"kind": row.kind})
    _tell(session, alarm_id)


def _raise(session: Session, box: BoxOwner, event: records.Alarm) -> None:
    values = _values(session, event.kind, event.severity, event.at, event.detail, event.source) | {
        "id": event.alarm,
        "site_id": box.site_id,
        "box_id": box.box_id,
        "notice": False,
    }
    added = insert(Alarm).values(values).on_conflict_do_nothing().returning(Alarm.id)
    if session.scalar(added) is None:
        return
    _tell(session, event.alarm)
    raised = AlarmRaised(
        alarm_id=event.alarm, box_id=box.box_id, kind=event.kind, severity=event.severity.value
    )
    outbox.add(session, raised, correlation_id=str(event.id))


def _clear(session: Session, box: BoxOwner, alarm_id: UUID, event: Event) -> None:
    """One that is unknown (its raising lies in a gap) or cleared already changes nothing."""
    known = (Alarm.id == alarm_id, Alarm.box_id == box.box_id, Alarm.cleared_at.is_(None))
    cleared = update(Alarm).where(*known).values(cleared_at=event.at).returning(Alarm.id)
    if session.scalar(cleared) is None:
        return
    _tell(session, alarm_id)
    outbox.add(session, AlarmCleared(alarm_id=alarm_id, box_id=box.box_id), correlation_id=str(event.id))


def _is_told(session: Session, box_id: UUID, kind: str, at: datetime) -> bool:
    """The moment lies within a notice that is known: a box that forked tells its past once more."""
    known = select(Alarm.id).where(
        Alarm.box_id == box_id,
        Alarm.kind == kind,
        Alarm.notice,
        Alarm.raised_at <= at,
        Alarm.last_at >= at,
    )
    return session.scalars(known.limit(1)).first() is not None


def _values(
    session: Session, kind: str, severity: Severity, at: datetime, detail: str, source_id: UUID | None
) -> dict[str, object]:
    return {
        "organisation_id": current_organisation(session),
        "source_id": source_id,
        "kind": kind,
        "severity": severity.value,
        "detail": detail,
        "search": search_text(kind, detail),
        "raised_at": at,
        "last_at": at,
        "times": 1,
    }


def _tell(session: Session, alarm_id: UUID) -> None:
    realtime.publish(session, current_organisation(session), "alarm", alarm_id, Permission.ALARMS_READ)
