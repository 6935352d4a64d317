"""What comes down waits for room in order; nothing else that goes wrong is passed over."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from edge.link import inbox as inbox_module
from edge.link.commands import Commands, Done
from edge.link.inbox import Inbox
from edge.store import Store, StoreError, StoreFullError
from protocols.messages import Command
from protocols.records import CommandOutcome
from protocols.topics import Channel
from tests.edge.test_commands import make_command
from tests.edge.world import NOON, GateBench, HandClock, holding, records_of
from tests.support.tasks import end_tasks

pytestmark = pytest.mark.usefixtures("no_pause")


@pytest.fixture
def no_pause(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(inbox_module, "FULL_PAUSE_S", 0.01)


def make_inbox(relieve: Callable[[], Awaitable[None]]) -> Inbox:
    clock: Any = HandClock()
    return Inbox(UUID(int=1), clock, lambda _: None, trusted=lambda: None, relieve=relieve)


class Bench:
    """An inbox of acknowledgements whose handler raises what it is told to, before it takes one."""

    def __init__(self, *refusals: Exception) -> None:
        self.refusals = list(refusals)
        self.taken: list[int] = []
        self.reliefs = 0
        self.inbox = make_inbox(self._relieve)

    async def _relieve(self) -> None:
        self.reliefs += 1

    async def take(self, message: int) -> None:
        if self.refusals:
            raise self.refusals.pop()
        self.taken.append(message)

    def send(self, message: int) -> None:
        self.inbox._queue(Channel.DOWN_ACK, message)

    @asynccontextmanager
    async def working(self) -> AsyncIterator["asyncio.Task[None]"]:
        task = asyncio.create_task(self.inbox.work(Channel.DOWN_ACK, self.take))
        try:
            yield task
        finally:
            await end_tasks([task])


async def until(bench: Bench, count: int) -> None:
    async with asyncio.timeout(20):
        while len(bench.taken) < count:  # noqa: ASYNC110 - the handler is the test's own
            await asyncio.sleep(0.01)


async def test_a_message_for_which_there_is_no_room_is_tried_again_and_those_behind_it_wait() -> None:
    bench = Bench(StoreFullError("full"), StoreFullError("full"))
    async with bench.working():
        for sequence in (1, 2, 3):
            bench.send(sequence)
        await until(bench, 3)
    assert bench.taken == [1, 2, 3]
    assert bench.reliefs == 2


async def test_another_fault_of_the_store_ends_the_work() -> None:
    bench = Bench(StoreError("4096 writes are waiting already"))
    bench.send(1)
    async with bench.working() as task, asyncio.timeout(20):
        with pytest.raises(StoreError, match="4096"):
            await task
    assert (bench.taken, bench.reliefs) == ([], 0)


async def test_an_order_that_waited_too_long_for_room_is_told_as_expired(store: Store) -> None:
    bench, done = GateBench(store, holding()), []
    relieved = asyncio.Event()

    async def execute(command: Command) -> Done:
        done.append(command)
        return Done(CommandOutcome.DONE)

    async def relieve() -> None:
        bench.clock.pass_s(20)
        relieved.set()

    commands = Commands(
        store=store, journal=bench.journal, clock=bench.clock, execute=execute, answered=lambda: None
    )

    async def take(command: Command) -> None:
        if not relieved.is_set():
            raise StoreFullError("full")
        await commands.take(command)

    inbox, command = make_inbox(relieve), make_command(expires_at=NOON + timedelta(seconds=15))
    inbox._queue(Channel.DOWN_COMMANDS, command)
    work = asyncio.create_task(inbox.work(Channel.DOWN_COMMANDS, take))
    async with asyncio.timeout(20):
        while not commands.counts["expired"]:  # noqa: ASYNC110 - as above
            await asyncio.sleep(0.01)
    await commands.drain()
    await end_tasks([work])
    [told] = [each for each in await records_of(store) if each["type"] == "command_result"]
    assert (told["command"], told["outcome"]) == (str(command.id), "expired")
    assert done == []
