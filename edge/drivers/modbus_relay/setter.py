"""Sets a module up once a connection. It reads first: memory wears with each write, and a line may come and go."""

from collections.abc import Sequence

from edge.drivers.base import RefusedError, SilentError, UnsupportedError
from edge.drivers.modbus_bus.driver import ModbusBus
from edge.drivers.modbus_bus.turns import Urgency
from edge.drivers.modbus_relay.setup import Write, runs

BUSY = 6  # the one refusal that passes by itself
HOLDING = 3
SETUP_NS = 5_000_000_000


class Setter:
    """Of one module. `refused`: the first register that it would not take at this connection."""

    def __init__(self, bus: ModbusBus, unit: int) -> None:
        self._bus = bus
        self._unit = unit
        self._done_at = 0  # the line's connection at which the module was set up last
        self.refused: RefusedError | None = None

    def anew(self) -> None:
        """Look again, though the connection is the same."""
        self._done_at = 0
        self.refused = None

    def is_due(self) -> bool:
        """The line has come anew, or `anew` was said, or not all was done yet."""
        return self._done_at != self._bus.connections

    async def set_up(self, writes: Sequence[Write]) -> None:
        """Write what differs. A register that is refused keeps none of the others from being set.

        Raises DeviceError if that has to be gone on with: what is done by then is not written again.
        """
        connection, refused = self._bus.connections, None
        held = await self._read(writes)
        deadline_ns = self._bus.monotonic_ns() + SETUP_NS
        for address, value in writes:
            if held.get(address) == value:
                continue
            try:
                await self._bus.write_register(self._unit, address, value, deadline_ns=deadline_ns)
            except RefusedError as error:
                if error.code == BUSY:
                    raise
                refused = refused or error
        self.refused, self._done_at = refused, connection

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
