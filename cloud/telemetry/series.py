"""Making and finding series."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from cloud.kernel.database import current_organisation, now
from cloud.kernel.text import search_text, sort_key
from cloud.telemetry.errors import SeriesNotFound
from cloud.telemetry.models import Series
from cloud.telemetry.types import SeriesDraft


def create_series(session: Session, draft: SeriesDraft) -> Series:
    """A new series of the current company; its number is what the box will put before each reading."""
    series = Series(
        organisation_id=current_organisation(session),
        site_id=draft.site_id,
        box_id=draft.box_id,
        meter_id=draft.meter_id,
        channel=draft.channel,
        name=draft.name,
        sort_name=sort_key(draft.name),
        search_name=search_text(draft.name),
        unit=draft.unit,
        kind=draft.kind.value,
        scale=draft.scale,
        modulus=draft.modulus,
        created_at=now(session),
    )
    session.add(series)
    session.flush()
    return series


def find_series(session: Session, series_id: int, *, lock: bool = False) -> Series:
    """Raises SeriesNotFound."""
    series = session.get(Series, series_id, with_for_update={"key_share": True} if lock else None)
    if series is None:
        raise SeriesNotFound
    return series


def series_of_meter(session: Session, meter_id: UUID) -> Sequence[Series]:
    """A meter's series, archived ones included, by channel."""
    return session.scalars(select(Series).where(Series.meter_id == meter_id).order_by(Series.channel)).all()


def assign_box(session: Session, series_id: int, box_id: UUID | None) -> None:
    """From now on this box of the same site polls it."""
    find_series(session, series_id, lock=True).box_id = box_id


def archive_series(session: Session, series_id: int) -> None:
    """No longer polled; what was read stays."""
    series = find_series(session, series_id, lock=True)
    series.archived_at = series.archived_at or now(session)
