"""Most tests of the cloud sign somebody in; what they test is as good with a hash that costs little."""

import pytest

from tests.support.passwords import cheap_passwords

__all__ = ["cheap_passwords"]


@pytest.fixture(autouse=True, scope="module")
def _cheap_passwords(cheap_passwords: None) -> None:
    """For all of them."""
