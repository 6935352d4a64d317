"""Which passwords are taken, what a hash costs, and that it tells passwords apart."""

import pytest

from cloud.organisations import passwords
from cloud.organisations.errors import PasswordWeak


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


def fault(password: str) -> str | None:
    try:
        passwords.check_strength(
            password, email="ivanova@example.ru", name="Анна Иванова-Бережной", companies=["УК «Афины»"]
        )
    except PasswordWeak as weak:
        [field] = weak.fields
        return field.code
    return None


@pytest.mark.parametrize(
    "password",
    [
        "password123",
        "qwerty1234",
        "1234567890",
        "aaaaaaaaaaaa",
        "Пароль12345",
        "Gfhjkm12345",  # the same keys in the other layout
        "йцукен12345",
        "ivanova2026",
        "Иванова2026",
        "domovoy-2026",
        "диспетчер2026",
        "lbcgtnxth2026",
        "Dispetcher2026",
        "управляющая",
        "Екатеринбург",
        "ekaterinburg1",
        "89123456701",
        "+7 (912) 345-67-01",
        "Афины-2026",
        "Afiny-2026",
        "Berezhnoy-berEg",
        "berezhnoi2026",
        "aB3" * 60,
    ],
)
def test_what_is_guessed_first_is_refused(password: str) -> None:
    assert fault(password) == "guessed_first"


@pytest.mark.parametrize(
    "password",
    [
        "длинная фраза лучше",
        "zq8#Lw1pXr",
        "correct horse battery",
        "verno-nadyozhno-7",
        "ворота скрипят по утрам",
        "zima 40 sosen",
    ],
)
def test_phrases_and_random_characters_are_taken(password: str) -> None:
    assert fault(password) is None


def test_length_is_judged_first() -> None:
    assert fault("x" * (passwords.SHORTEST - 1)) == "too_short"
    assert fault("дом " * 60) == "too_long"
    assert fault("ivanova@example.ru") == "evident"
