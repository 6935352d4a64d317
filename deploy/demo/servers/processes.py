"""A child process with a log file, a readiness check and an end that leaves nothing behind."""

import contextlib
import ctypes
import os
import random
import signal
import socket
import subprocess
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from types import FrameType

_PR_SET_PDEATHSIG = 1
_LIBC = ctypes.CDLL(None, use_errno=True)
_POLL_S = 0.02
_STOPS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
_PORTS = range(10_000, 20_000)
"""Below what the kernel gives away by itself: between asking and listening nobody else comes by one by chance."""
_given: set[int] = set()


class ServerError(Exception):
    """A server did not start, did not become ready, or is missing; the message ends with its log's tail."""


def free_port() -> int:
    """A TCP port of the loopback interface that nobody listened on a moment ago, another at each call."""
    for port in random.SystemRandom().sample(_PORTS, len(_PORTS)):
        if port not in _given and can_listen(port):
            _given.add(port)
            return port
    raise ServerError("no free port on 127.0.0.1")


def can_listen(port: int) -> bool:
    """Whether nobody listens on this port of the loopback interface."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


def accepts_connections(port: int) -> bool:
    """Whether something answers TCP on the loopback port."""
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=1):
            return True
    except OSError:
        return False


def tail(path: Path, lines: int = 20) -> str:
    """The last lines of a log file; an empty string when there is none."""
    if not path.exists():
        return ""
    with path.open("rb") as file:
        file.seek(max(0, path.stat().st_size - 64 * 1024))
        return "\n".join(file.read().decode(errors="replace").splitlines()[-lines:])


def wait_until(condition: Callable[[], bool], timeout_s: float) -> bool:
    """Poll until the condition holds; False when the time is over."""
    deadline = time.monotonic() + timeout_s
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(_POLL_S)
    return True


def children_of(pid: int) -> list[int]:
    """The direct children of a process."""
    found = []
    for stat in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(FileNotFoundError, ProcessLookupError):
            # "pid (name) state parent …"; the name may hold spaces and brackets
            if int(stat.read_text().rpartition(")")[2].split()[1]) == pid:
                found.append(int(stat.parent.name))
    return found


@contextlib.contextmanager
def undisturbed() -> Iterator[None]:
    """Whoever interrupts is heard at the end of this, however it ends.

    Python loses what a handler raises while a process is being forked: then the interrupted goes on.
    """
    if threading.current_thread() is not threading.main_thread():  # others hear no signals
        yield
        return
    heard: list[tuple[int, FrameType | None]] = []
    handlers = {number: handler for number in _STOPS if callable(handler := signal.getsignal(number))}
    for number in handlers:
        signal.signal(number, lambda *told: heard.append(told))
    try:
        yield
    finally:
        for number, handler in handlers.items():
            signal.signal(number, handler)
        for told, frame in heard:
            handlers[signal.Signals(told)](told, frame)


class ChildProcess:
    """One process in a group of its own, its output appended to a log file.

    The kernel sends it `stop_signal` when the thread that started it ends, so nothing outlives a killed
    launcher: start from the main thread.
    """

    def __init__(
        self,
        name: str,
        command: Sequence[str | Path],
        *,
        log: Path,
        env: Mapping[str, str] | None = None,
        cwd: Path | None = None,
        stop_signal: signal.Signals = signal.SIGTERM,
        user: int | None = None,
        group: int | None = None,
    ) -> None:
        self.name = name
        self.command = [str(part) for part in command]
        self.log = log
        self._env = dict(os.environ if env is None else env)
        self._cwd = cwd
        self._stop_signal = stop_signal
        self._user = user
        self._group = group
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def pid(self) -> int:
        """The process id; `ServerError` when it was never started."""
        if self._process is None:
            raise ServerError(f"{self.name}: not started")
        return self._process.pid

    @property
    def returncode(self) -> int | None:
        """The exit code, negative for a signal; None while it runs."""
        return None if self._process is None else self._process.poll()

    def is_running(self) -> bool:
        """Whether the process was started and has not ended."""
        return self._process is not None and self._process.poll() is None

    def start(self) -> None:
        """Start it, or start it again after it ended."""
        if self.is_running():
            raise ServerError(f"{self.name}: already running")
        self.log.parent.mkdir(parents=True, exist_ok=True)
        death = int(self._stop_signal)
        with self.log.open("ab") as output, undisturbed():
            self._process = subprocess.Popen(
                self.command,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                env=self._env,
                cwd=self._cwd,
                process_group=0,
                user=self._user,
                group=self._group,
                extra_groups=None if self._user is None else [],
                # Runs after the change of user, which would clear it.
                preexec_fn=lambda: _LIBC.prctl(_PR_SET_PDEATHSIG, death, 0, 0, 0),  # noqa: PLW1509
            )

    def wait_ready(self, is_ready: Callable[[], bool], timeout_s: float = 30) -> None:
        """Wait until it is ready; `ServerError` with its log's tail when it ends first or takes too long."""
        wait_until(lambda: not self.is_running() or is_ready(), timeout_s)
        if not self.is_running():
            raise ServerError(f"{self.name} ended with {self.returncode}:\n{tail(self.log)}")
        if not is_ready():
            self.kill()
            raise ServerError(f"{self.name} was not ready within {timeout_s} s:\n{tail(self.log)}")

    def signal(self, number: signal.Signals) -> None:
        """Send a signal to the process alone (not to its children)."""
        os.kill(self.pid, number)

    def ask_to_stop(self) -> None:
        """Send the signal that ends it, and do not wait."""
        if self.is_running():
            self.signal(self._stop_signal)

    def stop(self, timeout_s: float = 15) -> None:
        """Ask it to end, wait, then kill what is left of its group."""
        if self.is_running() and self._process is not None:
            self.ask_to_stop()
            with contextlib.suppress(subprocess.TimeoutExpired):
                self._process.wait(timeout_s)
        self.kill()

    def kill(self) -> None:
        """Kill the whole process group at once (SIGKILL) and reap the process."""
        if self._process is None:
            return
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()
