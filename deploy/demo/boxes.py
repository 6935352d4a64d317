"""Edge boxes and their simulated devices, as processes."""

import json
import subprocess
from pathlib import Path
from typing import Any

from deploy.demo.layout import Layout
from deploy.demo.servers.processes import ChildProcess, ServerError
from deploy.demo.sites import SiteFiles
from deploy.demo.stack import program
from deploy.demo.supervisor import Service

_ENROL_TIMEOUT_S = 60


def simulators_service(layout: Layout, files: SiteFiles) -> Service:
    """`domovoy-sim site`: ready when all its ports are open."""
    return ready_service(layout, f"{files.plan.key}-devices", "site", files.simulator_config)


def ready_service(layout: Layout, name: str, command: str, config: Path) -> Service:
    """A command of `domovoy-sim`, which writes a file when it is ready."""
    ready = config.with_suffix(".ready")
    ready.unlink(missing_ok=True)
    arguments: list[str | Path] = ["--config", config, "--ready-file", ready]
    process = ChildProcess(
        name, [program("domovoy-sim"), command, *arguments], log=layout.logs / f"{name}.log"
    )
    return Service(process, ready.exists)


def box_service(layout: Layout, files: SiteFiles) -> Service:
    """`domovoy-edge run`."""
    name = f"{files.plan.key}-box"
    command: list[str | Path] = [program("domovoy-edge"), "run", "--folder", files.box]
    return Service(ChildProcess(name, command, log=layout.logs / f"{name}.log"))


def enrol(folder: Path, edge_url: str, code: str) -> None:
    """`domovoy-edge enrol`, once; `ServerError` with its words when it fails."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    answer = subprocess.run(
        [program("domovoy-edge"), "enrol", "--folder", folder, "--cloud", edge_url, "--code", code],
        capture_output=True,
        text=True,
        timeout=_ENROL_TIMEOUT_S,
        check=False,
        process_group=0,  # a Ctrl-C is the launcher's alone
    )
    if answer.returncode:
        raise ServerError(f"domovoy-edge enrol failed:\n{answer.stdout}{answer.stderr}")


def status_of(folder: Path) -> dict[str, Any]:
    """What `domovoy-edge status` says of a running box; `ServerError` when it does not answer."""
    command: list[str | Path] = [program("domovoy-edge"), "status", "--folder", folder]
    answer = subprocess.run(command, capture_output=True, text=True, timeout=_ENROL_TIMEOUT_S, check=False)
    if answer.returncode:
        raise ServerError(f"domovoy-edge status failed:\n{answer.stdout}{answer.stderr}")
    return dict(json.loads(answer.stdout))


def identity_of(folder: Path) -> dict[str, str]:
    """What the box keeps of its enrolment: paths of its key and certificates, its id."""
    data = folder / "data"
    answer = json.loads((data / "enrolled.json").read_text())["answer"]
    return {
        "box": answer["box"],
        "key": str(data / "tls.key"),
        "certificate": str(data / "tls.crt"),
        "ca": str(data / "ca.crt"),
    }
