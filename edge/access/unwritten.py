"""Decisions of which no record could be written: counted where a full disk cannot lose it, told when there is room.

Nobody was let in by them. The count lies in bytes that have their place on the disk already, and outlives the process.
"""

import logging
import os
import struct
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

_LAYOUT = struct.Struct(">QQQ")
log = logging.getLogger(__name__)


class Tally(NamedTuple):
    """How many, and when the first and the last of them were made, Unix ms."""

    many: int = 0
    first_ms: int = 0
    last_ms: int = 0

    def __str__(self) -> str:
        first, last = (datetime.fromtimestamp(ms / 1000, UTC) for ms in (self.first_ms, self.last_ms))
        return f"{first:%Y-%m-%dT%H:%M:%SZ} to {last:%Y-%m-%dT%H:%M:%SZ}"


class Unwritten:
    """Kept in `file`; where even that cannot be made, in memory alone."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self.tally = Tally()
        try:
            known = file.read_bytes() if file.exists() else b""
        except OSError as error:
            log.warning("%s: %s", file, error)
        else:
            if len(known) == _LAYOUT.size:
                self.tally = Tally._make(_LAYOUT.unpack(known))
            self._keep(self.tally)

    def add(self, at_ms: int) -> None:
        """One more."""
        many, first_ms, _ = self.tally
        self._keep(Tally(many + 1, first_ms if many else at_ms, at_ms))

    def told(self, tally: Tally) -> None:
        """These are on record now."""
        many = self.tally.many - tally.many
        self._keep(Tally(many, tally.last_ms, self.tally.last_ms) if many else Tally())

    def _keep(self, tally: Tally) -> None:
        self.tally = tally
        try:
            handle = os.open(
                self._file, os.O_WRONLY | os.O_CREAT, 0o600
            )  # not truncated: its bytes are kept in place
            try:
                os.pwrite(handle, _LAYOUT.pack(*tally), 0)
            finally:
                os.close(handle)
        except OSError as error:
            log.warning("decisions that cannot be written are counted in memory alone: %s", error)
