"""One house for all fault tests; it takes half a minute to build. What each check counted ends the report."""

from collections.abc import Iterator

import pytest

from tests.system.faults.scene import Scene, Scenes

_COUNTS = "counts"


@pytest.fixture(scope="session")
def scenes() -> Iterator[Scenes]:
    standing = Scenes()
    yield standing
    standing.close()


@pytest.fixture
def scene(scenes: Scenes, request: pytest.FixtureRequest) -> Scene:
    found = scenes.get(failures=request.session.testsfailed)
    found.tell = lambda account: request.node.user_properties.append((_COUNTS, account))
    return found


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    for report in (*terminalreporter.getreports("passed"), *terminalreporter.getreports("failed")):
        for name, account in report.user_properties:
            if name == _COUNTS and report.when == "call":
                terminalreporter.write_line(str(account))
