"""A Modbus line: one connection kept up, one request at a time, outputs before meters."""

import asyncio
import logging
import socket
import struct
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from functools import partial
from uuid import UUID

from pymodbus.client import AsyncModbusSerialClient, AsyncModbusTcpClient
from pymodbus.exceptions import ConnectionException, ModbusIOException
from pymodbus.framer import FramerType
from pymodbus.pdu import ModbusPDU

from edge.drivers.base import SilentError, Sink, UnavailableError, Why
from edge.drivers.devices import Devices, Ports, settings_of
from edge.drivers.modbus_bus.answers import READ_FUNCTIONS, echoed, registers
from edge.drivers.modbus_bus.config import RtuSettings, TcpSettings
from edge.drivers.modbus_bus.late import Debt, Key, Owed, OwedError, RtuFramer
from edge.drivers.modbus_bus.turns import Turns, Urgency
from edge.drivers.modbus_bus.unmistaken import Unmistaken
from edge.drivers.presence import Backoff, Presence
from protocols import config
from protocols.records import DeviceReason

# pymodbus logs every unanswered request as an error; a dead meter is told once, by whoever polls it.
logging.getLogger("pymodbus.logging").setLevel(logging.CRITICAL)

Client = AsyncModbusTcpClient | AsyncModbusSerialClient
Connect = Callable[[Callable[[bool], None]], Client]
READ_WAIT_NS = 5_000_000_000  # a meter's read gives up its place in the queue after this
RTU_SETTLE_S = 0.1  # after a silence: an answer that is hardly late does not clash with the next request
NO_LINGER = struct.pack("ii", 1, 0)
UNDELIVERED_MS = 3000  # what the network has not taken within this is not to be sent any more
FAREWELL_S = 2.0  # how long a stopping line waits for pulses under way to release their outputs


class ModbusBus:
    """Implements `base.RegisterBus`; relays write through it."""

    def __init__(
        self,
        *,
        device_id: UUID,
        place: str,
        ports: Ports,
        connect: Connect,
        timeout_s: float,
        is_rtu: bool,
        gap_s: float = 0.0,
    ) -> None:
        self.id = device_id
        self.monotonic_ns = ports.monotonic_ns
        self._place = place
        self._random = ports.random
        self._gap_s = gap_s
        self._timeout_s = timeout_s
        self._settle_s = RTU_SETTLE_S if is_rtu else 0.0
        self._owed = Owed(ports.monotonic_ns)
        self._unmistaken = Unmistaken(
            self._owed, self._exchange, monotonic_ns=ports.monotonic_ns, timeout_s=timeout_s
        )
        self._is_rtu = is_rtu
        self._make_client = connect
        self._client: Client | None = None
        self._turns = Turns()
        self._up = asyncio.Event()
        self._lost = asyncio.Event()
        self._holds = 0
        self._released = asyncio.Event()
        self._released.set()
        self.connections = 0  # how often the line came up; a relay sets its module up anew each time

    async def run(self, sink: Sink) -> None:
        """Keep the line up until cancelled."""
        presence = Presence(self.id, sink)
        backoff = Backoff(self._random)
        is_inherited = self._is_rtu
        while True:
            client = self._make_client(self._trace)
            if self._is_rtu:
                client.ctx.framer = RtuFramer(client.ctx.framer.decoder, self._owed)
            self._lost.clear()
            try:
                if await client.connect():
                    if is_inherited:  # whoever had the line before may have left with an answer on its way
                        await asyncio.sleep(self._timeout_s)
                        is_inherited = False
                    self._opened(client)
                    presence.online()
                    backoff.reset()
                    await self._lost.wait()
                presence.offline(Why(f"{self._place}: no connection", DeviceReason.NO_CONNECTION))
            finally:
                await self._close(client)
            await backoff.wait()

    async def wait_up(self) -> None:
        """Until the line is connected."""
        await self._up.wait()

    def drop(self) -> None:
        """Give the connection up as half-open; `run` makes another."""
        self._up.clear()
        self._lost.set()

    @asynccontextmanager
    async def hold(self) -> AsyncIterator[None]:
        """Keeps a stopping line open for a moment: an output must not stay on because the agent leaves."""
        self._holds += 1
        self._released.clear()
        try:
            yield
        finally:
            self._holds -= 1
            if not self._holds:
                self._released.set()

    async def read(self, unit: int, function: int, address: int, count: int) -> tuple[int, ...]:
        """See `base.RegisterBus`."""
        return await self.read_as(Urgency.METER, unit, function, address, count)

    async def read_as(
        self, urgency: Urgency, unit: int, function: int, address: int, count: int
    ) -> tuple[int, ...]:
        """`read` with its urgency."""
        if function not in READ_FUNCTIONS:
            raise ValueError(f"function {function} does not read")
        key = Key(unit, function)
        if self._is_rtu:
            answer = await self._unmistaken.read(urgency, key, address, count)
        else:
            answer = await self._exchange(urgency, key, address, count, despite=None)
        return registers(answer, f"{self._place}, {key}, address {address}", function, count)

    async def _exchange(
        self, urgency: Urgency, key: Key, address: int, count: int, *, despite: Debt | None
    ) -> ModbusPDU:
        """See `unmistaken.Request`."""

        def ask(client: Client) -> Awaitable[ModbusPDU]:
            reads = (
                client.read_coils,
                client.read_discrete_inputs,
                client.read_holding_registers,
                client.read_input_registers,
            )
            return reads[key.function - 1](address, count=count, device_id=key.unit)

        place = f"{self._place}, {key}, address {address}"
        deadline_ns = self.monotonic_ns() + READ_WAIT_NS
        return await self._request(urgency, place, deadline_ns, ask, key=key, despite=despite)

    async def write_coil(self, unit: int, address: int, on: bool, *, deadline_ns: int) -> None:
        """Function 5. Raises UnavailableError if it could not be sent before the deadline."""
        place = f"{self._place}, unit {unit}, coil {address}"
        answer = await self._request(
            Urgency.OUTPUT,
            place,
            deadline_ns,
            lambda client: client.write_coil(address, on, device_id=unit),
        )
        echoed(answer, place, 5, address)

    async def write_register(self, unit: int, address: int, value: int, *, deadline_ns: int) -> None:
        """Function 6. Raises like `write_coil`."""
        place = f"{self._place}, unit {unit}, holding register {address}"
        answer = await self._request(
            Urgency.OUTPUT,
            place,
            deadline_ns,
            lambda client: client.write_register(address, value, device_id=unit),
        )
        echoed(answer, place, 6, address)

    async def _request(
        self,
        urgency: Urgency,
        place: str,
        deadline_ns: int,
        ask: Callable[[Client], Awaitable[ModbusPDU]],
        *,
        key: Key | None = None,
        despite: Debt | None = None,
    ) -> ModbusPDU:
        """`key`: of a read, whose answer might be another's. Raises OwedError like `unmistaken.Request`."""
        client = await self._line(urgency, place, deadline_ns)
        settle_s = 0.0
        try:
            if key is not None and self._owed.of(key) is not despite:
                raise OwedError
            settle_s = self._settle_s
            if self._gap_s:
                await asyncio.sleep(self._gap_s)
            with self._awaiting(client, key):
                answer = await self._answer(
                    client, place, ask, until_ns=deadline_ns if urgency is Urgency.OUTPUT else None
                )
        except ModbusIOException as error:
            raise SilentError(f"{place}: no answer ({error})") from error
        except ConnectionException as error:
            raise UnavailableError(f"{place}: {error}") from error
        else:
            settle_s = 0.0
            return answer
        finally:
            if settle_s:
                asyncio.get_running_loop().call_later(settle_s, self._turns.release)
            else:
                self._turns.release()

    @contextmanager
    def _awaiting(self, client: Client, key: Key | None) -> Iterator[None]:
        """Whatever ends the wait without an answer leaves that owed."""
        try:
            yield
        except ConnectionException:
            raise  # nothing was sent
        except BaseException:
            if key is not None and self._is_rtu:
                self._owed.missed(key)
            raise
        finally:
            if isinstance(client.ctx.framer, RtuFramer):
                client.ctx.framer.forget()

    async def _answer(
        self,
        client: Client,
        place: str,
        ask: Callable[[Client], Awaitable[ModbusPDU]],
        *,
        until_ns: int | None,
    ) -> ModbusPDU:
        """An output's answer is awaited until its deadline: then the connection goes, with all that it has not sent."""
        if until_ns is None:
            return await _uncancelled(ask(client))
        left_ns = until_ns - self.monotonic_ns()
        if left_ns <= 0:
            raise UnavailableError(f"{place}: the deadline has passed")
        try:
            async with asyncio.timeout(left_ns / 1e9):
                return await _uncancelled(ask(client))
        except TimeoutError as error:
            self.drop()
            raise SilentError(f"{place}: no answer before the deadline") from error

    async def _line(self, urgency: Urgency, place: str, deadline_ns: int) -> Client:
        """The connected client, with this request's turn taken."""
        left_ns = deadline_ns - self.monotonic_ns()
        if left_ns <= 0:
            raise UnavailableError(f"{place}: the deadline has passed")
        if (
            self._client is not None
            and self._client.connected
            and self._up.is_set()
            and self._turns.take_free()
        ):
            return self._client
        try:
            async with asyncio.timeout(left_ns / 1e9):
                while True:
                    await self._up.wait()
                    await self._turns.take(urgency)
                    if self._client is not None and self._client.connected:
                        return self._client
                    self._turns.release()
                    self.drop()
        except TimeoutError as error:
            raise UnavailableError(f"{place}: no free connection in time") from error

    def _trace(self, connected: bool) -> None:
        if not connected:
            self.drop()

    def _opened(self, client: Client) -> None:
        _forget_at_close(client)
        self._client = client
        self.connections += 1
        self._up.set()

    async def _close(self, client: Client) -> None:
        if client is self._client and not self._lost.is_set() and self._holds:
            try:
                async with asyncio.timeout(FAREWELL_S):
                    await self._released.wait()
            except TimeoutError:
                logging.getLogger(__name__).warning("%s: closed with an output still held", self._place)
        self._up.clear()
        self._client = None
        if isinstance(client.ctx.transport, asyncio.WriteTransport):
            client.ctx.transport.abort()  # close() would wait until all is written
        client.close()


def _forget_at_close(client: Client) -> None:
    """Closing resets the connection: an "on" that the network holds back must not arrive when it heals, after the off.

    An ordinary close leaves what is not acknowledged to the kernel, which goes on sending it for a quarter of an hour.
    """
    connection = client.ctx.transport.get_extra_info("socket")
    if connection is None:
        return  # a serial line
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, NO_LINGER)
    if hasattr(socket, "TCP_USER_TIMEOUT"):  # Linux; for a process that is stopped, and closes nothing
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, UNDELIVERED_MS)


async def _uncancelled(answer: Awaitable[ModbusPDU]) -> ModbusPDU:
    """Python 3.11's `asyncio.wait_for`, in pymodbus, loses a cancellation that comes together with the answer."""
    task = asyncio.current_task()
    before = task.cancelling() if task is not None else 0
    result = await answer
    if task is not None and task.cancelling() > before:
        raise asyncio.CancelledError
    return result


def _tcp_client(settings: TcpSettings, trace: Callable[[bool], None]) -> Client:
    return AsyncModbusTcpClient(
        settings.host,
        port=settings.port,
        framer=FramerType.RTU if settings.rtu_framing else FramerType.SOCKET,
        timeout=settings.timeout_ms / 1000,
        retries=0,
        reconnect_delay=0,
        trace_connect=trace,
    )


def _rtu_client(settings: RtuSettings, trace: Callable[[bool], None]) -> Client:
    return AsyncModbusSerialClient(
        settings.port,
        baudrate=settings.baud,
        parity=settings.parity,
        stopbits=settings.stop_bits,
        timeout=settings.timeout_ms / 1000,
        retries=0,
        reconnect_delay=0,
        trace_connect=trace,
    )


def build_tcp(device: config.Device, built: Devices, ports: Ports) -> None:
    """Driver `modbus_tcp`."""
    settings = settings_of(device, TcpSettings)
    bus = ModbusBus(
        device_id=device.id,
        place=f"{device.name} ({settings.host}:{settings.port})",
        ports=ports,
        timeout_s=settings.timeout_ms / 1000,
        is_rtu=settings.rtu_framing,
        connect=partial(_tcp_client, settings),
    )
    built.all[device.id] = built.buses[device.id] = bus


def build_rtu(device: config.Device, built: Devices, ports: Ports) -> None:
    """Driver `modbus_rtu`."""
    settings = settings_of(device, RtuSettings)
    built.claim(device, settings.port)
    bus = ModbusBus(
        device_id=device.id,
        place=f"{device.name} ({settings.port})",
        ports=ports,
        gap_s=settings.gap_ms / 1000,
        timeout_s=settings.timeout_ms / 1000,
        is_rtu=True,
        connect=partial(_rtu_client, settings),
    )
    built.all[device.id] = built.buses[device.id] = bus
