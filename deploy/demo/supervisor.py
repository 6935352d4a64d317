"""Keeps the demo's processes alive: starts them in order, reports and restarts one that dies, stops all."""

import signal
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

from deploy.demo.servers.processes import ChildProcess, ServerError, tail

_LOOK_S = 0.3
_FIRST_PAUSE_S = 1.0
_LONGEST_PAUSE_S = 30.0
_STEADY_S = 60.0
_READY_S = 90.0  # a first start on a small machine that does other things, too


@dataclass
class Service:
    """A process and how it shows that it works."""

    process: ChildProcess
    is_ready: Callable[[], bool] = lambda: True
    pause_s: float = _FIRST_PAUSE_S
    started_at: float = 0.0
    down_since: float | None = field(default=None)

    @property
    def name(self) -> str:
        """What it is called in reports."""
        return self.process.name

    def start(self) -> None:
        """Start the process and note when."""
        self.process.start()
        self.started_at = time.monotonic()
        self.down_since = None


class Supervisor:
    """The demo's processes, in the order of their start; all methods belong to the main thread."""

    def __init__(self, say: Callable[[str], None]) -> None:
        self._say = say
        self._tiers: list[list[Service]] = []
        self._asked_to_stop = threading.Event()

    def ask_to_stop(self, *_signal: object) -> None:
        """Make `watch` return; may be called from a signal handler."""
        self._asked_to_stop.set()

    def start(self, services: Sequence[Service]) -> None:
        """Start these together, then wait until each is ready; they are also stopped together."""
        tier: list[Service] = []
        self._tiers.append(tier)
        for service in services:
            service.start()
            tier.append(service)
        for service in services:
            service.process.wait_ready(service.is_ready, _READY_S)

    def adopt(self, *processes: ChildProcess) -> None:
        """Look after processes that run already; they are stopped after what is started later."""
        self._tiers.append([Service(process, started_at=time.monotonic()) for process in processes])

    def watch(self) -> None:
        """Look after the processes until asked to stop."""
        while not self._asked_to_stop.wait(_LOOK_S):
            self.look()

    def look(self) -> None:
        """Report what died since the last look, restart what has been down for its pause."""
        now = time.monotonic()
        for service in self._all():
            if service.process.is_running():
                continue
            if service.down_since is None:
                self._report(service, now)
            elif now - service.down_since >= service.pause_s:
                self._restart(service)

    def _report(self, service: Service, now: float) -> None:
        service.down_since = now
        steady = now - service.started_at > _STEADY_S
        service.pause_s = _FIRST_PAUSE_S if steady else min(service.pause_s * 2, _LONGEST_PAUSE_S)
        words = "\n".join(f"    {line}" for line in tail(service.process.log, 15).splitlines())
        self._say(
            f"{service.name} ended with {service.process.returncode}; again in {service.pause_s:.0f} s.\n"
            f"  {service.process.log}:\n{words}"
        )

    def _restart(self, service: Service) -> None:
        try:
            service.start()
        except (OSError, ServerError) as error:
            service.down_since = time.monotonic()
            self._say(f"{service.name} does not start: {error}")
        else:
            self._say(f"{service.name} is started again")

    def named(self, name: str) -> Service:
        """A service by its name; `KeyError` when there is none."""
        for service in self._all():
            if service.name == name:
                return service
        raise KeyError(name)

    def stop(self) -> None:
        """Stop everything, what was started last first; the servers are given time to write all down."""
        # The first signal may be followed by impatient ones: what is being stopped is stopped to the end.
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, signal.SIG_IGN)
        for tier in reversed(self._tiers):
            for service in tier:
                service.process.ask_to_stop()
            for service in tier:
                service.process.stop()
        self._tiers.clear()

    def _all(self) -> Iterator[Service]:
        for tier in self._tiers:
            yield from tier
