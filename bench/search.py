"""What a guard types, found among 100 000 passes on the box: from the request in a socket to its answer."""

import json
import signal
import sqlite3
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from time import perf_counter_ns
from typing import Any

import httpx
from argon2 import PasswordHasher

from bench import enrolled
from bench.box import memory_mb
from bench.held import make_pass, plate
from bench.measure import Plan, figure, percentile, ratios
from bench.report import Bound, Goal, Result
from deploy.demo.servers.processes import ChildProcess, free_port, wait_until
from edge.access.passes import Row
from protocols.config import Configuration
from protocols.guard_api import ROOT
from protocols.held import GuardItem, ItemKind, PassItem, encode_item

PASSES = 100_000
_QUICK_PASSES = 2_000
_ASKED, _QUICK_ASKED = 40, 5
_START_TIMEOUT_S = 90.0
_GUARD = enrolled.EPOCH
_PIN = "4711"
_NAMES = (
    "Иванова",
    "Петров",
    "Семёнова",
    "Кузнецов",
    "Соколова",
    "Лебедев",
    "Морозова",
    "Волков",
    "Зайцева",
    "Орлов",
)
_FIRST = ("Мария", "Олег", "Анна", "Пётр", "Ирина", "Сергей", "Елена", "Павел", "Ольга", "Никита", "Юлия")


def run(plan: Plan) -> Result:
    """The whole agent as a process, the cloud not there; the floor is the same scan by SQLite alone."""
    count, asked = plan.size(PASSES, _QUICK_PASSES), plan.size(_ASKED, _QUICK_ASKED)
    folder, page = _lay_out(plan.folder, count)
    found: dict[str, list[float]] = {name: [] for name in _questions(count)}
    floors: list[float] = []
    near: list[float] = []
    with _running(folder, page) as (client, pid):
        for _ in range(plan.rounds):
            for name, query in _questions(count).items():
                samples = [_ask_ms(client, query) for _ in range(asked)]
                found[name].append(percentile(samples, 95))
            floors.append(percentile([_scan_ms(folder / "data/search.sqlite") for _ in range(asked)], 95))
            near.append(percentile([_ask_ms(client, {}, "/board") for _ in range(asked)], 95))
        memory = memory_mb(pid, "VmRSS")
    worst = [max(round_) for round_ in zip(*found.values(), strict=True)]
    return Result(
        bench="search",
        title="A guard's search on the box",
        how=(
            f"`domovoy-edge run` with {count:,} passes, each with a plate, a number and a house of its own; a guard who"
            f" is signed in asks over HTTP on loopback, {asked} times each a round: p95. The floor is a scan of the"
            f" same rows for a word that stands nowhere, by SQLite alone, in the bench's process."
        ),
        figures=[
            *(figure(f"{name}, p95", "ms", rounds) for name, rounds in found.items()),
            figure("the scan alone, p95", "ms", floors),
            figure("board, p95", "ms", near),
            figure(f"resident with the page served, {count:,} passes", "MB", [memory]),
        ],
        goals=[
            Goal.of(
                f"the slowest search among {count:,}, p95", worst, bound=Bound.AT_MOST, limit=50, unit="ms"
            ),
            Goal.of(
                "the slowest search against the scan alone",
                ratios(worst, floors),
                bound=Bound.AT_MOST,
                limit=4,
            ),
            Goal.of(
                f"memory with {count:,} passes and the page",
                [memory],
                bound=Bound.AT_MOST,
                limit=150,
                unit="MB",
            ),
        ],
    )


def _questions(count: int) -> dict[str, dict[str, str]]:
    """As guards ask: of the newest and of the oldest pass, of what many have, and of what nobody has."""
    return {
        "plate, part, Cyrillic": {"q": plate(count // 2)[1:6].lower().translate(str.maketrans("xtc", "хтс"))},
        "plate of the oldest": {"q": plate(0)},
        "number": {"q": f"{count // 3:07}"},
        "name that a tenth has": {"q": "иванова"},
        "name and house": {"q": "семенова анна 17"},
        "telephone": {"q": "8 (912) 000-00-07"},
        "nobody's": {"q": "ничего такого"},
        "two characters": {"q": "x7"},
        "today's visitors": {"show": "today"},
    }


def _row(number: int) -> Row:
    made = make_pass(number)
    item = PassItem(
        **{name: getattr(made, name) for name in made.__struct_fields__}
        | {
            "holder": f"{_NAMES[number % 10]} {_FIRST[number % 11]}",
            "address": f"к/п Афины, ул. Кифису, д. {number % 997}",
            "phone": f"+7912{number:07}",
        }
    )
    return Row(ItemKind.PASS, item.id, number + 1, encode_item(item))


def _rows(count: int) -> Iterator[Row]:
    yield from map(_row, range(count))
    hasher = PasswordHasher(time_cost=1, memory_cost=1024, parallelism=1)
    guard = GuardItem(id=_GUARD, name="Пётр", pin_hash=hasher.hash(_PIN))
    yield Row(ItemKind.GUARD, guard.id, count + 1, encode_item(guard))


def _lay_out(folder: Path, count: int) -> tuple[Path, int]:
    now, page = enrolled.now(), free_port()
    ca = enrolled.make_house(folder / "house", now)
    enrolled.write_box(ca, folder / "data", free_port(), now)
    enrolled.hold(folder / "data", _rows(count))
    enrolled.configure(
        folder / "data",
        Configuration(site=enrolled.BOX, site_name="КПП", time_zone="Asia/Yekaterinburg"),
    )
    (folder / "edge.toml").write_text(f"[guardhouse]\nport = {page}\n")
    return folder, page


@contextmanager
def _running(folder: Path, page: int) -> Iterator[tuple[httpx.Client, int]]:
    program = Path(sys.executable).with_name("domovoy-edge")
    agent = ChildProcess("agent", [program, "run", "--folder", folder], log=folder / "agent.log")
    agent.start()
    url = f"http://127.0.0.1:{page}"
    try:
        with httpx.Client(base_url=url + ROOT, headers={"Origin": url}, timeout=30) as client:
            agent.wait_ready(lambda: _is_signed_in(client), timeout_s=_START_TIMEOUT_S)
            agent.wait_ready(lambda: _found(client, {"q": plate(0)}) > 0, timeout_s=_START_TIMEOUT_S)
            wait_until(lambda: False, 2)
            yield client, agent.pid
    finally:
        agent.signal(signal.SIGTERM)
        agent.stop()


def _is_signed_in(client: httpx.Client) -> bool:
    try:
        body = json.dumps({"guard": str(_GUARD), "pin": _PIN})
        headers = {"Content-Type": "application/json"}
        return client.post("/sign-in", content=body, headers=headers).status_code == 200
    except httpx.TransportError:
        time.sleep(0.2)
        return False


def _found(client: httpx.Client, query: dict[str, str]) -> int:
    answer: dict[str, Any] = client.get("/passes", params=query).raise_for_status().json()
    return len(answer["items"])


def _ask_ms(client: httpx.Client, query: dict[str, str], path: str = "/passes") -> float:
    begun = perf_counter_ns()
    client.get(path, params=query).raise_for_status()
    return (perf_counter_ns() - begun) / 1e6


def _scan_ms(file: Path) -> float:
    connection = sqlite3.connect(f"{file.absolute().as_uri()}?mode=ro", uri=True)
    try:
        begun = perf_counter_ns()
        connection.execute("SELECT id FROM pass WHERE instr(text, ?)", (b"nowhere at all",)).fetchall()
        return (perf_counter_ns() - begun) / 1e6
    finally:
        connection.close()
