"""Background work of the guard slice."""

from datetime import timedelta
from uuid import UUID

from sqlalchemy import text

from cloud.guard import sign_ins
from cloud.kernel.database import Scope
from cloud.kernel.jobs import Job, Tools

_COMPANIES = text("SELECT organisation_id FROM guard_companies()")


def follow_staff(tools: Tools) -> None:
    """Find what no event has told: a role's new permissions, a person's new name, an event that was given up."""
    with tools.database.transaction() as session:
        companies: list[UUID] = list(session.scalars(_COMPANIES))
    for organisation_id in companies:
        with tools.database.transaction(Scope.organisation(organisation_id)) as session:
            sign_ins.follow_all(session)


JOBS = (Job(name="guard.follow_staff", run=follow_staff, every=timedelta(minutes=10)),)
