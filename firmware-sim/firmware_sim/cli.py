"""`domovoy-sim site|polygon --config FILE`: devices of one site, or of several with a page, until a signal ends it."""

import argparse
import asyncio
import contextlib
import json
import signal
import sys
from collections.abc import AsyncIterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from starlette.types import ASGIApp

from firmware_sim import config, polygon, site
from firmware_sim.clock import SystemClock
from firmware_sim.control import application
from firmware_sim.serving import Served


def main(arguments: Sequence[str] | None = None) -> int:
    """The command. Returns 2 for a faulty configuration."""
    parser = argparse.ArgumentParser(prog="domovoy-sim", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    one = commands.add_parser(
        "site", help="run the devices of one site / запустить устройства одного объекта"
    )
    one.add_argument(
        "--replay", type=_resolved, help="a recorded household for every electricity meter that names none"
    )
    several = commands.add_parser(
        "polygon", help="run several sites and a page that draws them / несколько объектов и страница с ними"
    )
    for command in (one, several):
        command.add_argument(
            "--config", type=Path, required=True, help="JSON or TOML, see docs/devices/simulators.md"
        )
        command.add_argument(
            "--ready-file", type=Path, help="written when all ports are open: what is printed"
        )
    options = parser.parse_args(arguments)
    run = _run_site if options.command == "site" else _run_polygon
    try:
        asyncio.run(run(options))
    except config.ConfigError as error:
        print(f"domovoy-sim: {error}", file=sys.stderr)
        return 2
    except OSError as error:
        print(f"domovoy-sim: a port or file could not be opened: {error}", file=sys.stderr)
        return 1
    return 0


def _resolved(path: str) -> str:
    return str(Path(path).resolve())


async def _run_site(options: argparse.Namespace) -> None:
    settings = config.load(options.config)
    if options.replay:
        settings = config.with_replay(settings, options.replay)
    devices = site.build(settings, options.config.parent.resolve(), SystemClock())
    served = {"": (application(devices), settings.control_port)}
    async with _at_work([devices], served) as ports:
        _announce({"control": ports[""], **devices.ports()}, options.ready_file)
        await _asked_to_stop()


async def _run_polygon(options: argparse.Namespace) -> None:
    wanted, base = polygon.load(options.config), options.config.parent.resolve()
    sites: dict[str, site.Site] = {}
    served: dict[str, tuple[ASGIApp, int]] = {}
    for stage in wanted.sites:
        file = base / stage.config
        settings = config.load(file)
        sites[stage.key] = site.build(settings, file.parent, SystemClock())
        polygon.check(stage, sites[stage.key])
        served[stage.key] = (application(sites[stage.key]), settings.control_port)
    served[""] = (polygon.application(wanted, sites), wanted.port)
    async with _at_work(list(sites.values()), served) as ports:
        told = {key: {"control": ports[key], **devices.ports()} for key, devices in sites.items()}
        _announce({"polygon": ports[""], "sites": told}, options.ready_file)
        await _asked_to_stop()


async def _asked_to_stop() -> None:
    stopped = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stopped.set)
    await stopped.wait()


@contextlib.asynccontextmanager
async def _at_work(
    sites: Sequence[site.Site], served: Mapping[str, tuple[ASGIApp, int]]
) -> AsyncIterator[dict[str, int]]:
    """All devices and their control APIs; which port each of those has."""
    async with contextlib.AsyncExitStack() as stack:
        for devices in sites:
            await devices.start()
            stack.push_async_callback(devices.stop)
        ports: dict[str, int] = {}
        for key, (app, port) in served.items():
            control = Served(f"control API {key}".strip(), app, port)
            await control.start()
            stack.push_async_callback(control.stop)
            ports[key] = control.port
        yield ports


def _announce(told: Mapping[str, Any], ready_file: Path | None) -> None:
    line = json.dumps({"ready": True, **told})
    print(line, flush=True)
    if ready_file is not None:
        partial = ready_file.with_suffix(".part")
        partial.write_text(line + "\n")
        partial.replace(ready_file)
