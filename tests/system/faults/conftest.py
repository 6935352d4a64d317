"""One house for all fault tests; it takes half a minute to build. What each check counted ends pytest's report."""

from collections.abc import Iterator

import pytest

from tests.conftest import COUNTS
from tests.system.faults.scene import Scene, Scenes


@pytest.fixture(scope="session")
def scenes() -> Iterator[Scenes]:
    standing = Scenes()
    yield standing
    standing.close()


@pytest.fixture
def scene(scenes: Scenes, request: pytest.FixtureRequest) -> Scene:
    found = scenes.get(failures=request.session.testsfailed)
    found.tell = lambda account: request.node.user_properties.append((COUNTS, account))
    return found
