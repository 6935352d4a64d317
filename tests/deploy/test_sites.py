"""What the demo's sites tell the box of their cameras, with ffmpeg and without."""

import shutil
from pathlib import Path

import msgspec
import pytest
from firmware_sim.config import load

from deploy.demo.layout import Layout
from deploy.demo.sites import GATE, SiteFiles
from deploy.demo.stack import Stack
from deploy.demo.world import Demo
from edge.settings import load as load_settings
from protocols.drivers import HttpCameraSettings

VIEW = GATE.lanes[0].view


@pytest.fixture
def files(tmp_path: Path) -> SiteFiles:
    return SiteFiles(Stack(Layout(tmp_path), say=print, report=print).layout, GATE)


@pytest.mark.parametrize("found", ["/usr/bin/ffmpeg", None])
def test_the_entry_is_recorded_where_there_is_ffmpeg(
    files: SiteFiles, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, found: str | None
) -> None:
    demo = Demo(Layout(tmp_path), print)
    monkeypatch.setattr(shutil, "which", lambda _program: found)
    [plan] = [each for each in files.devices() if each.key == VIEW]
    settings = msgspec.convert({**plan.settings, **(plan.secrets or {})}, HttpCameraSettings)
    assert settings.record is (found is not None)
    assert ("ffmpeg" in demo.describe()) is (found is None)


def test_the_simulated_camera_is_the_one_that_the_box_is_told_of(files: SiteFiles) -> None:
    files.write_simulators()
    [plan] = [each for each in files.devices() if each.key == VIEW]
    [stream] = load(files.simulator_config).streams
    settings = msgspec.convert({**plan.settings, **(plan.secrets or {})}, HttpCameraSettings)
    assert settings.stream == f"rtsp://127.0.0.1:{stream.port}/main"
    assert (settings.user, settings.password) == (stream.user, stream.password)
    assert stream.camera == GATE.lanes[0].camera


def test_the_box_keeps_little_video_unless_somebody_says_otherwise(files: SiteFiles) -> None:
    files.write_box_settings()
    written = load_settings(files.box)
    assert written.guardhouse.port == files.port("guard")
    assert written.video.quota_mb < 1000
    (files.box / "edge.toml").write_text("[video]\nquota_mb = 5000\n")
    files.write_box_settings()
    files.write_box_settings()
    assert load_settings(files.box).video.quota_mb == 5000
    assert load_settings(files.box).guardhouse.port == files.port("guard")
