"""What an operator does by hand, once or now and then."""

import argparse
import json
import os
import secrets
import sys
from collections.abc import Sequence
from pathlib import Path
from uuid import UUID

import psycopg

from cloud.kernel import bootstrap as bootstrapping
from cloud.kernel import migrating
from cloud.kernel.database import Database, Scope
from cloud.kernel.errors import DomovoyError
from cloud.kernel.secrets import SecretBox, write_new_key
from cloud.kernel.settings import Settings
from cloud.kernel.tenancy import MIGRATOR
from cloud.organisations import service as organisations
from cloud.sites import service as sites
from protocols.privacy import KeptKind


def bootstrap(_settings: Settings, arguments: Sequence[str]) -> int:
    """Roles and database; passwords come from a JSON file {role: password}, never from the command line."""
    parser = argparse.ArgumentParser("domovoy bootstrap")
    parser.add_argument("--admin-url", required=True, help="libpq URL of a superuser")
    parser.add_argument("--database", default="domovoy")
    parser.add_argument("--passwords-file", type=Path, help="JSON: {role: password}")
    options = parser.parse_args(arguments)
    passwords = json.loads(options.passwords_file.read_text()) if options.passwords_file else {}
    bootstrapping.bootstrap(options.admin_url, options.database, passwords)
    print(f"database {options.database}: roles and schema are ready")
    return 0


def migrate(settings: Settings, arguments: Sequence[str]) -> int:
    parser = argparse.ArgumentParser("domovoy migrate")
    parser.add_argument("--revision", default="head")
    options = parser.parse_args(arguments)
    migrating.migrate(settings.need_owner_database_url(), options.revision)
    print(f"schema is at {options.revision} ({migrating.head()})")
    return 0


def restored(settings: Settings, arguments: Sequence[str]) -> int:
    """After a restore of the database, before the cloud starts again: what boxes learnt since the backup is void.

    Sites begin a new epoch, so every box takes a snapshot of the passes; boxes get their configuration under a
    version above any that they may run. What they witnessed since the backup they send again by themselves.
    """
    argparse.ArgumentParser("domovoy restored").parse_args(arguments)
    vault = SecretBox.from_file(settings.need_path("secrets_key_file"))
    database = Database(settings.need_database_url(), pool_size=1)
    count = 0
    try:
        for organisation_id, site_ids, box_ids in _everybodys_sites(settings.need_owner_database_url()):
            with database.transaction(Scope.organisation(organisation_id)) as session:
                for site_id in site_ids:
                    sites.start_epoch(session, site_id)
                for box_id in box_ids:
                    sites.send_again(session, vault, box_id, person="domovoy restored")
            count += len(site_ids)
    finally:
        database.close()
    print(f"{count} sites begin a new epoch; the cloud can be started")
    return 0


def _everybodys_sites(owner_url: str) -> list[tuple[UUID, list[UUID], list[UUID]]]:
    """Companies with their sites and their boxes that are not revoked."""
    with psycopg.connect(owner_url) as connection:
        connection.execute(f"SET ROLE {MIGRATOR}")  # the owner itself sees nobody's rows
        return connection.execute(
            "SELECT o.id, ARRAY(SELECT s.id FROM site s WHERE s.organisation_id = o.id ORDER BY s.id),"
            " ARRAY(SELECT b.id FROM box b WHERE b.organisation_id = o.id AND b.revoked_at IS NULL ORDER BY b.id)"
            " FROM organisation o ORDER BY o.id"
        ).fetchall()


def create_admin(settings: Settings, arguments: Sequence[str]) -> int:
    """The operator with a first company; the password comes from DOMOVOY_ADMIN_PASSWORD or standard input."""
    parser = argparse.ArgumentParser("domovoy create-admin")
    parser.add_argument("--email", required=True)
    parser.add_argument("--name", required=True)
    parser.add_argument("--company", required=True)
    parser.add_argument("--language", choices=["ru", "en"], default="ru")
    parser.add_argument("--time-zone", default="Europe/Moscow")
    options = parser.parse_args(arguments)
    password = os.environ.get("DOMOVOY_ADMIN_PASSWORD") or sys.stdin.readline().rstrip("\n")
    database = Database(settings.need_database_url(), pool_size=1)
    draft = organisations.FirstRunDraft(
        email=options.email,
        name=options.name,
        password=password,
        company=options.company,
        language=options.language,
        time_zone=options.time_zone,
    )
    token = secrets.token_urlsafe(32)
    try:
        with database.transaction() as session:
            organisations.offer_first_run(session, token)
            made = organisations.claim_first_run(session, token, draft)
    except DomovoyError as error:
        print(f"domovoy create-admin: {error}", file=sys.stderr)
        return 1
    finally:
        database.close()
    print(json.dumps({"account": str(made.account_id), "company": str(made.organisation_id)}))
    return 0


def secrets_key(_settings: Settings, arguments: Sequence[str]) -> int:
    parser = argparse.ArgumentParser("domovoy secrets-key")
    parser.add_argument("file", type=Path)
    options = parser.parse_args(arguments)
    write_new_key(options.file)
    print(f"{options.file}: keep a copy apart from the database's backups")
    return 0


def retention_limits(settings: Settings, arguments: Sequence[str]) -> int:
    """Show how long each kind of personal data may be kept here, or set a kind's limits. They hold within the hour."""
    parser = argparse.ArgumentParser("domovoy retention-limits")
    parser.add_argument("kind", nargs="?", choices=[kind.value for kind in KeptKind])
    for name, told in (
        ("least", "no company keeps less"),
        ("standard", "where a company says nothing"),
        ("most", "no company keeps more"),
    ):
        parser.add_argument(f"--{name}", type=int, help=f"days: {told}")
    options = parser.parse_args(arguments)
    with psycopg.connect(settings.need_owner_database_url()) as connection:
        if options.kind is not None:
            given = [options.least, options.standard, options.most]
            try:
                connection.execute(
                    "UPDATE retention_limit SET least = coalesce(%s, least), standard = coalesce(%s, standard),"
                    " most = coalesce(%s, most) WHERE kind = %s",
                    [*given, options.kind],
                )
            except psycopg.errors.CheckViolation:
                print("it must hold that 0 < least <= standard <= most", file=sys.stderr)
                return 1
        rows = connection.execute(
            "SELECT kind, least, standard, most FROM retention_limit ORDER BY kind"
        ).fetchall()
    print(f"{'kind':12}{'least':>8}{'standard':>10}{'most':>8}  days")
    for kind, least, standard, most in rows:
        print(f"{kind:12}{least:>8}{standard:>10}{most:>8}")
    return 0
