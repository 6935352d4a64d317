"""A meter at a unit address: its registers at the moment of each read, and the log of what was read."""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from firmware_sim.clock import Clock, Moment
from firmware_sim.journal import Journal
from firmware_sim.meters.consumption import Consumption, Use
from firmware_sim.meters.models import MODELS, Image
from firmware_sim.modbus.unit import ILLEGAL_ADDRESS, ILLEGAL_FUNCTION, RefusalError


@dataclass(frozen=True, kw_only=True)
class Channel:
    """`start`: the counter at the site's beginning; `speed`: how much faster than the wall its household lives."""

    consumption: Consumption
    start: float = 0.0
    speed: float = 1.0
    skip_ns: int = 0  # where in the record the site begins

    def at(self, elapsed_ns: int) -> Use:
        """The counter and the rate."""
        before = self.consumption.at(self.skip_ns)
        now = self.consumption.at(self.skip_ns + int(elapsed_ns * self.speed))
        return Use(self.start + now.total - before.total, now.per_hour)


class Meter:
    """Counts from `epoch_ns` (Unix): a pure function of the wall clock, so a restart loses nothing."""

    def __init__(
        self,
        *,
        line: str,
        unit: int,
        model: str,
        channels: Sequence[Channel],
        epoch_ns: int,
        journal: Journal,
        clock: Clock,
    ) -> None:
        self._line, self._unit = line, unit
        self._image_of: Callable[[Sequence[Use]], Image] = MODELS[model]
        self._channels = channels
        self._epoch_ns = epoch_ns
        self._journal = journal
        self._clock = clock
        self._highest_ns = 0
        self.replaced: dict[
            tuple[int, int], int
        ] = {}  # (function, address) -> register that a test put there

    def read(self, function: int, address: int, count: int, /) -> list[int]:
        """See `modbus.unit.Unit`."""
        moment = self._clock.now()
        image = self._image(moment)
        if function not in image:
            raise RefusalError(ILLEGAL_FUNCTION)
        try:
            registers = [
                self.replaced.get((function, at), image[function][at])
                for at in range(address, address + count)
            ]
        except KeyError as error:
            raise RefusalError(ILLEGAL_ADDRESS) from error
        self._journal.write(
            "read",
            at=moment,
            line=self._line,
            unit=self._unit,
            function=function,
            address=address,
            registers=registers,
        )
        return registers

    def write(self, _function: int, _address: int, _value: int, /) -> None:
        """Meters take no writes here."""
        raise RefusalError(ILLEGAL_FUNCTION)

    def totals(self) -> list[float]:
        """What the counters show now."""
        return [use.total for use in self._uses(self._clock.now())]

    def _image(self, moment: Moment) -> Image:
        return self._image_of(self._uses(moment))

    def _uses(self, moment: Moment) -> list[Use]:
        self._highest_ns = max(
            self._highest_ns, moment.wall_ns - self._epoch_ns
        )  # a clock set back stops a counter
        uses = [channel.at(self._highest_ns) for channel in self._channels]
        if not all(math.isfinite(use.total) for use in uses):
            raise RefusalError(4)
        return uses
