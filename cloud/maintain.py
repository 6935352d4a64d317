"""The process `domovoy maintain`: keeps partitions, aggregates and retention, as the owner of the tables.

Several may run: one works, the others wait for its lock. A pass that fails is tried again at the next turn.
"""

import argparse
import logging
import random
import signal
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import psycopg
from prometheus_client import Counter, Gauge

from cloud.kernel.clock import Clock, SystemClock
from cloud.kernel.settings import Settings
from cloud.telemetry import service as telemetry
from cloud.telemetry.service import Retention

PASSES = Counter("domovoy_maintain_passes_total", "Passes by outcome", ["kind", "outcome"])
READY_DAYS = Gauge("domovoy_maintain_ready_days", "Days ahead for which readings have a place")

_REFRESH_EVERY_S = 10.0
_HOUSEKEEPING_EVERY = timedelta(hours=1)
_LOCK = 0x6D61696E  # "main": whoever holds it works
_log = logging.getLogger(__name__)


def run(settings: Settings, arguments: Sequence[str]) -> int:
    """Until SIGTERM or SIGINT; `--once`: one pass of everything; `--check`: is there room ahead?"""
    parser = argparse.ArgumentParser("domovoy maintain")
    parser.add_argument("--once", action="store_true", help="one pass of everything, then end")
    parser.add_argument(
        "--check", action="store_true", help="exit 1 when readings have no place 14 days ahead"
    )
    options = parser.parse_args(arguments)
    keeper = Keeper(settings.need_owner_database_url(), SystemClock(), Retention())
    if options.check:
        return 0 if keeper.is_ready() else 1
    if options.once:
        keeper.work()
        return 0
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    keeper.run(stop)
    return 0


@dataclass(slots=True)
class Keeper:
    """Does the passes. `owner_url`: libpq URL of domovoy_owner, direct, not through a pooler."""

    owner_url: str
    clock: Clock
    retention: Retention
    _housekept_at: datetime | None = None

    def run(self, stop: threading.Event) -> None:
        """Turn after turn until `stop`."""
        failing = False
        while not stop.is_set():
            try:
                self.work()
                if failing:
                    _log.info("maintenance works again")
                failing = False
            except psycopg.Error as error:
                PASSES.labels("all", "failed").inc()
                log = _log.warning if failing else _log.error  # "gone" is said loudly once
                log("maintenance failed: %s", error)
                failing = True
            stop.wait(_REFRESH_EVERY_S * random.uniform(0.8, 1.2))  # noqa: S311  # jitter

    def work(self) -> None:
        """One turn: room ahead first, then fresh aggregates; once an hour the rest. Raises psycopg.Error."""
        with self._connected() as connection:
            if connection.execute("SELECT pg_try_advisory_lock(%s)", [_LOCK]).fetchone() != (True,):
                return
            now = self.clock.now()
            telemetry.prepare(connection, now, self.retention)
            hours = telemetry.refresh(connection, now, self.retention)
            PASSES.labels("refresh", "done").inc()
            if self._housekept_at is None or now - self._housekept_at >= _HOUSEKEEPING_EVERY:
                self._keep_house(connection, now)
                self._housekept_at = now
            READY_DAYS.set(_days_ahead(connection, now))
            _log.debug("maintained", extra={"hours": hours})

    def is_ready(self) -> bool:
        """Whether readings have a place for long enough ahead."""
        with self._connected() as connection:
            return _days_ahead(connection, self.clock.now()) >= telemetry.LEAST_AHEAD.days

    def _keep_house(self, connection: telemetry.OwnerConnection, now: datetime) -> None:
        dropped = telemetry.drop_old(connection, now, self.retention)
        compressed = telemetry.compress(connection, now, self.retention)
        telemetry.clear_leftovers(connection, now, self.retention)
        PASSES.labels("housekeeping", "done").inc()
        _log.info("kept house", extra={"dropped": dropped, "compressed": compressed})

    def _connected(self) -> telemetry.OwnerConnection:
        return psycopg.connect(
            self.owner_url,
            autocommit=True,
            application_name="domovoy maintain",
            connect_timeout=5,
            options="-c timezone=UTC -c lock_timeout=10s -c statement_timeout=30min",
        )


def _days_ahead(connection: telemetry.OwnerConnection, now: datetime) -> float:
    until = telemetry.ready_until(connection, now)
    return float("inf") if until is None else (until - now) / timedelta(days=1)
