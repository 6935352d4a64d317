"""The lock files: `python -m deploy.setup.locks [--check] [--upgrade]`.

One universal lock per way of installing, with hashes and nothing that names where packages come from. Each
begins with a digest of what it was made from, so that a check needs no network.
"""

import argparse
import hashlib
import re
import subprocess
import sys
import tomllib
from collections.abc import Mapping
from pathlib import Path

ROOT = Path(__file__).parents[2]
LOCKS: Mapping[str, tuple[str, ...]] = {
    "edge": ("edge",),
    "cloud": ("cloud",),
    "node": ("node",),
    "dev": ("edge", "cloud", "sim", "demo", "dev"),
}
"""A lock's name and the extras in it."""

_HEADER = "# made from: "
_FOREIGN = re.compile(r"https?://|--(extra-)?index-url|--find-links|^-[if] ", re.MULTILINE)
_REQUIREMENT = re.compile(r"^[a-z0-9][^\\\n]*(?:\\\n[^\\\n]*)*", re.MULTILINE)


def digest_of(extras: tuple[str, ...]) -> str:
    """What a lock of these extras depends on in pyproject.toml."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    parts = [*project["dependencies"], project["requires-python"]]
    for extra in extras:
        parts += [extra, *project["optional-dependencies"][extra]]
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()


def path_of(name: str) -> Path:
    """Where a lock lies."""
    return ROOT / "requirements" / f"{name}.lock"


def compile_lock(name: str, *, upgrade: bool) -> None:
    """Resolve anew, keeping present versions unless `upgrade`."""
    path = path_of(name)
    options = ["--universal", "--python-version", "3.11", "--generate-hashes"]
    options += ["--no-emit-index-url", "--no-emit-find-links", "--no-header", "--quiet"]
    for extra in LOCKS[name]:
        options += ["--extra", extra]
    if name != "dev":
        options += ["--constraint", str(path_of("dev"))]
    if upgrade:
        options.append("--upgrade")
    uv = Path(sys.executable).with_name("uv")
    command = [str(uv), "pip", "compile", "pyproject.toml", *options, "-o", str(path)]
    subprocess.run(command, cwd=ROOT, check=True)
    body = path.read_text()
    path.write_text(f"{_HEADER}{digest_of(LOCKS[name])}\n{body}")


def faults_of(name: str) -> list[str]:
    """What is wrong with a lock; empty when it is current and clean."""
    path = path_of(name)
    if not path.exists():
        return [f"{path.name} is missing: make lock"]
    text = path.read_text()
    faults = []
    if not text.startswith(f"{_HEADER}{digest_of(LOCKS[name])}\n"):
        faults.append(f"{path.name} is older than pyproject.toml: make lock")
    if found := _FOREIGN.search(text):
        faults.append(f"{path.name} names a package index: {found[0]}")
    faults += [
        f"{path.name}: no hash for {entry.splitlines()[0]}"
        for entry in _REQUIREMENT.findall(text)
        if "--hash=sha256:" not in entry
    ]
    return faults


def main() -> int:
    """Compile every lock, or with --check say what is wrong."""
    parser = argparse.ArgumentParser(prog="deploy.setup.locks", description=main.__doc__)
    parser.add_argument("--check", action="store_true")
    parser.add_argument("--upgrade", action="store_true")
    arguments = parser.parse_args()
    if not arguments.check:
        for name in ("dev", *(name for name in LOCKS if name != "dev")):
            compile_lock(name, upgrade=arguments.upgrade)
    faults = [fault for name in LOCKS for fault in faults_of(name)]
    for fault in faults:
        print(fault, file=sys.stderr)
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
