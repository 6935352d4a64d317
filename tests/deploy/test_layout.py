"""The demo's folder: who may have it, what an interrupted start leaves, what strangers may have put in its way."""

import errno
import os
import shutil
import signal
import socket
import subprocess
import sys
from pathlib import Path
from typing import NoReturn

import pytest

from deploy.demo import layout as layouts
from deploy.demo.__main__ import main
from deploy.demo.layout import ROOT, Layout
from deploy.demo.servers.postgres import server_user
from deploy.demo.servers.processes import ServerError, wait_until
from tests.support.processes import HEARING


def refusal(layout: Layout) -> str:
    """Why it cannot be taken; empty when it can."""
    try:
        with layout.taken():
            return ""
    except ServerError as error:
        return str(error)


def test_a_demo_is_of_one_process(tmp_path: Path) -> None:
    one, other = Layout(tmp_path / "demo"), Layout(tmp_path / "demo")
    with one.taken():
        refused = refusal(other)
    assert f"process {os.getpid()}" in refused
    assert not refusal(other)


def test_a_start_that_ends_while_the_demo_is_filled_leaves_a_mark(tmp_path: Path) -> None:
    layout = Layout(tmp_path / "demo")
    layout.prepare()
    with layout.seeding():
        pass
    assert not Layout(tmp_path / "demo").is_half_seeded
    with pytest.raises(KeyboardInterrupt), layout.seeding():
        raise KeyboardInterrupt
    assert Layout(tmp_path / "demo").is_half_seeded


@pytest.mark.skipif(os.geteuid() != 0, reason="only root keeps the cluster outside the demo's folder")
def test_a_folder_that_a_stranger_put_in_the_way_is_refused(tmp_path: Path) -> None:
    mine, theirs, elsewhere = tmp_path / "mine", tmp_path / "theirs", tmp_path / "elsewhere"
    layouts.claim(mine)
    user = server_user(mine)
    assert user is not None
    assert (mine.stat().st_mode & 0o777, mine.stat().st_uid) == (0o700, user.pw_uid)
    layouts.claim(mine)
    theirs.mkdir()
    os.chown(theirs, 12_345, 12_345)
    elsewhere.symlink_to(mine)
    for folder in (theirs, elsewhere):
        with pytest.raises(ServerError, match="somebody else"):
            layouts.claim(folder)


@pytest.mark.system
@pytest.mark.timeout(300)
def test_a_half_filled_demo_starts_over_and_ctrl_c_is_heard_at_once(tmp_path: Path) -> None:
    folder = tmp_path / "demo"
    folder.mkdir()
    (folder / "seeding").touch()
    (folder / "left-over").touch()
    log = tmp_path / "demo.log"
    with log.open("wb") as output:
        command = [sys.executable, "-m", "deploy.demo", "--folder", str(folder)]
        demo = subprocess.Popen(command, cwd=ROOT, stdout=output, stderr=output, process_group=0)
    try:
        assert wait_until(lambda: "Schema, keys" in log.read_text(), timeout_s=120), log.read_text()
        os.killpg(demo.pid, signal.SIGINT)
        assert demo.wait(timeout=120) == 0, log.read_text()
    finally:
        demo.kill()
    said = log.read_text()
    assert "starting over" in said
    assert "A company moves in" not in said
    assert "Traceback" not in said
    assert not (folder / "left-over").exists()


@pytest.mark.system
@pytest.mark.timeout(120)
def test_a_closed_terminal_stops_it_cleanly(tmp_path: Path) -> None:
    """The terminal takes its output along: what is said last reaches nobody."""
    command = [*HEARING, sys.executable, "-m", "deploy.demo", "--folder", str(tmp_path / "demo")]
    errors = tmp_path / "errors"
    with errors.open("wb") as output:
        demo = subprocess.Popen(
            command,
            cwd=ROOT,
            stdout=subprocess.PIPE,
            stderr=output,
            process_group=0,
        )
    try:
        assert demo.stdout
        assert "PostgreSQL" in demo.stdout.readline().decode()
        demo.stdout.close()
        os.killpg(demo.pid, signal.SIGHUP)
        assert demo.wait(timeout=30) == 0, errors.read_text()
    finally:
        demo.kill()
        demo.wait()
    assert errors.read_text() == ""


def test_a_demo_of_another_user_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Who ran it with sudo first is told so, for root keeps what root made."""
    lock = tmp_path / "demo.lock"

    def closed(_layout: Layout) -> NoReturn:
        raise PermissionError(errno.EACCES, "Permission denied", str(lock))

    monkeypatch.setattr(Layout, "taken", closed)
    monkeypatch.setattr(sys, "argv", ["deploy.demo", "--folder", str(tmp_path / "demo")])
    assert main() == 1
    told = capsys.readouterr().err
    assert str(lock) in told
    assert "другому пользователю" in told


def test_a_kept_port_that_another_program_took_is_named(tmp_path: Path) -> None:
    layout = Layout(tmp_path / "demo")
    layout.prepare()
    port = layout.port("http")
    layout.check_ports()
    with (
        socket.create_server(("127.0.0.1", port)),
        pytest.raises(ServerError, match=rf"port {port} \(http\)"),
    ):
        layout.check_ports()


def test_a_damaged_file_is_named(tmp_path: Path) -> None:
    layout = Layout(tmp_path / "demo")
    layout.prepare()
    (layout.folder / "ports.json").write_text("{")
    with pytest.raises(ServerError, match=r"ports\.json is damaged"):
        layout.port("http")


@pytest.mark.skipif(os.geteuid() != 0, reason="only root keeps the cluster outside the demo's folder")
def test_a_checkout_that_was_thrown_away_leaves_no_cluster_to_the_next_at_its_place(tmp_path: Path) -> None:
    checkout = tmp_path / "checkout"
    checkout.mkdir(mode=0o700)
    layout = Layout(checkout / ".demo")
    layout.prepare()
    kept = layout.postgres / "data" / "PG_VERSION"
    kept.parent.mkdir()
    kept.touch()
    Layout(checkout / ".demo").prepare()
    assert kept.exists()
    shutil.rmtree(checkout)
    checkout.mkdir(mode=0o700)
    again = Layout(checkout / ".demo")
    again.prepare()
    assert again.postgres == layout.postgres
    assert list(again.postgres.iterdir()) == []
    again.remove()
