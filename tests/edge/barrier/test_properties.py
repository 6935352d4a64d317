"""The machine by property: whatever happens in whatever order, it closes on nobody and leaves nothing open unsaid."""

from hypothesis import given, settings
from hypothesis import strategies as st

from edge.barrier import questions, state
from edge.barrier.state import (
    Close,
    Cut,
    Failed,
    Hold,
    Open,
    Pulse,
    Release,
    Seen,
    Side,
    Stop,
    Tick,
    Unreadable,
)
from protocols.config import Barrier, BarrierKind, barrier_faults
from protocols.records import BarrierCause as Cause
from protocols.records import BarrierPosition as Position
from tests.edge.barrier.plant import CONTACTS, MS, Bench, Plant, make_barrier

FRESH_MS = 500
MANY = settings(max_examples=700)


@st.composite
def barriers(draw: st.DrawFn, *, seen: bool = False) -> Barrier:
    """Any that a configuration may ask for; `seen`: with both end positions."""
    kind = draw(
        st.sampled_from([kind for kind in BarrierKind if not (seen and kind is BarrierKind.TURNSTILE)])
    )
    contacts = draw(st.lists(st.sampled_from(CONTACTS[:4]), unique=True))
    if seen:
        contacts = [*dict.fromkeys(["opened", "closed", *contacts])]
    if kind is BarrierKind.OPEN_CLOSE:
        contacts = [*dict.fromkeys([*contacts, "loop"])]
    if kind is BarrierKind.STEP:
        contacts = [*dict.fromkeys([*contacts, "closed"])]
    if kind is BarrierKind.TURNSTILE:
        contacts = ["passed"]
    barrier = make_barrier(kind, *contacts)
    assert list(barrier_faults(barrier)) == []
    return barrier


def readings(barrier: Barrier) -> st.SearchStrategy[Seen]:
    return st.builds(Seen, **{name: st.booleans() for name in barrier.contacts()})


CAUSES = st.sampled_from([Cause.GRANT, Cause.ORDER, Cause.FIRE])


def events(barrier: Barrier) -> st.SearchStrategy[state.Event]:
    return st.one_of(
        readings(barrier),
        readings(barrier),
        st.builds(Open, CAUSES),
        st.builds(Close, CAUSES),
        st.builds(Hold, CAUSES),
        st.builds(Release, CAUSES),
        st.builds(Stop, CAUSES),
        st.just(Unreadable()),
        st.just(Tick()),
        st.builds(Failed, st.sampled_from(Side)),
    )


WAITS_MS = st.sampled_from([0, 10, 100, 100, 100, 400, 499, 501, 1000, 2500])


@MANY
@given(st.data())
def test_no_sequence_of_events_closes_on_an_occupied_or_unknown_way(data: st.DataObject) -> None:
    barrier = data.draw(barriers())
    bench = Bench(barrier)
    sequence = data.draw(st.lists(st.tuples(events(barrier), WAITS_MS), max_size=60))
    last: Seen | None = None
    read_ns = 0
    for event, wait_ms in sequence:
        actions = bench.do(event, after_ms=wait_ms)
        if isinstance(event, Seen):
            last, read_ns = event, bench.now_ns
        elif isinstance(event, Unreadable):
            last = None
        if Pulse(Side.CLOSE) in actions:
            assert barrier.kind is BarrierKind.OPEN_CLOSE
            assert last is not None
            assert bench.now_ns - read_ns <= FRESH_MS * MS
            assert not last.loop
            assert not last.photocell
            assert not bench.state.holds
            assert Pulse(Side.OPEN) not in actions


@MANY
@given(st.data())
def test_opening_and_closing_are_never_asked_of_the_drive_at_once(data: st.DataObject) -> None:
    barrier = data.draw(barriers().filter(lambda barrier: barrier.kind is BarrierKind.OPEN_CLOSE))
    bench = Bench(barrier)
    on_until_ns = dict.fromkeys(Side, 0)
    free = st.builds(Seen, **{name: st.just(False) for name in barrier.contacts()})
    orders = st.one_of(
        st.builds(Open, CAUSES), st.builds(Close, CAUSES)
    )  # nobody in the way, and soon after another
    happens = st.tuples(st.one_of(free, orders, events(barrier)), st.sampled_from([0, 100, 400, 1000]))
    for event, wait_ms in data.draw(st.lists(happens, min_size=5, max_size=40)):
        for action in bench.do(event, after_ms=wait_ms):
            is_pulse = isinstance(action, Pulse)
            on_until_ns[action.side] = bench.now_ns + barrier.pulse_ms * MS if is_pulse else 0
            opens = on_until_ns[Side.OPEN] > bench.now_ns or barrier.output in bench.held
            assert not (opens and on_until_ns[Side.CLOSE] > bench.now_ns)


@MANY
@given(st.data())
def test_whoever_comes_into_the_way_of_what_closes_has_it_open_at_once(data: st.DataObject) -> None:
    barrier = data.draw(barriers().filter(lambda barrier: barrier.kind is BarrierKind.OPEN_CLOSE))
    bench = Bench(barrier)
    for event, wait_ms in data.draw(st.lists(st.tuples(events(barrier), WAITS_MS), max_size=40)):
        was = bench.state.position
        actions = bench.do(event, after_ms=wait_ms)
        if was is Position.CLOSING and isinstance(event, Seen) and (event.loop or event.photocell):
            if bench.state.position in (Position.CLOSED, Position.OPEN, Position.UNKNOWN):
                continue  # it had got there, or says so
            assert actions[0] == Cut(Side.CLOSE)
            assert Pulse(Side.OPEN) in actions
        assert bench.state.position is not Position.CLOSING or not (
            isinstance(event, Seen) and (event.loop or event.photocell)
        )


@MANY
@given(st.data())
def test_fire_always_opens_and_nothing_closes_meanwhile(data: st.DataObject) -> None:
    barrier = data.draw(barriers())
    bench = Bench(barrier)
    for event, wait_ms in data.draw(st.lists(st.tuples(events(barrier), WAITS_MS), max_size=20)):
        bench.do(event, after_ms=wait_ms)
    bench.do(Hold(Cause.FIRE))
    bench.actions.clear()
    for event, wait_ms in data.draw(st.lists(st.tuples(events(barrier), WAITS_MS), max_size=20)):
        if event == Release(Cause.FIRE):
            continue
        bench.do(event, after_ms=wait_ms)
        assert barrier.kind is BarrierKind.STEP or barrier.output in bench.held
        assert bench.state.position is not Position.CLOSED
    assert Pulse(Side.CLOSE) not in bench.actions
    assert Cut(Side.OPEN) not in bench.actions


@MANY
@given(st.data())
def test_an_opening_is_carried_out_at_once_or_refused(data: st.DataObject) -> None:
    barrier = data.draw(barriers())
    bench = Bench(barrier)
    for event, wait_ms in data.draw(st.lists(st.tuples(events(barrier), WAITS_MS), max_size=30)):
        bench.do(event, after_ms=wait_ms)
    if questions.refusal(barrier, bench.state) is not None:
        assert barrier.kind in (BarrierKind.STEP, BarrierKind.TURNSTILE)
        return
    was = bench.state
    actions = bench.do(Open(Cause.GRANT))
    opens = Pulse(Side.OPEN) in actions or barrier.output in bench.held
    assert opens or (barrier.kind is BarrierKind.STEP and was.position in (Position.OPENING, Position.OPEN))


@st.composite
def lives(draw: st.DrawFn) -> list[tuple[str, int]]:
    """What people and things do, and how long until the next of it."""
    deeds = ["grant", "car", "leave", "jam", "free", "crank", "fire", "over", "see", "lost"]
    return draw(st.lists(st.tuples(st.sampled_from(deeds), st.integers(0, 40)), max_size=25))


@settings(max_examples=250)
@given(barriers(seen=True), lives())
def test_what_was_opened_ends_closed_or_alarmed_and_hurts_nobody(
    barrier: Barrier, life: list[tuple[str, int]]
) -> None:
    world = World(barrier)
    for deed, tenths in [*life, ("see", 1), ("leave", 0), ("over", 0), ("free", 200)]:
        world.do(deed)
        for _ in range(tenths):
            world.pass_100_ms()
    bench, plant = world.bench, world.plant
    assert bench.state.position is Position.CLOSED or bench.alarms
    if bench.state.position is Position.CLOSED:
        assert plant.at == 0


class World:
    """A machine, the body that it drives, and people."""

    def __init__(self, barrier: Barrier) -> None:
        self.bench, self.plant = Bench(barrier), Plant(barrier)
        self.readable = True

    def do(self, deed: str) -> None:
        bench, plant = self.bench, self.plant
        match deed:
            case "grant" if questions.refusal(bench.barrier, bench.state) is None:
                self._act(Open(Cause.GRANT))
            case "fire":
                self._act(Hold(Cause.FIRE))
            case "over":
                self._act(Release(Cause.FIRE))
            case "car" | "leave":
                plant.car = deed == "car" and plant.at > 500
            case "crank":
                plant.by_hand, plant.at = True, 500
            case _:
                self._disturb(deed)

    def pass_100_ms(self) -> None:
        self._act(self.plant.look() if self.readable else Unreadable(), after_ms=100)
        self.plant.pass_100_ms(self.bench.held)

    def _disturb(self, deed: str) -> None:
        if deed in ("jam", "free"):
            self.plant.jammed, self.plant.by_hand = deed == "jam", False
        if deed in ("lost", "see"):
            self.readable = deed == "see"

    def _act(self, event: state.Event, after_ms: int = 0) -> None:
        for action in self.bench.do(event, after_ms=after_ms):
            self.plant.obey(action)
