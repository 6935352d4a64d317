"""Sign-in of devices that push: what is admitted, and what is not, a header that was used before included."""

import hashlib

import pytest

from edge.drivers import http_auth
from edge.drivers.http_auth import Admitted, SignIn


class Clock:
    ns = 0

    def __call__(self) -> int:
        return self.ns


def digest(challenge: str, *, password: str = "k9", count: str = "00000001", **other: str) -> str:
    """A camera's answer, worked out here after the RFC."""
    nonce = challenge.split('nonce="')[1].split('"', maxsplit=1)[0]
    fields = {
        "username": "lane",
        "realm": "domovoy",
        "nonce": nonce,
        "uri": "/plates/t",
        "qop": "auth",
    } | other
    one = hashlib.md5(f"{fields['username']}:{fields['realm']}:{password}".encode()).hexdigest()
    two = hashlib.md5(f"POST:{fields['uri']}".encode()).hexdigest()
    middle = f"{count}:c:auth:" if fields["qop"] else ""
    response = hashlib.md5(f"{one}:{fields['nonce']}:{middle}{two}".encode()).hexdigest()
    told = {key: value for key, value in fields.items() if value} | {"response": response}
    told |= {"nc": count, "cnonce": "c"} if middle else {}
    return "Digest " + ", ".join(f'{key}="{value}"' for key, value in told.items())


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def sign_in(clock: Clock) -> SignIn:
    return SignIn("lane", "k9", scheme="digest", now_ns=clock)


def admits(sign_in: SignIn, header: str) -> Admitted:
    return sign_in.admits("POST", "/plates/t", header)


def test_a_right_answer_is_admitted_once_for_each_count(sign_in: SignIn) -> None:
    challenge = sign_in.challenge(Admitted.NO)
    assert admits(sign_in, digest(challenge)) is Admitted.YES
    assert admits(sign_in, digest(challenge)) is Admitted.STALE
    assert admits(sign_in, digest(challenge, count="00000002")) is Admitted.YES
    assert admits(sign_in, digest(challenge, count="00000001")) is Admitted.STALE
    assert "stale=true" in sign_in.challenge(Admitted.STALE)


def test_an_old_camera_has_no_count_and_a_nonce_for_each_push(sign_in: SignIn) -> None:
    challenge = sign_in.challenge(Admitted.NO)
    assert admits(sign_in, digest(challenge, qop="")) is Admitted.YES
    assert admits(sign_in, digest(challenge, qop="")) is Admitted.STALE


def test_a_nonce_grows_old_and_is_nobody_elses(sign_in: SignIn, clock: Clock) -> None:
    challenge = sign_in.challenge(Admitted.NO)
    other = SignIn("lane", "k9", scheme="digest", now_ns=clock).challenge(Admitted.NO)
    assert admits(sign_in, digest(other)) is Admitted.STALE
    clock.ns = http_auth.NONCE_LASTS_NS + 1
    assert admits(sign_in, digest(challenge)) is Admitted.STALE


def test_nonces_that_were_forgotten_are_stale(sign_in: SignIn) -> None:
    used = sign_in.challenge(Admitted.NO)
    assert admits(sign_in, digest(used)) is Admitted.YES
    for _ in range(http_auth.NONCES_MAX):
        assert admits(sign_in, digest(sign_in.challenge(Admitted.NO))) is Admitted.YES
    assert admits(sign_in, digest(used)) is Admitted.STALE


@pytest.mark.parametrize(
    "other",
    [
        {"password": "k8"},
        {"username": "gate"},
        {"realm": "camera"},
        {"uri": "/plates/another"},
        {"qop": "auth-int"},
        {"algorithm": "SHA-512"},
    ],
)
def test_a_wrong_answer_is_refused(sign_in: SignIn, other: dict[str, str]) -> None:
    assert admits(sign_in, digest(sign_in.challenge(Admitted.NO), **other)) is Admitted.NO


@pytest.mark.parametrize(
    "header", ["", "Digest", "Digest x", "Digest nonce=", "Basic bGFuZTprOQ==", "Bearer x"]
)
def test_what_is_no_answer_is_refused(sign_in: SignIn, header: str) -> None:
    assert admits(sign_in, header) is Admitted.NO


def test_basic(clock: Clock) -> None:
    basic = SignIn("lane", "k9", scheme="basic", now_ns=clock)
    assert basic.challenge(Admitted.NO).startswith("Basic ")
    assert admits(basic, "Basic bGFuZTprOQ==") is Admitted.YES
    assert admits(basic, "Basic bGFuZTprOA==") is Admitted.NO
    assert admits(basic, "Basic é") is Admitted.NO
