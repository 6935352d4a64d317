"""A barrier as a body: a boom that moves, a car in its way, a hand, a jam. Shares nothing with the machine."""

from dataclasses import dataclass, field

from edge.barrier import machine, questions
from edge.barrier.state import Action, Cut, Event, Pulse, Seen, Side, State, begin
from protocols.config import Barrier, BarrierKind, Contact
from tests.edge.world import uid

MS = 1_000_000
RELAY = uid(3)
CONTACTS = ("opened", "closed", "photocell", "loop", "passed")


def make_barrier(kind: BarrierKind = BarrierKind.OPEN_CLOSE, *contacts: str, **changes: object) -> Barrier:
    """With these contacts at inputs 0, 1, …"""
    fields: dict[str, object] = {
        "device": RELAY,
        "output": 0,
        "kind": kind,
        "close_output": 1 if kind is BarrierKind.OPEN_CLOSE else None,
        "travel_s": 2.0,
        "stay_s": 1.0,
        "held_open_s": 8.0,
    }
    fields |= {name: Contact(input=at) for at, name in enumerate(contacts)}
    return Barrier(**(fields | changes))  # type: ignore[arg-type]


@dataclass
class Bench:
    """A machine and the clock that the test moves; remembers every action."""

    barrier: Barrier
    now_ns: int = 10_000 * MS
    actions: list[object] = field(default_factory=list)
    state: State = field(init=False)

    def __post_init__(self) -> None:
        self.state = begin(self.now_ns)

    def do(self, event: Event, *, after_ms: int = 0) -> tuple[Action, ...]:
        self.now_ns += after_ms * MS
        self.state, actions = machine.step(self.barrier, self.state, event, self.now_ns)
        self.actions += actions
        return actions

    def see(self, for_ms: int = 0, **contacts: bool) -> None:
        """The same reading every 100 ms for so long; what is wired and not named is False."""
        wired = dict.fromkeys(self.barrier.contacts(), False)
        for _ in range(for_ms // 100):
            self.do(Seen(**(wired | contacts)), after_ms=100)
        if not for_ms:
            self.do(Seen(**(wired | contacts)))

    @property
    def stands(self) -> tuple[str, str]:
        return self.state.position.value, self.state.cause.value

    @property
    def held(self) -> frozenset[int]:
        return questions.held(self.barrier, self.state, self.now_ns)

    @property
    def alarms(self) -> set[str]:
        return {alarm.value for alarm in self.state.alarms}


@dataclass
class Plant:
    """The body behind the outputs. `at`: 0 closed … 1000 open; it moves 50 in 100 ms: 2 s from end to end."""

    barrier: Barrier
    at: int = 0
    going: int = 0
    car: bool = False
    jammed: bool = False
    by_hand: bool = False
    open_ms: int = 0
    crushed: int = 0

    def obey(self, action: object) -> None:
        match action:
            case Pulse(Side.OPEN):
                step = self.barrier.kind is BarrierKind.STEP
                self.going, self.open_ms = (-1 if step and self.at == 1000 else 1), 0
            case Pulse(Side.CLOSE):
                self.going = -1
            case Pulse(Side.STOP) | Cut(Side.STOP):
                self.going = 0

    def pass_100_ms(self, held: frozenset[int]) -> None:
        is_held = self.barrier.output in held
        if is_held:
            self.going, self.open_ms = 1, 0
        if self.at == 1000:
            self.open_ms += 100
        own = self.barrier.kind in (BarrierKind.PULSE, BarrierKind.STEP)
        if own and self.open_ms >= 1000 and not self.car:
            self.going, self.open_ms = -1, 0
        if own and self.going < 0 and self.car:
            self.going = 1
        if not self.jammed and not self.by_hand:
            before = self.at
            self.at = min(1000, max(0, self.at + 50 * self.going))
            self.crushed += self.car and self.at < before and not own

    def look(self) -> Seen:
        told = {
            "opened": self.at == 1000,
            "closed": self.at == 0,
            "photocell": self.car,
            "loop": self.car,
            "passed": False,
        }
        wired = self.barrier.contacts()
        return Seen(**{name: told[name] for name in CONTACTS if name in wired})
