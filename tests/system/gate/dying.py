"""A box that kills itself as it lets somebody in: `python -m tests.system.gate.dying FOLDER BROKER_PORT STAGE…`.

After its first read it passes the stages (`edge.store.Fault`) in their order, and dies at the last one: nothing is
flushed, nobody is told. A commit counts when it holds what the read led to: devices have things to write, too. Without
stages it lives.
"""

import asyncio
import os
import signal
import sys
from pathlib import Path

from edge.agent import Agent
from protocols import records
from protocols.records import Actuation, Passage
from tests.edge.boxes import Box

COMMITS = {"before commit", "after commit"}


def _told(agent: Agent) -> int:
    """How much stands of a passage and what became of it, for the store's own thread, which passes its commits."""
    rows = agent.store.connection.execute(
        "SELECT body FROM record JOIN stream USING (n) WHERE kind = 'events'"
    )
    return sum(isinstance(records.decode_event(bytes(body)), Passage | Actuation) for (body,) in rows)


async def run(folder: Path, broker_port: int, stages: list[str]) -> None:
    """Until it is stopped, or dies."""
    made: list[Agent] = []
    all_stages = len(stages)

    def passed(name: str) -> None:
        if not (made and made[0].gate.counts["reads"] and stages and name == stages[0]):
            return
        if name in COMMITS and _told(made[0]) <= all_stages - len(stages):
            return
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
