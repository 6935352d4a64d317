"""The API under 16 connections: a list of 50 passes out of 100 000, and the issue of a pass."""

import asyncio
import itertools
import sys
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import msgspec
import uvloop

from bench import load
from bench.cloud import Cloud
from bench.held import plate
from bench.load import Load, MakeRequest
from bench.measure import Plan, figure, in_turn, ratios
from bench.report import Bound, Figure, Goal, Result
from deploy.demo.api import Api
from tests.support.postgres import Database

PASSES = 100_000
_QUICK_PASSES = 2_000
_LIST, _ENTITIES = "/api/access/passes?page_size=50", "/api/bench/passes?page_size=50"
_ISSUE, _HEALTH = "/api/access/passes", "/api/health"
_INSERT = """
    INSERT INTO pass (id, organisation_id, number, site_id, kind, state, holder, vehicle, plates, host, address,
        phone, service, ticket, points, valid_from, valid_until, schedule, uses, note, created_at, changed_at, search)
    SELECT gen_random_uuid(), %(company)s, n, %(site)s, 'guest', 'issued', 'Баклушин Иван', 'KIA RIO, белый',
        ARRAY['X' || lpad((n %% 1000)::text, 3, '0') || 'TT' || (n / 1000)::text], 'Иванова Мария Петровна',
        'к/п Афины, ул. Кифису, д. А2', '+79123456701', 'Гостевой пропуск', '', '[]',
        now() - interval '1 day', now() + interval '1 day', '[]', 0, '', now(), now() - make_interval(secs => n),
        'баклушин иван kia rio белый'
    FROM generate_series(1, %(count)s) AS n
"""

_PEER = (
    "The peer is what one would write with SQLAlchemy's ORM and FastAPI: the same filters, sorts and search as "
    "conditions put together per request, a Session, whole `Pass` entities, the model read from their attributes, "
    "`response_model`. It shares what every endpoint has: the session's look-up, tenancy, one transaction and one turn "
    "of a thread per request, a count that stops at the same number."
)


def run(plan: Plan) -> Result:
    """One api process, one load generator, both on this machine."""
    count = plan.size(PASSES, _QUICK_PASSES)
    with Cloud(plan.folder) as cloud:
        cloud.start_api(sys.executable, "-m", "bench.api_server")
        api, company = cloud.administrator()
        site = str(api.post("/api/sites", {"name": "КПП", "time_zone": "Asia/Yekaterinburg"})["id"])
        _fill(cloud.database, company, site, count)
        found = _measure(plan, cloud.http_port, api, site)
    return _result(found, count)


def _fill(database: Database, company: str, site: str, count: int) -> None:
    import psycopg

    with psycopg.connect(database.admin_url, autocommit=True) as connection:
        connection.execute(_INSERT, {"company": company, "site": site, "count": count})
        connection.execute(
            "INSERT INTO pass_counter VALUES (%s, %s) ON CONFLICT (organisation_id) DO UPDATE SET last = excluded.last",
            (company, count),
        )
        connection.execute("VACUUM ANALYZE pass")


def _measure(plan: Plan, port: int, api: Api, site: str) -> dict[str, list[Load]]:
    seconds = 4.0 if not plan.quick else 0.5
    headers = {
        "Cookie": "; ".join(f"{name}={value}" for name, value in api.client.cookies.items()),
        "X-CSRF-Token": api.client.cookies["domovoy_csrf"],
        "X-Organisation": api.client.headers["X-Organisation"],
    }
    asked: dict[str, tuple[MakeRequest, int]] = {
        "health": (_always(load.request("GET", _HEALTH, port, {})), 200),
        "list": (_always(load.request("GET", _LIST, port, headers)), 200),
        "entities": (_always(load.request("GET", _ENTITIES, port, headers)), 200),
        "issue": (_issuing(port, headers, site), 201),
    }
    seen: dict[str, list[Load]] = {name: [] for name in asked}

    def contender(name: str) -> Callable[[], float]:
        make, wanted = asked[name]

        def measure() -> float:
            loaded = uvloop.run(load.put_under_load(port, make, seconds=seconds, wanted=wanted))
            seen[name].append(loaded)
            return loaded.per_s

        return measure

    for make, wanted in asked.values():  # warm: statements prepared, pool full
        asyncio.run(load.put_under_load(port, make, seconds=0.5, wanted=wanted))
    in_turn({name: contender(name) for name in asked}, plan.rounds)
    return seen


def _always(request: bytes) -> MakeRequest:
    return lambda: request


def _issuing(port: int, headers: dict[str, str], site: str) -> MakeRequest:
    numbers = itertools.count(1)
    until = datetime.now(UTC) + timedelta(days=1)

    def make() -> bytes:
        draft = {
            "site_id": site,
            "holder": "Баклушин Иван",
            "vehicle": "KIA RIO",
            "plates": [plate(next(numbers))],
            "host": "Иванова Мария Петровна",
            "service": "Гостевой пропуск",
            "valid_until": until,
        }
        return load.request("POST", _ISSUE, port, headers, msgspec.json.encode(draft))

    return make


def _result(found: dict[str, list[Load]], count: int) -> Result:
    rate = {name: [loaded.per_s for loaded in loads] for name, loads in found.items()}
    return Result(
        bench="http",
        title="API",
        how=(
            f"One `api` process with its pool and PostgreSQL (durable) on the same machine, {load.CONNECTIONS} "
            f"connections, the next request when the answer is whole. List: the first 50 passes of {count:,}, newest "
            "change first, as the web app asks for it, session and tenancy checked. Peer: the same rows as whole ORM "
            "entities by a route added to the same process. Issue: a guest's pass with a plate, its history, audit, "
            "live event and the site's log."
        ),
        figures=[
            *_figures("health", found["health"]),
            *_figures(f"list 50 of {count:,}", found["list"]),
            *_figures("the same list by ORM entities", found["entities"]),
            *_figures("issue a pass", found["issue"]),
        ],
        notes=[_PEER],
        goals=[
            Goal.of(
                "list of passes against /api/health, requests/s",
                ratios(rate["list"], rate["health"]),
                bound=Bound.AT_LEAST,
                limit=0.25,
            ),
            Goal.of(
                "list of passes against the same by ORM entities, requests/s",
                ratios(rate["list"], rate["entities"]),
                bound=Bound.AT_LEAST,
                limit=4,
            ),
        ],
    )


def _figures(name: str, loads: list[Load]) -> list[Figure]:
    return [
        figure(f"{name}, requests", "1/s", [loaded.per_s for loaded in loads]),
        figure(f"{name}, p99", "ms", [loaded.p99_ms for loaded in loads]),
    ]
