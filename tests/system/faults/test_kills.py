"""SIGKILL, one at a time and in pairs, while cars, cards and meters go on: nothing lost, nothing double."""

import random
import time

import pytest

from tests.system.faults.house import CLOUD, TARGETS, House
from tests.system.faults.scene import FIRST_SEED, LONG, SEEDS, Scene

pytestmark = [pytest.mark.system, pytest.mark.timeout(600)]
_SINGLES = len(TARGETS) if LONG else 2
_PAIRS = 3 if LONG else 1
_VISITS_BETWEEN = 4


@pytest.mark.parametrize("number", range(SEEDS))
def test_whatever_is_killed_nothing_is_lost_and_nothing_counts_twice(scene: Scene, number: int) -> None:
    seed = FIRST_SEED + number
    rng = random.Random(seed)
    strikes = _strikes(number, rng)
    with scene.traffic(rng, scene.welcome(10 if LONG else 4)) as traffic:
        for targets in strikes:
            traffic.wait(_VISITS_BETWEEN)
            _strike(scene.house, targets, rng)
        traffic.wait(_VISITS_BETWEEN)
    scene.check(
        f"seed {seed} (round {number}): killed {', then '.join(' with '.join(targets) for targets in strikes)}"
    )


def test_a_cloud_that_starts_before_its_servers_waits_for_them(scene: Scene) -> None:
    """The machine of the cloud loses its power; as it comes up again, the database and the broker come last."""
    house = scene.house
    with scene.traffic(random.Random("power")) as traffic:
        traffic.wait(2)
        for name in (*CLOUD, "postgres", "mosquitto"):
            house.kill(name)
        for name in CLOUD:
            house.revive(name)
        house.wait(lambda: all(map(house.listens, CLOUD)), "the cloud's processes run without their servers")
        traffic.wait(4)
        for name in ("postgres", "mosquitto"):
            house.revive(name)
        traffic.wait(2)
    house.wait_held()
    ended = [name for name in CLOUD if not house.service(name).process.is_running()]
    assert not ended, house.last_words()
    scene.check("the cloud came up before its database and its broker")


def _strikes(round_: int, rng: random.Random) -> list[list[str]]:
    """Single targets in turn, so that a few rounds hit each of them; pairs at random."""
    singles = [[TARGETS[(round_ * _SINGLES + number) % len(TARGETS)]] for number in range(_SINGLES)]
    strikes = singles + [rng.sample(TARGETS, 2) for _ in range(_PAIRS)]
    rng.shuffle(strikes)
    return strikes


def _strike(house: House, targets: list[str], rng: random.Random) -> None:
    for target in targets:
        time.sleep(rng.uniform(0, 0.3))
        house.kill(target)
    time.sleep(rng.uniform(0.3, 2.0))
    for target in rng.sample(targets, len(targets)):
        house.revive(target)
