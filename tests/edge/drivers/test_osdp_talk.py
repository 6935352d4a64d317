"""What is overheard on an OSDP line: when a reader had nothing to tell for the last time."""

from hypothesis import given
from hypothesis import strategies as st

from edge.drivers.osdp_reader.talk import ACK, POLL, REPLY, Talk

S = 1_000_000_000
ADDRESS = 5
CARD = 0x50
SECURE = bytes([2, 0x15])


def frame(code: int, *, reply: bool = False, address: int = ADDRESS, secure: bool = False) -> bytes:
    block = SECURE if secure else b""
    head = bytes([0x53, address | (REPLY if reply else 0), 8 + len(block), 0, 0x0C if secure else 0x04])
    return b"\xff" + head + block + bytes([code]) + b"\x12\x34"


class Line:
    def __init__(self) -> None:
        self.talk, self.ns = Talk(), 10 * S

    def exchange(self, answer: bytes, ask: bytes | None = None, *, after_s: float = 0.05) -> int:
        """When it was asked."""
        self.ns += int(after_s * S)
        asked_ns = self.ns
        self.talk.sent(frame(POLL) if ask is None else ask, self.ns)
        self.ns += S // 100
        self.talk.came(answer, self.ns)
        return asked_ns

    def idle(self, times: int = 10, *, secure: bool = False) -> int:
        return [self.exchange(frame(ACK, reply=True, secure=secure)) for _ in range(times)][-1]


def test_whoever_answers_a_poll_with_nothing_has_nothing() -> None:
    for secure in (False, True):
        line = Line()
        assert line.talk.idle_ns(ADDRESS) is None
        asked_ns = line.idle(secure=secure)
        assert line.talk.idle_ns(ADDRESS) == asked_ns
        assert line.talk.idle_ns(6) is None


def test_a_card_and_what_is_no_poll_say_nothing_of_it() -> None:
    line = Line()
    asked_ns = line.idle()
    line.exchange(frame(CARD, reply=True))
    line.exchange(frame(ACK, reply=True), frame(0x69))  # a lamp
    line.exchange(frame(ACK, reply=True, address=6))  # another reader's
    line.exchange(b"")
    assert line.talk.idle_ns(ADDRESS) == asked_ns


def test_what_was_under_way_before_a_silence_is_not_believed() -> None:
    line = Line()
    line.idle()
    missed_ns = line.exchange(b"")
    line.exchange(b"", after_s=1)
    line.ns += 5 * S
    for _ in range(3):
        line.exchange(frame(ACK, reply=True))
        assert line.talk.idle_ns(ADDRESS) == missed_ns
        assert not line.talk.settled(ADDRESS, line.ns)
    asked_ns = line.idle()
    assert line.talk.idle_ns(ADDRESS) == asked_ns > missed_ns + 5 * S
    assert line.talk.settled(ADDRESS, line.ns)


def test_whoever_is_polled_rarely_and_answers_has_nothing_under_way() -> None:
    """On a line of many readers that are gone, the one that lives has its turn every few seconds."""
    line = Line()
    for _ in range(5):
        asked_ns = line.exchange(frame(ACK, reply=True), after_s=2)
        assert line.talk.idle_ns(ADDRESS) == asked_ns


def test_a_card_that_nobody_asked_for_is_as_old_as_the_silence() -> None:
    line = Line()
    asked_ns = line.idle()
    line.exchange(frame(CARD, reply=True), after_s=20)
    assert line.talk.idle_ns(ADDRESS) == asked_ns


def test_whoever_misses_every_second_poll_does_not_grow_old() -> None:
    line = Line()
    line.idle()
    for _ in range(50):
        line.exchange(b"")
        line.exchange(frame(ACK, reply=True))
        idle_ns = line.talk.idle_ns(ADDRESS)
        assert idle_ns is not None
        assert line.ns - idle_ns < S
    assert line.talk.settled(ADDRESS, line.ns)


def test_a_reader_that_comes_late_tells_first_what_it_held() -> None:
    line = Line()
    for _ in range(5):
        line.exchange(b"", after_s=1)
    line.exchange(frame(ACK, reply=True))
    assert line.talk.idle_ns(ADDRESS) is None
    asked_ns = line.idle()
    assert line.talk.idle_ns(ADDRESS) == asked_ns


def test_an_echo_is_no_answer_and_pieces_are_one() -> None:
    line = Line()
    line.idle()
    asked_ns = line.exchange(frame(POLL))  # a line that echoes
    for byte in frame(ACK, reply=True):
        line.talk.came(bytes([byte]), line.ns)
    assert line.talk.idle_ns(ADDRESS) == asked_ns


@given(st.lists(st.tuples(st.booleans(), st.binary(max_size=80)), max_size=30))
def test_no_bytes_break_it(pieces: list[tuple[bool, bytes]]) -> None:
    talk = Talk()
    for at_ns, (is_sent, data) in enumerate(pieces):
        (talk.sent if is_sent else talk.came)(data, at_ns)
