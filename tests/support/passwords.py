"""A password's hash that costs little, for tests that sign in by the hundred: what they test is as good with it."""

from collections.abc import Iterator

import argon2
import pytest

from cloud.organisations import passwords


@pytest.fixture(scope="module")
def cheap_passwords() -> Iterator[None]:
    cheap = argon2.PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(passwords, "_hasher", cheap)
        patch.setattr(passwords, "_DUMMY", cheap.hash("nobody has this password"))
        yield
