"""Whom a line of OSDP readers asks while some of them are silent."""

from typing import Any, cast

from edge.drivers.base import Why
from edge.drivers.osdp_reader.config import Settings, Tcp
from edge.drivers.osdp_reader.talk import ACK, POLL, Talk
from edge.drivers.osdp_reader.tries import CROWDED_NS, REST_NS, TRIED_AT_ONCE, Station, Tries
from edge.drivers.osdp_reader.wire import Wire
from tests.edge.drivers.test_osdp_talk import frame

S = 1_000_000_000


class Panel:
    """The library: it lets a reader go at the next refresh."""

    def __init__(self) -> None:
        self.disabled: set[int] = set()
        self.asks_on = False  # an exchange is under way, and what is to be let go stays

    def disable_pd(self, index: int) -> bool:
        self.disabled.add(index)
        return True

    def enable_pd(self, index: int) -> bool:
        if self.asks_on or index not in self.disabled:
            return False
        self.disabled.remove(index)
        return True


class Reader:
    installing = False

    def __init__(self, address: int) -> None:
        self.settings = Settings(address=address, tcp=Tcp(host="h", port=1), insecure=True)
        self.news: list[str] = []

    def came(self, panel: Any, index: int, *, settled: bool) -> None:
        self.news.append("came")

    def gone(self, why: Why) -> None:
        self.news.append("gone")

    def seen(self, event: dict[str, Any], at_ns: int) -> None:
        raise AssertionError


class FakeWire:
    def __init__(self) -> None:
        self.talk, self.muted = Talk(), set[int]()


class Line:
    def __init__(self, count: int) -> None:
        self.panel, self.wire, self.ns = Panel(), FakeWire(), 100 * S
        self.readers = [Reader(address) for address in range(count)]
        self.tries = Tries(self.panel, cast("Wire", self.wire), cast("list[Station]", self.readers), self.ns)

    @property
    def asked(self) -> set[int]:
        assert self.wire.muted == self.panel.disabled
        return set(range(len(self.readers))) - self.panel.disabled

    def pass_ns(self, ns: int, *, up: frozenset[int] = frozenset()) -> None:
        self.ns += ns
        self.tries.judge(0, sum(1 << index for index in up), self.ns)

    def exchange(self, address: int, *, answers: bool) -> None:
        self.wire.talk.sent(frame(POLL, address=address), self.ns)
        if answers:
            self.wire.talk.came(frame(ACK, reply=True, address=address), self.ns)


def test_silent_readers_are_tried_by_turns_and_everyone_comes_to_his() -> None:
    line = Line(7)
    assert line.asked == {0, 1}
    tried: list[set[int]] = []
    for _ in range(4):
        line.pass_ns(CROWDED_NS + 1)
        line.pass_ns(REST_NS + 1)
        assert len(line.asked) == TRIED_AT_ONCE
        tried.append(line.asked)
    assert tried == [{2, 3}, {4, 5}, {6, 0}, {1, 2}]
    assert all("gone" in reader.news for reader in line.readers)


def test_whoever_answers_stays_and_makes_room_for_the_next() -> None:
    line = Line(5)
    line.pass_ns(S, up=frozenset({0}))
    assert line.asked == {0, 1, 2}
    line.pass_ns(CROWDED_NS, up=frozenset({0, 2}))
    assert line.asked == {0, 2, 3, 4}
    assert line.readers[0].news == ["came", "came"]
    assert line.readers[1].news == ["gone"]


def test_one_that_says_something_is_given_more_time() -> None:
    line = Line(3)
    line.ns += CROWDED_NS
    line.exchange(0, answers=True)
    line.pass_ns(1)
    assert line.asked == {0, 2} or line.asked == {0}
    assert line.readers[0].news == []


def test_readers_that_fall_silent_together_are_let_go_at_once_and_a_few_are_not() -> None:
    for silent in ({1, 2}, {1, 2, 3}):
        line = Line(4)
        everyone = frozenset(range(4))
        for _ in range(2):
            line.pass_ns(S, up=everyone)
        for _ in range(3):
            for address in everyone:
                line.exchange(address, answers=address not in silent)
        line.pass_ns(1, up=everyone)
        assert line.asked == (everyone - silent if len(silent) > 2 else everyone)
        assert line.readers[0].news == ["came"] * 3


def test_what_the_library_still_asks_is_put_back_later() -> None:
    line = Line(3)
    line.panel.asks_on = True
    line.pass_ns(CROWDED_NS + 1)
    line.pass_ns(REST_NS + 1)
    assert line.asked == set()
    line.panel.asks_on = False
    line.pass_ns(1)
    assert line.asked == {2, 0}
