"""What every driver does alike: wait longer after each failure; tell once "gone" and once "back"."""

import asyncio
from collections.abc import Awaitable, Callable
from uuid import UUID

from edge.drivers.base import Sink, Why
from protocols.records import DeviceReason, DeviceStatus


class Presence:
    """Remembers what was last told about a device, so that a change is told once."""

    def __init__(self, device: UUID, sink: Sink) -> None:
        self._device = device
        self._sink = sink
        self.told: DeviceStatus | None = None
        self._lacks: DeviceReason | None = None

    def online(self, detail: str = "", lacks: DeviceReason | None = None) -> None:
        """The device answers. `lacks`: what of it does not work all the same."""
        self._tell(DeviceStatus.ONLINE, Why(detail, lacks))

    def offline(self, why: Why) -> None:
        """The device does not answer."""
        self._tell(DeviceStatus.OFFLINE, why)

    def fault(self, why: Why) -> None:
        """The device answers, and wrongly."""
        self._tell(DeviceStatus.FAULT, why)

    def _tell(self, status: DeviceStatus, why: Why) -> None:
        lacks = why.reason if status is DeviceStatus.ONLINE else None
        if (status, lacks) != (self.told, self._lacks):
            self.told, self._lacks = status, lacks
            self._sink.status(self._device, status, why._replace(detail=why.detail[:500]))


class Backoff:
    """Delays that double up to a cap, spread by jitter so that a site's devices do not knock together."""

    def __init__(
        self,
        random: Callable[[], float],
        *,
        first_s: float = 0.2,
        cap_s: float = 15.0,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._random = random
        self._first_s = first_s
        self._cap_s = cap_s
        self._sleep = sleep
        self._next_s = first_s

    def reset(self) -> None:
        """After a success the next failure waits shortly again."""
        self._next_s = self._first_s

    def next_delay_s(self) -> float:
        """Half of the current delay for sure, the other half by chance."""
        delay_s = self._next_s * (0.5 + 0.5 * self._random())
        self._next_s = min(self._next_s * 2, self._cap_s)
        return delay_s

    async def wait(self) -> None:
        """Sleep the next delay."""
        await self._sleep(self.next_delay_s())
