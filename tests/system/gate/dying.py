"""A box that kills itself as it lets somebody in: `python -m tests.system.gate.dying FOLDER BROKER_PORT STAGE…`.

After its first read it passes the stages (`edge.store.Fault`) in their order, and dies at the last one: nothing is
flushed, nobody is told. Without stages it lives.
"""

import asyncio
import os
import signal
import sys
from pathlib import Path

from edge.agent import Agent
from tests.edge.boxes import Box


async def run(folder: Path, broker_port: int, stages: list[str]) -> None:
    """Until it is stopped, or dies."""
    made: list[Agent] = []

    def passed(name: str) -> None:
        if made and made[0].gate.counts["reads"] and stages and name == stages[0]:
            stages.pop(0)
            if not stages:
                os.kill(os.getpid(), signal.SIGKILL)

    stop = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stop.set)
    async with Box(folder, "127.0.0.1", broker_port).agent(passed) as agent:
        made.append(agent)
        await stop.wait()


if __name__ == "__main__":
    asyncio.run(run(Path(sys.argv[1]), int(sys.argv[2]), sys.argv[3:]))
