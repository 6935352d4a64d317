"""A relay module (WB-MR6C v2 or OWEN MU110) and the barriers that hang on its outputs."""

import asyncio
from collections.abc import Callable
from functools import partial
from typing import Literal

from firmware_sim.journal import Journal
from firmware_sim.modbus.unit import ILLEGAL_ADDRESS, ILLEGAL_FUNCTION, ILLEGAL_VALUE, RefusalError

Model = Literal["wb_mr6c_v2", "owen_mu110_16"]
OUTPUTS = {"wb_mr6c_v2": 6, "owen_mu110_16": 16}
WB_INPUTS = (0, 1, 2, 3, 4, 5, 7)  # discrete; input 0 of the case stands at address 7
WB_STATE = 96
WB_SAFETY_TIMER, WB_SAFE_STATE, WB_SAFE_APPLY = 8, 930, 938
WB_TIMER_MODE, WB_TIMER_TIME, WB_TIMER_ON, WB_TIMER_UNIT_S = 1760, 1784, 3, 0.1
OWEN_SAFE_STATE, OWEN_FULL = 16, 1000


class Barrier:
    """An arm that rises at a rising edge, stays up for a while and falls."""

    def __init__(self, name: str, journal: Journal, *, move_ms: int, stay_ms: int) -> None:
        self.name = name
        self.state = "closed"
        self.openings = 0
        self._journal = journal
        self._move_s = move_ms / 1000
        self._stay_s = stay_ms / 1000
        self._timer: asyncio.TimerHandle | None = None

    def trigger(self) -> None:
        """The opening contact was closed."""
        self.openings += 1
        if self.state != "open":
            self._become("opening", self._move_s, self._opened)
        else:
            self._opened()

    def _opened(self) -> None:
        self._become("open", self._stay_s, self._closing)

    def _closing(self) -> None:
        self._become("closing", self._move_s, self._closed)

    def _closed(self) -> None:
        self._timer = None
        self._note("closed")

    def _become(self, state: str, for_s: float, then: Callable[[], None]) -> None:
        if self._timer is not None:
            self._timer.cancel()
        self._note(state)
        self._timer = asyncio.get_running_loop().call_later(for_s, then)

    def _note(self, state: str) -> None:
        if state != self.state:
            self.state = state
            self._journal.write("arm", barrier=self.name, state=state)


class RelayModule:
    """Outputs, their safe states and the safety timer. Every write to an output is logged before it is answered."""

    def __init__(
        self, *, line: str, unit: int, model: Model, barriers: dict[int, Barrier], journal: Journal
    ) -> None:
        self.outputs = [False] * OUTPUTS[model]
        self.holding = _holding(model)
        self._line, self._unit, self._model = line, unit, model
        self._barriers = barriers
        self._journal = journal
        self._watchdog: asyncio.TimerHandle | None = None
        self._timers: dict[int, asyncio.TimerHandle] = {}

    def read(self, function: int, address: int, count: int, /) -> list[int]:
        """See `modbus.unit.Unit`."""
        self._heard()
        image = self._image(function)
        try:
            return [image[at] for at in range(address, address + count)]
        except KeyError as error:
            raise RefusalError(ILLEGAL_ADDRESS) from error

    def write(self, function: int, address: int, value: int, /) -> None:
        """See `modbus.unit.Unit`."""
        self._heard()
        if self._model == "wb_mr6c_v2":
            self._write_wb(function, address, value)
        else:
            self._write_owen(function, address, value)

    def _write_wb(self, function: int, address: int, value: int) -> None:
        if function == 5 and address < len(self.outputs):
            self._switch(address, on=bool(value), by="write")
        elif function == 6 and address in self.holding:
            self.holding[address] = value
            self._heard()
        else:
            raise RefusalError(ILLEGAL_ADDRESS)

    def _write_owen(self, function: int, address: int, value: int) -> None:
        if function != 6:
            raise RefusalError(ILLEGAL_FUNCTION)
        if value > OWEN_FULL:
            raise RefusalError(ILLEGAL_VALUE)
        if address < len(self.outputs):
            self._switch(address, on=value > 0, by="write")
        elif address in self.holding:
            self.holding[address] = value
        else:
            raise RefusalError(ILLEGAL_ADDRESS)

    def _image(self, function: int) -> dict[int, int]:
        if self._model == "owen_mu110_16":
            fills = {index: OWEN_FULL * on for index, on in enumerate(self.outputs)}
            return {3: fills | self.holding}.get(function, {})
        outputs = {index: int(on) for index, on in enumerate(self.outputs)}
        inputs = dict.fromkeys(WB_INPUTS, 0)
        return {
            1: outputs,
            2: inputs | {WB_STATE + index: on for index, on in outputs.items()},
            3: self.holding,
        }.get(function, {})

    def _switch(self, output: int, *, on: bool, by: str) -> None:
        changed = self.outputs[output] != on
        self.outputs[output] = on
        self._journal.write(
            "coil", line=self._line, unit=self._unit, output=output, on=on, changed=changed, by=by
        )
        if changed and on and output in self._barriers:
            self._barriers[output].trigger()
        self._start_timer(output, on=on)

    def _start_timer(self, output: int, *, on: bool) -> None:
        """The module's own end of a pulse, where its mode says so."""
        if timer := self._timers.pop(output, None):
            timer.cancel()
        if on and self.holding.get(WB_TIMER_MODE + output) == WB_TIMER_ON:
            self._timers[output] = asyncio.get_running_loop().call_later(
                self.holding[WB_TIMER_TIME + output] * WB_TIMER_UNIT_S,
                partial(self._switch, output, on=False, by="pulse_timer"),
            )

    def _heard(self) -> None:
        """The master spoke: the safety timer starts anew."""
        if self._watchdog is not None:
            self._watchdog.cancel()
            self._watchdog = None
        if silence_s := self.holding.get(WB_SAFETY_TIMER, 0):
            self._watchdog = asyncio.get_running_loop().call_later(silence_s, self._fall_safe)

    def _fall_safe(self) -> None:
        for output, on in enumerate(self.outputs):
            safe = bool(self.holding[WB_SAFE_STATE + output])
            if self.holding[WB_SAFE_APPLY + output] and on != safe:
                self._switch(output, on=safe, by="safety_timer")


def _holding(model: Model) -> dict[int, int]:
    if model == "owen_mu110_16":
        return dict.fromkeys(range(OWEN_SAFE_STATE, OWEN_SAFE_STATE + OUTPUTS[model]), 0)
    firsts = (WB_SAFE_STATE, WB_SAFE_APPLY, WB_TIMER_MODE, WB_TIMER_TIME)
    registers = {first + output: 0 for first in firsts for output in range(OUTPUTS[model])}
    return registers | {WB_SAFETY_TIMER: 0}
