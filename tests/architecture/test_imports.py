"""Who may import whom: the contracts of pyproject.toml, and that a slice shows the others only its face."""

import subprocess
import sys
from pathlib import Path

import grimp

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
    "reactions",
    "gate",
}
"""Put the slices together: may take their endpoints, jobs and processes' parts."""


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
