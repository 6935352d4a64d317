"""RTU answers carry no number: what keeps an answer that comes late from passing for the next one's.

An answer names its unit and its function, so it can be mistaken only for another of the same two. Whoever did not
answer in time owes an answer. Until that has come, or has had its time, the same is not asked of the same unit; all
others are. Where the time has passed by itself, the next answer is believed only when none follows it: a later answer
yet would be followed by the true one.
"""

import asyncio
from collections import defaultdict, deque
from collections.abc import Callable
from typing import NamedTuple

from pymodbus.framer import FramerRTU
from pymodbus.pdu import DecodePDU

from edge.drivers.modbus_bus.answers import BIT_FUNCTIONS, READ_FUNCTIONS
from edge.drivers.modbus_bus.functions import Functions

REST_NS = 3_000_000_000  # after a silence; longer for a unit that was seen to answer later than half of it
REST_MOST_NS = 30_000_000_000
REFUSAL = 0x80
_OWED_MAX = 64  # a unit that is gone for a year owes no more
WRITE_FUNCTIONS = frozenset({5, 6})


class Key(NamedTuple):
    """What answers can be mistaken within."""

    unit: int
    function: int

    def __str__(self) -> str:
        return f"unit {self.unit}, function {self.function}"


class OwedError(Exception):
    """What is owed has changed while a request waited for its turn: it is judged afresh."""


class Debt:
    """The answers that one unit owes to one function."""

    def __init__(self) -> None:
        self.silent_ns: deque[int] = deque(maxlen=_OWED_MAX)  # when each was given up, the oldest first
        self.until_ns = 0
        self.paid = asyncio.Event()
        self.heard = asyncio.Event()  # an answer came that nobody awaited
        self.trial = asyncio.Lock()  # who asks first when the time has passed


class Owed:
    """What the units of one line owe."""

    def __init__(self, monotonic_ns: Callable[[], int]) -> None:
        self._now_ns = monotonic_ns
        self._debts: dict[Key, Debt] = {}
        self._rests_ns: dict[int, int] = {}
        self._functions: defaultdict[int, Functions] = defaultdict(Functions)  # by unit

    def of(self, key: Key) -> Debt | None:
        """None: whatever comes is the answer to what is asked."""
        return self._debts.get(key)

    def missed(self, key: Key) -> None:
        """No answer in time."""
        debt = self._debts.setdefault(key, Debt())
        debt.silent_ns.append(self._now_ns())
        self._rest(key.unit, debt)

    def silent(self, key: Key) -> None:
        """The silence lasted as long as an answer is awaited."""
        self._functions[key.unit].was_silent(key.function)

    def doubt(self, key: Key) -> None:
        """Whoever asked did not wait for so long."""
        self._functions[key.unit].doubt(key.function)

    def answered(self, key: Key) -> None:
        """In time."""
        self._functions[key.unit].did_answer(key.function)

    def came(self, key: Key) -> None:
        """An answer that nobody awaits."""
        self._functions[key.unit].did_answer(key.function)
        debt = self._debts.get(key)
        if debt is None:
            return
        debt.heard.set()
        self._grow(key.unit, 2 * (self._now_ns() - debt.silent_ns.popleft()))
        if not debt.silent_ns:
            self.settle(key)

    def mistaken(self, key: Key, debt: Debt) -> None:
        """The answer was an earlier one's: later than the rest lasted."""
        self._grow(key.unit, 2 * self._rests_ns.get(key.unit, REST_NS))
        if self._debts.get(key) is debt:
            self._rest(key.unit, debt)

    def settle(self, key: Key) -> None:
        """Nothing is under way any more."""
        if (debt := self._debts.pop(key, None)) is not None:
            debt.paid.set()

    def settle_unit(self, unit: int) -> None:
        """It answered what was asked last, and a unit answers in order."""
        for key in [key for key in self._debts if key.unit == unit]:
            self.settle(key)

    def fence(self, key: Key) -> Key | None:
        """What can be asked of this unit so that its answer is not mistaken."""
        functions = self._functions[key.unit]
        others = [function for function in READ_FUNCTIONS - {key.function} if functions.may_answer(function)]
        free = [function for function in others if self._is_rested(Key(key.unit, function))]
        best = max(free, key=lambda function: (function in functions.answered, function), default=None)
        return None if best is None else Key(key.unit, best)

    def doubted(self, unit: int) -> Key | None:
        """What this unit did not answer when it may have been off: to be asked now that it lives."""
        keys = [Key(unit, function) for function in sorted(self._functions[unit].doubted, reverse=True)]
        return next((key for key in keys if self._is_rested(key)), None)

    def _is_rested(self, key: Key) -> bool:
        debt = self._debts.get(key)
        return debt is None or debt.until_ns < self._now_ns()

    def _rest(self, unit: int, debt: Debt) -> None:
        debt.until_ns = self._now_ns() + self._rests_ns.get(unit, REST_NS)

    def _grow(self, unit: int, rest_ns: int) -> None:
        self._rests_ns[unit] = min(max(rest_ns, self._rests_ns.get(unit, REST_NS)), REST_MOST_NS)


class RtuFramer(FramerRTU):
    """Hands over the answer to what is asked, and tells `owed` of every other."""

    def __init__(self, decoder: DecodePDU, owed: Owed) -> None:
        super().__init__(decoder)
        self._owed = owed
        self._asked: tuple[int, bytes] | None = None

    def forget(self) -> None:
        """Nobody awaits an answer any more."""
        self._asked = None

    def encode(self, payload: bytes, device_id: int, _tid: int) -> bytes:
        """The frame of a request, which is awaited from now on."""
        self._asked = device_id, payload
        return super().encode(payload, device_id, _tid)

    def decode(self, data: bytes) -> tuple[int, int, int, bytes]:
        """How many bytes are done with, and the answer that is awaited, if it is among them."""
        at, found = 0, (0, self.EMPTY)
        begun: int | None = None  # where a frame may have begun that is not whole yet
        while len(data) - at >= self.MIN_SIZE:
            frame = self._frame(data[at:])
            if frame is None:
                at += 1
                continue
            is_mine = bool(frame) and self._is_awaited(frame)
            if not frame or (begun is not None and not is_mine):
                begun = at if begun is None else begun
                at += 1
                continue
            at, begun = at + len(frame), None
            if is_mine:
                self._asked, found = None, (frame[0], frame[1:-2])
            else:
                self._owed.came(Key(frame[0], frame[1] & ~REFUSAL))
        return at if begun is None else begun, found[0], 0, found[1]

    def _frame(self, data: bytes) -> bytes | None:
        """The frame that begins here; empty: not whole yet; None: noise, behind which one may begin."""
        kind = self.decoder.lookupPduClass(data)
        if kind is None:
            return None
        size = kind.calculateRtuFrameSize(data)
        if not size or len(data) < size:
            return b""
        frame = data[:size]
        return frame if self.check_CRC(frame[:-2], int.from_bytes(frame[-2:], "big")) else None

    def _is_awaited(self, frame: bytes) -> bool:
        return self._asked is not None and _answers(self._asked, frame[0], frame[1:-2])


def _answers(asked: tuple[int, bytes], unit: int, answer: bytes) -> bool:
    """By all that an answer tells of its request: unit, function, and how much was asked for or what was written."""
    asked_unit, request = asked
    function = request[0]
    if unit != asked_unit or answer[0] & ~REFUSAL != function:
        return False
    if answer[0] & REFUSAL:
        return True
    if function in WRITE_FUNCTIONS:
        return answer == request
    if function not in READ_FUNCTIONS:
        return True
    count = int.from_bytes(request[3:5], "big")
    return answer[1] == ((count + 7) // 8 if function in BIT_FUNCTIONS else 2 * count)
