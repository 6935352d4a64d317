"""The fixtures that every area shares: real servers, whole processes."""

import pytest

pytest_plugins = [
    "tests.support.broker",
    "tests.support.mail",
    "tests.support.postgres",
    "tests.support.processes",
    "tests.support.queue",
    "tests.support.demo",  # imports others of these: pytest wants them first
    "tests.support.companies",  # last: it builds on postgres
]

SLOW = ("web", "system")
"""Marks of what runs last: a mistake found in seconds need not wait for minutes."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Fast tests first; within each kind the order stays."""
    items.sort(key=lambda item: any(item.get_closest_marker(mark) for mark in SLOW))
