"""Background work of the organisations slice."""

from datetime import timedelta

from sqlalchemy import text

from cloud.kernel.database import now
from cloud.kernel.jobs import Job, Tools

_OVER_KEPT = timedelta(days=30)
_PURGE = text("SELECT account_purge(:before)")


def purge(tools: Tools) -> None:
    """Forget sessions and links that have long been over: used, ended or lapsed."""
    with tools.database.transaction() as session:
        session.execute(_PURGE, {"before": now(session) - _OVER_KEPT})


JOBS = (Job(name="organisations.purge", run=purge, every=timedelta(hours=6)),)
