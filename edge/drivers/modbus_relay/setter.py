"""Sets a module up once a connection. It reads first: memory wears with each write, and a line may come and go."""

from collections.abc import Callable, Sequence

from edge.drivers.base import DeviceError, DoubtfulError, RefusedError, SilentError, UnsupportedError
from edge.drivers.modbus_bus.driver import ModbusBus
from edge.drivers.modbus_bus.turns import Urgency
from edge.drivers.modbus_relay.setup import Write, runs
from edge.drivers.presence import Backoff

BUSY = 6  # the one refusal that passes by itself
HOLDING = 3
SETUP_NS = 5_000_000_000
AGAIN_FIRST_S, AGAIN_CAP_S = 10.0, 3600.0  # memory that takes 100 000 writes lasts eleven years


class Setter:
    """Of one module. What it would not take is remembered by register, until `anew` or the line's next connection.

    A register that may have been set all the same (`DoubtfulError`) is tried again, after a pause that grows.
    """

    def __init__(self, bus: ModbusBus, unit: int, random: Callable[[], float]) -> None:
        self._bus = bus
        self._unit = unit
        self._random = random
        self._connection = 0  # the line's, at which what is remembered was found
        self.anew()

    def anew(self) -> None:
        """Look again at once, though the connection is the same."""
        self._is_done = False
        self._not_taken: dict[int, DeviceError] = {}
        self._again_ns = 0  # when what is in doubt is tried next
        self._pause = Backoff(self._random, first_s=AGAIN_FIRST_S, cap_s=AGAIN_CAP_S)

    @property
    def refused(self) -> DeviceError | None:
        """The first register that the module would not take."""
        return next(iter(self._not_taken.values()), None)

    def is_due(self) -> bool:
        """The line has come anew, or `anew` was said, or not all was done yet."""
        is_new = not self._is_done or self._connection != self._bus.connections
        return is_new or any(map(self._is_to_write, self._not_taken))

    async def set_up(self, writes: Sequence[Write]) -> None:
        """Write what differs. A register that is refused keeps none of the others from being set.

        Raises DeviceError if that has to be gone on with: what is done by then is not written again.
        """
        if self._connection != self._bus.connections:
            self.anew()
            self._connection = self._bus.connections
        due = [write for write in writes if self._is_to_write(write.address)]
        held = await self._read(due)
        deadline_ns = self._bus.monotonic_ns() + SETUP_NS
        is_in_doubt = False
        try:
            for write in due:
                if held.get(write.address) == write.value:
                    self._not_taken.pop(write.address, None)
                else:
                    is_in_doubt |= not await self._is_written(write, deadline_ns)
        finally:
            if is_in_doubt:
                self._again_ns = self._bus.monotonic_ns() + int(self._pause.next_delay_s() * 1e9)
        self._is_done = True

    def _is_to_write(self, address: int) -> bool:
        refusal = self._not_taken.get(address)
        if refusal is None:
            return not self._is_done
        return isinstance(refusal, DoubtfulError) and self._bus.monotonic_ns() >= self._again_ns

    async def _is_written(self, write: Write, deadline_ns: int) -> bool:
        """Whether there is no doubt of it: it was, or it was refused."""
        address, value = write
        try:
            await self._bus.write_register(self._unit, address, value, deadline_ns=deadline_ns)
        except DoubtfulError as error:
            self._not_taken[address] = error
            return False
        except RefusedError as error:
            if error.code == BUSY:
                raise
            self._not_taken[address] = error
        else:
            self._not_taken.pop(address, None)
        return True

    async def _read(self, writes: Sequence[Write]) -> dict[int, int]:
        """What the module holds, by address. What it does not let read is not among it, and is written unseen.

        After a silence nothing more is asked: some modules say nothing to what they do not know.
        """
        held: dict[int, int] = {}
        for run in runs(writes):
            try:
                values = await self._bus.read_as(Urgency.STATE, self._unit, HOLDING, run.start, len(run))
            except RefusedError as error:
                if error.code == BUSY:
                    raise
            except (SilentError, UnsupportedError):
                break
            else:
                held.update(zip(run, values, strict=True))
        return held
