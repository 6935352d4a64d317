"""Simulated devices on real sockets, one set a test."""

import shutil
import subprocess
import time
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
from firmware_sim.clock import SystemClock
from firmware_sim.journal import Journal
from firmware_sim.meters.consumption import SHAPES, daily
from firmware_sim.meters.unit import Channel, Meter
from firmware_sim.modbus.line import Line, TcpServer
from firmware_sim.relay import RelayModule


@pytest.fixture
def journal(tmp_path: Path) -> Journal:
    return Journal(tmp_path / "devices.jsonl", SystemClock())


@pytest.fixture
def module(journal: Journal) -> RelayModule:
    """A WB-MR6C v2 at unit 12."""
    return RelayModule(line="gate", unit=12, model="wb_mr6c_v2", barriers={}, journal=journal)


@pytest.fixture
def line(journal: Journal, module: RelayModule) -> Line:
    """The module, and an SDM120 at unit 1."""
    channel = Channel(consumption=daily(SHAPES["electricity"]), start=1234.5)
    meter = Meter(
        line="gate",
        unit=1,
        model="sdm120",
        channels=[channel],
        epoch_ns=0,
        journal=journal,
        clock=SystemClock(),
    )
    return Line("gate", {12: module, 1: meter})


@pytest.fixture
async def server(line: Line) -> AsyncIterator[TcpServer]:
    server = TcpServer(line)
    await server.start()
    yield server
    await server.stop()


@pytest.fixture
def ptys(tmp_path: Path) -> Iterator[tuple[str, str]]:
    """Two ends of a serial line that has no baud rate."""
    if shutil.which("socat") is None:
        pytest.skip("socat is not installed")
    ends = [str(tmp_path / "box"), str(tmp_path / "device")]
    process = subprocess.Popen(["socat", *(f"pty,raw,echo=0,link={end}" for end in ends)])
    deadline = time.monotonic() + 30
    while not all(Path(end).exists() for end in ends):
        assert time.monotonic() < deadline, "socat made no ptys"
        assert process.poll() is None
        time.sleep(0.01)
    yield ends[0], ends[1]
    process.terminate()
    process.wait()
