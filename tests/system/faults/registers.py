"""What meters answered ↔ what the box wrote down ↔ the cloud's rows of readings, by the bits of the registers."""

from collections.abc import Iterable, Sequence
from uuid import UUID

from protocols import records
from protocols.messages import Stream
from protocols.records import DeviceState, DeviceStatus
from tests.system.faults import truths
from tests.system.faults.account import (
    BEFORE_KILL_NS,
    CLOCK_MS,
    LATE_MS,
    NS_PER_MS,
    Account,
    Expected,
    Gap,
    is_excused,
    ns,
)
from tests.system.faults.house import House, Outage
from tests.system.faults.truths import BoxStream, Cloud, Devices, Served, Value


def values(box: Sequence[BoxStream], gaps: Sequence[Gap] = ()) -> Iterable[Value]:
    """What stands in the chunks, but for those in gaps. A record told twice is one."""
    lost = {(stream, sequence) for stream, first, last in gaps for sequence in range(first, last + 1)}
    chunks = {
        (stream.id, sequence, chunk)
        for stream in box
        if stream.kind is Stream.READINGS
        for sequence, chunk in stream.records.items()
        if (stream.id, sequence) not in lost
    }
    for _, _, chunk in chunks:
        yield from truths.values(chunk)


def compare_registers(
    account: Account,
    house: House,
    devices: Devices,
    later: Devices,
    box: Sequence[BoxStream],
    cloud: Cloud,
    expected: Expected,
) -> None:
    """What meters answered ↔ rows, by the bits, each of which was answered once; order kept in each series."""
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
        known = {value.raw for value in values(box) if value.series == series} | set(raws)
        missing = [served for served in due if served.raw not in known]
        spared = [served for served in missing if not _was_cut_off(served, house.outages)]
        silences = _silences(cloud, _meter(house, unit))
        lost = [served for served in spared if not _was_cut_off(served, silences)]
        _add(account, "registers answered by meters", len(due))
        _add(account, "answers taken as the box was killed", len(missing) - len(spared))
        _add(account, "answers too late for a box that said so", len(spared) - len(lost))
        if expected.disk_is_full:
            expected.given_up.update(lost)
        account.blame(f"meter {unit}: answered, and not written down", set(lost) - expected.given_up)
        _compare_times(account, unit, cloud, series, {each.raw: each.at_ns for each in answered})
    account.counts["answers given up for want of room"] = len(expected.given_up)


def _meter(house: House, unit: int) -> UUID:
    return next(UUID(meter) for serial, meter in house.site.meters.items() if serial.endswith(f"-{unit}"))


def _silences(cloud: Cloud, meter: UUID) -> list[Outage]:
    """When the box itself said that it had no answer of a meter: on a busy machine one may come too late for it."""
    silences: list[Outage] = []
    told = (record for kept in cloud.events.values() for record in kept.values())
    states = [event for event in map(records.decode_event, told) if isinstance(event, DeviceState)]
    for event in sorted(states, key=lambda event: event.at):
        if event.device != meter:
            continue
        is_silent = bool(silences) and silences[-1].until_ns is None
        if event.status is DeviceStatus.ONLINE and is_silent:
            silences[-1].until_ns = ns(event)
        elif event.status is not DeviceStatus.ONLINE and not is_silent:
            silences.append(Outage(ns(event)))
    return silences


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
    return is_excused(served.at_ns, served.at_ns, outages)
