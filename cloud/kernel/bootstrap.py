"""Make a database and its roles, by someone who may: the only step that needs a superuser."""

from collections.abc import Mapping

import psycopg
from psycopg import sql

from cloud.kernel.tenancy import MIGRATOR, OWNER, Role

LOGIN_ROLES = (OWNER, *(role.value for role in Role))
_LOCK = 0x646F6D6F  # two bootstraps of one cluster at once wait for each other


def bootstrap(admin_url: str, database: str, passwords: Mapping[str, str] | None = None) -> None:
    """Create what is missing: the roles, the database, its owner. Safe to repeat; a given password is set anew.

    admin_url is libpq's, of a superuser, to any existing database.
    """
    passwords = passwords or {}
    unknown = sorted(set(passwords) - set(LOGIN_ROLES))
    if unknown:
        raise ValueError(f"passwords for roles that do not exist: {', '.join(unknown)}")
    with psycopg.connect(admin_url, autocommit=True) as connection:
        connection.execute("SELECT pg_advisory_lock(%s)", [_LOCK])
        for role in LOGIN_ROLES:
            _ensure_role(connection, role, "LOGIN NOBYPASSRLS", passwords.get(role))
        _ensure_role(connection, MIGRATOR, "NOLOGIN BYPASSRLS", None)
        connection.execute(sql.SQL("GRANT {} TO {}").format(sql.Identifier(MIGRATOR), sql.Identifier(OWNER)))
        _ensure_database(connection, database)
    with psycopg.connect(admin_url, dbname=database, autocommit=True) as connection:
        _prepare_schema(connection)


def _ensure_role(connection: psycopg.Connection, role: str, attributes: str, password: str | None) -> None:
    name = sql.Identifier(role)
    if not connection.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [role]).fetchone():
        connection.execute(sql.SQL("CREATE ROLE {}").format(name))
    statement = sql.SQL("ALTER ROLE {} NOSUPERUSER NOCREATEDB NOCREATEROLE {}").format(
        name, sql.SQL(attributes)
    )
    if password is not None:
        statement += sql.SQL(" PASSWORD {}").format(sql.Literal(password))
    connection.execute(statement)


def _ensure_database(connection: psycopg.Connection, database: str) -> None:
    if connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [database]).fetchone():
        return
    connection.execute(
        sql.SQL("CREATE DATABASE {} OWNER {} ENCODING 'UTF8' TEMPLATE template0").format(
            sql.Identifier(database), sql.Identifier(OWNER)
        )
    )


def _prepare_schema(connection: psycopg.Connection) -> None:
    """The owner owns the schema, the migrator may hold functions in it, the services may only use it."""
    owner, migrator = sql.Identifier(OWNER), sql.Identifier(MIGRATOR)
    connection.execute(sql.SQL("ALTER SCHEMA public OWNER TO {}").format(owner))
    connection.execute(sql.SQL("GRANT USAGE, CREATE ON SCHEMA public TO {}").format(migrator))
    connection.execute("REVOKE CREATE ON SCHEMA public FROM PUBLIC")
    for role in Role:
        connection.execute(sql.SQL("GRANT USAGE ON SCHEMA public TO {}").format(sql.Identifier(role)))
