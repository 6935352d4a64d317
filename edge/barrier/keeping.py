"""Outputs that are on as long as they are wanted: each held by a task, which tries again until it is."""

import asyncio
import logging
from collections.abc import Set
from dataclasses import dataclass

from edge.drivers.base import DeviceError, Relay, SilentError
from edge.drivers.devices import Ports
from edge.drivers.presence import Backoff

log = logging.getLogger(__name__)
TRY_NS = 5_000_000_000
SAY_NS = 1_000_000_000  # how long after a deadline it is waited to hear why nothing was done


@dataclass(frozen=True)
class _Keeper:
    task: asyncio.Task[None]
    on: asyncio.Future[int]


class Keeping:
    """What one barrier holds on at its module."""

    def __init__(self, relay: Relay, ports: Ports) -> None:
        self._relay = relay
        self._now_ns = ports.monotonic_ns
        self._random = ports.random
        self._keepers: dict[int, _Keeper] = {}
        self._deadlines: dict[int, int] = {}

    def expect(self, output: int, deadline_ns: int) -> None:
        """If it is wanted next and not on yet, it goes on until then, or not at all: a grant is never executed late."""
        self._deadlines[output] = deadline_ns

    def want(self, outputs: Set[int]) -> None:
        """These are on, and no others."""
        for output in self._keepers.keys() - outputs:
            self._keepers.pop(output).task.cancel()
        alive = {output for output, keeper in self._keepers.items() if not keeper.task.done()}
        for output in outputs - alive:
            on: asyncio.Future[int] = asyncio.get_running_loop().create_future()
            work = self._keep(output, self._deadlines.get(output), on)
            task = asyncio.get_running_loop().create_task(work, name=f"output {output}")
            task.add_done_callback(lambda _, on=on: on.cancel())  # type: ignore[misc]
            self._keepers[output] = _Keeper(task, on)
        self._deadlines.clear()

    async def on(self, output: int, deadline_ns: int) -> int:
        """When the module acknowledged. Raises what `Relay.holding` raises, and SilentError at the deadline."""
        keeper = self._keepers.get(output)
        if keeper is not None:
            left_ns = deadline_ns + SAY_NS - self._now_ns()
            await asyncio.wait([keeper.on], timeout=max(0.0, left_ns / 1e9))
            if keeper.on.done() and not keeper.on.cancelled():
                return keeper.on.result()
        raise SilentError(f"output {output} was not on in time")

    async def end(self) -> None:
        """Let go of all."""
        tasks = [keeper.task for keeper in self._keepers.values()]
        self._keepers.clear()
        for task in tasks:
            task.cancel()
        if tasks:
            await asyncio.wait(tasks)

    async def _keep(self, output: int, deadline_ns: int | None, on: asyncio.Future[int]) -> None:
        backoff = Backoff(self._random, cap_s=2.0)
        while True:
            until_ns = deadline_ns if deadline_ns is not None else self._now_ns() + TRY_NS
            try:
                async with self._relay.holding(output, deadline_ns=until_ns) as on_ns:
                    if not on.done():
                        on.set_result(on_ns)
                    await asyncio.Event().wait()
            except DeviceError as error:
                if deadline_ns is not None:
                    on.set_exception(error)
                    return
                log.warning("output %d is to be on: %s", output, error)
                await backoff.wait()
