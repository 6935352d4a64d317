"""The demo's start: what an earlier version filled is not gone on with."""

from pathlib import Path

import pytest

from deploy.demo.layout import Layout
from deploy.demo.servers.processes import ServerError
from deploy.demo.world import SEED_VERSION, Demo


@pytest.mark.parametrize("mark", ['{"gate": {}, "tower": {}}', f'{{"version": {SEED_VERSION - 1}}}'])
def test_a_demo_of_another_version_is_said_to_be_so_and_left_alone(tmp_path: Path, mark: str) -> None:
    said: list[str] = []
    demo = Demo(Layout(tmp_path / "demo"), said.append)
    demo.layout.seed_mark.write_text(mark)
    with pytest.raises(ServerError, match="make demo-reset"):
        demo.start()
    assert said == []
    assert demo.layout.seed_mark.read_text() == mark
