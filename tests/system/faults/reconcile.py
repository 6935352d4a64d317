"""Compares what the devices did with what the box wrote down and what the cloud keeps: lost, double, out of order.

The box goes on reading meters meanwhile, so the box is read before and after the cloud, and the simulators before and
after the box: whatever an earlier telling has, a later one must have, and nothing may appear from nowhere.
"""

import time
from collections import Counter
from collections.abc import Sequence
from uuid import UUID

from protocols import chain, records
from protocols.fields import ClockState
from protocols.messages import Stream
from protocols.records import Actuation, Outcome, Passage
from tests.system.faults import truths
from tests.system.faults.account import (
    CLOCK_MS,
    CLOCK_NS,
    GRANT_AGE_NS,
    LATE_MS,
    NS_PER_MS,
    NS_PER_S,
    UNDATED_NS,
    Account,
    Expected,
    is_excused,
    ns,
)
from tests.system.faults.house import House, Outage
from tests.system.faults.registers import compare_registers, values
from tests.system.faults.site import CAMERAS, LANES
from tests.system.faults.traffic import Visit
from tests.system.faults.truths import BoxStream, Cloud, Devices

PATIENCE_S = 8.0
SHUT_SHARE = 0.1
"""Of the grants. A box that gets no processor for seconds must let a grant grow too old to open, and says so."""


def reconcile(house: House, visits: Sequence[Visit], expected: Expected) -> Account:
    """Wait until the cloud has what the box held when this was called, then compare everything since the beginning."""
    wait_decided(house, visits)
    opened_ns = wait_opened(house)
    devices = truths.devices(house)
    before = truths.box(house)
    wait_committed(house, before)
    cloud = truths.cloud(house)
    after = [*expected.remembered, *truths.box(house)]
    later = truths.devices(house)
    account = Account()
    _compare_streams(account, before, cloud, expected)
    _compare_passages(account, before, cloud)
    _compare_rows(account, before, after, cloud)
    _compare_visits(account, visits, cloud, house.outages)
    _compare_pulses(account, house, devices, later, cloud, opened_ns=opened_ns)
    compare_registers(account, house, devices, later, after, cloud, expected)
    account.blame("set aside by the cloud", cloud.quarantined)
    return account


def wait_decided(house: House, visits: Sequence[Visit]) -> None:
    """Until the box has written down who came last (a reader has a card before it is asked), if not for ever."""
    since_ns = time.time_ns() - int(PATIENCE_S * NS_PER_S)
    coming = {
        visit.text
        for visit in visits
        if visit.accepted
        and visit.answered_ns > since_ns
        and not is_excused(visit.came_ns, visit.answered_ns, house.outages)
    }
    deadline = time.monotonic() + PATIENCE_S
    while coming and time.monotonic() < deadline:
        events = [event for stream in truths.box(house) for event in truths.events(stream)]
        coming -= {event.read for event in events if isinstance(event, Passage)}
        time.sleep(0.05)


def wait_opened(house: House) -> int:
    """Until the box has written down what became of each grant, but for those that a kill cut short.

    Answers up to when (Unix ns): a push is answered before it is decided, so one more car may be on its way.
    """
    newest_ns = 0

    def answered() -> bool:
        nonlocal newest_ns
        events = [event for stream in truths.box(house) for event in truths.events(stream)]
        newest_ns = max(map(ns, events), default=0)
        told = {event.passage for event in events if isinstance(event, Actuation)}
        return all(
            event.id in told or is_excused(ns(event), ns(event), house.outages)
            for event in events
            if isinstance(event, Passage) and event.outcome is Outcome.GRANTED
        )

    house.wait(answered, "every grant's opening is written down")
    return newest_ns


def wait_committed(house: House, streams: Sequence[BoxStream]) -> None:
    """Until the cloud's watermarks have reached what the box's streams held at that reading."""

    def committed() -> bool:
        with house.database() as connection:
            rows = connection.execute(
                "SELECT stream_id, sequence FROM box_stream WHERE box_id = %s", (house.site.box,)
            ).fetchall()
        marks = dict(rows)
        successors = {stream.kind: stream.id for stream in truths.box(house) if not stream.closed}
        return all(
            marks.get(stream.id, 0) >= stream.last
            for stream in streams
            if stream.closed or successors[stream.kind] == stream.id
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
            differing = [n for n, record in told.records.items() if kept.get(n, record) != record]
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
    due, known = Counter(values(before, cloud.gaps)), Counter(values(after))
    account.blame("readings lost on their way", (due - rows).elements())
    account.blame("readings twice, or from nowhere", (rows - known).elements())
    account.counts["readings of the box"] = due.total()
    account.counts["readings in the cloud's rows"] = rows.total()


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
    account.blame("came to a box that was there, and was not taken", _turned_away(visits, outages))
    spared = [visit for visit in taken if not is_excused(visit.came_ns, visit.answered_ns, outages)]
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


def _turned_away(visits: Sequence[Visit], outages: Sequence[Outage]) -> list[str]:
    """Cars whose camera the box did not answer though it ran: the gate had stopped deciding.

    Not cards: a reader whose line was slow for a moment takes none, and says so.
    """
    cars = [visit for visit in visits if visit.device in CAMERAS and not visit.accepted]
    return [visit.text for visit in cars if not is_excused(visit.came_ns, visit.answered_ns, outages)]


def _wait_ms(visit: Visit, passage: Passage) -> int:
    if passage.clock is ClockState.UNKNOWN:
        return 0
    return (ns(passage) - visit.came_ns) // NS_PER_MS


def _compare_pulses(
    account: Account, house: House, devices: Devices, later: Devices, cloud: Cloud, *, opened_ns: int
) -> None:
    """Every coil that went on belongs to one granted passage that was durable before; and each opening has its coil."""
    events = [records.decode_event(record) for kept in cloud.events.values() for record in kept.values()]
    done = {event.passage for event in events if isinstance(event, Actuation) and event.done}
    granted = [passage for passage in _passages(cloud) if passage.outcome is Outcome.GRANTED]
    account.counts["coils on"] = len(devices.pulses)
    account.counts["openings written down"] = len(done)
    why = {event.passage: event.detail for event in events if isinstance(event, Actuation) and not event.done}
    unknown = {event.passage for event in events if isinstance(event, Actuation) and not event.known}
    silent = [p.id for p in granted if p.id not in done and p.id not in why and ns(p) <= opened_ns]
    account.blame("granted, and nothing said of an opening", silent)
    spared = [p.id for p in granted if p.id in unknown and not is_excused(ns(p), ns(p), house.outages)]
    account.blame("said that nobody knows, and the box was there", spared)
    shut = [p for p in granted if p.id not in done and not is_excused(ns(p), ns(p), house.outages)]
    account.counts["granted, not opened, and said why"] = len(why) - len(unknown)
    account.counts["granted, and nobody knows"] = len(unknown)
    if len(shut) > len(granted) * SHUT_SHARE + 1:
        account.blame("granted, and not opened", [f"{p.at:%T.%f} {why.get(p.id)!r}" for p in shut])
    for lane in LANES:
        point = UUID(house.site.points[lane.barrier])
        mine = sorted((ns(p), _latest_ns(p), p.id) for p in granted if p.point == point)
        _, orphans = _match(_pulses(devices, lane.output), mine)
        account.blame(f"{lane.barrier}: coil on without a grant, Unix ns", orphans)
        opened = [grant for grant in mine if grant[-1] in done]
        matched, _ = _match(_pulses(later, lane.output), opened)
        account.blame(f"{lane.barrier}: opened, and no coil went on", {i for *_, i in opened} - matched)


def _pulses(devices: Devices, output: int) -> list[int]:
    return sorted(at_ns for number, at_ns in devices.pulses if number == output)


def _latest_ns(passage: Passage) -> int:
    """When the coil may go on at the latest."""
    unsure_ns = UNDATED_NS if passage.clock is ClockState.UNKNOWN else CLOCK_NS
    return ns(passage) + GRANT_AGE_NS + unsure_ns


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
