"""`domovoy-edge enrol | run | status | dump | key | cameras | forget-time`. Errors are told in Russian and English."""

import argparse
import asyncio
import fcntl
import json
import logging
import os
import random
import signal
import sqlite3
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from uuid import UUID

from edge import settings as settings_file
from edge.identity import Files, IdentityError, Membership, load_journal_key, load_membership
from edge.schema import SchemaError
from edge.settings import Settings, SettingsError
from edge.store import Fault, Store, StoreError, no_fault
from protocols.logs import JsonFormatter, TextFormatter

FOLDER = "/etc/domovoy-edge"
STORE = "store.sqlite"
ERROR = 1
USAGE = 2
STATUS_TIMEOUT_S = 5.0
DISCOVERY_S = 3.0


class CommandError(Exception):
    """Told to the person as it is; `russian` and `english`."""

    def __init__(self, russian: str, english: str) -> None:
        super().__init__(f"{russian}\n{english}")


def _log_to_stderr(level: str) -> None:
    """Text for a person at a terminal, else JSON lines."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(TextFormatter() if sys.stderr.isatty() else JsonFormatter("edge"))
    logging.basicConfig(level=level, handlers=[handler])


def main(arguments: list[str] | None = None) -> int:
    """The console script. Returns the exit code."""
    parsed = _parser().parse_args(arguments)
    folder = Path(parsed.folder)
    try:
        loaded = settings_file.load(folder)
        _log_to_stderr(loaded.log_level)
        logging.getLogger("uvicorn").setLevel(logging.WARNING)  # a camera's push is no news
        logging.getLogger("httpx").setLevel(logging.WARNING)  # it tells whole URLs
        command: Callable[[argparse.Namespace, Settings, Path], int] = parsed.command
        return command(parsed, loaded, folder / loaded.data)
    except SettingsError as error:
        print(f"Файл настроек: {error}\nSettings file: {error}", file=sys.stderr)
        return USAGE
    except (CommandError, IdentityError) as error:
        print(error, file=sys.stderr)
        return ERROR


def _parser() -> argparse.ArgumentParser:
    common = argparse.ArgumentParser(add_help=False)
    common.add_argument("--folder", default=FOLDER, help="folder of edge.toml; the data lie beside it")
    parser = argparse.ArgumentParser(prog="domovoy-edge", description=__doc__)
    commands = parser.add_subparsers(required=True)
    enrol = commands.add_parser(
        "enrol", parents=[common], help="make this box the cloud's, by a one-time code"
    )
    enrol.add_argument("--cloud", required=True, help="https://host:port of the cloud's address for boxes")
    enrol.add_argument("--code", required=True, help="the code, valid for 24 hours; dashes do not matter")
    enrol.set_defaults(command=_enrol)
    cameras = commands.add_parser(
        "cameras", parents=[common], help="ONVIF devices on the box's network, by WS-Discovery"
    )
    cameras.add_argument("--by", default="", help="the box's own address on the network to ask")
    cameras.set_defaults(command=_cameras)
    for name, command, text in (
        ("run", _run, "run the agent"),
        ("status", _status, "how the running agent fares, JSON"),
        ("dump", _dump, "the box's state without secrets, JSON"),
        ("key", _key, "the public key that signs this box's journal, to compare with what the cloud says"),
        ("forget-time", _forget_time, "after a wrong time was believed: forget the highest trusted one"),
    ):
        commands.add_parser(name, parents=[common], help=text).set_defaults(command=command)
    return parser


def _not_enrolled(russian: str, english: str) -> CommandError:
    return CommandError(f"Не удалось подключить контроллер: {russian}", f"The box could not enrol: {english}")


def _enrol(parsed: argparse.Namespace, _loaded: Settings, data: Path) -> int:
    from edge.link.enrolment import enrol
    from edge.link.refusals import EnrolmentError

    try:
        data.mkdir(parents=True, exist_ok=True, mode=0o700)
        membership = asyncio.run(enrol(parsed.cloud, parsed.code, Files(data)))
    except EnrolmentError as error:
        raise _not_enrolled(error.russian, str(error)) from error
    except OSError as error:
        raise _not_enrolled(str(error), str(error)) from error
    print(f"Контроллер {membership.answer.box} подключён к {membership.cloud}")
    print(f"Box {membership.answer.box} is enrolled at {membership.cloud}")
    return 0


def _run(_parsed: argparse.Namespace, loaded: Settings, data: Path) -> int:
    import uvloop

    from edge.link.enrolment import finish_renewal

    files = Files(data)
    membership = load_membership(files)
    finish_renewal(files)
    os.umask(0o077)
    with _only_one(data), _store_of(data):
        restart = uvloop.run(serve(data, loaded, membership))
    if restart:
        os.execv(sys.argv[0], sys.argv)  # noqa: S606  # the same command line, without a shell
    return 0


async def serve(data: Path, loaded: Settings, membership: Membership, fault: Fault = no_fault) -> bool:
    """Run the agent until it is stopped; whether a restart was ordered. `fault`: see `edge.store`, for tests alone."""
    from edge.agent import Agent, World
    from edge.clock import kernel_synchronised

    world = World(
        wall_ns=time.time_ns,
        monotonic_ns=time.monotonic_ns,
        synchronised=kernel_synchronised,
        random=random.SystemRandom().random,
        random_bytes=os.urandom,
    )
    agent = Agent(data, loaded, membership, world, fault=fault)
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, agent.stop)
    await agent.run()
    return agent.restart_ordered


def _status(_parsed: argparse.Namespace, _loaded: Settings, data: Path) -> int:
    try:
        port = int((data / "health.port").read_text())
        url = f"http://127.0.0.1:{port}/health"
        with urllib.request.urlopen(url, timeout=STATUS_TIMEOUT_S) as response:
            print(json.dumps(json.load(response), indent=2, ensure_ascii=False))
    except (OSError, ValueError, urllib.error.URLError) as error:
        raise CommandError(f"Агент не отвечает: {error}", f"The agent does not answer: {error}") from error
    return 0


def _dump(_parsed: argparse.Namespace, _loaded: Settings, data: Path) -> int:
    from edge.dump import dump

    try:
        print(json.dumps(dump(data), indent=2, ensure_ascii=False))
    except sqlite3.Error as error:
        raise CommandError(f"Хранилище не читается: {error}", f"The store cannot be read: {error}") from error
    return 0


def _key(_parsed: argparse.Namespace, _loaded: Settings, data: Path) -> int:
    print(load_journal_key(Files(data).journal_key).public_key().public_bytes_raw().hex())
    return 0


def _cameras(parsed: argparse.Namespace, _loaded: Settings, _data: Path) -> int:
    from edge.drivers.onvif.discovery import look

    message = UUID(bytes=os.urandom(16), version=4)
    try:
        answers = asyncio.run(look(message, wait_s=DISCOVERY_S, by=parsed.by))
    except OSError as error:
        raise CommandError(f"Сеть не опросить: {error}", f"The network cannot be asked: {error}") from error
    told = [
        {
            "endpoint": each.endpoint,
            "addresses": each.addresses,
            "name": each.scope("name"),
            "hardware": each.scope("hardware"),
        }
        for each in answers
    ]
    print(json.dumps(told, indent=2, ensure_ascii=False))
    return 0


def _forget_time(_parsed: argparse.Namespace, _loaded: Settings, data: Path) -> int:
    from edge.upkeep import keep_highest

    load_membership(Files(data))
    with _only_one(data), _store_of(data), closing(Store(data / STORE)) as store:
        keep_highest(0, store.connection)
    print("Наибольшее доверенное время забыто; запустите агента")
    print("The highest trusted time is forgotten; start the agent")
    return 0


@contextmanager
def _only_one(data: Path) -> Iterator[None]:
    """Two agents on one folder would be two boxes with one identity."""
    try:
        lock = (data / "agent.lock").open("w")
    except OSError as error:
        raise CommandError(f"Папка данных: {error}", f"The data folder: {error}") from error
    with lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            raise CommandError("Агент уже работает", "The agent runs already") from error
        yield


@contextmanager
def _store_of(data: Path) -> Iterator[None]:
    """A store that cannot be used is named, with the page that says what to do."""
    file = data / STORE
    try:
        yield
    except SchemaError as error:
        raise CommandError(f"{file}: {error}", f"{file}: {error}") from error
    except (sqlite3.Error, StoreError) as error:
        raise CommandError(
            f"Хранилище {file} непригодно: {error}. Что делать: docs/restoring.md, «A damaged store»",
            f'The store {file} cannot be used: {error}. What to do: docs/restoring.md, "A damaged store"',
        ) from error


if __name__ == "__main__":
    sys.exit(main())
