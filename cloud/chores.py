"""What an operator does by hand, once or now and then."""

import argparse
import json
import os
import secrets
import sys
from collections.abc import Sequence
from pathlib import Path

from cloud.kernel import bootstrap as bootstrapping
from cloud.kernel import migrating
from cloud.kernel.database import Database
from cloud.kernel.errors import DomovoyError
from cloud.kernel.secrets import write_new_key
from cloud.kernel.settings import Settings
from cloud.organisations import service as organisations


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
