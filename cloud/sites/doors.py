"""Whose door a point is: of a complex, a building or one entrance; and which of them residents may open from afar."""

from collections.abc import Collection, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, and_, or_, select
from sqlalchemy.orm import Session

from cloud.housing import service as housing
from cloud.housing.types import Place
from cloud.kernel.errors import FieldError
from cloud.kernel.language import Text
from cloud.sites.models import Point, Site
from cloud.sites.types import Door

_NO_BUILDING = Text(
    "Такого дома нет в комплексе этого объекта.", "The complex of this site has no such building."
)
_NO_ENTRANCE = Text("Такого подъезда нет в этом доме.", "This building has no such entrance.")


def faults_of_point(
    session: Session, site_id: UUID, building_id: UUID | None, entrance_id: UUID | None
) -> list[FieldError]:
    """What is wrong with whose door a point is said to be."""
    faults = []
    if building_id is not None:
        complex_id = session.scalars(select(Site.complex_id).where(Site.id == site_id)).one()
        if not housing.is_building_of(session, building_id, complex_id):
            faults.append(FieldError("building_id", "building_elsewhere", _NO_BUILDING))
    if entrance_id is not None and not housing.is_entrance_of(session, entrance_id, building_id):
        faults.append(FieldError("entrance_id", "entrance_elsewhere", _NO_ENTRANCE))
    return faults


def doors_of(session: Session, premises_ids: Collection[UUID]) -> list[Door]:
    """The points that those who live at these premises may open from afar, by site and name."""
    places = housing.places_of(session, premises_ids)
    if not places:
        return []
    query = (
        select(Point.id, Point.organisation_id, Point.name, Site.id.label("site_id"), Site.name.label("site"))
        .join(Site, Site.id == Point.site_id)
        .where(Point.residents, Point.archived_at.is_(None), Point.barrier.is_not(None))
        .where(or_(*(_serves(place) for place in places)))
        .order_by(Site.sort_name, Site.id, Point.sort_name, Point.id)
    )
    return [Door(*row) for row in session.execute(query)]


def sites_of_complexes(session: Session, complex_ids: Collection[UUID]) -> Sequence[Any]:
    """(complex_id, site_id, name) of complexes' sites, by name."""
    query = select(Site.complex_id, Site.id.label("site_id"), Site.name).where(
        Site.complex_id.in_(complex_ids)
    )
    return session.execute(query.order_by(Site.sort_name, Site.id)).all()


def premises_called(session: Session, point_id: UUID, number: str) -> Place | None:
    """The premises that a number means at a panel; None: nobody's, or several could be meant."""
    query = select(Site.complex_id, Point.building_id, Point.entrance_id).join(Site, Site.id == Point.site_id)
    at = session.execute(query.where(Point.id == point_id)).one_or_none()
    if at is None:
        return None
    found = housing.places_numbered(session, number, **at._asdict())
    return found[0] if len(found) == 1 else None


def _serves(place: Place) -> ColumnElement[bool]:
    """The point is a door of the place."""
    entrance = or_(Point.entrance_id.is_(None), Point.entrance_id == place.entrance_id)
    mine = or_(
        and_(Point.building_id.is_(None), Site.complex_id == place.complex_id),
        and_(Point.building_id == place.building_id, entrance),
    )
    return and_(Point.organisation_id == place.organisation_id, mine)
