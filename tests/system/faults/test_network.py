"""The line between box and cloud: cut, half-open, a black hole. The gate notices nothing; all arrives once."""

import random
import time

import pytest

from deploy.demo.servers.proxy import Line
from tests.system.faults.scene import LONG, Scene

pytestmark = [pytest.mark.system, pytest.mark.timeout(600)]
_LASTS_S = {Line.CUT: 60.0, Line.HALF_OPEN: 13.0, Line.BLACK_HOLE: 13.0}
"""The two dead ones: longer than a publish waits for its answer (10 s), so that the box itself finds out."""
_LONG_S = 60.0


@pytest.mark.parametrize("line", list(_LASTS_S))
def test_a_broken_line_loses_nothing_and_the_gate_goes_on(scene: Scene, line: Line) -> None:
    house = scene.house
    began = len(scene.visits)
    with scene.traffic(random.Random(line.value), scene.welcome(10 if LONG else 4)) as traffic:
        traffic.wait(3)
        house.set_line(line)
        try:
            ends = time.monotonic() + (_LONG_S if LONG else _LASTS_S[line])
            while time.monotonic() < ends:
                traffic.wait(1)
        finally:
            house.set_line(Line.OPEN)
        traffic.wait(3)
    assert not any(visit.accepted is False for visit in scene.visits[began:]), (
        "a camera or reader was not heard"
    )
    scene.check(f"the line: {line}")
