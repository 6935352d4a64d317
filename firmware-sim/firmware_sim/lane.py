"""Cars in a lane: one at a time drives up to the camera, waits until the barrier is open, drives through and away."""

import asyncio
import contextlib
from collections.abc import Coroutine
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any

from firmware_sim.boom import Barrier
from firmware_sim.camera import Camera, PushError
from firmware_sim.journal import Journal

COMING_S, PASSING_S, LEAVING_S, BACKING_S = 1.2, 2.0, 1.2, 1.2


class Phase(StrEnum):
    """Where a car is. Only while it is `passing` it is on the barrier's loop and before its photocell."""

    COMING = "coming"
    WAITING = "waiting"
    PASSING = "passing"
    LEAVING = "leaving"
    BACKING = "backing"


class OccupiedError(Exception):
    """The lane is not free for that."""


@dataclass
class Car:
    """A car. `fault`: why its plate did not reach the box."""

    plate: str
    phase: Phase = Phase.COMING
    fault: str = ""


class Lane:
    """`car`: the one in the lane, if any."""

    def __init__(self, name: str, *, barrier: Barrier, camera: Camera | None, journal: Journal) -> None:
        self.name = name
        self.barrier = barrier
        self.car: Car | None = None
        self._camera = camera
        self._journal = journal
        self._driving: asyncio.Task[None] | None = None

    def look(self) -> dict[str, Any]:
        """What an onlooker would see: {"car": null, or its plate, phase and fault}."""
        return {"car": asdict(self.car) if self.car is not None else None}

    def drive_up(self, plate: str, *, read_as: str, confidence: float) -> None:
        """A car comes; the rest it does by itself. Raises OccupiedError."""
        if self.car is not None:
            raise OccupiedError(f"lane {self.name}: {self.car.plate} is there")
        self.car = car = Car(plate)
        self._go(car, Phase.COMING)
        self._drive(self._visit(car, read_as, confidence))

    def drive_back(self) -> None:
        """The car that waits turns round. Raises OccupiedError when none does."""
        car = self.car
        if car is None or car.phase not in (Phase.COMING, Phase.WAITING):
            raise OccupiedError(f"lane {self.name}: no car that could turn round")
        if self._driving is not None:
            self._driving.cancel()
        self._drive(self._turn_round(car))

    async def stop(self) -> None:
        """The car is gone, wherever it was."""
        if self._driving is not None:
            self._driving.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._driving

    async def _visit(self, car: Car, read_as: str, confidence: float) -> None:
        await asyncio.sleep(COMING_S)
        self._go(car, Phase.WAITING)
        if self._camera is not None:
            try:
                await self._camera.arrive(car.plate, read_as=read_as, confidence=confidence)
            except PushError as error:
                car.fault = str(error)
        await self.barrier.stands_open.wait()
        self._go(car, Phase.PASSING)
        self.barrier.occupy(is_occupied=True)
        try:
            await asyncio.sleep(PASSING_S)
        finally:
            self.barrier.occupy(is_occupied=False)
        await self._leave(car, Phase.LEAVING, LEAVING_S)

    async def _turn_round(self, car: Car) -> None:
        await self._leave(car, Phase.BACKING, BACKING_S)

    async def _leave(self, car: Car, phase: Phase, for_s: float) -> None:
        if self._camera is not None:
            self._camera.leave()
        self._go(car, phase)
        await asyncio.sleep(for_s)
        self.car = None

    def _go(self, car: Car, phase: Phase) -> None:
        car.phase = phase
        self._journal.write("car", lane=self.name, plate=car.plate, phase=phase)

    def _drive(self, coroutine: Coroutine[Any, Any, None]) -> None:
        self._driving = asyncio.create_task(coroutine, name=f"lane {self.name}")
