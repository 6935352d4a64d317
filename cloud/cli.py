"""The command `domovoy`: one subcommand per process of the cloud and per chore of its operator.

A command's module is imported when it is asked for: a box's broker needs no web framework to run `pki-sync`.
"""

import importlib
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from pydantic import ValidationError

from cloud.kernel import logs
from cloud.kernel.settings import SettingMissing, Settings

Run = Callable[[Settings, Sequence[str]], int]


@dataclass(frozen=True, slots=True)
class Command:
    """What it does, and where its `run(settings, arguments) -> exit code` stands."""

    help: str
    module: str
    function: str = "run"


COMMANDS: dict[str, Command] = {
    "api": Command("serve people and apps over HTTP", "cloud.app"),
    "edge-api": Command("serve boxes over HTTPS: enrolment, files, revocations", "cloud.edge_api"),
    "ingest": Command("take what boxes send into the database", "cloud.ingest"),
    "downlink": Command("send passes, configuration and commands to boxes", "cloud.downlink"),
    "worker": Command("do background jobs", "cloud.worker"),
    "beat": Command("start sweeps by the clock", "cloud.worker", "run_beat"),
    "maintain": Command("keep partitions, aggregates and retention", "cloud.maintain"),
    "pki-sync": Command("keep the broker's revocations fresh", "cloud.pki_sync"),
    "pki": Command("make the CA, server and service certificates", "cloud.edge_api", "run_pki"),
    "bootstrap": Command("make the database and its roles, as a superuser", "cloud.chores", "bootstrap"),
    "migrate": Command("bring the schema to the newest revision", "cloud.chores", "migrate"),
    "restored": Command(
        "tell the boxes that the database came back from a backup", "cloud.chores", "restored"
    ),
    "create-admin": Command("make the first administrator and company", "cloud.chores", "create_admin"),
    "secrets-key": Command("make the key that seals device secrets", "cloud.chores", "secrets_key"),
    "openapi": Command("write the API's description", "cloud.app", "write_openapi"),
}


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a subcommand; 2 for a wrong call, 1 for what went wrong."""
    given = list(sys.argv[1:] if arguments is None else arguments)
    if not given or given[0] in {"-h", "--help"}:
        print(_usage())
        return 0 if given else 2
    command = COMMANDS.get(given[0])
    if command is None:
        print(f"domovoy: unknown command {given[0]!r}\n\n{_usage()}", file=sys.stderr)
        return 2
    try:
        settings = Settings()
        logs.configure(given[0], settings.log_level)
        run: Run = getattr(importlib.import_module(command.module), command.function)
        return run(settings, given[1:]) or 0
    except (SettingMissing, ValidationError) as error:
        print(f"domovoy {given[0]}: {error}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        return 130


def _usage() -> str:
    width = max(map(len, COMMANDS))
    lines = [f"  {name:<{width}}  {command.help}" for name, command in COMMANDS.items()]
    return "\n".join(
        ["usage: domovoy COMMAND [OPTIONS]", "", *lines, "", "Settings: environment variables DOMOVOY_…"]
    )


if __name__ == "__main__":
    sys.exit(main())
