"""The box's log: JSON lines under the cloud's names, each with the id of the passage or command at hand."""

import json
import os
import pty
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import msgspec
import pytest

from edge import identity
from edge.drivers.base import UnavailableError
from edge.identity import Files
from edge.link.commands import Done
from edge.store import Store
from tests.edge.boxes import BOX, Box
from tests.edge.conftest import Lines
from tests.edge.test_commands import make_command, make_commands
from tests.edge.world import NOON, POINT, READER, GateBench, holding, make_pass, records_of


async def test_a_passage_is_logged_under_its_own_id_from_the_beep_on(store: Store, lines: Lines) -> None:
    bench = GateBench(store, holding(make_pass()))
    bench.relay.error = UnavailableError("relay: no connection")
    await bench.present()
    (passage,) = [record for record in await records_of(store) if record["type"] == "passage"]
    judged, undone = lines.of("edge.access.gate")
    assert (judged["level"], judged["message"]) == ("INFO", "passage granted: granted")
    assert (judged["point"], judged["device"]) == (str(POINT), str(bench.readers[0].id))
    assert (undone["level"], undone["point"]) == ("WARNING", str(POINT))
    assert "no connection" in undone["message"]
    assert {judged["correlation_id"], undone["correlation_id"]} == {passage["id"]}
    assert "X711TT90" not in str(lines.written)


async def test_what_follows_a_passage_bears_no_other_passages_id(store: Store, lines: Lines) -> None:
    bench = GateBench(store, holding(), readers=2)
    bench.gate.read(bench.read(reader=0))
    bench.gate.read(bench.read(reader=1))
    await bench.gate.drain()
    bench.gate.read(bench.read(device=READER))
    await bench.gate.drain()
    passages = [record["id"] for record in await records_of(store) if record["type"] == "passage"]
    *judged, unassigned = lines.of("edge.access.gate")
    assert [line["correlation_id"] for line in judged] == passages
    assert "correlation_id" not in unassigned


async def test_the_exit_button_is_logged_under_its_passage(store: Store, lines: Lines) -> None:
    bench = GateBench(store, holding())
    bench.gate.pressed(POINT)
    await bench.gate.drain()
    (passage,) = [record for record in await records_of(store) if record["type"] == "passage"]
    (line,) = lines.of("edge.access.gate")
    assert (line["message"], line["correlation_id"]) == ("passage granted: exit_button", passage["id"])


async def test_a_command_is_logged_under_its_id(store: Store, lines: Lines) -> None:
    taken = make_commands(store, GateBench(store, holding()))
    command = make_command(expires_at=NOON + timedelta(seconds=15))

    async def fail(_command: object) -> Done:
        raise RuntimeError("a defect at rtsp://a:S3cret@cam/")

    taken._execute = fail
    await taken.take(command)
    await taken.drain()
    failed, answered = lines.of("edge.link.commands")
    assert {failed["correlation_id"], answered["correlation_id"]} == {str(command.id)}
    assert "rtsp://***@cam/" in failed["traceback"]
    assert "S3cret" not in str(lines.written)
    assert answered["message"] == "command open: failed, defect"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Of an enrolled box whose cloud nobody reaches, with a setting that logs."""
    box = Box(tmp_path / "data", "127.0.0.1", 9)
    identity.write_private(Files(box.folder).membership, msgspec.json.encode(box.membership()))
    return tmp_path


def _run(folder: Path, error: int) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", "edge.cli", "run", "--folder", str(folder)]
    return subprocess.Popen(command, stderr=error, stdin=subprocess.DEVNULL)


def test_the_agent_writes_json_lines(folder: Path) -> None:
    agent = _run(folder, subprocess.PIPE)
    try:
        assert agent.stderr is not None
        line = json.loads(agent.stderr.readline())
    finally:
        agent.terminate()
        agent.communicate(timeout=20)
    assert set(line) == {"at", "level", "process", "logger", "message"}
    assert line["at"].endswith("+00:00")
    assert (line["level"], line["process"], line["logger"]) == ("INFO", "edge", "edge.agent")
    assert line["message"] == f"box {BOX} runs; 0 passes are held"


def test_a_person_at_a_terminal_reads_text(folder: Path) -> None:
    ours, theirs = pty.openpty()
    agent = _run(folder, theirs)
    os.close(theirs)
    try:
        with os.fdopen(ours, "rb", buffering=0) as terminal:
            line = terminal.read(500).decode()
    finally:
        agent.terminate()
        agent.wait(timeout=20)
    assert f"INFO edge.agent: box {BOX} runs" in line
