"""What boxes count and know of passes: entries, exits, where everybody is. Facts of the box, outside the held set.

Called by ingest in the stream's order; a snapshot gives them back to a replaced box.
"""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import and_, delete, exists, func, select, update
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.orm import Session

from cloud.kernel import database
from cloud.sites.models import HeldItem, PassPlace, PassUse
from cloud.sites.types import Moved
from protocols.fields import Direction
from protocols.held import ItemKind
from protocols.messages import Uses, Whereabouts


def record_uses(session: Session, site_id: UUID, pass_id: UUID, direction: Direction, count: int) -> None:
    """A box reported that a pass has been used so often in all that way; an older report changes nothing."""
    organisation_id = database.current_organisation(session)
    is_in = direction is Direction.IN
    statement = upsert(PassUse).values(
        site_id=site_id,
        pass_id=pass_id,
        organisation_id=organisation_id,
        entries=count if is_in else 0,
        exits=0 if is_in else count,
    )
    given = statement.excluded
    most = {
        "entries": func.greatest(PassUse.entries, given.entries),
        "exits": func.greatest(PassUse.exits, given.exits),
    }
    session.execute(statement.on_conflict_do_update(index_elements=["site_id", "pass_id"], set_=most))


def return_use(session: Session, site_id: UUID, pass_id: UUID, direction: Direction) -> None:
    """A box gave an entry, or an exit, back: surely nothing had opened."""
    column = PassUse.entries if direction is Direction.IN else PassUse.exits
    counted = (PassUse.site_id == site_id, PassUse.pass_id == pass_id, column > 0)
    session.execute(update(PassUse).where(*counted).values({column: column - 1}))


def record_place(session: Session, site_id: UUID, moved: Moved, *, since: datetime, passage_id: UUID) -> bool:
    """A box saw somebody pass. What was before is kept beside it. False: this, or what was later, is known."""
    statement = upsert(PassPlace).values(
        site_id=site_id,
        pass_id=moved.pass_id,
        carrier=moved.carrier,
        organisation_id=database.current_organisation(session),
        zone_id=moved.zone_id,
        since=since,
        household_id=moved.household_id,
        passage_id=passage_id,
        was_known=False,
    )
    given = statement.excluded
    now = {
        "zone_id": given.zone_id,
        "since": given.since,
        "household_id": given.household_id,
        "passage_id": given.passage_id,
        "was_known": True,
        "before_zone_id": PassPlace.zone_id,
        "before_since": PassPlace.since,
    }
    keys = ["site_id", "pass_id", "carrier"]
    # Another box may have been away, and tell of what was before.
    newer = and_(given.since >= PassPlace.since, given.passage_id != PassPlace.passage_id)
    placed = statement.on_conflict_do_update(index_elements=keys, set_=now, where=newer)
    return session.scalar(placed.returning(PassPlace.pass_id)) is not None


def zone_of(session: Session, site_id: UUID, pass_id: UUID, carrier: str) -> UUID | None:
    """In which zone somebody is; None: in none."""
    mine = (PassPlace.site_id == site_id, PassPlace.pass_id == pass_id, PassPlace.carrier == carrier)
    return session.scalar(select(PassPlace.zone_id).where(*mine))


def is_inside(session: Session, site_id: UUID, pass_id: UUID) -> bool:
    """Whether anybody is inside a zone by the pass."""
    mine = (PassPlace.site_id == site_id, PassPlace.pass_id == pass_id, PassPlace.zone_id.is_not(None))
    return bool(session.scalar(select(exists().where(*mine))))


def take_places_back(session: Session, site_id: UUID, passage_id: UUID) -> None:
    """The passage surely did not happen: everybody whom it moved is where they were before it."""
    mine = (PassPlace.site_id == site_id, PassPlace.passage_id == passage_id)
    session.execute(delete(PassPlace).where(*mine, PassPlace.was_known.is_(False)))
    before = {"zone_id": PassPlace.before_zone_id, "since": PassPlace.before_since}
    session.execute(update(PassPlace).where(*mine).values(**before))


def forget_places(session: Session, before: datetime) -> int:
    """Drop the company's places of passes that no box holds any more and that were last seen before, as boxes do.

    Nobody could ever move them: what is not held lets nobody out. Returns how many.
    """
    held = exists().where(
        HeldItem.site_id == PassPlace.site_id,
        HeldItem.kind == ItemKind.PASS,
        HeldItem.item_id == PassPlace.pass_id,
    )
    mine = PassPlace.organisation_id == database.current_organisation(session)
    gone: Any = session.execute(delete(PassPlace).where(mine, PassPlace.since < before, ~held))
    return int(gone.rowcount)


def uses_of(session: Session, site_id: UUID) -> list[Uses]:
    """Of all passes that were used at the site."""
    query = select(PassUse.pass_id, PassUse.entries, PassUse.exits).where(PassUse.site_id == site_id)
    return [Uses(pass_id=row.pass_id, entries=row.entries, exits=row.exits) for row in session.execute(query)]


def places_of(session: Session, site_id: UUID) -> list[Whereabouts]:
    """Of all whom the site's boxes have seen."""
    place = PassPlace
    query = select(place.pass_id, place.carrier, place.zone_id, place.since, place.household_id)
    return [
        Whereabouts(
            pass_id=row.pass_id,
            carrier=row.carrier,
            zone=row.zone_id,
            since=row.since,
            household=row.household_id,
        )
        for row in session.execute(query.where(place.site_id == site_id))
    ]
