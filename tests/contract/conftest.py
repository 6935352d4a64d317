"""Thousands of requests, some with passwords."""

import pytest

from tests.support.passwords import cheap_passwords

__all__ = ["cheap_passwords"]


@pytest.fixture(scope="module", autouse=True)
def _cheap_passwords(cheap_passwords: None) -> None:
    """All of them."""
