"""A settlement's checkpoint whole: the real cloud (PostgreSQL, broker, ingest, downlink) and a box, under one clock.

All run in the test's own process and take the time from `SharedTime`. It runs as the machine's does and can be moved on
while nothing is under way, so half a day goes by in a minute and no pulse, timeout or grant is any shorter for it.
"""

import asyncio
import base64
import math
import os
import random
import subprocess
import time
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from pydantic import SecretStr

from cloud.access import service as access
from cloud.access.models import Pass
from cloud.access.types import PassDraft
from cloud.downlink.answers import Signer
from cloud.downlink.process import Means, serve
from cloud.ingest.handlers import HANDLERS
from cloud.ingest.mqtt import Link
from cloud.ingest.process import Receiver
from cloud.ingest.unit import Intake
from cloud.kernel.database import Database, Ports
from cloud.kernel.ids import Uuid7Ids
from cloud.kernel.secrets import SecretBox
from cloud.kernel.settings import Settings as CloudSettings
from cloud.kernel.tenancy import Role
from cloud.sites import service as sites
from cloud.sites.keyfiles import verify_key
from cloud.sites.schemas import BarrierDraft, DeviceDraft, PointDraft, ReaderDraft, ZoneDraft
from edge.agent import Agent, World
from edge.identity import Membership
from protocols.config import AntiPassback
from protocols.enrolment import Broker, CommandKey, EnrolAnswer
from tests.cloud.sites.building import House
from tests.edge.boxes import Box
from tests.support.postgres import Database as RealDatabase
from tests.support.processes import installed
from tests.support.tasks import end_tasks
from tests.system.gate.field import MODEL, PULSE_MS, TOKEN, Field, Lane

_WAIT_S = 60.0


class SharedTime:
    """The cloud's clock and the box's world. `skip` is for moments in which nothing is under way."""

    def __init__(self) -> None:
        self._ahead_ns = 0

    def skip(self, by: timedelta) -> None:
        """That much later, for everybody."""
        self._ahead_ns += by // timedelta(microseconds=1) * 1000

    def now(self) -> datetime:
        """See `cloud.kernel.clock.Clock`."""
        return datetime.fromtimestamp(self.wall_ns() / 1e9, UTC)

    def monotonic_s(self) -> float:
        """See `cloud.kernel.clock.Clock`."""
        return self.monotonic_ns() / 1e9

    def wall_ns(self) -> int:
        """Unix time."""
        return time.time_ns() + self._ahead_ns

    def monotonic_ns(self) -> int:
        """For durations."""
        return time.monotonic_ns() + self._ahead_ns

    @property
    def world(self) -> World:
        """As the box's agent takes it."""
        return World(
            wall_ns=self.wall_ns,
            monotonic_ns=self.monotonic_ns,
            synchronised=lambda: False,
            random=random.Random(3).random,
            random_bytes=os.urandom,
        )


class CheckpointBox(Box):
    """A box's folder as its enrolment in this cloud leaves it."""

    def __init__(self, folder: Path, box_id: UUID, port: int, world: World) -> None:
        super().__init__(folder, "127.0.0.1", port)
        self.id = box_id
        self.world = world

    def membership(self) -> Membership:
        key = self.command_key.public_key()
        answer = EnrolAnswer(
            box=self.id,
            certificate="-",
            ca="-",
            mqtt=Broker(host=self.host, port=self.port),
            command_key=CommandKey(
                id=verify_key(key).id, public_key=base64.b64encode(key.public_bytes_raw()).decode()
            ),
            files_url="http://127.0.0.1:9/edge/files",
        )
        return Membership(cloud="http://127.0.0.1:9", answer=answer)


class Settlement(House):
    """A company with one site, its box, and what stands there."""

    def __init__(self, database: RealDatabase, folder: Path, broker_port: int, link_port: int) -> None:
        """`link_port`: by which the box reaches the broker."""
        self.time = SharedTime()
        super().__init__(database, at=None)
        self.close()
        self._databases.clear()
        self.ports = Ports(self.time, Uuid7Ids(self.time))
        self.vault = SecretBox(bytes(range(32)))
        self.site = self.make_site()
        self._broker_port = broker_port
        row = self.make_box(self.site, "КПП")
        self.box = CheckpointBox(folder / "box", row.id, link_port, self.time.world)
        self.command_key: Ed25519PrivateKey = self.box.command_key
        self.enrol(row.id, self.box.journal_key.public_bytes_raw())
        self.points: dict[str, UUID] = {}
        self.devices = 0

    def zone(self, anti_passback: AntiPassback = AntiPassback.HARD) -> UUID:
        """Into which the lanes lead."""
        with self.work() as session:
            draft = ZoneDraft(name="Посёлок", anti_passback=anti_passback)
            return sites.create_zone(session, self.actor, self.site.id, draft).id

    def device(
        self, driver: str, name: str, settings: dict[str, Any], secrets: dict[str, str | None] | None = None
    ) -> UUID:
        """One more device of the box."""
        self.devices += 1
        draft = DeviceDraft(
            box_id=self.box.id, driver=driver, name=name, settings=settings, secrets=secrets or {}
        )
        with self.work() as session:
            return sites.create_device(session, self.actor, self.vault, draft).id

    def modules(self, field: Field) -> dict[int, UUID]:
        """The field's relay modules, by their addresses."""
        settings = {"host": "127.0.0.1", "port": field.port, "timeout_ms": 2000}
        line = self.device("modbus_tcp", "Линия", settings)
        return {
            unit: self.device(
                "modbus_relay", f"Реле {unit}", {"bus": str(line), "unit": unit, "profile": MODEL}
            )
            for unit in field.units
        }

    def camera(self, lane: Lane) -> UUID:
        """The lane's, which reads plates."""
        return self.device("plate_http", f"Камера {lane.name}", {"port": lane.port}, {"token": TOKEN})

    def point(self, lane: Lane, relay: UUID, readers: Sequence[UUID], zone: UUID | None = None) -> None:
        """The lane, opened by the module and read by these."""
        draft = PointDraft(
            box_id=self.box.id,
            name=lane.name,
            zone_id=zone,
            barrier=BarrierDraft(device=relay, output=lane.output, pulse_ms=PULSE_MS),
            readers=[ReaderDraft(device=reader, direction=lane.direction) for reader in readers],
        )
        with self.work() as session:
            self.points[lane.name] = sites.create_point(session, self.actor, draft).id

    def configure(self) -> int:
        """Send the box all that was laid out; the configuration's version."""
        with self.work() as session:
            return sites.apply_configuration(session, self.actor, self.vault, self.box.id)

    def issue(self, **draft: Any) -> Pass:
        """A pass by the cloud's own service."""
        given: dict[str, Any] = {
            "site_id": self.site.id,
            "holder": "Петров Пётр",
            "valid_until": self.time.now() + timedelta(days=2),
        }
        with self.work() as session:
            return access.issue_pass(session, self.actor, PassDraft.model_validate(given | draft))

    async def held(self, agent: Agent) -> None:
        """Until the box holds what the cloud's log says."""

        def same() -> bool:
            with self.work() as session:
                state = sites.held_state(session, self.site.id)
            return (agent.held.standing.epoch, agent.held.standing.version) == (state.epoch, state.version)

        await until(same, "the box holds the cloud's list")

    async def committed(self, agent: Agent) -> None:
        """Until the cloud has said that it has every record of the box. Fails when none is taken for a minute."""
        left, deadline = math.inf, time.monotonic() + _WAIT_S
        while (backlog := (await agent.report())["backlog"]["events"]) > 0:
            if backlog < left:
                left, deadline = backlog, time.monotonic() + _WAIT_S
            assert time.monotonic() < deadline, f"{backlog} records wait, and the cloud takes none"
            await asyncio.sleep(0.05)

    def verify_journal(self, *what: str | Path) -> tuple[int, str]:
        """`domovoy journal verify`, as the installation's operator calls it: its exit code, and what it says."""
        command: list[str | Path] = [installed("domovoy"), "journal", "verify", *what]
        told = subprocess.run(
            command,
            env={"DOMOVOY_OWNER_DATABASE_URL": self.real.owner_url},
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        assert told.returncode in {0, 1}, told.stderr
        return told.returncode, told.stdout

    @asynccontextmanager
    async def cloud_at_work(self) -> AsyncIterator[None]:
        """Ingest and downlink, until the end of the block."""
        stop = asyncio.Event()
        intake = Intake(self.database(Role.INGEST), HANDLERS)
        receiver = Receiver(lambda: Link(host="127.0.0.1", port=self._broker_port), intake, lambda: "ingest")
        ingest = asyncio.create_task(receiver.run(stop), name="ingest")
        url = self.real.url(Role.DOWNLINK)
        settings = CloudSettings(
            database_url=SecretStr(url), mqtt_host="127.0.0.1", mqtt_port=self._broker_port
        )
        database = Database(url, ports=self.ports, pool_size=6)
        signer = Signer(verify_key(self.command_key.public_key()).id, self.command_key)
        means = Means(settings, database, self.vault, signer)
        downlink = asyncio.create_task(serve(means), name="downlink")
        try:
            await asyncio.wait_for(means.serving.wait(), _WAIT_S)
            yield
        finally:
            stop.set()
            await end_tasks([downlink])
            await ingest
            await asyncio.get_running_loop().shutdown_default_executor()  # threads within transactions
            database.close()


async def until(condition: Callable[[], bool], what: str, timeout_s: float = _WAIT_S) -> None:
    """Poll in a thread: what is asked stands in a database. Fails with `what` did not come."""
    try:
        async with asyncio.timeout(timeout_s):
            while not await asyncio.to_thread(condition):  # noqa: ASYNC110  # another's rows have no event here
                await asyncio.sleep(0.05)
    except TimeoutError:
        raise AssertionError(f"not within {timeout_s:g} s: {what}") from None
