"""Compares what the devices did with what the box wrote down and what the cloud keeps: lost, double, out of order.

The box goes on reading meters meanwhile, so the box is read before and after the cloud, and the simulators before and
after the box: whatever an earlier telling has, a later one must have, and nothing may appear from nowhere.
"""

import time
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from uuid import UUID

from protocols import chain, records
from protocols.fields import ClockState
from protocols.messages import Stream
from protocols.records import Actuation, Outcome, Passage
from tests.system.faults import truths
from tests.system.faults.house import House, Outage
from tests.system.faults.site import LANES
from tests.system.faults.traffic import Visit
from tests.system.faults.truths import BoxStream, Cloud, Devices, Served, Value

NS_PER_S, NS_PER_MS = 1_000_000_000, 1_000_000
GRANT_AGE_MS, CLOCK_MS = 3000, 2000
GRANT_AGE_NS = GRANT_AGE_MS * NS_PER_MS
BEFORE_KILL_NS = 3 * NS_PER_S
"""What a device told this long before the box was killed may not have been on its disk yet; nothing opened for it."""
CLOCK_NS = CLOCK_MS * NS_PER_MS
"""How far the box's clock may be behind the simulators': the cloud's time is as old as the message that tells it."""
UNDATED_NS = 600 * NS_PER_S
"""How far behind a box may be that does not know the time, and says so in every record."""
LATE_MS = 10_000
"""No measure of quality (that is the benches' matter), only of sanity: tests run beside others on small machines."""
PATIENCE_S = 8.0
SHOWN = 8
Gap = tuple[UUID, int, int]


@dataclass
class Expected:
    """What a test means to leave behind."""

    forks: int = 0
    gaps: list[Gap] = field(default_factory=list)
    given_up: set[Served] = field(default_factory=set)
    """What meters answered while there was no room for it."""
    disk_is_full: bool = False
    """More may be given up: the gaps and answers found now are expected from now on."""
    remembered: list[BoxStream] = field(default_factory=list)
    """What the box held once and does not hold any more: it was restored from a copy, or its disk was full.

    Its end may never have reached the cloud; what did is not from nowhere.
    """


@dataclass
class Account:
    """What was compared, and every difference."""

    counts: dict[str, int] = field(default_factory=dict)
    faults: list[str] = field(default_factory=list)

    def blame(self, what: str, found: Iterable[object]) -> None:
        """Each thing found is a fault."""
        listed = list(found)
        if listed:
            self.faults.append(f"{what}: {len(listed)}, {', '.join(map(str, listed[:SHOWN]))}")

    def __str__(self) -> str:
        lines = [f"  {name:<52}{count:>8}" for name, count in self.counts.items()]
        return "\n".join([*lines, *(f"  NO: {fault}" for fault in self.faults)])


def reconcile(house: House, visits: Sequence[Visit], expected: Expected) -> Account:
    """Wait until the cloud has what the box held when this was called, then compare everything since the beginning."""
    wait_opened(house)
    devices = truths.devices(house)
    before = truths.box(house)
    wait_committed(house, before)
    cloud = truths.cloud(house)
    after = [*expected.remembered, *truths.box(house)]
    account = Account()
    _compare_streams(account, before, cloud, expected)
    _compare_passages(account, before, cloud)
    _compare_rows(account, before, after, cloud)
    _compare_visits(account, visits, cloud, house.outages)
    _compare_pulses(account, house, devices, cloud)
    _compare_registers(account, house, devices, after, cloud, expected)
    account.blame("set aside by the cloud", cloud.quarantined)
    return account


def wait_opened(house: House) -> None:
    """Until the box has written down what became of each grant, but for those that a kill cut short."""

    def answered() -> bool:
        events = [event for stream in truths.box(house) for event in truths.events(stream)]
        told = {event.passage for event in events if isinstance(event, Actuation)}
        return all(
            event.id in told or _is_excused(_ns(event), _ns(event), house.outages)
            for event in events
            if isinstance(event, Passage) and event.outcome is Outcome.GRANTED
        )

    house.wait(answered, "every grant's opening is written down")


def wait_committed(house: House, streams: Sequence[BoxStream]) -> None:
    """Until the cloud's watermarks have reached what the box's open streams held at that reading."""

    def committed() -> bool:
        with house.database() as connection:
            rows = connection.execute(
                "SELECT stream_id, sequence FROM box_stream WHERE box_id = %s", (house.site.box,)
            ).fetchall()
        marks = dict(rows)
        successors = {stream.kind: stream.id for stream in truths.box(house) if not stream.closed}
        return all(
            successors[stream.kind] != stream.id or marks.get(stream.id, 0) >= stream.last
            for stream in streams
            if not stream.closed
        )

    began = time.monotonic()
    while not committed() and time.monotonic() - began < PATIENCE_S:
        time.sleep(0.1)
    if not committed():
        house.reconnect()  # a box that is not answered waits up to a minute, but sends again as soon as it reconnects
    house.wait(committed, "the cloud has committed what the box held")


def _compare_streams(account: Account, box: Sequence[BoxStream], cloud: Cloud, expected: Expected) -> None:
    """Sequences without holes, the very bytes, and a chain of hashes that ends where the cloud says."""
    for stream, (kind, mark, head) in cloud.streams.items():
        if kind == Stream.EVENTS:
            kept = cloud.events.get(stream, {})
            account.blame(f"events {stream}: holes", sorted(set(range(1, mark + 1)) - set(kept)))
            if chain.head(chain.genesis(stream), kept.values()) != head:
                account.faults.append(f"events {stream}: the records are not what the hash at {mark} says")
    for told in box:
        if told.kind is Stream.EVENTS:
            kept = cloud.events.get(told.id, {})
            agreed = told.acked if told.closed else told.last  # beyond it, a closed stream is another history
            differing = [
                n for n, record in told.records.items() if n <= agreed and kept.get(n, record) != record
            ]
            account.blame(f"events {told.id}: not the same bytes", differing)
    ids = Counter(
        (stream, records.decode_event(record).id)  # a stream that follows a fork repeats what it cannot know
        for stream, kept in cloud.events.items()
        for record in kept.values()
    )
    account.blame("events twice", [event for event, times in ids.items() if times > 1])
    account.counts["events committed"] = sum(ids.values())
    account.counts["streams"] = len(cloud.streams)
    account.counts["gaps recorded"] = len(cloud.gaps)
    account.counts["forks recorded"] = cloud.forks
    if expected.disk_is_full:
        expected.gaps = [gap for gap in cloud.gaps if cloud.streams[gap[0]][0] == Stream.READINGS]
    account.blame("gaps that nobody expected", set(cloud.gaps) - set(expected.gaps))
    account.blame("gaps that were recorded once", set(expected.gaps) - set(cloud.gaps))
    if cloud.forks != expected.forks:
        account.faults.append(f"{expected.forks} forks expected, {cloud.forks} recorded")


def _compare_passages(account: Account, box: Sequence[BoxStream], cloud: Cloud) -> None:
    """Journal of the box ↔ journal of the cloud ↔ rows of passages."""
    in_cloud = [records.decode_event(record) for kept in cloud.events.values() for record in kept.values()]
    ids = {event.id for event in in_cloud}
    on_box = [event for stream in box for event in truths.events(stream)]
    account.blame(
        "events of the box that the cloud lacks", [event for event in on_box if event.id not in ids]
    )
    passages = {event.id for event in in_cloud if isinstance(event, Passage)}
    account.blame("passages without a row", passages - set(cloud.passages))
    account.blame("rows without a passage", set(cloud.passages) - passages)
    opened = {event.passage for event in in_cloud if isinstance(event, Actuation) and event.done}
    rows = {passage for passage, done in cloud.passages.items() if done}
    account.blame("openings that rows and journal tell differently", opened ^ rows)
    account.counts["passages of the box in the cloud's rows"] = len(passages)


def _compare_rows(
    account: Account, before: Sequence[BoxStream], after: Sequence[BoxStream], cloud: Cloud
) -> None:
    """Chunks of the box ↔ rows of readings: each value as often as it was read."""
    rows = Counter(cloud.readings)
    due, known = Counter(_values(before, cloud.gaps)), Counter(_values(after))
    account.blame("readings lost on their way", (due - rows).elements())
    account.blame("readings twice, or from nowhere", (rows - known).elements())
    account.counts["readings of the box"] = due.total()
    account.counts["readings in the cloud's rows"] = rows.total()


def _values(box: Sequence[BoxStream], gaps: Sequence[Gap] = ()) -> Iterable[Value]:
    """What stands in the chunks, but for those in gaps. A record told twice is one.

    A closed stream's records that were not acknowledged moved into the next one.
    """
    lost = {(stream, sequence) for stream, first, last in gaps for sequence in range(first, last + 1)}
    chunks = {
        (stream.id, sequence, chunk)
        for stream in box
        if stream.kind is Stream.READINGS
        for sequence, chunk in stream.records.items()
        if (not stream.closed or sequence <= stream.acked) and (stream.id, sequence) not in lost
    }
    for _, _, chunk in chunks:
        yield from truths.values(chunk)


def _passages(cloud: Cloud) -> list[Passage]:
    events = [records.decode_event(record) for kept in cloud.events.values() for record in kept.values()]
    found = {event.id: event for event in events if isinstance(event, Passage)}
    return sorted(found.values(), key=lambda passage: passage.id)


def _compare_visits(
    account: Account, visits: Sequence[Visit], cloud: Cloud, outages: Sequence[Outage]
) -> None:
    """Who came ↔ how it was decided. What the box did not take, and what it took as it was killed, may be missing."""
    told: dict[str, list[Passage]] = {}
    for passage in _passages(cloud):
        told.setdefault(passage.read, []).append(passage)
    account.blame("decided twice", [text for text, passages in told.items() if len(passages) > 1])
    account.blame("decided, and nobody came", set(told) - {visit.text for visit in visits})
    taken = [visit for visit in visits if visit.accepted]
    spared = [visit for visit in taken if not _is_excused(visit.came_ns, visit.answered_ns, outages)]
    account.blame("came and was not decided", [visit for visit in spared if visit.text not in told])
    wrong = [
        (visit.text, told[visit.text][0].reason.value)
        for visit in spared
        if visit.text in told and visit.welcome is not (told[visit.text][0].outcome is Outcome.GRANTED)
    ]
    account.blame("decided otherwise than the passes say", wrong)
    waits = [_wait_ms(visit, told[visit.text][0]) for visit in spared if visit.text in told]
    account.blame(
        "decided late, or before they came, ms", [ms for ms in waits if not -CLOCK_MS <= ms <= LATE_MS]
    )
    account.counts["longest wait for a decision, ms"] = max(waits, default=0)
    account.counts |= {
        "visits": len(visits),
        "visits while the box was down": len(visits) - len(taken),
        "visits taken as the box was killed": len(taken) - len(spared),
        "of these decided nevertheless": sum(v.text in told for v in taken if v not in spared),
        "visits decided, each once": sum(visit.text in told for visit in spared),
    }


def _wait_ms(visit: Visit, passage: Passage) -> int:
    if passage.clock is ClockState.UNKNOWN:
        return 0
    return (_ns(passage) - visit.came_ns) // NS_PER_MS


def _is_excused(came_ns: int, answered_ns: int, outages: Sequence[Outage]) -> bool:
    return any(
        answered_ns > outage.from_ns - BEFORE_KILL_NS
        and (outage.until_ns is None or came_ns < outage.until_ns)
        for outage in outages
    )


def _compare_pulses(account: Account, house: House, devices: Devices, cloud: Cloud) -> None:
    """Every coil that went on belongs to one granted passage that was durable before; and each opening has its coil."""
    events = [records.decode_event(record) for kept in cloud.events.values() for record in kept.values()]
    done = {event.passage for event in events if isinstance(event, Actuation) and event.done}
    granted = [passage for passage in _passages(cloud) if passage.outcome is Outcome.GRANTED]
    account.counts["coils on"] = len(devices.pulses)
    account.counts["openings written down"] = len(done)
    why = {event.passage: event.detail for event in events if isinstance(event, Actuation)}
    shut = [
        f"{p.at:%T.%f} {why.get(p.id)!r}"
        for p in granted
        if p.id not in done and not _is_excused(_ns(p), _ns(p), house.outages)
    ]
    account.blame("granted, and the barrier did not open", shut)
    for lane in LANES:
        point = UUID(house.site.points[lane.barrier])
        mine = sorted((_ns(p), _latest_ns(p), p.id) for p in granted if p.point == point)
        pulses = sorted(at_ns for output, at_ns in devices.pulses if output == lane.output)
        _, orphans = _match(pulses, mine)
        account.blame(f"{lane.barrier}: coil on without a grant, Unix ns", orphans)
        opened = [grant for grant in mine if grant[-1] in done]
        matched, _ = _match(pulses, opened)
        account.blame(f"{lane.barrier}: opened, and no coil went on", {i for *_, i in opened} - matched)


def _latest_ns(passage: Passage) -> int:
    """When the coil may go on at the latest."""
    unsure_ns = UNDATED_NS if passage.clock is ClockState.UNKNOWN else CLOCK_NS
    return _ns(passage) + GRANT_AGE_NS + unsure_ns


def _match(pulses: Sequence[int], grants: Sequence[tuple[int, int, UUID]]) -> tuple[set[UUID], list[int]]:
    """Each pulse takes the earliest free grant that is not older than a grant may be: the best matching there is."""
    matched: set[UUID] = set()
    orphans = []
    for pulse in pulses:
        fitting = (
            passage
            for at_ns, latest_ns, passage in grants
            if passage not in matched and at_ns - CLOCK_NS <= pulse <= latest_ns
        )
        found = next(fitting, None)
        if found is None:
            orphans.append(pulse)
        else:
            matched.add(found)
    return matched, orphans


def _ns(passage: Passage) -> int:
    return int(passage.at.timestamp() * 1e6) * 1000


def _compare_registers(
    account: Account,
    house: House,
    devices: Devices,
    box: Sequence[BoxStream],
    cloud: Cloud,
    expected: Expected,
) -> None:
    """What meters answered ↔ rows, by the bits, each of which was answered once; order kept in each series."""
    later = truths.devices(house)
    settled_ns = max(served.at_ns for served in devices.served) - BEFORE_KILL_NS
    for series, unit in cloud.units.items():
        raws = [row.raw for row in sorted(cloud.readings) if row.series == series and row.dated]
        answered = [served for served in later.served if served.unit == unit]
        place = {served.raw: number for number, served in enumerate(answered)}
        account.blame(f"meter {unit}: rows that it never answered", [raw for raw in raws if raw not in place])
        order = [place[raw] for raw in raws if raw in place]
        if order != sorted(order):
            account.faults.append(f"meter {unit}: the rows are in another order than the answers")
        due = {served for served in devices.served if served.unit == unit and served.at_ns < settled_ns}
        known = {value.raw for value in _values(box) if value.series == series} | set(raws)
        missing = [served for served in due if served.raw not in known]
        lost = [served for served in missing if not _was_cut_off(served, house.outages)]
        _add(account, "registers answered by meters", len(due))
        _add(account, "answers taken as the box was killed", len(missing) - len(lost))
        if expected.disk_is_full:
            expected.given_up.update(lost)
        account.blame(f"meter {unit}: answered, and not written down", set(lost) - expected.given_up)
        _compare_times(account, unit, cloud, series, {each.raw: each.at_ns for each in answered})
    account.counts["answers given up for want of room"] = len(expected.given_up)


def _compare_times(
    account: Account, unit: int, cloud: Cloud, series: int, answered_ns: dict[int, int]
) -> None:
    """A row's time is that of the answer, unless the box said that it did not know the time."""
    off = [
        row.at_ms - answered_ns[row.raw] // NS_PER_MS
        for row in cloud.readings
        if row.series == series and row.dated and row.raw in answered_ns
    ]
    wrong = [ms for ms in off if not -CLOCK_MS <= ms <= LATE_MS]
    account.blame(f"meter {unit}: rows of another time than the answers, ms", wrong)


def _add(account: Account, name: str, count: int) -> None:
    account.counts[name] = account.counts.get(name, 0) + count


def _was_cut_off(served: Served, outages: Sequence[Outage]) -> bool:
    """The answer was under way as the box ended, or the reading at the caller's last look was not written yet."""
    return _is_excused(served.at_ns, served.at_ns, outages)
