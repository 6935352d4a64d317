"""One house for all fault tests; it takes half a minute to build."""

from collections.abc import Iterator

import pytest

from tests.system.faults.scene import Scene, Scenes


@pytest.fixture(scope="session")
def scenes() -> Iterator[Scenes]:
    standing = Scenes()
    yield standing
    standing.close()


@pytest.fixture
def scene(scenes: Scenes, request: pytest.FixtureRequest) -> Scene:
    return scenes.get(failures=request.session.testsfailed)
