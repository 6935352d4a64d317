"""Background work of the access slice."""

from datetime import timedelta
from itertools import groupby
from operator import attrgetter
from uuid import UUID

from sqlalchemy import select, text

from cloud.access.blacklist import name_phone
from cloud.access.face_models import Face
from cloud.access.face_passes import lock, match
from cloud.access.models import Blocked
from cloud.access.stills import remove_stills
from cloud.kernel.database import Scope, now
from cloud.kernel.jobs import Job, Tools
from cloud.sites import service as sites
from protocols.held import ItemKind

_STILL_JUDGED = timedelta(days=2)  # so long a gate says "expired" or "revoked" instead of "unknown"
_AT_ONCE = 1000
_COMPANIES = text("SELECT organisation_ids()")
_LAPSED = text("SELECT organisation_id, site_id, kind, item_id FROM access_lapsed(:before, :limit)")

_MOVED = text(
    "SELECT held_item.site_id, held_item.item_id FROM held_item"
    " JOIN pass ON held_item.kind = 'pass' AND pass.id = held_item.item_id AND pass.site_id <> held_item.site_id"
    " WHERE pass.changed_at < :before LIMIT :limit"
)


def release_lapsed(tools: Tools) -> None:
    """Let boxes forget passes and blacklist entries that ended long enough ago."""
    with tools.database.transaction() as session:
        before = now(session) - _STILL_JUDGED
        lapsed = session.execute(_LAPSED, {"before": before, "limit": _AT_ONCE}).all()
    for organisation_id, rows in groupby(lapsed, key=attrgetter("organisation_id")):
        for site_id, items in groupby(rows, key=attrgetter("site_id")):
            with tools.database.transaction(Scope.organisation(organisation_id)) as session:
                for item in items:
                    sites.remove_item(session, site_id, ItemKind(item.kind), item.item_id)


def release_moved(tools: Tools) -> None:
    """Let the boxes of a site forget passes that moved to another so long ago that no code of then is good."""
    with tools.database.transaction() as session:
        companies: list[UUID] = list(session.scalars(_COMPANIES))
    for company in companies:
        with tools.database.transaction(Scope.organisation(company)) as session:
            before = now(session) - _STILL_JUDGED
            moved = session.execute(_MOVED, {"before": before, "limit": _AT_ONCE}).all()
            sites.lock_sites(session, {site_id for site_id, _ in moved})
            for site_id, pass_id in moved:
                sites.remove_item(session, site_id, ItemKind.PASS, pass_id)


def forget_places(tools: Tools) -> None:
    """Whoever was inside by a pass that is held no more is counted no more."""
    with tools.database.transaction() as session:
        companies: list[UUID] = list(session.scalars(_COMPANIES))
        before = now(session) - _STILL_JUDGED
    for company in companies:
        with tools.database.transaction(Scope.organisation(company)) as session:
            sites.forget_places(session, before)


def match_faces(tools: Tools) -> None:
    """Who moved or was renamed: passes hold the faces of their holders as these are today."""
    with tools.database.transaction() as session:
        companies: list[UUID] = list(session.scalars(_COMPANIES))
    for company in companies:
        with tools.database.transaction(Scope.organisation(company)) as session:
            persons = session.scalars(select(Face.person_id).order_by(Face.person_id)).all()
        for person_id in persons:
            with tools.database.transaction(Scope.organisation(company)) as session:
                face = lock(session, person_id, to_share=True)
                if face is not None:
                    match(session, face)


def name_phones(tools: Tools) -> None:
    """Boxes learn of phones that were listed before they compared any. It is slow, so each entry is by itself."""
    with tools.database.transaction() as session:
        companies: list[UUID] = list(session.scalars(_COMPANIES))
    for company in companies:
        with tools.database.transaction(Scope.organisation(company)) as session:
            untold = (Blocked.phone.is_not(None), Blocked.phones == [], Blocked.removed_at.is_(None))
            entries = session.scalars(select(Blocked.id).where(*untold).limit(_AT_ONCE)).all()
        for entry in entries:
            with tools.database.transaction(Scope.organisation(company)) as session:
                name_phone(session, entry)


JOBS = (
    Job(name="access.forget_places", run=forget_places, every=timedelta(minutes=10)),
    Job(name="access.match_faces", run=match_faces, every=timedelta(minutes=30)),
    Job(name="access.name_phones", run=name_phones, every=timedelta(minutes=30)),
    Job(name="access.release_lapsed", run=release_lapsed, every=timedelta(minutes=10)),
    Job(name="access.release_moved", run=release_moved, every=timedelta(hours=1)),
    Job(name="access.remove_stills", run=remove_stills, every=timedelta(minutes=5)),
)
