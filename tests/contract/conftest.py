"""Thousands of requests, some with passwords: a hash that costs little is as good for what is tested here."""

from collections.abc import Iterator

import argon2
import pytest

from cloud.organisations import passwords


@pytest.fixture(scope="module", autouse=True)
def _cheap_passwords() -> Iterator[None]:
    cheap = argon2.PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(passwords, "_hasher", cheap)
        patch.setattr(passwords, "_DUMMY", cheap.hash("nobody has this password"))
        yield
