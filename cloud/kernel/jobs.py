"""Background jobs: one Celery task base that retries, times, logs and counts; a queued task is only a hint.

A job's truth lies in the database: a hint that is lost is found by the next sweep, one that comes twice does nothing.
"""

import logging
import queue
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import kombu.exceptions
import redis.exceptions
from celery import Celery, Task
from sqlalchemy.exc import OperationalError

from cloud.kernel.database import Database
from cloud.kernel.errors import RetryLater
from cloud.kernel.metrics import JOB_SECONDS, JOBS, QUEUE_UNREACHABLE
from cloud.kernel.settings import Settings
from protocols import correlation

_TIME_LIMIT_S = 300
_MOST_WAITING = 10_000
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Tools:
    """What jobs work with."""

    database: Database
    settings: Settings


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """A kind of work. `run` gets the tools and the hint's arguments, and opens its own transaction."""

    name: str
    run: Callable[..., None]
    every: timedelta | None = None  # a sweep: also runs by the clock, without arguments


def celery_app(settings: Settings) -> Celery:
    """The queue, as every process of the cloud sees it."""
    app = Celery("domovoy", broker=settings.redis_url.get_secret_value())
    app.conf.update(
        task_ignore_result=True,
        task_acks_late=True,
        task_reject_on_worker_lost=True,
        task_time_limit=_TIME_LIMIT_S,
        task_soft_time_limit=_TIME_LIMIT_S - 30,
        worker_prefetch_multiplier=1,
        worker_hijack_root_logger=False,
        worker_redirect_stdouts=False,  # else what a child logs comes back to its own log, and is dropped
        broker_connection_retry_on_startup=True,
        broker_transport_options={
            "socket_connect_timeout": 1,
            "socket_timeout": 5,
            "visibility_timeout": 900,
        },
        beat_schedule={},
        timezone="UTC",
    )
    return app


class CeleryQueue:
    """Sends hints by Celery from a thread of its own: no request waits for the broker, none fails with it."""

    def __init__(self, app: Celery) -> None:
        self._app = app
        self._waiting: queue.Queue[tuple[str, dict[str, Any], str | None]] = queue.Queue(_MOST_WAITING)
        self._starting = threading.Lock()
        self._sender: threading.Thread | None = None

    def send(self, job: str, arguments: Mapping[str, Any]) -> None:
        """Have a hint sent; dropped and counted when too many wait."""
        try:
            self._waiting.put_nowait((job, dict(arguments), correlation.current()))
        except queue.Full:
            QUEUE_UNREACHABLE.inc()
        self._ensure_sender()

    def _ensure_sender(self) -> None:
        """Started by the first hint, so after any fork."""
        with self._starting:
            if self._sender is None or not self._sender.is_alive():
                self._sender = threading.Thread(target=self._send_waiting, name="hints", daemon=True)
                self._sender.start()

    def _send_waiting(self) -> None:
        while True:
            job, arguments, correlation_id = self._waiting.get()
            headers = {"correlation_id_of_matter": correlation_id}
            try:
                self._app.send_task(job, kwargs=arguments, headers=headers, retry=False)
            except (kombu.exceptions.OperationalError, redis.exceptions.RedisError, OSError) as error:
                QUEUE_UNREACHABLE.inc()
                _log.warning("a hint was not sent", extra={"job": job, "error": str(error)})


class HouseTask(Task):  # type: ignore[misc]  # Celery has no types
    """The base of all tasks: what may pass is tried again with growing, jittered waits."""

    abstract = True
    autoretry_for = (OperationalError, RetryLater)
    max_retries = 5
    retry_backoff = 2
    retry_backoff_max = 120
    retry_jitter = True

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        correlation.begin(getattr(self.request, "correlation_id_of_matter", None))
        with JOB_SECONDS.labels(self.name).time(), _measured(self.name):
            return super().__call__(*args, **kwargs)


@contextmanager
def _measured(job: str) -> Iterator[None]:
    try:
        yield
    except BaseException as error:
        JOBS.labels(job, "failed").inc()
        _log.warning("a job failed", extra={"job": job, "error": f"{type(error).__name__}: {error}"})
        raise
    JOBS.labels(job, "done").inc()


def register(app: Celery, jobs: Sequence[Job], tools: Callable[[], Tools]) -> None:
    """Make tasks of the jobs; `tools` is called in the process that works."""
    for job in jobs:
        app.task(_runner(job, tools), base=HouseTask, name=job.name)
        if job.every is not None:
            entry = {
                "task": job.name,
                "schedule": job.every,
                "options": {"expires": job.every.total_seconds()},
            }
            app.conf.beat_schedule[job.name] = entry


def _runner(job: Job, tools: Callable[[], Tools]) -> Callable[..., None]:
    def run(**arguments: Any) -> None:
        job.run(tools(), **arguments)

    return run
