"""Looks at a panel's memory again and again: when woken, after a minute, and after a failure with growing pauses."""

import asyncio
from abc import ABC, abstractmethod
from collections.abc import Callable

from edge.drivers.base import DeviceError, UnsupportedError
from edge.drivers.presence import Backoff
from edge.link.fetching import FetchError

LOOK_S = 60.0  # what was changed at the panel by hand is undone within this


class Rounds(ABC):
    """One panel. `report`: how many it should hold and holds, and what went wrong last."""

    def __init__(self, name: str, random: Callable[[], float]) -> None:
        self._name = name
        self._random = random
        self._woken = asyncio.Event()
        self.report: dict[str, object] = {}

    def wake(self) -> None:
        """What is held by the box has changed."""
        self._woken.set()

    async def run(self) -> None:
        """Until cancelled."""
        backoff = Backoff(self._random, first_s=1.0, cap_s=LOOK_S)
        while True:
            self._woken.clear()
            try:
                await self.keep()
            except (DeviceError, FetchError) as error:
                if isinstance(error, UnsupportedError) and not self.needed:
                    self.report = {}
                    await asyncio.Event().wait()
                self.report["fault"] = str(error)
                await backoff.wait()
                continue
            backoff.reset()
            try:
                async with asyncio.timeout(LOOK_S):
                    await self._woken.wait()
            except TimeoutError:
                continue

    @abstractmethod
    async def keep(self) -> None:
        """Once. What is done stays done when the rest fails. Raises DeviceError, FetchError."""

    @property
    def needed(self) -> bool:
        """Whether a panel that has no such memory is at fault; it is asked no more where it is not."""
        return True
