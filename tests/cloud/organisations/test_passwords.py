"""What a password's hash costs, and that it tells passwords apart."""

import pytest

from cloud.organisations import passwords


@pytest.fixture(scope="module")
def cheap_passwords() -> None:
    """Here the hash is the real one."""


def test_a_hash_is_costly_and_tells_the_password_from_others() -> None:
    made = passwords.hash_password("verno-nadyozhno-7")
    assert made.startswith("$argon2id$v=19$m=32768,t=3,p=1$")
    assert passwords.hash_password("verno-nadyozhno-7") != made
    assert passwords.fits("verno-nadyozhno-7", made)
    assert not passwords.fits("verno-nadyozhno-8", made)


def test_nobody_s_password_costs_as_much() -> None:
    assert passwords._DUMMY.startswith("$argon2id$v=19$m=32768,t=3,p=1$")
    assert not passwords.fits("nobody has this password", None)
