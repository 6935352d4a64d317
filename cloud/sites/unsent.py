"""Whether a box is told what is known of it now, by one statement of the database: for lists of boxes and of sites.

A fingerprint of all that a configuration is drafted from (the site's name, clock, rules and zones, the box's points,
devices, meters, fire alarm and uploaded certificate) is kept when a configuration is sent; another one now means
changes that were not sent. What was changed back is no change. Its limits: of secrets the sealed bytes count, so
sealing all anew with another key is told as a change; a release that drafts other configurations from the same rows is
not; a box that was configured by a release before the fingerprint is taken to have known, at the upgrade, all that was
set. The preview, which drafts and compares, has none of them.
"""

from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, ScalarSelect, and_, case, cast, func, select
from sqlalchemy.dialects.postgresql import JSONB, aggregate_order_by
from sqlalchemy.orm import Session
from sqlalchemy.types import Text

from cloud.sites.models import Box, Device, Point, Site, Zone
from cloud.sites.polled import NAME


def drafted_from(session: Session, box_id: UUID) -> bytes:
    """The fingerprint of what the box's configuration would be drafted from now."""
    query = select(_fingerprint()).select_from(Box).join(Site, Site.id == Box.site_id).where(Box.id == box_id)
    return session.execute(query).scalar_one()


def is_unsent() -> ColumnElement[bool]:
    """Of a box beside its site: there is something to send. A revoked box is told nothing more."""
    never = Box.config_version == 0
    other = and_(Box.drafted_from.is_not(None), Box.drafted_from != _fingerprint())
    return and_(Box.revoked_at.is_(None), never | other)


def unsent_boxes(in_service: ColumnElement[bool]) -> ScalarSelect[int]:
    """Of a site: how many of its boxes in service have something to be sent."""
    mine = select(func.count()).select_from(Box).where(Box.site_id == Site.id, in_service, is_unsent())
    return mine.correlate(Site).scalar_subquery()


def _fingerprint() -> ColumnElement[bytes]:
    """Of a box beside its site; SHA-256."""
    parts = (Site.name, Site.time_zone, Site.stale, _zones(), _points(), _devices(), _meters())
    fire = case((Box.fire == cast([], JSONB), cast([], JSONB)), else_=func.jsonb_build_array(Box.fire))
    page = case(
        (Box.page_sealed.is_(None), cast([], JSONB)),
        else_=func.jsonb_build_array(func.encode(Box.page_sealed, "hex")),
    )
    text = cast(
        func.jsonb_build_array(*parts).op("||")(fire).op("||")(page), Text
    )  # without any of these it is as before there were some
    return func.sha256(func.convert_to(text, "UTF8"))


def _zones() -> ScalarSelect[Any]:
    columns = (
        Zone.id,
        Zone.number,
        Zone.name,
        Zone.parent_id,
        Zone.anti_passback,
        Zone.amnesty_minute,
        Zone.capacity,
        Zone.vehicles_only,
    )
    listed = func.jsonb_agg(aggregate_order_by(func.jsonb_build_array(*columns), Zone.number))
    return select(listed).where(Zone.site_id == Box.site_id).correlate(Box).scalar_subquery()


def _points() -> ScalarSelect[Any]:
    columns = (Point.id, Point.name, Point.barrier, Point.readers, Point.camera_id, Point.zone_id)
    listed = func.jsonb_agg(aggregate_order_by(func.jsonb_build_array(*columns), Point.id))
    mine = select(listed).where(Point.box_id == Box.id, Point.archived_at.is_(None))
    return mine.correlate(Box).scalar_subquery()


def _devices() -> ScalarSelect[Any]:
    sealed = func.encode(Device.secrets, "hex")
    columns = (Device.id, Device.driver, Device.name, Device.settings, sealed)
    listed = func.jsonb_agg(aggregate_order_by(func.jsonb_build_array(*columns), Device.id))
    return select(listed).where(Device.box_id == Box.id).correlate(Box).scalar_subquery()


def _meters() -> ScalarSelect[Any]:
    """Without the names, which boxes never see."""
    meter = func.jsonb_array_elements(Box.meters).table_valued("value").render_derived()
    wire = cast(meter.c.value, JSONB).op("-")(NAME)
    return select(func.jsonb_agg(wire)).select_from(meter).correlate(Box).scalar_subquery()
