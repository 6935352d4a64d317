"""Since when a reader may have held what it tells: overheard from the frames, for the library does not say.

A reader keeps a card until it is polled. While nobody reached it the card grew old, and comes as if it were read just
now. Whoever answers a poll with a bare ACK has nothing to tell (IEC 60839-11-5, 7.1 and table 7), so a card is no older
than the last poll that was answered so. Frames: SOM, address, length (2, little-endian), control, security block, code.
"""

from typing import NamedTuple

SOM, REPLY, HAS_SECURITY_BLOCK = 0x53, 0x80, 0x08
POLL, ACK = 0x60, 0x40
HEADER_MOST = 64  # bytes, the security block included
SILENCE_NS = 1_000_000_000
STALE_NS = 300_000_000  # what was under way before a silence comes within so long after it


class _Frame(NamedTuple):
    address: int
    code: int


class _Asked(NamedTuple):
    address: int
    code: int
    at_ns: int


class _Reader(NamedTuple):
    """`idle_ns`: when it was last asked and had nothing to tell; None: not yet.

    `doubt_ns`: it was asked then and did not answer, so what comes may have been under way since. `resumed_ns`: its
    first answer after that. `again_ns`: the first time after this one that it did not answer.
    """

    idle_ns: int | None = None
    doubt_ns: int | None = None
    resumed_ns: int | None = None
    again_ns: int | None = None


class Talk:
    """What goes over one line."""

    def __init__(self) -> None:
        self._asked: _Asked | None = None
        self._heard = b""
        self._readers: dict[int, _Reader] = {}
        self._heard_ns: dict[int, int] = {}
        self._unanswered: dict[int, int] = {}

    def sent(self, data: bytes, now_ns: int) -> None:
        """The panel asks one of its readers; whatever was asked before is not answered any more."""
        if self._asked is not None:
            address = self._asked.address
            self._readers[address] = _missed(self._readers.get(address, _Reader()), self._asked.at_ns)
            self._unanswered[address] = self.unanswered(address) + 1
        frame = _frame(data, reply=False)
        self._asked = None if frame is None else _Asked(frame.address, frame.code, now_ns)
        self._heard = b""

    def came(self, data: bytes, now_ns: int) -> None:
        """Bytes from the line, in whatever pieces."""
        if self._asked is None or not data:
            return
        self._heard = (self._heard + data)[: 2 * HEADER_MOST]
        frame = _frame(self._heard, reply=True)
        if frame is None or frame.address != self._asked.address:
            return
        self._heard_ns[frame.address] = now_ns
        self._unanswered.pop(frame.address, None)
        self._readers[frame.address] = _after(
            self._readers.get(frame.address, _Reader()), frame.code, self._asked, now_ns
        )
        self._asked = None

    def idle_ns(self, address: int) -> int | None:
        """When this reader had nothing to tell for the last time; None: not since it is spoken to."""
        reader = self._readers.get(address)
        return None if reader is None else reader.idle_ns

    def settled(self, address: int, now_ns: int) -> bool:
        """Whatever it held from a silence has been told."""
        reader = self._readers.get(address)
        if reader is None or reader.idle_ns is None:
            return False
        return reader.doubt_ns is None or now_ns - reader.idle_ns < SILENCE_NS

    def unanswered(self, address: int) -> int:
        """How often it was asked since it was heard last."""
        return self._unanswered.get(address, 0)

    def answers(self, address: int, now_ns: int) -> bool:
        """It was heard lately, whatever it said."""
        heard_ns = self._heard_ns.get(address)
        return heard_ns is not None and now_ns - heard_ns < SILENCE_NS


def _missed(before: _Reader, asked_ns: int) -> _Reader:
    """What it was asked then is not answered, or not yet."""
    if before.doubt_ns is None:
        return before._replace(doubt_ns=asked_ns)
    if before.resumed_ns is None or before.again_ns is not None:
        return before
    return before._replace(again_ns=asked_ns)


def _after(before: _Reader, code: int, asked: _Asked, now_ns: int) -> _Reader:
    """A doubt ends some time after the answers resumed; whoever misses polls now and then is doubted for no longer."""
    after = before
    if before.doubt_ns is not None:
        resumed_ns = now_ns if before.resumed_ns is None else before.resumed_ns
        after = before._replace(resumed_ns=resumed_ns)
        if now_ns - resumed_ns >= STALE_NS:
            is_again = before.again_ns is not None
            after = _Reader(before.idle_ns, before.again_ns, now_ns if is_again else None)
    if asked.code != POLL or code != ACK:
        return after
    if after.doubt_ns is None:
        return after._replace(idle_ns=asked.at_ns)
    if after.idle_ns is None:
        return after
    return after._replace(idle_ns=max(after.idle_ns, after.doubt_ns))


def asked_of(data: bytes) -> int | None:
    """The address that a command goes to."""
    frame = _frame(data, reply=False)
    return None if frame is None else frame.address


def _frame(data: bytes, *, reply: bool) -> _Frame | None:
    """The first whole head among the bytes, of a reply or of a command; a line may echo what is sent."""
    begin = -1
    while (begin := data.find(SOM, begin + 1)) >= 0:
        head = data[begin : begin + HEADER_MOST]
        if len(head) < 6 or bool(head[1] & REPLY) is not reply:
            continue
        at = 5 + (head[5] if head[4] & HAS_SECURITY_BLOCK else 0)
        if at < len(head):
            return _Frame(head[1] & ~REPLY, head[at])
    return None
