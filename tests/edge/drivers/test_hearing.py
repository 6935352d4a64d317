"""What comes over a connection after a silence is as old as the silence; whoever has nothing to say is not silent."""

import asyncio
import socket
from collections.abc import Iterator

import pytest

from edge.drivers.descriptors import keep_alive
from edge.drivers.hearing import Silences, unheard_ns

S = 1_000_000_000
BEGUN_NS = 100 * S


@pytest.fixture
def silences() -> Silences:
    return Silences(BEGUN_NS)


def at(seconds: float) -> int:
    return BEGUN_NS + int(seconds * S)


def answers(silences: Silences, *seconds: float) -> None:
    for second in seconds:
        silences.heard(at(second))


def test_a_quiet_peer_that_answers_is_not_silent(silences: Silences) -> None:
    answers(silences, *range(1, 60))
    assert silences.since_ns(at(59.9)) == at(59.9)


def test_an_answer_that_was_lost_is_no_silence(silences: Silences) -> None:
    answers(silences, 1, 3.1)
    assert silences.since_ns(at(3.2)) == at(3.2)


def test_what_ends_a_silence_is_as_old_as_the_silence_and_what_follows_is_not(silences: Silences) -> None:
    answers(silences, 1)
    assert [silences.since_ns(at(second)) for second in (9, 9.1)] == [at(1)] * 2
    assert silences.since_ns(at(9.5)) == at(9.5)
    answers(silences, 10, 11)
    assert silences.since_ns(at(11.1)) == at(11.1)


def test_an_answer_comes_before_what_is_sent_again(silences: Silences) -> None:
    answers(silences, 1, 9, 10, 11, 12)
    assert silences.since_ns(at(12.5)) == at(1)
    assert silences.since_ns(at(13)) == at(13)


def test_a_silence_is_over_when_nothing_can_be_on_its_way_any_more(silences: Silences) -> None:
    answers(silences, 1, 9, *range(10, 19))
    assert silences.since_ns(at(18.1)) == at(18.1)


def test_a_further_silence_goes_on_with_the_one_before_it(silences: Silences) -> None:
    answers(silences, 1, 9, 10, 17)
    assert silences.since_ns(at(17.1)) == at(1)


def test_a_silence_after_what_it_held_has_come_is_another(silences: Silences) -> None:
    answers(silences, 1)
    assert silences.since_ns(at(5)) == at(1)
    answers(silences, 6, 7, 8, 9, 10, 11)
    assert silences.since_ns(at(15)) == at(11)


@pytest.fixture
def pair() -> Iterator[tuple[socket.socket, socket.socket]]:
    with (
        socket.create_server(("127.0.0.1", 0)) as listener,
        socket.create_connection(listener.getsockname()) as mine,
    ):
        theirs, _ = listener.accept()
        with theirs:
            yield mine, theirs


async def test_the_kernel_hears_a_peer_that_says_nothing(pair: tuple[socket.socket, socket.socket]) -> None:
    mine, _ = pair
    keep_alive(mine)
    before = 0
    async with asyncio.timeout(20):
        while (now := unheard_ns(mine)) >= before:  # it was heard when the time since goes back
            before = now
            await asyncio.sleep(0.05)
    assert before > 0
