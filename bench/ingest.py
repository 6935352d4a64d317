"""MQTT → committed rows: CPU of ingest and PostgreSQL per row, against a raw binary COPY of the same rows."""

import itertools
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from uuid import UUID

import psycopg
import uvloop

from bench import enrolled, traffic
from bench.cloud import Cloud
from bench.cpu import spent_s
from bench.measure import Plan, figure, ratios
from bench.report import Bound, Figure, Goal, Result
from bench.traffic import VALUES, Box, Message, Shape, Traffic
from cloud.ingest.mqtt import Link, tls_context
from cloud.kernel.clock import FixedClock
from cloud.kernel.database import Database
from cloud.kernel.tenancy import Role
from cloud.telemetry.readings import COPY_STATEMENT
from deploy.demo.servers.mosquitto import MosquittoServer
from deploy.demo.servers.processes import ChildProcess, tail
from tests.support.companies import make_company

_SHAPES = (
    Shape(boxes=1, messages=40, records=380),  # catching up after an outage: batches at their limit, 256 kB
    Shape(boxes=100, messages=6, records=25),
    Shape(boxes=1000, messages=6, records=5),
)
_QUICK = (
    Shape(boxes=1, messages=4, records=100),
    Shape(boxes=10, messages=4, records=10),
    Shape(boxes=100, messages=2, records=2),
)
_PROCESSES = (1, 2)
_HEADER, _TRAILER = b"PGCOPY\n\xff\r\n\x00" + bytes(8), b"\xff\xff"
_CHUNK_ROWS = 5000


def run(plan: Plan) -> Result:
    """Every combination of boxes and processes, and COPY, in turn in every round."""
    shapes = _QUICK if plan.quick else _SHAPES
    with Cloud(plan.folder) as cloud:
        bench = _Bench(cloud, shapes)
        try:
            for number in range(plan.rounds):
                bench.round(number)
        finally:
            bench.broker.stop()
    return _result(bench.seen, shapes)


@dataclass
class _Seen:
    """One contender's rounds. `rows`: of each round."""

    rows: int
    cpu_s: list[float] = field(default_factory=list)
    ingest_cpu_s: list[float] = field(default_factory=list)
    wall_s: list[float] = field(default_factory=list)

    def per_cpu_s(self) -> list[float]:
        return [self.rows / spent for spent in self.cpu_s]

    def per_s(self) -> list[float]:
        return [self.rows / spent for spent in self.wall_s]


class _Bench:
    def __init__(self, cloud: Cloud, shapes: Sequence[Shape]) -> None:
        self._cloud = cloud
        names = [f"ingest-{number}" for number in _PROCESSES]
        keys = cloud.folder / "broker"
        enrolled.make_house(keys, enrolled.now(), names)
        self.broker = MosquittoServer(keys, config=enrolled.MOSQUITTO_CONF.read_text())
        self.broker.start()
        cloud.tell(mqtt_host="127.0.0.1", mqtt_port=str(self.broker.port), mqtt_ca=keys / "ca.pem")
        load = tls_context(keys / "ca.pem", keys / f"{enrolled.LOAD}.pem", keys / f"{enrolled.LOAD}.key")
        self._link = Link(host="127.0.0.1", port=self.broker.port, tls=load)
        boxes = self._fill(max(shape.boxes for shape in shapes))
        start_ms = (int(time.time()) - 6 * 3600) * 1000
        self._traffic = [Traffic(boxes, shape, start_ms) for shape in shapes]
        self._copied = [each.copy_rows() for each in self._traffic]
        self._numbers = itertools.count(1)
        self.seen: dict[tuple[int, int], _Seen] = {
            (shape.boxes, processes): _Seen(shape.rows) for shape in shapes for processes in (0, *_PROCESSES)
        }

    def round(self, number: int) -> None:
        """Everyone's turn; every second round the other way round."""
        order = list(range(len(self._traffic)))[:: 1 if number % 2 == 0 else -1]
        for place in order:
            self._copy(place)
        for processes in _PROCESSES[:: 1 if number % 2 == 0 else -1]:
            running = [self._start(f"ingest-{n}") for n in range(1, processes + 1)]
            for place in order:
                self._send(place, running)
            for process in running:
                process.stop()

    def _copy(self, place: int) -> None:
        rows = self._copied[place]
        self._empty()
        postgres, seen = self._cloud.postgres.process.pid, self.seen[self._traffic[place].shape.boxes, 0]
        with psycopg.connect(self._cloud.database.url(Role.INGEST)) as connection:
            with connection.cursor().copy(COPY_STATEMENT) as copy:
                copy.write(_HEADER + _TRAILER)  # the server knows the table, as it does that of ingest
            connection.commit()
            before, own, begun = spent_s(postgres), time.process_time(), time.monotonic()
            with connection.cursor() as cursor, cursor.copy(COPY_STATEMENT) as copy:
                copy.write(_HEADER)
                for first in range(0, len(rows), _CHUNK_ROWS):
                    copy.write(b"".join(rows[first : first + _CHUNK_ROWS]))
                copy.write(_TRAILER)
            connection.commit()
            seen.wall_s.append(time.monotonic() - begun)
            own = time.process_time() - own
            seen.cpu_s.append(
                spent_s(postgres) - before + own
            )  # while its process still is there to be asked
        self._check(seen.rows)

    def _send(self, place: int, running: Sequence[ChildProcess]) -> None:
        shape = self._traffic[place].shape
        self._transmit(self._traffic[place].opening(), running)
        waiting = self._traffic[place].messages()
        self._empty()
        postgres = self._cloud.postgres.process.pid
        before = spent_s(postgres), sum(spent_s(process.pid) for process in running)
        wall_s = self._transmit(waiting, running)
        ingest_s = sum(spent_s(process.pid) for process in running) - before[1]
        seen = self.seen[shape.boxes, len(running)]
        seen.wall_s.append(wall_s)
        seen.ingest_cpu_s.append(ingest_s)
        seen.cpu_s.append(spent_s(postgres) - before[0] + ingest_s)
        self._check(seen.rows)

    def _transmit(self, waiting: dict[UUID, list[Message]], running: Sequence[ChildProcess]) -> float:
        """Seconds till the last acknowledgement."""
        try:
            return uvloop.run(traffic.send(self._link, waiting))
        except AssertionError as error:
            raise AssertionError(f"{tail(running[0].log)}\n{error}") from error

    def _start(self, name: str) -> ChildProcess:
        keys = self._cloud.folder / "broker"
        process = self._cloud.start(
            f"{name}-{next(self._numbers)}",
            role=Role.INGEST,
            mqtt_cert=keys / f"{name}.pem",
            mqtt_key=keys / f"{name}.key",
            log_level="INFO",
        )
        process.wait_ready(lambda: "connected to the broker" in process.log.read_text())
        return process

    def _fill(self, count: int) -> list[Box]:
        """A company with so many sites, a box at each, VALUES series a box."""
        database = Database(self._cloud.database.url(Role.API), pool_size=1)
        company = make_company(database, FixedClock(enrolled.now()), "УК Афины")
        database.close()
        return [
            Box(made.box, made.series) for made in self._cloud.make_sites(company.id, count, series=VALUES)
        ]

    def _empty(self) -> None:
        with self._cloud.admin() as connection:
            connection.execute("TRUNCATE telemetry.reading, telemetry.touched_hour")
        with psycopg.connect(self._cloud.database.admin_url, autocommit=True) as connection:
            connection.execute("CHECKPOINT")  # nobody pays for what was written before

    def _check(self, rows: int) -> None:
        """Nothing lost, nothing double, nothing set aside."""
        with self._cloud.admin() as connection:
            [found] = connection.execute(
                "SELECT count(*), count(DISTINCT (series, ts)), (SELECT count(*) FROM quarantine)"
                " FROM telemetry.reading"
            ).fetchall()
        if found != (rows, rows, 0):
            raise AssertionError(f"{rows} readings sent; rows, different ones, quarantined: {found}")


def _result(seen: dict[tuple[int, int], _Seen], shapes: Sequence[Shape]) -> Result:
    figures: list[Figure] = []
    goals: list[Goal] = []
    for shape in shapes:
        copied = seen[shape.boxes, 0]
        name = f"{shape.boxes:,} box{'es' if shape.boxes > 1 else ''}"
        figures.append(figure(f"COPY, rows of {name}, per CPU second", "rows/s", copied.per_cpu_s()))
        figures.append(figure(f"COPY, rows of {name}, wall clock", "rows/s", copied.per_s()))
        for processes in _PROCESSES:
            taken = seen[shape.boxes, processes]
            label = f"{name}, {processes} ingest"
            figures.append(figure(f"{label}, per CPU second", "rows/s", taken.per_cpu_s()))
            figures.append(figure(f"{label}, ingest's part of the CPU", "%", _share(taken)))
            figures.append(figure(f"{label}, wall clock", "rows/s", taken.per_s()))
            goals.append(
                Goal.of(
                    f"ingest against COPY, rows per CPU second, {label}",
                    ratios(taken.per_cpu_s(), copied.per_cpu_s()),
                    bound=Bound.AT_LEAST,
                    limit=0.5,
                )
            )
    return Result(
        bench="ingest",
        title="MQTT → committed rows",
        how=(
            "Readings of 1, 100 and 1,000 boxes, encoded beforehand as boxes encode them (hash chain, JSON, "
            f"{VALUES} readings a record), sent over mutual TLS through mosquitto with one message of each box in "
            "flight, the next when the cloud's acknowledgement is here. Before each turn every box has sent "
            f"{traffic.OPENING} messages of one record: connections are made and streams are open, as they are in all "
            "but the first seconds of a box's life. "
            + "; ".join(
                f"{s.boxes:,}: {s.messages} messages of {s.records * VALUES:,} readings" for s in shapes
            )
            + ". All boxes speak through one connection. CPU is that of the ingest processes and of every process of "
            "PostgreSQL (durable). The floor: the same rows in binary COPY format, built beforehand, in one "
            "transaction into the same empty table under the same role; CPU of PostgreSQL and of the copying client. "
            "After each turn the rows are counted: none lost, none double, none set aside."
        ),
        figures=figures,
        goals=goals,
    )


def _share(seen: _Seen) -> list[float]:
    return [100 * part / whole for part, whole in zip(seen.ingest_cpu_s, seen.cpu_s, strict=True)]
