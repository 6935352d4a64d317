"""What was compared, what a test means to leave behind, and what a kill excuses."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from uuid import UUID

from protocols.fields import Event
from tests.system.faults.house import Outage
from tests.system.faults.truths import BoxStream, Served

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


def is_excused(came_ns: int, answered_ns: int, outages: Sequence[Outage]) -> bool:
    """Whether what lasted from one Unix ns to the other touched an outage, or came just before one."""
    return any(
        answered_ns > outage.from_ns - BEFORE_KILL_NS
        and (outage.until_ns is None or came_ns < outage.until_ns)
        for outage in outages
    )


def ns(event: Event) -> int:
    """When the box says that it happened, Unix ns."""
    return int(event.at.timestamp() * 1e6) * 1000
