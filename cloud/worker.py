"""The worker and beat processes: background jobs, and the sweeps that find what a lost hint left behind."""

import argparse
import functools
from collections.abc import Sequence
from datetime import timedelta
from itertools import islice
from uuid import UUID

from celery import Celery
from celery.signals import worker_process_init, worker_process_shutdown
from sqlalchemy import text

from cloud.access import jobs as access_jobs
from cloud.guard import jobs as guard_jobs
from cloud.kernel import claims, logs, mail, outbox
from cloud.kernel.database import Database, Ports, now
from cloud.kernel.files import FileStore
from cloud.kernel.jobs import CeleryQueue, Job, Tools, celery_app, register
from cloud.kernel.settings import Settings
from cloud.organisations import jobs as organisations_jobs
from cloud.privacy import jobs as privacy_jobs
from cloud.reactions import REACTIONS

_SWEEP_EVERY = timedelta(seconds=5)
_DONE_EVENTS_KEPT = timedelta(days=30)  # long enough to see why one was given up
_STREAM_KEPT = timedelta(hours=1)
_UPLOADS_KEPT = timedelta(days=14)  # a box may be out of reach for long
_UNCLAIMED_KEPT = timedelta(days=1)
_FILES_AT_ONCE = 200
_LIMITS_KEPT = timedelta(days=1)


def deliver_event(tools: Tools, *, organisation_id: str, event_id: str) -> None:
    """Hand one domain event to its handlers."""
    outbox.Deliverer(tools.database, REACTIONS).deliver(UUID(organisation_id), UUID(event_id))


def sweep_events(tools: Tools) -> None:
    """Deliver what no hint has led to, and what failed before."""
    outbox.Deliverer(tools.database, REACTIONS).sweep()


def purge(tools: Tools) -> None:
    """Forget what is kept for a while only."""
    with tools.database.transaction() as session:
        session.execute(text("SELECT realtime_purge(:before)"), {"before": now(session) - _STREAM_KEPT})
        session.execute(text("SELECT rate_limit_purge(:before)"), {"before": now(session) - _LIMITS_KEPT})
    with tools.database.transaction() as session:
        outbox.forget_done(session, now(session) - _DONE_EVENTS_KEPT)


def sweep_files(tools: Tools) -> None:
    """Remove uploads that their senders gave up, and files that no company claims any more.

    Raises OSError once all were tried: what the disk keeps is nobody's, and the next sweep comes to it again.
    """
    if tools.settings.files_dir is None:
        return
    store, at = FileStore(tools.settings.files_dir), tools.database.ports.clock.now()
    store.sweep(at - _UPLOADS_KEPT)
    names = store.names(at - _UNCLAIMED_KEPT)
    fault = None
    while some := list(islice(names, _FILES_AT_ONCE)):
        try:
            with tools.database.transaction() as session:
                claims.sweep_unclaimed(session, store, some)
        except OSError as error:
            fault = error
    if fault is not None:
        raise fault


JOBS: tuple[Job, ...] = (
    Job(name=outbox.DELIVER, run=deliver_event),
    Job(name="kernel.outbox.sweep", run=sweep_events, every=_SWEEP_EVERY),
    Job(name=mail.DELIVER, run=mail.deliver_due, every=_SWEEP_EVERY),
    Job(name="kernel.mail.forget", run=mail.forget_old, every=timedelta(hours=6)),
    Job(name="kernel.purge", run=purge, every=timedelta(minutes=5)),
    Job(name="kernel.files.sweep", run=sweep_files, every=timedelta(hours=6)),
    *organisations_jobs.JOBS,
    *access_jobs.JOBS,
    *guard_jobs.JOBS,
    *privacy_jobs.JOBS,
)
"""Every job of the house; a slice's jobs are added here."""


def build(settings: Settings) -> Celery:
    """The queue with all jobs; the database is opened in each working process, after the fork."""
    app = celery_app(settings)

    @functools.cache
    def tools() -> Tools:
        ports = Ports.system(CeleryQueue(app))
        database = Database(
            settings.need_database_url(), ports=ports, pool_size=2, application_name="domovoy worker"
        )
        return Tools(database, settings)

    def begin(**_signal: object) -> None:
        tools.cache_clear()
        logs.configure("worker", settings.log_level)

    def end(**_signal: object) -> None:
        tools().database.close()

    worker_process_init.connect(begin, weak=False)
    worker_process_shutdown.connect(end, weak=False)
    register(app, JOBS, tools)
    return app


def run(settings: Settings, arguments: Sequence[str]) -> int:
    """`domovoy worker`: work until SIGTERM; what is in hand is finished first."""
    parser = argparse.ArgumentParser("domovoy worker")
    parser.add_argument("--concurrency", type=int, default=2)
    options = parser.parse_args(arguments)
    settings.need_database_url()
    worker = build(settings).Worker(
        concurrency=options.concurrency, loglevel=settings.log_level, without_gossip=True, without_mingle=True
    )
    worker.start()
    return int(worker.exitcode or 0)


def run_beat(settings: Settings, arguments: Sequence[str]) -> int:
    """`domovoy beat`: start the sweeps by the clock. One is enough; a second only makes more hints."""
    argparse.ArgumentParser("domovoy beat").parse_args(arguments)
    beat = build(settings).Beat(
        scheduler_cls="celery.beat:Scheduler",  # in memory: nothing of it is worth a file
        max_interval=1,
        loglevel=settings.log_level,
        quiet=True,
    )
    beat.run()
    return 0
