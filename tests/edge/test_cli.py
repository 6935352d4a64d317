"""What goes wrong at the box's command line is told in words that name the place."""

import re
import sqlite3
from pathlib import Path

import msgspec
import pytest

from edge import cli, identity
from edge.identity import Files
from edge.store import Store, get_meta
from edge.upkeep import keep_highest
from protocols.enrolment import Code
from tests.edge.boxes import Box

CODE = Code(bytes(10), bytes(16)).text()
Errors = pytest.CaptureFixture[str]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Of an enrolled box."""
    box = Box(tmp_path / "data", "127.0.0.1", 9)
    identity.write_private(Files(box.folder).membership, msgspec.json.encode(box.membership()))
    return tmp_path


def enrol(folder: Path, *, cloud: str = "https://127.0.0.1:9", code: str = CODE) -> int:
    return cli.main(["enrol", "--folder", str(folder), "--cloud", cloud, "--code", code])


def test_a_code_with_a_strange_letter_is_told(tmp_path: Path, capsys: Errors) -> None:
    assert enrol(tmp_path, code="Ж" + CODE[1:]) == 1
    told = capsys.readouterr().err
    assert "Не удалось подключить контроллер" in told
    assert "A-Z" in told


def test_an_address_without_tls_is_told(tmp_path: Path, capsys: Errors) -> None:
    assert enrol(tmp_path, cloud="http://127.0.0.1:9") == 1
    assert "https://" in capsys.readouterr().err


def test_an_enrolled_box_says_where(folder: Path, capsys: Errors) -> None:
    assert enrol(folder, cloud="https://other.example", code="garbage") == 1
    assert "already enrolled at http://127.0.0.1:9" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("cloud", "code"),
    [
        ("https://127.0.0.1:9", "Ж" + CODE[1:]),
        ("https://127.0.0.1:9", CODE[1:]),
        ("http://127.0.0.1:9", CODE),
        ("https://127.0.0.1:9", CODE),
    ],
)
def test_a_refusal_is_told_in_both_languages(cloud: str, code: str, tmp_path: Path, capsys: Errors) -> None:
    assert enrol(tmp_path, cloud=cloud, code=code) == 1
    russian, english = (line.partition(": ")[2] for line in capsys.readouterr().err.strip().splitlines())
    assert re.search("[а-я]{3}", russian)
    assert not re.search("[а-я]", english)


def test_a_data_folder_that_cannot_be_made_is_named(tmp_path: Path, capsys: Errors) -> None:
    (tmp_path / "data").write_text("a file")
    assert enrol(tmp_path) == 1
    assert str(tmp_path / "data") in capsys.readouterr().err
    assert enrol(tmp_path / "data") == 2  # where the settings are looked for
    assert str(tmp_path / "data" / "edge.toml") in capsys.readouterr().err


@pytest.mark.parametrize("level", ["LOUD", "info", ""])
def test_a_log_level_that_is_none_is_told(tmp_path: Path, capsys: Errors, level: str) -> None:
    (tmp_path / "edge.toml").write_text(f'log_level = "{level}"')
    assert cli.main(["run", "--folder", str(tmp_path)]) == 2
    assert "log_level" in capsys.readouterr().err


@pytest.mark.parametrize("command", ["run", "forget-time"])
def test_a_damaged_store_is_named_with_what_to_do(folder: Path, capsys: Errors, command: str) -> None:
    (folder / "data" / "store.sqlite").write_bytes(b"nothing that SQLite knows" * 1000)
    assert cli.main([command, "--folder", str(folder)]) == 1
    told = capsys.readouterr().err
    assert str(folder / "data" / "store.sqlite") in told
    assert "docs/restoring.md" in told


def test_a_store_damaged_in_its_middle_is_named(folder: Path, capsys: Errors) -> None:
    file = folder / "data" / "store.sqlite"
    Store(file).close()
    damaged = bytearray(file.read_bytes())
    damaged[4096:] = b"\xff" * (len(damaged) - 4096)
    file.write_bytes(damaged)
    assert cli.main(["run", "--folder", str(folder)]) == 1
    assert str(file) in capsys.readouterr().err


def test_a_store_of_a_newer_agent_is_named(folder: Path, capsys: Errors) -> None:
    connection = sqlite3.connect(folder / "data" / "store.sqlite")
    connection.execute("PRAGMA user_version = 1000")
    connection.close()
    assert cli.main(["run", "--folder", str(folder)]) == 1
    assert "version 1000" in capsys.readouterr().err


def test_the_highest_trusted_time_can_be_forgotten(folder: Path, capsys: Errors) -> None:
    file = folder / "data" / "store.sqlite"
    store = Store(file)
    keep_highest(4_000_000_000_000_000_000, store.connection)
    store.close()
    assert cli.main(["forget-time", "--folder", str(folder)]) == 0
    assert "forgotten" in capsys.readouterr().out
    store = Store(file)
    assert get_meta(store.connection, "highest_trusted_ns") == b"0"
    store.close()


def test_a_network_that_cannot_be_asked_for_cameras_is_told(tmp_path: Path, capsys: Errors) -> None:
    assert cli.main(["cameras", "--folder", str(tmp_path), "--by", "203.0.113.7"]) == 1
    assert "The network cannot be asked" in capsys.readouterr().err


def test_no_time_is_forgotten_under_a_running_agent(folder: Path, capsys: Errors) -> None:
    with cli._only_one(folder / "data"):
        assert cli.main(["forget-time", "--folder", str(folder)]) == 1
    assert "runs already" in capsys.readouterr().err
