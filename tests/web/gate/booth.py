"""A checkpoint with its box: a whole agent that serves the guard's page, devices' sockets, a line to cut."""

import asyncio
import threading
import time
from collections.abc import Callable, Coroutine, Iterator
from contextlib import AsyncExitStack, contextmanager
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, TypeVar
from uuid import UUID

from firmware_sim import picture
from firmware_sim.camera import Camera
from firmware_sim.clock import SystemClock
from firmware_sim.film import Prepared
from firmware_sim.journal import Journal
from firmware_sim.rtsp import RtspCamera

from deploy.demo.servers.mosquitto import MosquittoServer
from deploy.demo.servers.processes import free_port
from deploy.demo.servers.proxy import Line, Proxy
from edge.agent import Agent
from edge.settings import GuardhouseSettings, Settings
from protocols import config
from protocols.fields import Direction
from protocols.held import GuardItem
from protocols.records import DeviceStatus
from tests.edge.boxes import PATIENT_GATE, Box, serving
from tests.edge.cloud_peer import CloudPeer
from tests.edge.guardhouse.desk import KINDS, PIN_HASH, base_url, confirm_nothing, relay_module
from tests.edge.world import uid

ROOT = Path(__file__).parents[3]
FACE = ROOT / "edge/guardhouse/web"
TOKEN = "a-token-of-the-camera"
ZONE = "Asia/Yekaterinburg"
GUARD = GuardItem(id=uid(9501), name="Ковалёв Пётр Ильич", pin_hash=PIN_HASH, keys=["EM:001259E3"])
SECOND = GuardItem(id=uid(9502), name="Сергеева Анна", pin_hash=PIN_HASH)
LANE_IN, LANE_OUT, BUS, RELAY, GROUNDS = (uid(9510 + number) for number in range(5))
_ENTRY, _EXIT = "entry", "exit"
_CAMERAS = {_ENTRY: (uid(9520), uid(9521)), _EXIT: (uid(9522), uid(9523))}
_WAIT_S = 60.0
Result = TypeVar("Result")


class Booth:
    """What a test does at the checkpoint, from another thread than the box's."""

    def __init__(self, loop: asyncio.AbstractEventLoop, agent: Agent, cloud: CloudPeer, line: Proxy) -> None:
        self._loop = loop
        self._agent = agent
        self._cloud = cloud
        self._line = line
        self._cars: dict[str, Camera] = {}
        self.url = ""
        self.relay = AsyncExitStack()

    def car(self, plate: str, *, out: bool = False) -> None:
        """A car comes; returns when it was judged."""
        self._run(self._drive_up(self._cars[_EXIT if out else _ENTRY], plate))

    def drive_off(self) -> None:
        """The lanes are empty again."""
        for camera in self._cars.values():
            camera.leave()

    def hold(self, *items: Any) -> None:
        """The cloud's list gets these, and the box has them."""
        self._run(self._held(items))

    def cut(self) -> None:
        """No word to the cloud from now on."""
        self._line.set_line(Line.CUT)
        self._until(lambda: not self._agent.uplink.connected.is_set())

    def mend(self) -> None:
        """The line stands again."""
        vars(self._agent.replica).pop("_confirm", None)
        self._line.set_line(Line.OPEN)
        self._until(self._agent.uplink.connected.is_set)

    def age_list(self, age: timedelta) -> None:
        """The cloud confirmed its list that long ago, and says nothing more until the line is mended."""
        confirm_nothing(self._agent)
        self._agent.held.confirmed_ms = int((datetime.now(UTC) - age).timestamp() * 1000)

    def seen(self, kind: type, count: int = 1) -> list[Any]:
        """What of the kind has reached the cloud, once so many have."""
        self._until(lambda: len(self._cloud.of(kind)) >= count)
        return self._cloud.of(kind)

    def unplug_relay(self) -> None:
        """The module that opens both barriers is gone; its box has not noticed yet."""
        self._run(self.relay.aclose())

    def film(self, more: int) -> None:
        """Until so many more pieces of the entry's video are kept."""
        before = self._filmed()
        self._until(lambda: self._filmed() >= before + more)

    def _filmed(self) -> int:
        kept: Any = self._agent.studio.report()["cameras"]
        return int(kept.get(str(_CAMERAS[_ENTRY][1]), {"segments": 0})["segments"])

    def _until(self, condition: Callable[[], bool]) -> None:
        deadline = time.monotonic() + _WAIT_S
        while not condition():
            assert time.monotonic() < deadline, "it did not happen in time"
            time.sleep(0.05)

    def _run(self, coroutine: Coroutine[Any, Any, Result]) -> Result:
        return asyncio.run_coroutine_threadsafe(coroutine, self._loop).result(timeout=_WAIT_S)

    async def _drive_up(self, camera: Camera, plate: str) -> None:
        await camera.arrive(plate, read_as=plate, confidence=0.97)
        await self._agent.gate.drain()

    async def _held(self, items: tuple[Any, ...]) -> None:
        for item in items:
            await self._cloud.put(item, KINDS[type(item)])
        await self._cloud.until(lambda: self._agent.held.standing.version == self._cloud.version)

    async def open(
        self, ports: dict[str, int], modbus: int, snapshots: int, journal: Journal, filmed: dict[str, Any]
    ) -> None:
        """Its devices are there, its guards known; then the page is served. `filmed`: where its video comes from."""
        await self._cloud.configure(_site(modbus, ports, snapshots, filmed))
        there = {RELAY, *(readers for readers, _ in _CAMERAS.values())}
        states = self._agent.running.states
        await self._cloud.until(lambda: {states.get(each) for each in there} == {DeviceStatus.ONLINE})
        for name, port in ports.items():
            url = f"http://127.0.0.1:{port}/plates/{TOKEN}"
            self._cars[name] = Camera(name, push_url=url, journal=journal, clock=SystemClock())
        await self._held((GUARD, SECOND))
        self.url = await base_url(self._agent)

    def snapshot(self, camera: str) -> bytes:
        """What its camera sees now."""
        return (
            self._cars[camera].snapshot()
            if camera in self._cars
            else picture.take(camera=camera, plate="", caption="")
        )


def _site(modbus: int, ports: dict[str, int], snapshots: int, filmed: dict[str, Any]) -> config.Configuration:
    """One lane in, one out, of one zone, each with a camera that reads plates and one to look through."""
    views = f"http://127.0.0.1:{snapshots}"
    lanes = ((LANE_IN, "Въезд", 0, _ENTRY, Direction.IN), (LANE_OUT, "Выезд", 1, _EXIT, Direction.OUT))
    return config.Configuration(
        site=uid(9500),
        site_name="КПП «Афины»",
        time_zone=ZONE,
        stale=config.StalePolicy(after_s=600),
        zones=[config.Zone(id=GROUNDS, number=1, name="Территория")],
        devices=[
            _device(BUS, "modbus_tcp", "Шина", host="127.0.0.1", port=modbus),
            _device(RELAY, "modbus_relay", "Реле шлагбаумов", bus=str(BUS), unit=1, profile="wb_mr6c_v2"),
            *(
                _device(_CAMERAS[camera][0], "plate_http", f"Камера номеров: {name}", port=port, token=TOKEN)
                for _, name, _, camera, _ in lanes
                for port in [ports[camera]]
            ),
            *(
                _device(
                    _CAMERAS[camera][1], "http_camera", f"Обзор: {name}", url=f"{views}/{camera}", **filmed
                )
                for _, name, _, camera, _ in lanes
            ),
        ],
        points=[
            config.Point(
                id=point,
                name=name,
                zone=GROUNDS,
                barrier=config.Barrier(device=RELAY, output=output, pulse_ms=50),
                readers=[config.Reader(device=_CAMERAS[camera][0], direction=direction)],
                camera=_CAMERAS[camera][1],
            )
            for point, name, output, camera, direction in lanes
        ],
    )


def _device(id_: UUID, driver: str, name: str, **settings: Any) -> config.Device:
    return config.Device(id=id_, driver=driver, name=name, settings=settings)


@contextmanager
def booth(folder: Path, *, film: bytes = b"") -> Iterator[Booth]:
    """A checkpoint at work. `film`: H.264 that its cameras send; none: they give snapshots alone."""
    broker = MosquittoServer(folder / "mosquitto")
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, name="booth", daemon=True)
    broker.start()
    line = Proxy(broker.port)
    line.start()
    thread.start()
    stack = AsyncExitStack()
    try:
        yield asyncio.run_coroutine_threadsafe(_opened(folder, broker.port, line, stack, film), loop).result(
            60
        )
    finally:
        asyncio.run_coroutine_threadsafe(stack.aclose(), loop).result(30)
        loop.call_soon_threadsafe(loop.stop)
        thread.join(10)
        loop.close()
        line.stop()
        broker.stop()


async def _opened(folder: Path, broker_port: int, line: Proxy, stack: AsyncExitStack, film: bytes) -> Booth:
    box = Box(folder / "box", "127.0.0.1", line.port)
    page = GuardhouseSettings(port=0, web=str(FACE), confirm_within_s=1800)
    box.settings = Settings(gate=PATIENT_GATE, guardhouse=page)
    cloud = await stack.enter_async_context(serving(box.peer(), "127.0.0.1", broker_port))
    relay = await stack.enter_async_context(AsyncExitStack())
    modbus = await relay.enter_async_context(relay_module())
    journal = Journal(folder / "cameras.jsonl", SystemClock())
    agent = await stack.enter_async_context(box.agent())
    made = Booth(asyncio.get_running_loop(), agent, cloud, line)
    made.relay = relay
    snapshots = _looking(made)
    stack.callback(snapshots.server_close)
    stack.callback(snapshots.shutdown)
    filmed = await _filming(film, journal, stack) if film else {}
    await made.open({name: free_port() for name in _CAMERAS}, modbus, snapshots.server_port, journal, filmed)
    return made


async def _filming(film: bytes, journal: Journal, stack: AsyncExitStack) -> dict[str, Any]:
    """A camera that sends it. Returns what an overview camera's settings say of it."""
    password = "k9 secret"
    camera = RtspCamera("overview", journal=journal, film=Prepared(film), password=password)
    await camera.start()
    stack.push_async_callback(camera.stop)
    return {"stream": camera.url, "user": "admin", "password": password, "record": True}


def _looking(at: Booth) -> ThreadingHTTPServer:
    """The cameras to look through: `GET /entry` is a JPEG of this moment."""

    class Look(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            data = at.snapshot(self.path.strip("/"))
            self.send_response(200)
            self.send_header("Content-Type", "image/jpeg")
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

        def log_message(self, *_: Any) -> None:
            """Says nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Look)
    threading.Thread(target=server.serve_forever, name="cameras", daemon=True).start()
    return server
