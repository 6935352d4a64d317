"""The fixtures that every area shares: real servers, whole processes."""

import os

import pytest
from hypothesis import settings
from xdist.remote import Producer
from xdist.scheduler import LoadFileScheduling

pytest_plugins = [
    "tests.support.broker",
    "tests.support.mail",
    "tests.support.postgres",
    "tests.support.processes",
    "tests.support.queue",
    "tests.support.video",
    "tests.support.demo",  # imports others of these: pytest wants them first
    "tests.support.companies",  # last: it builds on postgres
]

settings.register_profile("unhurried", settings(), deadline=None)  # a busy machine fails no test
settings.load_profile("unhurried")

SLOW_GROUPS = {
    "tests/web/gate/": "booth",
    "tests/web/test_screens": "screens",  # with a demo of its own: one took twice as long as all else
    "tests/web/test_zoom": "screens",
    "tests/web/": "demo",
    "tests/system/test_": "demo",
    "tests/system/faults/test_kills": "kills",
    "tests/system/faults/test_windows": "kills",
    "tests/system/faults/": "faults",
    "tests/system/gate/": "gate",
}
"""What takes minutes, by the beginning of a test's path. A group has a house of its own and waits for its clocks."""
SLOW_WORKERS = 2
"""Beyond one a core: the slow groups wait more than they work."""
MOST_CORES = 4
COUNTS = "counts"
"""The property of a test's report under which it tells what it counted; shown at the end."""


def slow_group(nodeid: str) -> str | None:
    """The slow group of a test, if it is of one."""
    return next((group for path, group in SLOW_GROUPS.items() if nodeid.startswith(path)), None)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Fast tests first, since a mistake found in seconds need not wait for minutes; within each kind the order stays.

    Where each slow group gets a worker and fast tests one, too, the slow ones begin at once.
    """
    workers = int(getattr(config, "workerinput", {}).get("workercount", 1))
    begin_at_once = workers > len(set(SLOW_GROUPS.values()))
    items.sort(key=lambda item: (slow_group(item.nodeid) is None) == begin_at_once)


class FilesAndSlowGroups(LoadFileScheduling):
    """In parallel a file's tests share a worker, as its fixtures do; so do those of a slow group."""

    def _split_scope(self, nodeid: str) -> str:
        scope: str = slow_group(nodeid) or super()._split_scope(nodeid)
        return scope


def pytest_xdist_auto_num_workers() -> int:
    """How many `-n auto` means."""
    return min(len(os.sched_getaffinity(0)), MOST_CORES) + SLOW_WORKERS


def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> FilesAndSlowGroups:
    """What deals the tests out under `-n`."""
    return FilesAndSlowGroups(config, log)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """What was counted, whichever worker did."""
    for report in (*terminalreporter.getreports("passed"), *terminalreporter.getreports("failed")):
        for name, account in report.user_properties:
            if name == COUNTS and report.when == "call":
                terminalreporter.write_line(str(account))
