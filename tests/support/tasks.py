"""Tasks that surely end."""

import asyncio
from collections.abc import Iterable
from typing import Any

_AGAIN_S = 0.5


async def end_tasks(tasks: Iterable[asyncio.Task[Any]]) -> None:
    """Cancel them until they have ended, whatever they end with.

    Before Python 3.12 `asyncio.wait_for`, which aiomqtt and pymodbus use, may swallow a cancellation that comes
    together with what it waited for.
    """
    pending = set(tasks)
    while pending:
        for task in pending:
            task.cancel()
        done, pending = await asyncio.wait(pending, timeout=_AGAIN_S)
        for task in done:
            if not task.cancelled():
                task.exception()  # looked at: else asyncio complains
