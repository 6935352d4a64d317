"""Every task of the agent has an owner: started here, restarted with a growing delay, stopped in order."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from edge.drivers.presence import Backoff

CANCEL_AGAIN_S = 0.5
log = logging.getLogger(__name__)
Work = Callable[[], Awaitable[None]]


@dataclass
class Record:
    """How a task fares."""

    restarts: int = 0
    last_error: str = ""


class Supervisor:
    """Runs named tasks until they are stopped; none takes another down."""

    def __init__(self, random: Callable[[], float]) -> None:
        self._random = random
        self._tasks: dict[str, asyncio.Task[None]] = {}
        self.records: dict[str, Record] = {}

    def start(self, name: str, work: Work) -> None:
        """Run the work until `stop`, again whenever it ends or fails."""
        if name in self._tasks:
            raise ValueError(f"task {name!r} runs already")
        self.records[name] = Record()
        self._tasks[name] = asyncio.get_running_loop().create_task(self._keep(name, work), name=name)

    async def stop(self, *names: str) -> None:
        """Cancel these tasks, or all, and wait until they have ended."""
        chosen = [self._tasks.pop(name) for name in (names or tuple(self._tasks)) if name in self._tasks]
        pending = set(chosen)
        while pending:
            for task in pending:
                task.cancel()
            # before Python 3.12 `asyncio.wait_for`, which libraries use, may swallow a cancellation: so again
            _, pending = await asyncio.wait(pending, timeout=CANCEL_AGAIN_S)

    async def _keep(self, name: str, work: Work) -> None:
        backoff = Backoff(self._random, first_s=0.2, cap_s=30.0)
        while True:
            begun = asyncio.get_running_loop().time()
            error = await self._once(name, work)
            if asyncio.get_running_loop().time() - begun > 60.0:
                backoff.reset()
            record = self.records[name]
            record.restarts += 1
            record.last_error = error
            await backoff.wait()

    async def _once(self, name: str, work: Work) -> str:
        try:
            await work()
        except Exception as error:
            log.exception("task %s failed and will be restarted", name)
            return f"{type(error).__name__}: {error}"
        log.error("task %s ended and will be restarted", name)
        return "ended"
