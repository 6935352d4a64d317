"""Lists of the sites slice: columns, not entities."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Select, and_, case, func, select
from sqlalchemy.orm import Session

from cloud.kernel.database import now
from cloud.kernel.errors import DomovoyError
from cloud.kernel.lists import AnySelect, ListQuery, fetch_page, matches
from cloud.sites import alarm_words, errors
from cloud.sites.models import (
    Alarm,
    Box,
    BoxState,
    Command,
    DesiredConfig,
    Device,
    Point,
    Site,
    Zone,
    held_now,
)
from cloud.sites.types import AlarmState
from cloud.sites.unsent import is_unsent, unsent_boxes
from protocols.records import Severity

_ALARM_STATE = case(
    (Alarm.cleared_at.is_not(None), AlarmState.CLEARED.value),
    (Alarm.acknowledged_at.is_not(None), AlarmState.ACKNOWLEDGED.value),
    else_=AlarmState.OPEN.value,
)
_SEVERITY_RANK = case(
    *((Alarm.severity == severity.value, rank) for rank, severity in enumerate(Severity)), else_=-1
)
_IN_SERVICE = and_(Box.enrolled_at.is_not(None), Box.revoked_at.is_(None))


@dataclass(frozen=True, slots=True, kw_only=True)
class AlarmFilter:
    """Which alarms a list shows; empty: all."""

    complex_id: UUID | None = None
    site_id: UUID | None = None
    box_id: UUID | None = None
    states: Sequence[str] = ()
    severities: Sequence[str] = ()
    kinds: Sequence[str] = ()


def list_sites(session: Session, query: ListQuery, complex_id: UUID | None = None) -> dict[str, Any]:
    """Sorts: name, created."""
    return fetch_page(
        session,
        _narrowed(_sites(), {Site.complex_id: complex_id}),
        query,
        sortable={"name": Site.sort_name, "created": Site.created_at},
        default_sort="name",
        tie=Site.id,
        found=matches(Site.search_name, query.q),
    )


def site_card(session: Session, site_id: UUID) -> dict[str, Any]:
    """One site as the list shows it. Raises SiteNotFound."""
    return _one(session, _sites().where(Site.id == site_id), errors.SiteNotFound(site=str(site_id)))


def list_zones(session: Session, site_id: UUID) -> list[dict[str, Any]]:
    """A site's zones by name."""
    columns = [
        column for column in Zone.__table__.columns if column.name not in {"organisation_id", "sort_name"}
    ]
    query = select(*columns).where(Zone.site_id == site_id).order_by(Zone.sort_name)
    return [dict(row) for row in session.execute(query).mappings()]


def list_boxes(
    session: Session,
    query: ListQuery,
    *,
    complex_id: UUID | None,
    site_id: UUID | None,
    online: bool | None,
    revoked: bool,
) -> dict[str, Any]:
    """`online` False: those that work and are silent, not those never enrolled. Sorts: name, site, seen, created."""
    statement = _boxes()
    statement = _narrowed(statement, {Site.complex_id: complex_id, Box.site_id: site_id})
    if online is not None:
        statement = statement.where(
            Box.enrolled_at.is_not(None), func.coalesce(BoxState.online, False) == online
        )
    if not revoked:
        statement = statement.where(Box.revoked_at.is_(None))
    return fetch_page(
        session,
        statement,
        query,
        sortable={
            "name": Box.sort_name,
            "site": Site.sort_name,
            "seen": BoxState.seen_at,
            "created": Box.created_at,
        },
        default_sort="name",
        tie=Box.id,
        found=matches(Box.search_name, query.q),
    )


def box_card(session: Session, box_id: UUID) -> dict[str, Any]:
    """One box as the list shows it. Raises BoxNotFound."""
    return _one(session, _boxes().where(Box.id == box_id), errors.BoxNotFound())


def list_devices(
    session: Session,
    query: ListQuery,
    *,
    complex_id: UUID | None,
    box_id: UUID | None,
    site_id: UUID | None,
    statuses: Sequence[str],
) -> dict[str, Any]:
    """Sorts: name, driver, status, changed."""
    statement = _devices()
    if complex_id:
        statement = statement.where(Box.site_id.in_(select(Site.id).where(Site.complex_id == complex_id)))
    statement = _narrowed(statement, {Device.box_id: box_id, Box.site_id: site_id})
    if statuses:
        statement = statement.where(Device.status.in_(statuses))
    return fetch_page(
        session,
        statement,
        query,
        sortable={
            "name": Device.sort_name,
            "driver": Device.driver,
            "status": Device.status,
            "changed": Device.status_at,
        },
        default_sort="name",
        tie=Device.id,
        found=matches(Device.search_name, query.q),
    )


def device_card(session: Session, device_id: UUID) -> dict[str, Any]:
    """One device as the list shows it. Raises DeviceNotFound."""
    return _one(session, _devices().where(Device.id == device_id), errors.DeviceNotFound())


def list_points(
    session: Session,
    query: ListQuery,
    *,
    complex_id: UUID | None,
    site_id: UUID | None,
    box_id: UUID | None,
) -> dict[str, Any]:
    """Sorts: name, site."""
    wanted = {Site.complex_id: complex_id, Point.site_id: site_id, Point.box_id: box_id}
    statement = _narrowed(_points(now(session)), wanted)
    return fetch_page(
        session,
        statement,
        query,
        sortable={"name": Point.sort_name, "site": Site.sort_name},
        default_sort="name",
        tie=Point.id,
        found=matches(Point.search_name, query.q),
    )


def point_card(session: Session, point_id: UUID) -> dict[str, Any]:
    """One point as the list shows it. Raises PointNotFound."""
    return _one(session, _points(now(session)).where(Point.id == point_id), errors.PointNotFound())


def list_config_versions(session: Session, box_id: UUID) -> list[dict[str, Any]]:
    """The last configurations that were sent, newest first."""
    row = DesiredConfig
    query = select(row.version, row.created_at, row.person, row.applied, row.answered_at, row.errors)
    query = query.where(row.box_id == box_id).order_by(row.version.desc()).limit(50)
    return [dict(version) for version in session.execute(query).mappings()]


def list_commands(session: Session, query: ListQuery, *, box_id: UUID | None) -> dict[str, Any]:
    """Sorts: issued."""
    statement = _commands()
    statement = _narrowed(statement, {Command.box_id: box_id})
    return fetch_page(
        session,
        statement,
        query,
        sortable={"issued": Command.issued_at},
        default_sort="-issued",
        tie=Command.id,
    )


def command_card(session: Session, command_id: UUID) -> dict[str, Any]:
    """One command. Raises CommandNotFound."""
    return _one(session, _commands().where(Command.id == command_id), errors.CommandNotFound())


def list_alarms(session: Session, query: ListQuery, wanted: AlarmFilter) -> dict[str, Any]:
    """Sorts: raised, last, severity, kind, site."""
    source = func.coalesce(Device.search_name, Point.search_name)
    told = func.concat_ws(" ", Alarm.search, alarm_words.shown(), source, Box.search_name, Site.search_name)
    same = {Site.complex_id: wanted.complex_id, Alarm.site_id: wanted.site_id, Alarm.box_id: wanted.box_id}
    statement = _narrowed(_alarms(), same)
    for column, values in (
        (_ALARM_STATE, wanted.states),
        (Alarm.severity, wanted.severities),
        (Alarm.kind, wanted.kinds),
    ):
        if values:
            statement = statement.where(column.in_(values))
    return fetch_page(
        session,
        statement,
        query,
        sortable={
            "raised": Alarm.raised_at,
            "last": Alarm.last_at,
            "severity": _SEVERITY_RANK,
            "kind": Alarm.kind,
            "site": Site.sort_name,
        },
        default_sort="-raised",
        tie=Alarm.id,
        found=matches(told, query.q),
    )


def alarm_card(session: Session, alarm_id: UUID) -> dict[str, Any]:
    """One alarm as the list shows it. Raises AlarmNotFound."""
    return _one(session, _alarms().where(Alarm.id == alarm_id), errors.AlarmNotFound())


def _one(session: Session, statement: Select[Any], missing: DomovoyError) -> dict[str, Any]:
    """The only row of a statement. Raises `missing`."""
    row = session.execute(statement).mappings().one_or_none()
    if row is None:
        raise missing
    return dict(row)


def _narrowed(statement: Select[Any], wanted: Mapping[Any, object]) -> Select[Any]:
    """Only rows with these values in these columns; None: any."""
    return statement.where(*(column == value for column, value in wanted.items() if value is not None))


def _alarms() -> Select[Any]:
    columns: tuple[Any, ...] = (
        Alarm.id,
        Alarm.organisation_id,
        Alarm.site_id,
        Site.name.label("site_name"),
        Alarm.box_id,
        Box.name.label("box_name"),
        Alarm.source_id,
        func.coalesce(Device.name, Point.name).label("source_name"),
        Alarm.kind,
        Alarm.severity,
        _ALARM_STATE.label("state"),
        Alarm.notice,
        Alarm.detail,
        Alarm.times,
        Alarm.raised_at,
        Alarm.last_at,
        Alarm.cleared_at,
        Alarm.acknowledged_at,
        Alarm.acknowledged_person,
    )
    return (
        select(*columns)
        .join(Site, Site.id == Alarm.site_id)
        .join(Box, Box.id == Alarm.box_id)
        .join(Device, Device.id == Alarm.source_id, isouter=True)
        .join(Point, Point.id == Alarm.source_id, isouter=True)
    )


def _sites() -> Select[Any]:
    counts = (
        select(
            Box.site_id,
            func.count().label("boxes"),
            func.count(case((BoxState.online, 1))).label("boxes_online"),
        )
        .join(BoxState, BoxState.id == Box.id, isouter=True)
        .where(_IN_SERVICE)
        .group_by(Box.site_id)
        .subquery()
    )
    columns: tuple[Any, ...] = (
        Site.id,
        Site.organisation_id,
        Site.complex_id,
        Site.name,
        Site.time_zone,
        Site.stale,
        Site.pass_version,
        Site.created_at,
        func.coalesce(counts.c.boxes, 0).label("boxes"),
        func.coalesce(counts.c.boxes_online, 0).label("boxes_online"),
        unsent_boxes(_IN_SERVICE).label("boxes_unsent"),
    )
    return select(*columns).join(counts, counts.c.site_id == Site.id, isouter=True)


def _boxes() -> Select[Any]:
    columns: tuple[Any, ...] = (
        Box.id,
        Box.organisation_id,
        Box.site_id,
        Site.name.label("site_name"),
        Box.name,
        Box.created_at,
        Box.enrolled_at,
        Box.revoked_at,
        (func.coalesce(BoxState.online, False) & Box.revoked_at.is_(None)).label("online"),
        BoxState.seen_at,
        BoxState.changed_at,
        BoxState.software,
        BoxState.clock,
        BoxState.pass_version,
        Site.pass_version.label("pass_version_wanted"),
        BoxState.config_version,
        Box.config_version.label("config_version_wanted"),
        is_unsent().label("unsent"),
        BoxState.events_waiting,
        BoxState.readings_waiting,
        func.least(BoxState.events_oldest_at, BoxState.readings_oldest_at).label("oldest_waiting_at"),
        BoxState.disk_free_mb,
        BoxState.page,
        Box.page_uploaded,
    )
    return (
        select(*columns)
        .join(Site, Site.id == Box.site_id)
        .join(BoxState, BoxState.id == Box.id, isouter=True)
    )


def _devices() -> Select[Any]:
    return select(
        Device.id,
        Device.organisation_id,
        Device.box_id,
        Box.name.label("box_name"),
        Box.site_id,
        Device.driver,
        Device.name,
        Device.settings,
        Device.secret_names,
        Device.status,
        Device.status_at,
        Device.status_reason,
        Device.status_number,
        Device.status_detail,
    ).join(Box, Box.id == Device.box_id)


def _points(at: datetime) -> AnySelect:
    return (
        select(
            Point.id,
            Point.organisation_id,
            Point.site_id,
            Site.name.label("site_name"),
            Point.box_id,
            Box.name.label("box_name"),
            Point.zone_id,
            Point.building_id,
            Point.entrance_id,
            Point.residents,
            Point.name,
            Point.barrier,
            Point.readers,
            Point.camera_id,
            Point.barrier_position,
            Point.barrier_cause,
            Point.barrier_at,
            held_now(at).label("hold"),
        )
        .join(Site, Site.id == Point.site_id)
        .join(Box, Box.id == Point.box_id)
        .where(Point.archived_at.is_(None))
    )


def _commands() -> Select[Any]:
    columns: tuple[Any, ...] = (
        Command.id,
        Command.organisation_id,
        Command.box_id,
        Command.kind,
        Command.target,
        Command.person,
        Command.reason,
        Command.issued_at,
        Command.expires_at,
        Command.until,
        Command.sent_at,
        Command.answered_at,
        Command.lapsed_at,
        Command.outcome,
        Command.outcome_reason,
        Command.detail,
    )
    return select(*columns)
