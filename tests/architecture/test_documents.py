"""The documents name files that are there."""

import re
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
DOCUMENTS = sorted(
    [
        ROOT / "ARCHITECTURE.md",
        ROOT / "CONTRIBUTING.md",
        *ROOT.glob("README*.md"),
        *(ROOT / "docs").rglob("*.md"),
    ]
)
PATH = re.compile(r"`((?:cloud|edge|protocols|tests|deploy|docs|bench|firmware-sim)/[\w./-]+)`")


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_every_path_that_a_document_names_exists(document: Path) -> None:
    named = set(PATH.findall(document.read_text()))
    assert sorted(path for path in named if not (ROOT / path).exists()) == []


def test_every_dependency_has_its_line() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    asked = {
        *project["dependencies"],
        *(each for extra in project["optional-dependencies"].values() for each in extra),
    }
    names = {re.match(r"[\w-]+", each)[0] for each in asked}  # type: ignore[index]
    lines = set(re.findall(r"^\| ([\w-]+) \|", (ROOT / "docs/dependencies.md").read_text(), re.MULTILINE))
    assert sorted(names - lines) == []


def test_the_launcher_imports_nothing_of_what_it_starts() -> None:
    imports = re.compile(r"^\s*(?:from|import) (cloud|edge|protocols|firmware_sim)\b", re.MULTILINE)
    files = [path for path in (ROOT / "deploy").rglob("*.py") if imports.search(path.read_text())]
    assert files == []


def test_paths_are_found() -> None:
    assert len(set(PATH.findall((ROOT / "ARCHITECTURE.md").read_text()))) > 10
