"""A thread of a driver's own for a library that blocks: whoever stops the box does not wait for what it waits for.

Threads of an executor are joined when the process ends, however long a device keeps its answer back; this one is not.
"""

import asyncio
import threading
from collections.abc import Callable
from concurrent.futures import Future
from queue import SimpleQueue
from typing import Any, TypeVar

_T = TypeVar("_T")


class OwnThread:
    """Does one thing after the other, until `end`."""

    def __init__(self, name: str) -> None:
        self._jobs: SimpleQueue[tuple[Callable[[], Any], Future[Any]] | None] = SimpleQueue()
        threading.Thread(target=self._run, name=name, daemon=True).start()

    async def do(self, work: Callable[[], _T]) -> _T:
        """Raises what the work raises. Whoever is cancelled leaves it to itself."""
        return await asyncio.wrap_future(self._put(work))

    def end(self, work: Callable[[], None]) -> None:
        """Last of all this; nobody waits."""
        self._put(work)
        self._jobs.put(None)

    def _put(self, work: Callable[[], _T]) -> "Future[_T]":
        future: Future[_T] = Future()
        self._jobs.put((work, future))
        return future

    def _run(self) -> None:
        while (job := self._jobs.get()) is not None:
            work, future = job
            if not future.set_running_or_notify_cancel():
                continue
            try:
                result = work()
            except BaseException as error:  # noqa: BLE001  # whoever waits for it has to know
                future.set_exception(error)
            else:
                future.set_result(result)
