"""The append-only log of what happened to the devices: in fault tests it is the truth.

One JSON object a line: `n` (from 1, without gaps within a run), `mono_ns`, `wall_ns`, `kind`, and what the kind needs.
A line is one write to a file opened for appending, so a killed simulator has lost nothing that it had logged.
"""

import asyncio
import contextlib
import itertools
import os
from pathlib import Path
from typing import Any

import msgspec

from firmware_sim.clock import Clock, Moment

_encoder = msgspec.json.Encoder()
KEPT = 10_000


class Journal:
    """Writes to `path` and keeps the newest entries for the control API."""

    def __init__(self, path: Path, clock: Clock) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self._file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o644)
        self.clock = clock
        self._entries: list[dict[str, Any]] = []
        self._count = 0
        self._written = asyncio.Event()

    def write(self, kind: str, *, at: Moment | None = None, **fields: Any) -> dict[str, Any]:
        """Append an entry; it is in the file when this returns."""
        moment = at or self.clock.now()
        self._count += 1
        entry = {
            "n": self._count,
            "mono_ns": moment.mono_ns,
            "wall_ns": moment.wall_ns,
            "kind": kind,
            **fields,
        }
        os.write(self._file, _encoder.encode(entry) + b"\n")
        self._entries.append(entry)
        if len(self._entries) > KEPT:
            del self._entries[: KEPT // 2]
        self._written.set()
        return entry

    def after(self, n: int, kinds: frozenset[str] = frozenset()) -> list[dict[str, Any]]:
        """Entries of this run numbered above `n`, of the given kinds (none given: all)."""
        return [entry for entry in self._entries if entry["n"] > n and (not kinds or entry["kind"] in kinds)]

    def newest(self, count: int, kinds: frozenset[str]) -> list[dict[str, Any]]:
        """The newest entries of these kinds, newest first."""
        found = (entry for entry in reversed(self._entries) if entry["kind"] in kinds)
        return list(itertools.islice(found, count))

    async def wait_after(self, n: int, kinds: frozenset[str], *, wait_s: float) -> list[dict[str, Any]]:
        """`after`, as soon as there is such an entry; empty when there was none in `wait_s`."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(wait_s):
                while not self.after(n, kinds):
                    self._written.clear()
                    await self._written.wait()
        return self.after(n, kinds)

    def close(self) -> None:
        """Close the file."""
        os.close(self._file)
