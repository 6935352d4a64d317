"""The command `domovoy`: one subcommand per process of the cloud and per chore of its operator.

A command's module is imported when it is asked for: a box's broker needs no web framework to run `pki-sync`.
"""

import importlib
import sys
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass

from pydantic import ValidationError

from cloud.kernel import logs, metrics_port
from cloud.kernel.metrics_port import MetricsPortError
from cloud.kernel.settings import SettingFault, Settings

Run = Callable[[Settings, Sequence[str]], int]


@dataclass(frozen=True, slots=True)
class Command:
    """What it does, and where its `run(settings, arguments) -> exit code` stands."""

    help: str
    module: str
    function: str = "run"
    is_measured: bool = False  # shows what it counts on DOMOVOY_METRICS_PORT
    has_children: bool = False  # works in processes of its own
    shows_certificate: bool = False  # renews DOMOVOY_MQTT_CERT


COMMANDS: dict[str, Command] = {
    "api": Command("serve people and apps over HTTP", "cloud.app"),
    "edge-api": Command(
        "serve boxes over HTTPS: enrolment, files, revocations", "cloud.edge_api", is_measured=True
    ),
    "ingest": Command(
        "take what boxes send into the database", "cloud.ingest", is_measured=True, shows_certificate=True
    ),
    "downlink": Command(
        "send passes, configuration and commands to boxes",
        "cloud.downlink",
        is_measured=True,
        shows_certificate=True,
    ),
    "worker": Command("do background jobs", "cloud.worker", is_measured=True, has_children=True),
    "beat": Command("start sweeps by the clock", "cloud.worker", "run_beat"),
    "maintain": Command("keep partitions, aggregates and retention", "cloud.maintain", is_measured=True),
    "pki-sync": Command(
        "keep the broker's revocations fresh", "cloud.pki_sync", is_measured=True, shows_certificate=True
    ),
    "pki": Command("make the CA, server and service certificates", "cloud.edge_api", "run_pki"),
    "bootstrap": Command("make the database and its roles, as a superuser", "cloud.chores", "bootstrap"),
    "migrate": Command("bring the schema to the newest revision", "cloud.chores", "migrate"),
    "restored": Command(
        "tell the boxes that the database came back from a backup", "cloud.chores", "restored"
    ),
    "journal": Command(
        "prove what boxes witnessed: `journal verify [FILE] | keys`", "cloud.proving", "journal"
    ),
    "retention-limits": Command(
        "how long personal data may be kept here", "cloud.chores", "retention_limits"
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
        return _run(command, settings, given[1:])
    except (MetricsPortError, SettingFault, ValidationError) as error:
        print(f"domovoy {given[0]}: {error}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        return 130


def _run(command: Command, settings: Settings, arguments: Sequence[str]) -> int:
    if command.has_children:
        metrics_port.count_in_children(settings)
    run: Run = getattr(importlib.import_module(command.module), command.function)
    with ExitStack() as around:
        if command.is_measured:
            around.enter_context(metrics_port.serving(settings))
        if command.shows_certificate:
            from cloud.sites import renewal

            around.enter_context(renewal.kept(settings))
        return run(settings, arguments) or 0


def _usage() -> str:
    width = max(map(len, COMMANDS))
    lines = [f"  {name:<{width}}  {command.help}" for name, command in COMMANDS.items()]
    return "\n".join(
        ["usage: domovoy COMMAND [OPTIONS]", "", *lines, "", "Settings: environment variables DOMOVOY_…"]
    )


if __name__ == "__main__":
    sys.exit(main())
