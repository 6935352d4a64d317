"""The power goes between «one-time use written» and «barrier opened»: the journal is right, and nothing opens twice.

A whole box as a process, with its store on the disk and a relay module on a socket that outlives it. The stages in a
bare gate stand in `tests/edge/test_gate.py`, those of a guard's decision in `tests/edge/guardhouse/test_whole.py`, and
with the whole cloud in `tests/system/faults/test_windows.py`.
"""

import asyncio
import json
import sqlite3
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager, closing
from pathlib import Path
from urllib.request import urlopen

import httpx
import pytest
from firmware_sim.modbus.line import Fault, Trouble

from deploy.demo.servers.mosquitto import MosquittoServer
from deploy.demo.servers.processes import ChildProcess, free_port, wait_until
from protocols import records
from protocols.fields import Direction
from protocols.records import Actuation, Outcome, Passage
from tests.edge.boxes import Box, serving
from tests.edge.world import make_pass
from tests.support.processes import RunProcess
from tests.system.gate.checkpoint import hold, site, standing
from tests.system.gate.field import Cameras, Field, Lane, cameras, lay_lanes

pytestmark = [pytest.mark.system, pytest.mark.timeout(600)]
CAR = "X711TT90"
NO_SUCH_OUTPUT = (
    2  # Modbus: illegal data address; a «device failure» (4) would leave a doubt, and no use comes back
)
ROOT = Path(__file__).parents[3]


class Checkpoint:
    """A box's folder that is laid out, with a one-entry pass for CAR; the box itself comes and goes as a process."""

    def __init__(
        self, box: Box, field: Field, lane: Lane, push: Cameras, broker_port: int, run: RunProcess
    ) -> None:
        self.box = box
        self.field = field
        self.lane = lane
        self._push = push
        self._broker_port = broker_port
        self._nobody = free_port()
        self._run = run

    async def start(self, *stages: str) -> ChildProcess:
        """The box, all its devices online. One that is to die has no cloud: to look what to send is a commit, too."""
        port_file = self.box.folder / "health.port"
        port_file.unlink(missing_ok=True)
        broker = self._nobody if stages else self._broker_port
        module = "tests.system.gate.dying"
        command = [sys.executable, "-m", module, self.box.folder, str(broker), *stages]
        process = self._run(f"box-{len(stages)}", *command, cwd=ROOT)
        assert await asyncio.to_thread(wait_until, lambda: self._is_online(port_file), 120)
        return process

    def _is_online(self, port_file: Path) -> bool:
        try:
            with urlopen(f"http://127.0.0.1:{int(port_file.read_text())}/health", timeout=30) as answer:
                states = json.load(answer)["devices"].values()
        except (OSError, ValueError):
            return False
        return len(states) == 3 and set(states) == {"online"}

    async def car(self) -> None:
        """It comes; a box that dies of it may answer or not."""
        try:
            await self._push.see(self.lane, CAR)
        except httpx.TransportError:
            return

    def journal(self) -> list[Passage | Actuation]:
        """What stands on the disk of passages and what became of them."""
        with closing(sqlite3.connect(self.box.folder / "store.sqlite")) as store:
            rows = store.execute(
                "SELECT body FROM record JOIN stream USING (n) WHERE kind = 'events' ORDER BY sequence"
            )
            events = [records.decode_event(bytes(row[0])) for row in rows]
        return [event for event in events if isinstance(event, Passage | Actuation)]

    def uses(self) -> int:
        """Counted on the disk."""
        with closing(sqlite3.connect(self.box.folder / "store.sqlite")) as store:
            return int(store.execute("SELECT coalesce(sum(entries), 0) FROM uses").fetchone()[0])

    def uses_told(self) -> int:
        """By the journal: entries granted, but for those given back."""
        journal = self.journal()
        granted = sum(isinstance(each, Passage) and each.use is not None for each in journal)
        return granted - sum(isinstance(each, Actuation) and each.entry_returned for each in journal)

    def outcomes(self) -> list[Outcome]:
        return [each.outcome for each in self.journal() if isinstance(each, Passage)]

    async def comes_again(self) -> None:
        """Judged, and whatever follows is written."""
        before = len(self.outcomes())
        await self.car()

        def is_done() -> bool:
            outcomes = self.outcomes()
            told = sum(isinstance(each, Actuation) for each in self.journal()[-1:])
            return len(outcomes) > before and (outcomes[-1] is Outcome.DENIED or told == 1)

        assert await asyncio.to_thread(wait_until, is_done, 60)


Lay = Callable[..., AbstractAsyncContextManager[Checkpoint]]


@pytest.fixture
def checkpoint(tmp_path: Path, broker: MosquittoServer, run_process: RunProcess) -> Lay:
    """Call it as a context with the length of the barrier's pulse, ms, and how often the module is looked at, s."""

    @asynccontextmanager
    async def laid_out(pulse_ms: int = 50, poll_s: float = 0.5) -> AsyncIterator[Checkpoint]:
        box = Box(tmp_path / "box", "127.0.0.1", broker.port)
        field, [lane] = Field(tmp_path), lay_lanes(Direction.IN)
        async with field.at_work(), cameras() as push:
            async with serving(box.peer(), box.host, box.port) as cloud:
                wanted = site(field, [lane], pulse_ms=pulse_ms, poll_s=poll_s)
                async with standing(box, cloud, wanted) as agent:
                    await hold(agent, cloud, make_pass(plates=[CAR], entries=1, valid_until=None))
            yield Checkpoint(box, field, lane, push, broker.port, run_process)

    return laid_out


@pytest.mark.parametrize(
    ("stage", "coils", "spent"),
    [("before commit", 0, 0), ("after commit", 0, 1), ("passage written", 0, 1), ("coil written", 1, 1)],
)
async def test_the_use_is_spent_exactly_when_its_record_stands(
    checkpoint: Lay, stage: str, coils: int, spent: int
) -> None:
    async with checkpoint() as at:
        dying = await at.start(stage)
        await at.car()
        assert await asyncio.to_thread(wait_until, lambda: not dying.is_running(), 60)
        assert dying.returncode == -9
        assert (at.uses(), at.uses_told(), len(at.field.openings())) == (spent, spent, coils)
        assert not [each for each in at.journal() if isinstance(each, Actuation)]
        alive = await at.start()
        for _ in range(2):
            await at.comes_again()
        alive.stop()
        assert (at.uses(), at.uses_told()) == (1, 1)
        answers = [each.opened for each in at.journal() if isinstance(each, Actuation)]
        assert answers == [None if spent else True], (
            "each grant has its answer: where the power went, nobody knows"
        )
        assert len(at.field.openings()) == coils + (1 - spent), "one use, at most one opening"
        assert at.outcomes().count(Outcome.GRANTED) == 1


@pytest.mark.parametrize(("stage", "returned"), [("before commit", 0), ("after commit", 1)])
async def test_a_use_that_is_given_back_is_given_back_with_its_record(
    checkpoint: Lay, stage: str, returned: int
) -> None:
    """The module refuses: surely nothing opened. The power goes as that is written down.

    The module is looked at seldom: that it is at fault would be written down, too.
    """
    async with checkpoint(poll_s=60) as at:
        dying = await at.start("coil written", stage)
        at.field.line.trouble = Trouble(Fault.REFUSE, code=NO_SUCH_OUTPUT)
        await at.car()
        assert await asyncio.to_thread(wait_until, lambda: not dying.is_running(), 60)
        at.field.line.trouble = Trouble()
        assert dying.returncode == -9
        told = [each for each in at.journal() if isinstance(each, Actuation)]
        assert [(each.done, each.entry_returned) for each in told] == [(False, True)] * returned
        assert (at.uses(), at.uses_told(), at.field.openings()) == (1 - returned, 1 - returned, [])
        alive = await at.start()
        for _ in range(2):
            await at.comes_again()
        alive.stop()
        assert (at.uses(), at.uses_told(), len(at.field.openings())) == (1, 1, returned)


async def test_the_power_goes_while_the_coil_is_on(checkpoint: Lay) -> None:
    """The relay that was left on is released by the box that comes back, and the use stays spent."""
    async with checkpoint(pulse_ms=20_000) as at:
        dying = await at.start()
        await at.car()
        assert await asyncio.to_thread(wait_until, lambda: at.field.is_on(at.lane), 60)
        dying.kill()
        assert at.field.is_on(at.lane)
        alive = await at.start()
        assert not at.field.is_on(at.lane)
        await at.comes_again()
        alive.stop()
        assert at.outcomes() == [Outcome.GRANTED, Outcome.DENIED]
        assert (at.uses(), at.uses_told(), len(at.field.openings())) == (1, 1, 1)
