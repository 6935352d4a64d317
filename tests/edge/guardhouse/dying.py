"""A box with the guard's page as a process: `python -m tests.edge.guardhouse.dying FOLDER BROKER_PORT PAGE_PORT STAGE`.

At the stage (`edge.store.Fault`) it kills itself: nothing is flushed, nobody is told.
"""

import asyncio
import os
import signal
import sys
from pathlib import Path

from tests.edge.boxes import Box
from tests.edge.guardhouse.desk import with_page


async def run(folder: Path, broker_port: int, page_port: int, stage: str) -> None:
    """Until it is stopped, or dies."""
    box = Box(folder, "127.0.0.1", broker_port)
    with_page(box, port=page_port)

    def passed(name: str) -> None:
        if name == stage:
            os.kill(os.getpid(), signal.SIGKILL)

    stop = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stop.set)
    async with box.agent(passed):
        await stop.wait()


if __name__ == "__main__":
    asyncio.run(run(Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]), sys.argv[4]))
