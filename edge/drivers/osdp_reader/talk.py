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
    """`idle_ns`: when it was last asked and had nothing to tell; None: not yet. `resumed_ns`: it answers since then."""

    heard_ns: int
    resumed_ns: int
    idle_ns: int | None = None


class Talk:
    """What goes over one line."""

    def __init__(self) -> None:
        self._asked: _Asked | None = None
        self._heard = b""
        self._readers: dict[int, _Reader] = {}

    def sent(self, data: bytes, now_ns: int) -> None:
        """The panel asks one of its readers; whatever was asked before is not answered any more."""
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
        self._readers[frame.address] = _after(
            self._readers.get(frame.address), frame.code, self._asked, now_ns
        )
        self._asked = None

    def idle_ns(self, address: int) -> int | None:
        """When this reader had nothing to tell for the last time; None: not since it is spoken to."""
        reader = self._readers.get(address)
        return None if reader is None else reader.idle_ns


def _after(before: _Reader | None, code: int, asked: _Asked, now_ns: int) -> _Reader:
    if before is None:  # on a new line nothing is under way
        before = _Reader(now_ns, now_ns - STALE_NS)
    resumed_ns = now_ns if now_ns - before.heard_ns > SILENCE_NS else before.resumed_ns
    is_idle = asked.code == POLL and code == ACK and now_ns - resumed_ns >= STALE_NS
    return _Reader(now_ns, resumed_ns, asked.at_ns if is_idle else before.idle_ns)


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
