"""What the fault tests share: one house, everybody who came to it, and what it is expected to have gone through."""

import os
import random
import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from deploy.demo.servers.proxy import Line
from tests.system.faults.account import Expected
from tests.system.faults.house import House
from tests.system.faults.reconcile import reconcile
from tests.system.faults.traffic import Traffic, Visit, Welcome, welcome

SEEDS_VARIABLE = "DOMOVOY_FAULT_SEEDS"
SEEDS = int(os.environ.get(SEEDS_VARIABLE, "5"))
"""How many rounds of random kills; 30 is the long run, in which outages last as long as the story says."""
LONG = SEEDS > 5
FIRST_SEED = int(os.environ.get("DOMOVOY_FAULT_SEED") or random.SystemRandom().randrange(1_000_000))
"""A run of its own each time; `DOMOVOY_FAULT_SEED` repeats one, by the number that the counts name."""
_PASSES = 4


class Scene:
    """A house and its history since it was built: each check compares all of it."""

    tell: Callable[[str], None]
    """Where a check's counts go: to the end of the tests' report."""

    def __init__(self, house: House) -> None:
        self.house = house
        self.expected = Expected()
        self.visits: list[Visit] = []

    def welcome(self, passes: int = _PASSES) -> Welcome:
        """New passes, held by the box."""
        return welcome(self.house, passes)

    def traffic(self, rng: random.Random, allowed: Welcome | None = None) -> Traffic:
        """People who come, with these passes or new ones; the house remembers them."""
        return Traffic(self.house, allowed or self.welcome(), rng, self.visits)

    @contextmanager
    def cut_line(self) -> Iterator[None]:
        """Within: the box and the cloud do not hear each other."""
        self.house.set_line(Line.CUT)
        try:
            yield
        finally:
            self.house.set_line(Line.OPEN)

    def check(self, title: str) -> None:
        """Wait for the dust to settle, compare, print the counts. Fails with every difference."""
        account = reconcile(self.house, self.visits, self.expected)
        self.tell(f"{title}\n{account}")
        assert not account.faults, f"{title}\n{account}"


class Scenes:
    """Keeps a house standing from test to test; after a failure it is torn down, since its history is spoilt."""

    def __init__(self) -> None:
        self._open = ExitStack()
        self._scene: Scene | None = None
        self._failures = 0

    def get(self, failures: int) -> Scene:
        """The house that stands, or a new one when more tests have failed than before."""
        if failures != self._failures:
            self.close()
        self._failures = failures
        if self._scene is None:
            folder = Path(self._open.enter_context(tempfile.TemporaryDirectory(prefix="domovoy-faults-")))
            folder.chmod(0o711)  # the database's own user passes through
            self._scene = Scene(self._open.enter_context(House(folder / "house")))
        return self._scene

    def close(self) -> None:
        """Take it down."""
        self._scene = None
        self._open.close()
