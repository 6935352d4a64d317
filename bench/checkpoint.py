"""A company with one gate, and those who may open it from afar; cloud, broker, box and module are processes.

Everything is made by the public API but the box's enrolment, for which `bench.enrolled` stands in.
"""

import json
import ssl
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import httpx

from bench import enrolled
from bench.cloud import PASSWORD, Cloud
from cloud.ingest.mqtt import tls_context
from cloud.kernel.tenancy import Role
from cloud.sites import keyfiles
from cloud.sites.authority import Authority
from deploy.demo.api import Api
from deploy.demo.servers.mosquitto import MosquittoServer
from deploy.demo.servers.processes import ChildProcess, free_port
from edge import identity
from protocols.guard_api import ROOT
from protocols.records import DeviceStatus

UNIT, OUTPUT, FLOOR_OUTPUT, PULSE_MS = 11, 0, 5, 50
_DOWNLINK, _SENDER, _PIN = "downlink-1", "downlink-2", "471103"
_READY_S, _LOOK_S = 60.0, 0.2


@dataclass(frozen=True)
class Wire:
    """Two clients of the broker besides: `sender` may say to `box` what downlink says, `hearer` is that box."""

    port: int
    box: UUID
    sender: ssl.SSLContext
    hearer: ssl.SSLContext


@dataclass(frozen=True)
class Checkpoint:
    """`guard`: on duty at the box's own page. `log`: the relay module's, the truth about what was opened."""

    cloud: Cloud
    point: UUID
    desk: Api
    residents: list[Api]
    guard: httpx.Client
    log: Path
    modbus_port: int
    wire: Wire


@contextmanager
def checkpoint(folder: Path, residents: int) -> Iterator[Checkpoint]:
    """Running, the relay module online."""
    with ExitStack() as stack:
        keys, now = folder / "broker", enrolled.now()
        ca = enrolled.make_house(keys, now, [enrolled.INGEST, _DOWNLINK, _SENDER])
        broker = MosquittoServer(keys, config=enrolled.MOSQUITTO_CONF.read_text())
        broker.start()
        stack.callback(broker.stop)
        modbus_port = _start_relay(folder, stack)
        cloud = stack.enter_context(Cloud(folder))
        keyfiles.create_command_key(folder / "command.key")
        cloud.tell(mqtt_host="127.0.0.1", mqtt_port=str(broker.port), mqtt_ca=keys / "ca.pem")
        cloud.start_api()
        desk, _ = cloud.administrator()
        place, box, point = _lay_out(desk, modbus_port)
        _enrol(cloud, ca, folder, broker.port, box)
        _start_services(cloud, keys)
        desk.post(f"/api/boxes/{box}/configuration")
        guard = _start_box(folder, desk, stack)
        flat = _flat(desk, place)
        yield Checkpoint(
            cloud,
            point,
            desk,
            [_resident(cloud, desk, flat, number, stack) for number in range(residents)],
            guard,
            folder / "devices/devices.jsonl",
            modbus_port,
            _wire(ca, keys, broker.port),
        )


def _start_relay(folder: Path, stack: ExitStack) -> int:
    config, ready = folder / "devices.json", folder / "ready.json"
    line = {"name": "line", "relays": [{"unit": UNIT, "model": "wb_mr6c_v2"}]}
    config.write_text(json.dumps({"folder": "devices", "control_port": 0, "lines": [line]}))
    program = Path(sys.executable).with_name("domovoy-sim")
    command: list[str | Path] = [program, "site", "--config", config, "--ready-file", ready]
    process = ChildProcess("devices", command, log=folder / "devices.log")
    process.start()
    stack.callback(process.stop)
    process.wait_ready(ready.exists)
    return int(json.loads(ready.read_text())["lines"]["line"])


def _lay_out(desk: Api, modbus_port: int) -> tuple[str, UUID, UUID]:
    """Complex, box, and the point whose barrier hangs on the module."""

    def post(path: str, **draft: Any) -> str:
        return str(desk.post(path, draft)["id"])

    place = post("/api/housing/complexes", name="Афины", kind="apartments")
    site = post("/api/sites", name="Афины", time_zone="Asia/Yekaterinburg", complex_id=place)
    box = post("/api/boxes", site_id=site, name="КПП")
    to = {"host": "127.0.0.1", "port": modbus_port}
    line = post("/api/devices", box_id=box, driver="modbus_tcp", name="Линия", settings=to)
    # the floor switches one of its outputs, which the box would switch off again
    module = {"bus": line, "unit": UNIT, "profile": "wb_mr6c_v2", "held_outputs": [FLOOR_OUTPUT]}
    relay = post("/api/devices", box_id=box, driver="modbus_relay", name="Реле", settings=module)
    barrier = {"device": relay, "output": OUTPUT, "pulse_ms": PULSE_MS}
    point = post("/api/points", box_id=box, name="Въезд", barrier=barrier, residents=True)
    return place, UUID(box), UUID(point)


def _enrol(cloud: Cloud, ca: Authority, folder: Path, mqtt_port: int, box: UUID) -> None:
    key = keyfiles.load_verify_key(folder / "command.key")
    enrolled.write_box(ca, folder / "data", mqtt_port, enrolled.now(), box, key)
    journal_key = identity.load_journal_key(identity.Files(folder / "data").journal_key).public_key()
    with cloud.admin() as connection:
        connection.execute(
            "UPDATE box SET enrolled_at = now(), journal_key = %s WHERE id = %s",
            (journal_key.public_bytes_raw(), box),
        )


def _start_services(cloud: Cloud, keys: Path) -> None:
    _start_service(cloud, keys, enrolled.INGEST, Role.INGEST, "connected to the broker")
    _start_service(cloud, keys, _DOWNLINK, Role.DOWNLINK, "downlink is serving")


def _start_service(cloud: Cloud, keys: Path, name: str, role: Role, ready: str) -> None:
    process = cloud.start(
        name,
        role=role,
        mqtt_cert=keys / f"{name}.pem",
        mqtt_key=keys / f"{name}.key",
        command_key_file=cloud.folder / "command.key",
        log_level="INFO",
    )
    process.wait_ready(lambda: ready in process.log.read_text())


def _start_box(folder: Path, desk: Api, stack: ExitStack) -> httpx.Client:
    """The agent, when it can open; returns the guard's page, the administrator on duty at it."""
    guard = desk.get("/api/staff")["items"][0]["id"]
    desk.post(f"/api/guards/{guard}/pin", {"pin": _PIN})
    page = free_port()
    (folder / "edge.toml").write_text(f"[guardhouse]\nport = {page}\n")
    program = Path(sys.executable).with_name("domovoy-edge")
    agent = ChildProcess("agent", [program, "run", "--folder", folder], log=folder / "agent.log")
    agent.start()
    stack.callback(agent.stop)
    url = f"http://127.0.0.1:{page}"
    headers = {"Origin": url, "Content-Type": "application/json"}
    client = stack.enter_context(
        httpx.Client(base_url=url + ROOT, headers=headers, timeout=30, trust_env=False)
    )
    agent.wait_ready(lambda: _is_ready(folder / "data") and _signs_in(client, guard), timeout_s=_READY_S)
    client.post("/shifts", json={"id": str(uuid4())}).raise_for_status()
    return client


def _is_ready(data: Path) -> bool:
    """Its configuration came and its module answers."""
    try:
        port = int((data / "health.port").read_text())
        report = httpx.get(f"http://127.0.0.1:{port}/health", timeout=5, trust_env=False).json()
    except (OSError, ValueError, httpx.TransportError):
        return False
    states = list(report["devices"].values())
    return bool(states) and set(states) == {DeviceStatus.ONLINE}


def _signs_in(client: httpx.Client, guard: str) -> bool:
    try:
        return client.post("/sign-in", json={"guard": guard, "pin": _PIN}).status_code == 200
    except httpx.TransportError:
        return False
    finally:
        time.sleep(_LOOK_S)


def _flat(desk: Api, place: str) -> str:
    tower = {"complex_id": place, "name": "1", "kind": "tower"}
    building = desk.post("/api/housing/buildings", tower)["id"]
    flat = {"building_id": building, "kind": "flat", "number": "17"}
    return str(desk.post("/api/housing/premises", flat)["id"])


def _resident(cloud: Cloud, desk: Api, flat: str, number: int, stack: ExitStack) -> Api:
    """Somebody who lives there and has accepted the invitation; signed in."""
    email = f"resident-{number}@bench.example"
    person = desk.post("/api/people", {"name": f"Житель {number}"})["id"]
    desk.post(f"/api/people/{person}/residencies", {"premises_id": flat, "role": "resident"})
    desk.post(f"/api/people/{person}/account", {"email": email})
    with cloud.admin() as connection:
        [[letter]] = connection.execute(
            "SELECT convert_from(body, 'UTF8') FROM mail_message WHERE recipient = %s", (email,)
        )
    token = letter.rpartition("#")[2].split()[0]
    resident = Api(cloud.url)
    stack.callback(resident.close)
    resident.post("/api/resident/invitation/accept", {"token": token, "password": PASSWORD})
    resident.post("/api/session", {"email": email, "password": PASSWORD})
    return resident


def _wire(ca: Authority, keys: Path, port: int) -> Wire:
    box = uuid4()
    enrolled.write_certificate(ca, keys, box)

    def tls(name: str) -> ssl.SSLContext:
        return tls_context(keys / "ca.pem", keys / f"{name}.pem", keys / f"{name}.key")

    return Wire(port, box, tls(_SENDER), tls(str(box)))
