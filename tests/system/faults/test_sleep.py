"""A box that has no turn for a while: whoever came meanwhile finds the barrier shut, however fresh the bytes look."""

import time
from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest

from protocols.fields import Event
from protocols.records import Actuation, Outcome, Passage
from tests.system.faults import truths
from tests.system.faults.account import GRANT_AGE_NS, NS_PER_S
from tests.system.faults.house import House
from tests.system.faults.scene import Scene
from tests.system.faults.site import CAMERAS
from tests.system.faults.traffic import Visit

pytestmark = [pytest.mark.system, pytest.mark.timeout(600)]
_SLEEPS_S = 2 * GRANT_AGE_NS / NS_PER_S


def test_a_box_that_slept_opens_nothing_for_who_came_meanwhile(scene: Scene) -> None:
    house, came_ns = scene.house, time.time_ns()
    plate = scene.welcome(1).plates[0]
    before = len(truths.devices(house).pulses)
    with ThreadPoolExecutor(1) as hand:
        with house.asleep():
            hand.submit(_drive_up, house, plate)
            time.sleep(_SLEEPS_S)
        house.wait(lambda: _became_of(house, plate) is not None, "what became of it is on record")
    passage, actuation = _became_of(house, plate) or (None, None)
    assert passage is not None
    assert passage.outcome is Outcome.DENIED or (actuation is not None and not actuation.done)
    assert len(truths.devices(house).pulses) == before
    house.wait_devices()
    now_ns = time.time_ns()
    house.outages[-1].until_ns = now_ns
    scene.visits.append(
        Visit(text=plate, device=CAMERAS[0], welcome=True, came_ns=came_ns, answered_ns=now_ns, accepted=True)
    )
    scene.check("the box slept")


def _drive_up(house: House, plate: str) -> None:
    """The camera may lose its patience; its bytes are on their way by then."""
    url = f"http://127.0.0.1:{house.files.port('control')}/cameras/{CAMERAS[0]}/car"
    httpx.post(url, json={"plate": plate}, timeout=60, trust_env=False)


def _became_of(house: House, plate: str) -> tuple[Passage, Actuation | None] | None:
    """The passage of a plate and, where it was let in, what its barrier did; None until both are on record."""
    told: list[Event] = [event for stream in truths.box(house) for event in truths.events(stream)]
    for passage in told:
        if isinstance(passage, Passage) and passage.plate == plate:
            opened = [each for each in told if isinstance(each, Actuation) and each.passage == passage.id]
            is_over = bool(opened) or passage.outcome is Outcome.DENIED
            return (passage, opened[0] if opened else None) if is_over else None
    return None
