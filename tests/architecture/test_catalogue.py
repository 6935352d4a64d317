"""What the database lets each service see, read from its own catalogue: nothing stands outside the wall unnoticed."""

from collections.abc import Iterator
from typing import Any

import psycopg
import pytest
from psycopg import sql
from psycopg.rows import dict_row

from cloud.kernel.tenancy import MIGRATOR, OWNER, Role
from tests.support.postgres import Database

SERVICES = [role.value for role in Role]

WITHOUT_WALL = {
    "public.alembic_version": "the schema's revision, asked for by readiness",
    "public.mail_message": "letters belong to the installation; the worker alone reads them",
    "public.retention_limit": "how long anybody may keep a kind of data: the installation's own, of no company",
}
"""Relations that a service may read though they know no company, each with its reason."""

PERSONS = {
    "public.account": "a person may be staff of several companies; shown to itself and to colleagues",
    "public.account_preference": "shown to its person alone",
    "public.account_secret": "shown to its person alone",
    "public.account_session": "shown to its person alone",
    "public.account_token": "shown to its person alone",
    "public.recovery_code": "shown to its person alone",
}
"""Walled off by person instead of by company."""

OF_PREMISES = {
    "call", "face", "face_consent", "pass", "pass_card", "pass_history", "passage", "premises", "residency",
}  # fmt: skip
"""Of these a resident sees what is of their own premises; of faces nothing, but where they act."""

USER_SCHEMAS = (
    "n.nspname NOT LIKE 'pg\\_%' AND n.nspname NOT LIKE '%timescaledb%' AND n.nspname <> 'information_schema'"
)


@pytest.fixture(scope="module")
def owner(module_database: Database) -> Iterator[psycopg.Connection[dict[str, Any]]]:
    with psycopg.connect(module_database.owner_url, row_factory=dict_row) as connection:
        yield connection


def relations(owner: psycopg.Connection[dict[str, Any]], role: str, right: str) -> list[dict[str, Any]]:
    """Relations on which a role has a right, or on any of their columns."""
    query = sql.SQL(
        "SELECT n.nspname || '.' || c.relname AS name, c.relkind::text AS kind, c.relrowsecurity AS enabled,"
        " c.relforcerowsecurity AS forced, coalesce(c.reloptions, '{{}}') AS options, r.rolname AS owner"
        " FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace JOIN pg_roles r ON r.oid = c.relowner"
        " WHERE {schemas} AND c.relkind IN ('r', 'p', 'v', 'm', 'f')"
        " AND has_schema_privilege({role}, n.oid, 'USAGE')"
        " AND (has_table_privilege({role}, c.oid, {right})"
        "      OR ({right} <> 'DELETE' AND has_any_column_privilege({role}, c.oid, {columns})))"
        " ORDER BY 1"
    ).format(
        schemas=sql.SQL(USER_SCHEMAS),  # type: ignore[arg-type]
        role=sql.Literal(role),
        right=sql.Literal(right),
        columns=sql.Literal("SELECT" if right == "DELETE" else right),
    )
    return owner.execute(query).fetchall()


def is_walled(relation: dict[str, Any]) -> bool:
    if relation["kind"] in {"r", "p"}:
        return bool(relation["enabled"] and relation["forced"])
    return (
        relation["kind"] == "v"
        and relation["owner"] == OWNER
        and "security_barrier=true" in relation["options"]
    )


@pytest.mark.parametrize("role", SERVICES)
def test_whatever_a_service_can_read_is_walled_off(
    owner: psycopg.Connection[dict[str, Any]], role: str
) -> None:
    readable = relations(owner, role, "SELECT")
    assert len(readable) > 3
    open_ones = {each["name"] for each in readable if not is_walled(each)}
    assert open_ones - WITHOUT_WALL.keys() == set()


def test_the_reasons_are_all_needed(owner: psycopg.Connection[dict[str, Any]]) -> None:
    seen = {each["name"]: each for role in SERVICES for each in relations(owner, role, "SELECT")}
    assert {name for name, each in seen.items() if not is_walled(each)} == WITHOUT_WALL.keys()
    assert PERSONS.keys() <= seen.keys()


@pytest.mark.parametrize("role", SERVICES)
@pytest.mark.parametrize("right", ["UPDATE", "DELETE"])
def test_nothing_is_changed_outside_the_wall(
    owner: psycopg.Connection[dict[str, Any]], role: str, right: str
) -> None:
    open_ones = {each["name"] for each in relations(owner, role, right) if not is_walled(each)}
    assert open_ones <= {"public.mail_message"}


@pytest.mark.parametrize("role", SERVICES)
def test_a_service_sees_nothing_while_no_company_is_set(module_database: Database, role: str) -> None:
    """Also proves that every readable relation can be read: no policy or view is broken."""
    with psycopg.connect(module_database.owner_url, row_factory=dict_row) as owner:
        names = [
            each["name"] for each in relations(owner, role, "SELECT") if each["name"] not in WITHOUT_WALL
        ]
    with psycopg.connect(module_database.url(Role(role))) as connection:
        for name in names:
            table = sql.Identifier(*name.split("."))
            columns = sql.SQL("SELECT count(*) FROM {}").format(table)
            row = connection.execute(columns).fetchone()
            assert row == (0,), name


def test_services_own_nothing_and_pass_no_wall(owner: psycopg.Connection[dict[str, Any]]) -> None:
    roles = owner.execute(
        "SELECT rolname FROM pg_roles WHERE rolname = ANY(%s) AND (rolsuper OR rolbypassrls OR rolcreaterole)",
        [[*SERVICES, OWNER]],
    ).fetchall()
    assert roles == []
    owned = owner.execute(
        "SELECT c.relname FROM pg_class c JOIN pg_roles r ON r.oid = c.relowner WHERE r.rolname = ANY(%s)",
        [SERVICES],
    ).fetchall()
    assert owned == []
    members = owner.execute(
        "SELECT m.rolname FROM pg_auth_members a JOIN pg_roles m ON m.oid = a.member"
        " JOIN pg_roles g ON g.oid = a.roleid WHERE g.rolname = %s",
        [MIGRATOR],
    ).fetchall()
    assert [each["rolname"] for each in members if each["rolname"] != "postgres"] == [OWNER]


def test_functions_that_look_over_the_wall_are_narrow(owner: psycopg.Connection[dict[str, Any]]) -> None:
    functions = owner.execute(
        "SELECT p.proname AS name, r.rolname AS owner, p.proconfig AS config, p.proacl::text AS rights"
        " FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace JOIN pg_roles r ON r.oid = p.proowner"
        f" WHERE p.prosecdef AND {USER_SCHEMAS}"  # type: ignore[arg-type]
    ).fetchall()
    assert len(functions) > 10
    for each in functions:
        assert each["owner"] in {MIGRATOR, OWNER}, each
        assert any(option.startswith("search_path=") for option in each["config"] or ()), each
        assert each["rights"] is not None, each
        assert not any(right.startswith("=") for right in each["rights"].strip("{}").split(",")), (
            each
        )  # PUBLIC


def test_tenant_tables_have_all_four_policies(owner: psycopg.Connection[dict[str, Any]]) -> None:
    rows = owner.execute(
        "SELECT c.relname AS name, array_agg(p.polcmd::text ORDER BY p.polcmd::text) AS commands,"
        " bool_and(coalesce(pg_get_expr(p.polqual, p.polrelid), pg_get_expr(p.polwithcheck, p.polrelid))"
        "          LIKE '%%app.%%') AS by_setting"
        " FROM pg_class c JOIN pg_policy p ON p.polrelid = c.oid"
        " JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname = 'organisation_id'"
        " WHERE c.relname <> 'account_token' AND p.polpermissive GROUP BY c.relname"
    ).fetchall()
    assert len(rows) > 20
    for row in rows:
        assert row["commands"] == ["a", "d", "r", "w"], row  # insert, delete, select, update
        assert row["by_setting"], row


def test_what_narrows_a_resident_s_view_looks_at_a_setting(
    owner: psycopg.Connection[dict[str, Any]],
) -> None:
    rows = owner.execute(
        "SELECT c.relname AS name, p.polcmd::text AS command, pg_get_expr(p.polqual, p.polrelid) AS condition"
        " FROM pg_policy p JOIN pg_class c ON c.oid = p.polrelid WHERE NOT p.polpermissive"
    ).fetchall()
    settings = {row["name"]: "app.premises" in row["condition"] for row in rows}
    assert {name for name, is_narrowed in settings.items() if is_narrowed} == OF_PREMISES
    assert {name for name, is_narrowed in settings.items() if not is_narrowed} == {"notice", "pass_watch"}
    assert {row["command"] for row in rows} == {"r"}


def test_references_between_tenant_tables_include_the_company(
    owner: psycopg.Connection[dict[str, Any]],
) -> None:
    rows = owner.execute(
        "WITH tenant AS (SELECT attrelid AS oid, attnum FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid"
        " WHERE a.attname = 'organisation_id' AND c.relkind IN ('r', 'p'))"
        " SELECT f.conname AS name FROM pg_constraint f"
        " JOIN tenant this ON this.oid = f.conrelid JOIN tenant that ON that.oid = f.confrelid"
        " WHERE f.contype = 'f' AND NOT (this.attnum = ANY (f.conkey) AND that.attnum = ANY (f.confkey))"
    ).fetchall()
    assert rows == []
