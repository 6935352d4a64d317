"""Tells the cloud how the box stands: at connect, at every change, and once in a while."""

import asyncio
import logging
from collections.abc import Awaitable, Callable

from edge.link.mqtt import LinkError, Publisher
from protocols.messages import PullConfig, State
from protocols.topics import Channel

log = logging.getLogger(__name__)
PERIOD_S = 30.0


class Reporter:
    """Publishes the retained state; changes that come while one is under way share the next."""

    def __init__(
        self,
        *,
        publisher: Publisher,
        connected: asyncio.Event,
        state: Callable[[], Awaitable[State]],
        config_version: Callable[[], int],
    ) -> None:
        self._publisher = publisher
        self._connected = connected
        self._state = state
        self._config_version = config_version
        self._due = asyncio.Event()
        self._fresh = False

    def changed(self) -> None:
        """Something that the state tells has changed."""
        self._due.set()

    def connected_again(self) -> None:
        """A new connection: the broker may still show the last will."""
        self._fresh = True
        self._due.set()

    async def run(self) -> None:
        """Report, for ever."""
        while True:
            await self._connected.wait()
            self._due.clear()
            try:
                await self._report()
            except LinkError as error:
                log.info("state: %s", error)
            try:
                async with asyncio.timeout(PERIOD_S):
                    await self._due.wait()
            except TimeoutError:
                self._fresh = True  # a configuration may have been lost on its way: ask

    async def _report(self) -> None:
        await self._publisher.publish(Channel.UP_STATE, await self._state(), retain=True)
        if self._fresh:
            self._fresh = False
            await self._publisher.publish(Channel.UP_REQUESTS, PullConfig(version=self._config_version()))
