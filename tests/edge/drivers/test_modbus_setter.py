"""How a relay module is set up that would not take a register: what is tried again, and when."""

import itertools
from typing import Any, cast

import pytest

from edge.drivers.base import DoubtfulError, RefusedError
from edge.drivers.modbus_bus.driver import ModbusBus
from edge.drivers.modbus_bus.turns import Urgency
from edge.drivers.modbus_relay.setter import AGAIN_CAP_S, AGAIN_FIRST_S, Setter
from edge.drivers.modbus_relay.setup import Write

WRITES = [Write(8, 10), Write(9, 0), Write(10, 1)]
NS = 1_000_000_000


class Line:
    """A module on a line with a clock of its own. `answers`: exceptions by register; `acts`: it does what it fails."""

    def __init__(self, **answers: int) -> None:
        self.answers = {int(name[1:]): code for name, code in answers.items()}
        self.held = {8: 0, 9: 7, 10: 0}
        self.acts = False
        self.readable = True
        self.connections = 1
        self.now_s = 0.0
        self.written: list[tuple[float, int]] = []

    def monotonic_ns(self) -> int:
        return int(self.now_s * NS)

    async def read_as(self, _urgency: Urgency, _unit: int, _function: int, address: int, count: int) -> Any:
        if not self.readable:
            raise RefusedError("not that one", 2)
        return [self.held[at] for at in range(address, address + count)]

    async def write_register(self, _unit: int, address: int, value: int, *, deadline_ns: int) -> None:
        assert deadline_ns > self.monotonic_ns()
        self.written.append((self.now_s, address))
        code = self.answers.get(address)
        if code is None or self.acts:
            self.held[address] = value
        if code in (4, 5, 11):
            raise DoubtfulError(f"exception {code}")
        if code is not None:
            raise RefusedError(f"exception {code}", code)


def setter_of(line: Line) -> Setter:
    return Setter(cast("ModbusBus", line), 12, lambda: 1.0)


async def looked(setter: Setter, line: Line, until_s: float, step_s: float = 1.0) -> None:
    """As the driver does: at each look the module is set up if that is due."""
    while line.now_s < until_s:
        if setter.is_due():
            await setter.set_up(WRITES)
        line.now_s += step_s


@pytest.mark.parametrize("code", [4, 5, 11])
async def test_what_fails_for_ever_is_tried_after_pauses_that_grow_to_a_cap(code: int) -> None:
    line = Line(r9=code)
    setter = setter_of(line)
    await looked(setter, line, 30_000.0)
    tries = [at_s for at_s, address in line.written if address == 9]
    pauses = [later - earlier for earlier, later in itertools.pairwise(tries)]
    assert pauses[:3] == [AGAIN_FIRST_S, 2 * AGAIN_FIRST_S, 4 * AGAIN_FIRST_S]
    assert pauses == sorted(pauses)
    assert pauses[-1] == AGAIN_CAP_S
    assert [address for _, address in line.written if address != 9] == [8, 10], (
        "the others are set at once, once"
    )
    assert str(setter.refused) == f"exception {code}"


async def test_what_was_done_all_the_same_is_not_written_again() -> None:
    line = Line(r9=5)
    line.acts = True
    setter = setter_of(line)
    await looked(setter, line, 100.0)
    assert [address for _, address in line.written] == [8, 9, 10]
    assert setter.refused is None


async def test_a_register_that_is_taken_at_last_ends_the_fault_and_the_pauses() -> None:
    line = Line(r9=4)
    setter = setter_of(line)
    await looked(setter, line, 100.0)
    line.answers.clear()
    await looked(setter, line, 300.0)
    assert (line.held[9], setter.refused, setter.is_due()) == (0, None, False)


async def test_a_refusal_is_not_tried_again_beside_a_doubt() -> None:
    line = Line(r8=2, r9=4)
    line.readable = False
    setter = setter_of(line)
    await looked(setter, line, 25.0)
    assert line.written == [(0.0, 8), (0.0, 9), (0.0, 10), (AGAIN_FIRST_S, 9)]
    assert str(setter.refused) == "exception 2"


@pytest.mark.parametrize("how", ["anew", "connection"])
async def test_it_is_tried_at_once_when_the_module_is_there_anew(how: str) -> None:
    line = Line(r9=4)
    setter = setter_of(line)
    await looked(setter, line, 1000.0)
    line.written.clear()
    if how == "anew":
        setter.anew()
    else:
        line.connections += 1
    await looked(setter, line, 1011.0)
    assert line.written == [(1000.0, 9), (1000.0 + AGAIN_FIRST_S, 9)]


async def test_a_silence_among_the_others_shortens_no_pause() -> None:
    """The rest has to be gone on with; the register in doubt waits for its time."""
    line = Line(r9=4, r10=6)
    setter = setter_of(line)
    for at_s in (0.0, 1.0, 2.0):
        line.now_s = at_s
        with pytest.raises(RefusedError, match="exception 6"):
            await setter.set_up(WRITES)
    assert [address for _, address in line.written] == [8, 9, 10, 10, 10]
