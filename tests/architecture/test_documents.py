"""The documents name files that are there."""

import re
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


def test_paths_are_found() -> None:
    assert len(set(PATH.findall((ROOT / "ARCHITECTURE.md").read_text()))) > 10
