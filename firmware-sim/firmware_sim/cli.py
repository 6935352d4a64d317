"""`domovoy-sim site --config FILE`: the devices of one site, until a signal ends them."""

import argparse
import asyncio
import contextlib
import json
import signal
import socket
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

import uvicorn

from firmware_sim import config, site
from firmware_sim.clock import SystemClock
from firmware_sim.control import application


class _Server(uvicorn.Server):
    """uvicorn without its signal handlers: the site must be stopped in order."""

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


def main(arguments: Sequence[str] | None = None) -> int:
    """The command. Returns 2 for a faulty configuration."""
    parser = argparse.ArgumentParser(prog="domovoy-sim", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    run = commands.add_parser(
        "site", help="run the devices of one site / запустить устройства одного объекта"
    )
    run.add_argument(
        "--config", type=Path, required=True, help="JSON or TOML, see docs/devices/simulators.md"
    )
    run.add_argument("--replay", help="a recorded household for every electricity meter that names none")
    run.add_argument("--ready-file", type=Path, help="written when all ports are open: what is printed")
    options = parser.parse_args(arguments)
    try:
        settings = config.load(options.config)
        if options.replay:
            settings = config.with_replay(settings, str(Path(options.replay).resolve()))
        asyncio.run(_run(settings, options.config.parent.resolve(), options.ready_file))
    except config.ConfigError as error:
        print(f"domovoy-sim: {error}", file=sys.stderr)
        return 2
    except OSError as error:
        print(f"domovoy-sim: a port or file could not be opened: {error}", file=sys.stderr)
        return 1
    return 0


async def _run(settings: config.SiteConfig, base: Path, ready_file: Path | None) -> None:
    devices = site.build(settings, base, SystemClock())
    stopped = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stopped.set)
    with socket.create_server(("127.0.0.1", settings.control_port)) as listener:
        await devices.start()
        server = _Server(
            uvicorn.Config(application(devices), log_config=None, lifespan="off", access_log=False)
        )
        serving = asyncio.create_task(server.serve(sockets=[listener]), name="control API")
        _announce(listener.getsockname()[1], devices, ready_file)
        await stopped.wait()
        server.should_exit = True
        await serving
    await devices.stop()


def _announce(control_port: int, devices: site.Site, ready_file: Path | None) -> None:
    line = json.dumps({"ready": True, "control": control_port, **devices.ports()})
    print(line, flush=True)
    if ready_file is not None:
        partial = ready_file.with_suffix(".part")
        partial.write_text(line + "\n")
        partial.replace(ready_file)
