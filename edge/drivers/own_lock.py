"""A device that opens a lock of its own, for a time of its own: as a relay module it knows the pulse alone."""

from abc import ABC, abstractmethod
from collections.abc import Set
from contextlib import AbstractAsyncContextManager

from edge.drivers.base import ConfigError, MonotonicNs, Pulsed, UnavailableError


class OwnLock(ABC):
    """Implements the port `base.Relay` but for `id` and `run`. Its doors are outputs, from 0.

    `confirms`: it says that it did what it was asked.
    """

    confirms = True

    def __init__(self, name: str, doors: int, monotonic_ns: MonotonicNs) -> None:
        self._name = name
        self._doors = doors
        self._monotonic_ns = monotonic_ns

    @abstractmethod
    async def open_door(self, door: int, *, deadline_ns: int) -> None:
        """Let one through; nothing is sent after the deadline. Raises UnavailableError, RefusedError, SilentError."""

    def check(self, output: int, pulse_ms: int) -> None:  # noqa: ARG002  # the device itself knows for how long
        """See `base.Relay`."""
        if output >= self._doors:
            raise ConfigError([f"{self._name}: no output {output}, the last is {self._doors - 1}"])

    async def pulse(self, output: int, pulse_ms: int, *, deadline_ns: int) -> Pulsed:
        """See `base.Relay`."""
        self.check(output, pulse_ms)
        if self._monotonic_ns() >= deadline_ns:
            raise UnavailableError(f"{self._name}: too late to open")
        await self.open_door(output, deadline_ns=deadline_ns)
        now_ns = self._monotonic_ns()
        return Pulsed(now_ns, now_ns, confirmed=self.confirms)

    def holding(self, output: int, *, deadline_ns: int) -> AbstractAsyncContextManager[int]:
        """See `base.Relay`."""
        raise ConfigError([f"{self._name}: output {output} cannot be held until {deadline_ns}"])

    async def states(self) -> tuple[bool, ...]:
        """See `base.Relay`: nobody knows."""
        return (False,) * self._doors

    def check_held(self, output: int) -> None:
        """See `base.Relay`."""
        raise ConfigError([f"{self._name}: output {output} cannot be held: it opens for its own time"])

    def check_input(self, number: int) -> None:
        """See `base.Relay`."""
        raise ConfigError([f"{self._name}: no input {number}: it has none"])

    def watch(self, inputs: Set[int]) -> None:
        """See `base.Relay`: of no input there is anything to watch."""
        for number in inputs:
            self.check_input(number)

    async def inputs(self) -> tuple[bool, ...]:
        """See `base.Relay`."""
        raise ConfigError([f"{self._name}: it has no inputs"])
