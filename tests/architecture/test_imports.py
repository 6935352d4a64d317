"""Who may import whom: the contracts of pyproject.toml, and that a slice shows the others only its face."""

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from importlib.metadata import packages_distributions
from pathlib import Path

import grimp
import pytest

from deploy.setup import locks
from tests.support.processes import installed

ROOT = Path(__file__).parents[2]
FACE = {"service", "events", "types", "errors"}
READ_SIDE = {"reads"}
"""May join any slice's models, and changes nothing."""
COMPOSITION = {
    "app",
    "worker",
    "cli",
    "chores",
    "ingest",
    "downlink",
    "maintain",
    "edge_api",
    "pki_sync",
    "proving",
    "reactions",
    "gate",
}
"""Put the slices together: may take their endpoints, jobs and processes' parts."""
WRITERS = {"protocols/asyncapi.py"}
"""Write the documents of the wire where it is developed; never run where it is spoken."""


def slices() -> set[str]:
    """Folders of the cloud that are no kernel, no composition and no read side."""
    folders = {path.parent.name for path in (ROOT / "cloud").glob("*/__init__.py")}
    return folders - {"kernel"} - COMPOSITION - READ_SIDE


def breaches() -> list[str]:
    graph = grimp.build_graph("cloud", include_external_packages=False)
    known, found = slices(), []
    for importer in sorted(graph.modules):
        for imported in sorted(graph.find_modules_directly_imported_by(importer)):
            source, target = importer.split("."), imported.split(".")
            if len(source) < 2 or len(target) < 3 or target[1] not in known:
                continue
            if source[1] == target[1] or source[1] in COMPOSITION:
                continue
            allowed = FACE | ({"models"} if source[1] in READ_SIDE else set())
            if target[2] not in allowed:
                found.append(f"{importer} -> {imported}")
    return found


def test_a_slice_shows_the_others_only_its_face() -> None:
    assert {"organisations", "sites", "access"} <= slices()
    assert breaches() == []


def test_the_contracts_are_kept() -> None:
    done = subprocess.run(
        [sys.executable, installed("lint-imports"), "--no-cache"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-3000:]
    assert " 0 broken" in done.stdout


@pytest.mark.parametrize("side", ["edge", "cloud"])
def test_a_side_imports_only_what_its_lock_brings(side: str) -> None:
    """A box is installed with `edge.lock` alone, and has none of the cloud's packages."""
    locked = set(re.findall(r"^([a-z0-9-]+)==", locks.path_of(side).read_text(), re.MULTILINE))
    brought_by = packages_distributions()
    known = sys.stdlib_module_names | {"edge", "cloud", "protocols"}
    missing = [
        f"{file.relative_to(ROOT)}: {package}"
        for file in python_files(side, "protocols")
        for package in sorted(imported_by(file) - known)
        if not {normalised(name) for name in brought_by.get(package, [])} & locked
    ]
    assert missing == []


def python_files(*folders: str) -> list[Path]:
    files = (path for folder in folders for path in (ROOT / folder).rglob("*.py"))
    found = [path for path in files if "node_modules" not in path.parts]
    return [path for path in found if path.relative_to(ROOT).as_posix() not in WRITERS]


def imported_by(file: Path) -> set[str]:
    def modules() -> Iterator[str]:
        for node in ast.walk(ast.parse(file.read_text())):
            if isinstance(node, ast.Import):
                yield from (alias.name for alias in node.names)
            elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
                yield node.module

    return {module.partition(".")[0] for module in modules()}


def normalised(distribution: str) -> str:
    return re.sub(r"[-_.]+", "-", distribution).lower()
