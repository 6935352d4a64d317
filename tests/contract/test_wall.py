"""With rows of two companies in the tables, a service that named no company sees none of them."""

from contextlib import closing

import psycopg
import pytest
from psycopg import sql
from psycopg.rows import dict_row

from cloud.kernel.database import Database as DatabaseOfRole
from cloud.kernel.jobs import Tools
from cloud.kernel.tenancy import Role
from cloud.privacy.jobs import apply_retention
from tests.architecture.test_catalogue import SERVICES, WITHOUT_WALL, relations
from tests.contract.rows import Life, aggregate
from tests.contract.test_tenants import Served, World, api, rival, world
from tests.support.postgres import Database

__all__ = ["api", "rival", "world"]  # the fixtures of the tenants' test

MAKERS = (
    World.residency,
    World.resident,
    World.faced,
    World.noticed,
    World.call,
    World.zone,
    World.revoked_box,
    World.command,
    World.passage,
    World.alarm,
    World.quarantined,
    World.pass_,
    World.policy,
    World.point_policy,
    World.blocked,
    World.given_card,
    World.series,
    World.staff,
    World.file,
    World.look,
    World.rule,
)


@pytest.fixture(scope="module")
def seeded(api: Served, world: World, rival: object, module_database: Database) -> dict[str, int]:
    """How many rows there are in each relation that some service may read."""
    theirs = World(rival, world.ingest, world.served_as, world.worker)  # type: ignore[arg-type]
    url, ports = module_database.url(Role.DOWNLINK), api.house.database.ports
    with closing(DatabaseOfRole(url, ports=ports, pool_size=1)) as downlink:
        for company in (world, theirs):
            for make in MAKERS:
                make(company)
            Life(company, api, downlink).live()
    aggregate(module_database)
    apply_retention(Tools(api.worker, api.house.settings))
    with psycopg.connect(module_database.owner_url, row_factory=dict_row) as owner:
        readable = {each["name"] for role in SERVICES for each in relations(owner, role, "SELECT")}
    both = [str(company.boss.company) for company in (world, theirs)]
    with psycopg.connect(module_database.admin_url) as everything:
        everything.execute(
            "SELECT set_config('app.allowed', %s, false)", ["{" + ",".join(both) + "}"]
        )  # for views
        return {name: count(everything, name) for name in sorted(readable - WITHOUT_WALL.keys())}


def count(connection: psycopg.Connection[tuple[int]] | psycopg.Connection, relation: str) -> int:
    table = sql.Identifier(*relation.split("."))
    row = connection.execute(sql.SQL("SELECT count(*) FROM {}").format(table)).fetchone()
    assert row is not None
    return int(row[0])


def test_there_are_rows_to_see(seeded: dict[str, int]) -> None:
    assert {name for name, rows in seeded.items() if not rows} == set()
    assert len(seeded) > 30


@pytest.mark.parametrize("role", SERVICES)
def test_a_service_sees_nothing_while_no_company_is_set(
    module_database: Database, seeded: dict[str, int], role: str
) -> None:
    """Also proves that every readable relation can be read: no policy or view is broken."""
    with psycopg.connect(module_database.owner_url, row_factory=dict_row) as owner:
        names = {each["name"] for each in relations(owner, role, "SELECT")} & seeded.keys()
    assert any(seeded[name] for name in names)
    with psycopg.connect(module_database.url(Role(role))) as connection:
        assert {name for name in names if count(connection, name)} == set()
