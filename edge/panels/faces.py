"""Keeps the faces of a panel that recognises by itself as they should be; those of others are none of its affair.

A picture is in the box's memory for as long as it takes to write it, and never on its disk.
"""

import logging
from collections.abc import Awaitable, Callable, Mapping, Set
from typing import NamedTuple

from edge.drivers.base import DeviceError, FacePanel, RefusedError
from edge.link.fetching import GoneError
from edge.panels.rounds import Rounds

log = logging.getLogger(__name__)
AGAIN_S = 3600.0  # a picture in which the panel finds no face is not shown to it every minute
NS_PER_S = 1_000_000_000

Wanted = Callable[[], Awaitable[frozenset[str]]]
Fetch = Callable[[str], Awaitable[bytes]]
Tell = Callable[[bool, str], None]
"""Whether some faces cannot be written, and why: told when it changes, and when it is first known."""


class Change(NamedTuple):
    """What is to be done at a panel; what is to go goes first."""

    drop: tuple[str, ...]
    put: tuple[str, ...]


def difference(desired: Set[str], held: Mapping[str, str], but: Set[str] = frozenset()) -> Change:
    """What makes the one the other; a picture that the panel has otherwise is written anew. `but`: not now."""
    put = {face for face in desired if held.get(face) != face}
    return Change(tuple(sorted(held.keys() - desired)), tuple(sorted(put - but)))


class _PutOff(NamedTuple):
    why: str
    until_ns: int


class FaceKeeper(Rounds):
    """Reports also what could not be written."""

    def __init__(
        self,
        name: str,
        panel: FacePanel,
        wanted: Wanted,
        fetch: Fetch,
        *,
        random: Callable[[], float],
        monotonic_ns: Callable[[], int],
        tell: Tell = lambda _active, _detail: None,
    ) -> None:
        super().__init__(name, random)
        self._panel = panel
        self._wanted = wanted
        self._fetch = fetch
        self._monotonic_ns = monotonic_ns
        self._tell = tell
        self._told: str | None = None
        self._put_off: dict[str, _PutOff] = {}

    async def keep(self) -> None:
        """Also of a panel that does not recognise (any more): until it surely holds none of ours."""
        desired = await self._wanted() if self._panel.recognises else frozenset()
        held = await self._panel.faces()
        self._forget_put_off(desired)
        change = difference(desired, held, self._put_off.keys())
        for face in change.drop:
            await self._panel.drop_face(face)
        for face in change.put:
            await self._put(face)
        if change.drop or change.put:
            log.info("panel %s: %s faces written, %s removed", self._name, len(change.put), len(change.drop))
            held = await self._panel.faces()
        self._tell_unwritten()
        left = difference(desired, held, self._put_off.keys())
        self.report = {"desired": len(desired), "held": len(held)}
        if self._put_off:
            self.report["unwritten"] = {face[:8]: each.why for face, each in self._put_off.items()}
        if left.drop or left.put:
            amiss = f"{len(left.put)} faces are missing, {len(left.drop)} are too many"
            raise DeviceError(f"{self._name}: it says that it did, and {amiss}")

    @property
    def needed(self) -> bool:
        return self._panel.recognises

    async def _put(self, face: str) -> None:
        """One that is refused, or not to be had any more, keeps none of the others out."""
        try:
            await self._panel.put_face(face, await self._fetch(face))
        except (RefusedError, GoneError) as error:
            log.warning("panel %s: face %s is not written: %s", self._name, face[:8], error)
            self._put_off[face] = _PutOff(str(error), self._monotonic_ns() + int(AGAIN_S * NS_PER_S))

    def _tell_unwritten(self) -> None:
        why = next(iter(self._put_off.values())).why if self._put_off else ""
        detail = f"{len(self._put_off)} faces: {why}" if why else "all are written"
        if detail != self._told:
            self._told = detail
            self._tell(bool(why), detail)

    def _forget_put_off(self, desired: Set[str]) -> None:
        now_ns = self._monotonic_ns()
        self._put_off = {
            face: each for face, each in self._put_off.items() if face in desired and now_ns < each.until_ns
        }
