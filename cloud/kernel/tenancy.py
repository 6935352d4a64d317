"""The wall between companies, as migrations build it: roles, policies, grants, and functions that may look over it.

A slice's migration makes its table with `op.create_table`, then says who may do what:

    tenancy.tenant_table("pass", api="select insert update", worker="select update", ingest="select update")

Policies: read where organisation_id is among `app.allowed`, write where it is `app.current`; `narrow_to_premises` lets
a resident read no more than what is of their own premises. FORCE makes them hold for the owner too; `domovoy_migrator`
(BYPASSRLS, cannot log in) backfills, and owns the few functions that cross companies.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from enum import StrEnum

from alembic import op
from sqlalchemy import ForeignKeyConstraint

OWNER = "domovoy_owner"
MIGRATOR = "domovoy_migrator"


class Role(StrEnum):
    """Roles of the services; none owns a table."""

    API = "domovoy_api"
    WORKER = "domovoy_worker"
    INGEST = "domovoy_ingest"
    DOWNLINK = "domovoy_downlink"


# A scalar subquery is evaluated once per statement and leaves the index usable.
ALLOWED = "(SELECT nullif(current_setting('app.allowed', true), '')::uuid[])::uuid[]"
CURRENT = "(SELECT nullif(current_setting('app.current', true), '')::uuid)"
ACCOUNT = "(SELECT nullif(current_setting('app.account', true), '')::uuid)"


def tenant_table(
    table: str,
    *,
    api: str = "",
    worker: str = "",
    ingest: str = "",
    downlink: str = "",
    column: str = "organisation_id",
) -> None:
    """Wall off a table by company and grant each service the named rights ("select insert update delete")."""
    read, write = f"{column} = ANY ({ALLOWED})", f"{column} = {CURRENT}"
    force_row_security(table)
    policy(table, "select", using=read)
    policy(table, "insert", check=write)
    policy(table, "update", using=write, check=write)
    policy(table, "delete", using=write)
    grant(table, api=api, worker=worker, ingest=ingest, downlink=downlink)


PREMISES = "(SELECT nullif(current_setting('app.premises', true), '')::uuid[])::uuid[]"


def narrow_to_premises(table: str, condition: str = f"premises_id = ANY ({PREMISES})") -> None:
    """While a resident asks, only what is of their premises is to be seen; for everyone else nothing is narrowed.

    CASE, not OR: the planner must not take a list of everything for a list of a few rows.
    """
    op.execute(
        f'CREATE POLICY "{table}_premises" ON "{table}" AS RESTRICTIVE FOR SELECT'
        f" USING (CASE WHEN {PREMISES} IS NULL THEN true ELSE {condition} END)"
    )


def force_row_security(table: str) -> None:
    """Policies hold for everyone, the owner included; the migrator keeps every right for backfills and functions."""
    op.execute(f'ALTER TABLE "{table}" ENABLE ROW LEVEL SECURITY')
    op.execute(f'ALTER TABLE "{table}" FORCE ROW LEVEL SECURITY')
    op.execute(f'GRANT ALL ON "{table}" TO {MIGRATOR}')


def policy(table: str, action: str, *, using: str | None = None, check: str | None = None) -> None:
    """A policy for one action ("select", "insert", "update", "delete")."""
    clauses = f" USING ({using})" if using else ""
    clauses += f" WITH CHECK ({check})" if check else ""
    op.execute(f'CREATE POLICY "{table}_{action}" ON "{table}" FOR {action.upper()}{clauses}')


def grant(table: str, *, api: str = "", worker: str = "", ingest: str = "", downlink: str = "") -> None:
    """Grant table rights by service; an empty string grants nothing."""
    wanted = {Role.API: api, Role.WORKER: worker, Role.INGEST: ingest, Role.DOWNLINK: downlink}
    for role, rights in wanted.items():
        if rights:
            op.execute(f'GRANT {", ".join(rights.upper().split())} ON "{table}" TO {role}')


def crossing_function(
    name: str, arguments: str, returns: str, body: str, *, to: tuple[Role, ...], language: str = "sql"
) -> None:
    """A SECURITY DEFINER function that looks over the wall: sign-in, enrolment, sweeps. Keep each narrow.

    It runs as the migrator: under FORCE even the owner would see nothing.
    """
    signature = f'"{name}"({_types(arguments)})'
    with backfill():
        op.execute(
            f'CREATE FUNCTION "{name}"({arguments}) RETURNS {returns} LANGUAGE {language} SECURITY DEFINER'
            f" SET search_path = public, pg_temp AS $body${body}$body$"
        )
        op.execute(f"REVOKE ALL ON FUNCTION {signature} FROM PUBLIC")
        op.execute(f"GRANT EXECUTE ON FUNCTION {signature} TO {', '.join(to)}")


def drop_crossing_function(name: str, arguments: str) -> None:
    """Remove it, before it is made anew with other arguments or results."""
    op.execute(f'DROP FUNCTION "{name}"({_types(arguments)})')


def reference(table: str, column: str, target: str, *, ondelete: str | None = None) -> ForeignKeyConstraint:
    """A reference between tenant tables that cannot cross companies; the migration's half of `models.reference`."""
    return ForeignKeyConstraint(
        ["organisation_id", column],
        [f"{target}.organisation_id", f"{target}.id"],
        name=f"fk_{table}_{column}_{target}",
        ondelete=ondelete,
    )


@contextmanager
def backfill() -> Iterator[None]:
    """Within: statements see and change every company's rows."""
    op.execute(f"SET LOCAL ROLE {MIGRATOR}")
    yield
    op.execute("RESET ROLE")


def _types(arguments: str) -> str:
    """ "p_id uuid, p_at timestamptz" → "uuid, timestamptz"."""
    return ", ".join(part.strip().partition(" ")[2] for part in arguments.split(",") if part.strip())
