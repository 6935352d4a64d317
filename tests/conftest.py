"""The fixtures that every area shares: real servers, whole processes."""

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
    "tests.support.demo",  # imports others of these: pytest wants them first
    "tests.support.companies",  # last: it builds on postgres
]

settings.register_profile("unhurried", settings(), deadline=None)  # a busy machine fails no test
settings.load_profile("unhurried")

SLOW = ("web", "system")
"""Marks of what runs last: a mistake found in seconds need not wait for minutes."""
COUNTS = "counts"
"""The property of a test's report under which it tells what it counted; shown at the end."""
SLOW_FOLDERS = ("tests/system/", "tests/web/")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Fast tests first; within each kind the order stays."""
    items.sort(key=lambda item: any(item.get_closest_marker(mark) for mark in SLOW))


class FilesThenSlow(LoadFileScheduling):
    """In parallel a file's tests share a worker, as its fixtures do.

    All slow ones go to one worker, one after the other: each keeps a whole house busy and waits for its clocks.
    """

    def _split_scope(self, nodeid: str) -> str:
        if nodeid.startswith(SLOW_FOLDERS):
            return "slow"
        scope: str = super()._split_scope(nodeid)
        return scope


def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> FilesThenSlow:
    """What deals the tests out under `-n`."""
    return FilesThenSlow(config, log)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """What was counted, whichever worker did."""
    for report in (*terminalreporter.getreports("passed"), *terminalreporter.getreports("failed")):
        for name, account in report.user_properties:
            if name == COUNTS and report.when == "call":
                terminalreporter.write_line(str(account))
