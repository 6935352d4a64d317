"""CPU time of processes, as the kernel counts it."""

import os
from pathlib import Path

from deploy.demo.servers.processes import children_of

_TICK_S = 1 / os.sysconf("SC_CLK_TCK")
_UTIME, _CUTIME = 11, 13  # fields of /proc/<pid>/stat after the name


def spent_s(pid: int) -> float:
    """User and system seconds of a process, of its children that ended, and of those that run."""
    return _of(pid, with_ended=True) + sum(_of(child, with_ended=True) for child in children_of(pid))


def _of(pid: int, *, with_ended: bool) -> float:
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except (FileNotFoundError, ProcessLookupError):
        return 0.0  # ended meanwhile; its parent has its time now
    last = _CUTIME + 2 if with_ended else _UTIME + 2
    return sum(int(field) for field in fields[_UTIME:last]) * _TICK_S
