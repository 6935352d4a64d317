"""Hints for the workers, sent aside: a queue's broker that is away must not slow the intake down."""

import queue
import threading
from collections.abc import Mapping
from typing import Any

from cloud.kernel.database import Queue
from cloud.kernel.metrics import QUEUE_UNREACHABLE

_MOST_WAITING = 1000


class HintsAside:
    """Passes hints on from a thread of its own; beyond the bound they are dropped, for a sweep finds the work."""

    def __init__(self, target: Queue) -> None:
        self._target = target
        self._waiting: queue.Queue[tuple[str, Mapping[str, Any]]] = queue.Queue(_MOST_WAITING)
        threading.Thread(target=self._run, name="ingest-hints", daemon=True).start()

    def send(self, job: str, arguments: Mapping[str, Any]) -> None:
        try:
            self._waiting.put_nowait((job, arguments))
        except queue.Full:
            QUEUE_UNREACHABLE.inc()

    def _run(self) -> None:
        while True:
            self._target.send(*self._waiting.get())
