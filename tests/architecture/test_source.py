"""What can be told from the source alone: lengths, commits, clocks."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PACKAGES = ("protocols", "edge", "cloud", "firmware-sim/firmware_sim", "deploy")
LONGEST_FUNCTION, LONGEST_FILE, LONGEST_TEST_FILE = 70, 500, 800
USUAL_FUNCTION, USUAL_FILE = 40, 400
"""95 of 100 are shorter."""
MAY_COMMIT = {"cloud/kernel/database.py", "cloud/migrations/env.py"}
"""The edges of transactions. Who else needs one opens it with `Database.transaction`."""
SQLITE_OF_THE_BOX = ("edge/",)
"""The box's own database is its writer thread's, in `edge/store.py`."""


def sources(*folders: str) -> Iterator[Path]:
    for folder in folders:
        for path in sorted((ROOT / folder).rglob("*.py")):
            if "node_modules" not in path.parts:
                yield path


def functions() -> Iterator[tuple[str, int]]:
    for path in sources(*PACKAGES):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                length = (node.end_lineno or node.lineno) - node.lineno + 1
                yield f"{path.relative_to(ROOT)}:{node.lineno} {node.name}", length


def percentile(values: list[int], share: float) -> int:
    return sorted(values)[int(len(values) * share)]


def test_functions_are_short() -> None:
    lengths = dict(functions())
    assert len(lengths) > 500
    assert {name: length for name, length in lengths.items() if length > LONGEST_FUNCTION} == {}
    assert percentile(list(lengths.values()), 0.95) <= USUAL_FUNCTION


def test_files_are_short() -> None:
    code = {str(path.relative_to(ROOT)): len(path.read_text().splitlines()) for path in sources(*PACKAGES)}
    tests = {
        str(path.relative_to(ROOT)): len(path.read_text().splitlines()) for path in sources("tests", "bench")
    }
    assert {name: length for name, length in code.items() if length > LONGEST_FILE} == {}
    assert {name: length for name, length in tests.items() if length > LONGEST_TEST_FILE} == {}
    assert percentile(list(code.values()), 0.95) <= USUAL_FILE


def test_only_the_edges_commit() -> None:
    found = set()
    for path in sources("cloud"):
        for node in ast.walk(ast.parse(path.read_text())):
            is_call = isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)
            if is_call and node.func.attr in {"commit", "rollback"}:  # type: ignore[attr-defined]
                found.add(str(path.relative_to(ROOT)))
    assert found == MAY_COMMIT


def test_who_locks_a_row_says_whether_others_may_refer_to_it() -> None:
    """FOR UPDATE, the default, excludes whoever inserts a row that refers to it: a way to deadlocks."""
    silent = []
    for path in sources("cloud"):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Call) and "with_for_update" in (called := ast.unparse(node)):
                nested = any("with_for_update" in ast.unparse(part) for part in node.args)
                if not nested and "key_share" not in called:
                    silent.append(f"{path.relative_to(ROOT)}:{node.lineno}")
    assert silent == []


@pytest.mark.parametrize("path", list(sources(*PACKAGES)), ids=lambda path: str(path.relative_to(ROOT)))
def test_every_module_says_what_it_is(path: Path) -> None:
    tree = ast.parse(path.read_text())
    assert ast.get_docstring(tree) or not tree.body, "a module needs a one-sentence docstring"
