"""A relay module (WB-MR6C v2 or OWEN MU110): outputs, inputs, safe states, and what hangs on them."""

import asyncio
from collections.abc import Mapping
from functools import partial
from typing import Literal, NamedTuple

from firmware_sim.boom import Barrier, Contact
from firmware_sim.journal import Journal
from firmware_sim.modbus.unit import ILLEGAL_ADDRESS, ILLEGAL_FUNCTION, ILLEGAL_VALUE, RefusalError

Model = Literal["wb_mr6c_v2", "owen_mu110_8", "owen_mu110_16"]
OUTPUTS = {"wb_mr6c_v2": 6, "owen_mu110_8": 8, "owen_mu110_16": 16}
WB_INPUTS = (0, 1, 2, 3, 4, 5, 7)  # discrete; input 0 of the case stands at address 7
WB_STATE = 96
WB_INPUT_MODE, WB_INPUT_BUTTON = 9, 0  # as delivered: a push button that switches the output of its number
WB_SAFETY_TIMER, WB_SAFE_STATE, WB_SAFE_APPLY = 8, 930, 938
WB_TIMER_MODE, WB_TIMER_TIME, WB_TIMER_ON, WB_TIMER_UNIT_S = 1760, 1784, 3, 0.1
OWEN_SAFE_STATE, OWEN_TIMEOUT, OWEN_FULL, OWEN_TIMEOUT_MAX_S = 0x10, 0x30, 1000, 600


class Wire(NamedTuple):
    """An output that closes a contact of a barrier's controller."""

    barrier: Barrier
    side: Literal["open", "close", "stop"]


class Switch(NamedTuple):
    """An input at which a contact of a barrier hangs. `normally_closed`: what it tells of opens it."""

    barrier: Barrier
    contact: Contact
    normally_closed: bool

    @property
    def is_closed(self) -> bool:
        """The contact itself."""
        return self.barrier.contact(self.contact) != self.normally_closed


class RelayModule:
    """Outputs, their safe states and the safety timer. Every write to an output is logged before it is answered."""

    def __init__(
        self,
        *,
        line: str,
        unit: int,
        model: Model,
        barriers: Mapping[int, Barrier | Wire],
        journal: Journal,
        switches: Mapping[int, Switch] | None = None,
    ) -> None:
        self.outputs = [False] * OUTPUTS[model]
        self.inputs = [False] * len(WB_INPUTS)
        self.holding = _holding(model)
        self._line, self._unit, self._model = line, unit, model
        self._wires = {
            output: wire if isinstance(wire, Wire) else Wire(wire, "open")
            for output, wire in barriers.items()
        }
        self._switches = switches or {}
        for barrier in [wire.barrier for wire in self._wires.values()] + [
            switch.barrier for switch in self._switches.values()
        ]:
            barrier.changed = self._look_at_switches
        for number, switch in self._switches.items():
            self.inputs[number] = switch.is_closed
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

    def put(self, number: int, *, is_closed: bool) -> None:
        """Close or open the contact at an input."""
        rises = is_closed and not self.inputs[number]
        self.inputs[number] = is_closed
        is_button = self.holding.get(WB_INPUT_MODE + number) == WB_INPUT_BUTTON
        if rises and is_button and number < len(self.outputs):
            self._switch(number, on=not self.outputs[number], by="input")

    def cut_power(self) -> None:
        """The module's supply fails for a moment: all relays let go, what was set up stays."""
        for output, on in enumerate(self.outputs):
            if on:
                self._switch(output, on=False, by="power")

    def _look_at_switches(self) -> None:
        for number, switch in self._switches.items():
            if switch.is_closed != self.inputs[number]:
                self.put(number, is_closed=switch.is_closed)

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
        if value > (OWEN_TIMEOUT_MAX_S if address == OWEN_TIMEOUT else OWEN_FULL):
            raise RefusalError(ILLEGAL_VALUE)
        if address < len(self.outputs):
            self._switch(address, on=value > 0, by="write")
        elif address in self.holding:
            self.holding[address] = value
            self._heard()
        else:
            raise RefusalError(ILLEGAL_ADDRESS)

    def _image(self, function: int) -> dict[int, int]:
        if self._model != "wb_mr6c_v2":
            fills = {index: OWEN_FULL * on for index, on in enumerate(self.outputs)}
            return {3: fills | self.holding}.get(function, {})
        outputs = {index: int(on) for index, on in enumerate(self.outputs)}
        inputs = {address: int(on) for address, on in zip(WB_INPUTS, self.inputs, strict=True)}
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
        if changed and output in self._wires:
            wire = self._wires[output]
            wire.barrier.drive(wire.side, on=on)
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
        timeout = WB_SAFETY_TIMER if self._model == "wb_mr6c_v2" else OWEN_TIMEOUT
        if silence_s := self.holding.get(timeout, 0):
            self._watchdog = asyncio.get_running_loop().call_later(silence_s, self._fall_safe)

    def _fall_safe(self) -> None:
        for output, on in enumerate(self.outputs):
            safe = self._safe(output, on=on)
            if on != safe:
                self._switch(output, on=safe, by="safety_timer")

    def _safe(self, output: int, *, on: bool) -> bool:
        """What the output falls back to; WB's stays as it is where that is not to be applied."""
        if self._model != "wb_mr6c_v2":
            return self.holding[OWEN_SAFE_STATE + output] > 0
        return bool(self.holding[WB_SAFE_STATE + output]) if self.holding[WB_SAFE_APPLY + output] else on


def _holding(model: Model) -> dict[int, int]:
    if model != "wb_mr6c_v2":
        safe_states = range(OWEN_SAFE_STATE, OWEN_SAFE_STATE + OUTPUTS[model])
        return dict.fromkeys([*safe_states, OWEN_TIMEOUT], 0)
    firsts = (WB_SAFE_STATE, WB_SAFE_APPLY, WB_TIMER_MODE, WB_TIMER_TIME)
    registers = {first + output: 0 for first in firsts for output in range(OUTPUTS[model])}
    registers |= {WB_INPUT_MODE + number: WB_INPUT_BUTTON for number in range(OUTPUTS[model])}
    return registers | {WB_SAFETY_TIMER: 0}
