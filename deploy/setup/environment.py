"""The virtual environment with the locked dependencies; a stamp says what it was made from."""

import hashlib
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

FOLDER = ".venv"
LOCK = "requirements/dev.lock"
_STAMP = "made-from"


class SetupError(Exception):
    """The checkout cannot be set up; the message says what to do."""


def is_current(root: Path) -> bool:
    """Whether the environment stands and was made from the present lock by the present Python."""
    stamp = root / FOLDER / _STAMP
    return stamp.exists() and python(root).exists() and stamp.read_text() == _wanted(root)


def python(root: Path) -> Path:
    """The environment's interpreter."""
    return root / FOLDER / "bin/python"


def provide(root: Path) -> None:
    """Make the environment when it is not there or not current."""
    if is_current(root):
        return
    folder = root / FOLDER
    if not _same_python(root):
        shutil.rmtree(folder, ignore_errors=True)
    if not (folder / "bin/pip").exists():  # the last thing that is made
        print(f"Making {FOLDER} with Python {_version()} / создаётся {FOLDER}", flush=True)
        run([sys.executable, "-m", "venv", "--clear", str(folder)])
    print(
        "Installing the locked dependencies: a few minutes / ставятся зависимости: несколько минут",
        flush=True,
    )
    install(root, "--require-hashes", "-r", LOCK)
    # The project itself has no hash; its build tools came with the lock.
    install(root, "--no-deps", "--no-build-isolation", "-e", ".")
    (folder / _STAMP).write_text(_wanted(root))


def install(root: Path, *arguments: str) -> None:
    """Run the environment's pip."""
    run(
        [str(python(root)), "-m", "pip", "install", "-q", "--disable-pip-version-check", *arguments], cwd=root
    )


def _same_python(root: Path) -> bool:
    config = root / FOLDER / "pyvenv.cfg"
    if not config.exists():
        return True
    lines = config.read_text().splitlines()
    return any(line.replace(" ", "").startswith(f"version={_version()}") for line in lines)


def _wanted(root: Path) -> str:
    project = tomllib.loads((root / "pyproject.toml").read_text())["project"]
    digest = hashlib.sha256((root / LOCK).read_bytes() + repr(project).encode())
    return f"{_version()} {digest.hexdigest()}\n"


def _version() -> str:
    return f"{sys.version_info.major}.{sys.version_info.minor}"


def run(command: list[str], *, cwd: Path | None = None) -> None:
    """Run to the end; `SetupError` with its last words when it fails."""
    answer = subprocess.run(
        command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, cwd=cwd, check=False
    )
    if answer.returncode:
        words = "\n".join(answer.stdout.strip().splitlines()[-25:])
        raise SetupError(f"{' '.join(command)} failed:\n{words}")
