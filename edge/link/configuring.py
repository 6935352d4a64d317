"""Takes a desired configuration: judged as a whole, kept on the disk, then put in force; or refused as a whole."""

import asyncio
import logging
import sqlite3
from collections.abc import Awaitable, Callable, Sequence
from functools import partial
from typing import Generic, TypeVar

import msgspec

from edge.access.journal import Journal
from edge.drivers.base import ConfigError
from protocols.config import Configuration, decode_configuration
from protocols.config_changes import Changes, changes
from protocols.messages import Desired
from protocols.records import ConfigApplied

log = logging.getLogger(__name__)
ERRORS_MAX = 50
ERROR_LENGTH = 500
_Plan = TypeVar("_Plan")


class Configurator(Generic[_Plan]):
    """`draw_up` builds without touching what runs, or raises ConfigError; `put_in_force` swaps."""

    def __init__(
        self,
        *,
        journal: Journal,
        draw_up: Callable[[Configuration], _Plan],
        put_in_force: Callable[[_Plan], Awaitable[None]],
        applied: Callable[[], None],
    ) -> None:
        self._journal = journal
        self._draw_up = draw_up
        self._put_in_force = put_in_force
        self._applied = applied
        self._refused: int | None = None
        self._current: Configuration | None = None
        self._turn = asyncio.Lock()
        self.version = 0

    async def restore(self, kept: Sequence[tuple[int, bytes]]) -> None:
        """At start: the newest kept configuration that this agent can build, else the one before it."""
        for version, body in kept:
            try:
                kept_one = _decode(body)
                plan = self._draw_up(kept_one)
            except ConfigError as error:
                log.warning("kept configuration %s cannot be used: %s", version, error)
                continue
            await self._put_in_force(plan)
            self.version, self._current = version, kept_one
            return

    async def take(self, desired: Desired) -> None:
        """A desired configuration whose signature was verified. Raises StoreError."""
        async with self._turn:
            if desired.version in {self.version, self._refused} or desired.version < self.version:
                self._applied()
                return
            wanted: Configuration | None = None
            try:
                wanted = _decode(bytes(desired.body))
                plan = self._draw_up(wanted)
            except ConfigError as error:
                await self._refuse(desired, self._changes(wanted), error.errors)
                return
            event = self._told(desired, self._changes(wanted))
            keep = partial(_keep, desired.version, bytes(desired.body))
            await self._journal.add(event, also=keep)
            await self._put_in_force(plan)
            self.version, self._current = desired.version, wanted
            self._refused = None
            log.info("configuration %s is in force", desired.version)
            self._applied()

    async def _refuse(self, desired: Desired, told: Changes, errors: list[str]) -> None:
        log.warning("configuration %s refused: %s", desired.version, "; ".join(errors))
        await self._journal.add(self._told(desired, told, errors))
        self._refused = desired.version

    def _changes(self, wanted: Configuration | None) -> Changes:
        return changes(self._current, wanted) if wanted is not None else Changes([])

    def _told(self, desired: Desired, found: Changes, errors: Sequence[str] | None = None) -> ConfigApplied:
        """`errors` None: it is taken."""
        return ConfigApplied(
            **self._journal.stamp(),
            version=desired.version,
            applied=errors is None,
            errors=[error[:ERROR_LENGTH] for error in (errors or ())[:ERRORS_MAX]],
            person=desired.person,
            person_id=desired.person_id,
            changes=found.told,
            untold=found.untold,
        )


def _decode(body: bytes) -> Configuration:
    try:
        return decode_configuration(body)
    except msgspec.DecodeError as error:
        raise ConfigError([f"configuration: {error}"]) from error


def _keep(version: int, body: bytes, connection: sqlite3.Connection) -> None:
    """This one and the one before it stay."""
    connection.execute("INSERT OR REPLACE INTO config VALUES (?, ?)", (version, body))
    connection.execute(
        "DELETE FROM config WHERE version NOT IN (SELECT version FROM config ORDER BY version DESC LIMIT 2)"
    )
