"""The machine a run was made on, as far as it matters for the figures."""

import os
import platform
import subprocess
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from bench.report import Machine

_PACKAGES = (
    "msgspec",
    "psycopg",
    "sqlalchemy",
    "fastapi",
    "uvicorn",
    "uvloop",
    "pymodbus",
    "aiomqtt",
    "paho-mqtt",
)


def describe(folder: Path) -> Machine:
    """`folder`: where the benches put their files; its file system is named."""
    memory_kb = int(_field(Path("/proc/meminfo"), "MemTotal").split()[0])
    return Machine(
        cpu=_field(Path("/proc/cpuinfo"), "model name") or platform.processor() or platform.machine(),
        cores=os.cpu_count() or 0,
        memory_gb=round(memory_kb / 1024**2, 1),
        kernel=platform.release(),
        system=_field(Path("/etc/os-release"), "PRETTY_NAME", "=").strip('"'),
        file_system=_first_line("stat", "-f", "-c", "%T", str(folder)),
        python=platform.python_version(),
        versions={"sqlite": _sqlite(), **_packages(), **_servers()},
    )


def load_average() -> float:
    """Over the last minute."""
    return round(os.getloadavg()[0], 1)


def revision(checkout: Path) -> str:
    """The commit, marked when files differ from it; empty outside a checkout."""
    return _first_line("git", "-C", str(checkout), "describe", "--always", "--dirty", "--abbrev=12")


def _field(path: Path, name: str, separator: str = ":") -> str:
    for line in path.read_text().splitlines():
        key, found, value = line.partition(separator)
        if found and key.strip() == name:
            return value.strip()
    return ""


def _sqlite() -> str:
    import sqlite3

    return sqlite3.sqlite_version


def _packages() -> dict[str, str]:
    found = {}
    for name in _PACKAGES:
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            continue
    return found


def _servers() -> dict[str, str]:
    from deploy.demo.servers import mosquitto, postgres
    from deploy.demo.servers.processes import ServerError

    found = {}
    try:
        found["postgresql"] = _first_line(str(postgres.find_binaries().folder / "postgres"), "--version")
        found["mosquitto"] = _first_line(str(mosquitto.find_binary()), "-h")
    except ServerError:
        return found
    return found


def _first_line(*command: str) -> str:
    try:
        answer = subprocess.run(command, capture_output=True, text=True, check=False, timeout=10)
    except OSError:
        return ""
    return answer.stdout.strip().partition("\n")[0]
