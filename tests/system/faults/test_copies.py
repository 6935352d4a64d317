"""Time that goes backwards for one side: a box restored from a copy, a cloud restored from an older dump."""

import os
import random
import shutil
import subprocess
import time
from pathlib import Path
from uuid import UUID

import pytest

from deploy.demo.stack import DATABASE
from tests.system.faults import truths
from tests.system.faults.house import House
from tests.system.faults.scene import Scene

pytestmark = [pytest.mark.system, pytest.mark.timeout(600)]
CLOUD = ("api-1", "edge-api-1", "ingest-1", "ingest-2", "downlink-1", "worker-1", "beat-1", "maintain-1")


def test_a_box_restored_from_a_copy_goes_on_in_a_new_stream(scene: Scene) -> None:
    """The copy works offline past its old head: two histories of one stream, and both are kept.

    The copy is taken while some records are under way: it will offer again what the cloud has by then.
    """
    house = scene.house
    copy = house.files.folder / "copy"
    allowed = scene.welcome(6)
    with scene.cut_line():
        with scene.traffic(random.Random("before the copy"), allowed) as traffic:
            traffic.wait(4)
        house.stop_box()
        shutil.copytree(house.data, copy)
    house.start_box()
    with scene.traffic(random.Random("first history"), allowed) as traffic:
        traffic.wait(5)
    scene.check("the first history")
    house.stop_box()
    scene.expected.remembered += truths.box(house)
    committed = _watermarks(house)
    shutil.rmtree(house.data)
    copy.rename(house.data)
    with scene.cut_line():
        house.start_box()
        with scene.traffic(random.Random("second history"), allowed) as traffic:
            house.wait(lambda: _is_past(house, committed), "the copy is past its old head")
            traffic.wait(3)
    house.wait(lambda: _has_forked(house, committed), "the box goes on in new streams")
    scene.expected.forks += 2
    scene.check("the second history")
    with house.database() as connection:
        alarms = connection.execute(
            "SELECT record FROM box_event WHERE kind = 'alarm' AND box_id = %s", (house.site.box,)
        ).fetchall()
    assert sum(b"stream_forked" in row[0] for row in alarms) == scene.expected.forks


def _watermarks(house: House) -> dict[UUID, int]:
    with house.database() as connection:
        return dict(
            connection.execute(
                "SELECT stream_id, sequence FROM box_stream WHERE box_id = %s", (house.site.box,)
            )
        )


def _is_past(house: House, committed: dict[UUID, int]) -> bool:
    return all(stream.last > committed[stream.id] for stream in truths.box(house) if not stream.closed)


def test_a_cloud_restored_from_an_older_dump_gets_everything_again(scene: Scene, tmp_path: Path) -> None:
    house = scene.house
    scene.check("before the dump")
    _dump(house, tmp_path / "dump")
    with scene.traffic(random.Random("after the dump")) as traffic:
        traffic.wait(8)
    scene.check("after the dump")
    _restore(house, tmp_path / "dump")
    with scene.traffic(random.Random("after the restore")) as traffic:
        traffic.wait(3)
    scene.check("after the restore")


def test_a_cloud_restored_from_before_a_fork_gets_the_closed_streams_too(
    scene: Scene, tmp_path: Path
) -> None:
    """What was committed between the dump and the copy stands in the closed streams alone.

    Nobody comes while the history is written that both sides lose: it is a machine's that was thrown away.
    """
    house = scene.house
    scene.check("before the dump")
    _dump(house, tmp_path / "dump")
    allowed = scene.welcome()
    with scene.traffic(random.Random("between dump and copy"), allowed) as traffic:
        traffic.wait(4)
    scene.check("before the copy")
    house.stop_box()
    shutil.copytree(house.data, tmp_path / "copy")
    copied_ns, committed = time.time_ns(), _watermarks(house)
    house.start_box()
    house.wait(lambda: _have_grown(house, committed), "the cloud has what both will lose")
    house.stop_box()
    committed = _watermarks(house)
    shutil.rmtree(house.data)
    shutil.copytree(tmp_path / "copy", house.data)
    house.outages[-1].from_ns = copied_ns  # what was between copy and end is lost
    with scene.cut_line():
        house.start_box()
        with scene.traffic(random.Random("of the copy"), allowed) as traffic:
            house.wait(lambda: _is_past(house, committed), "the copy is past its old head")
    house.wait(lambda: _has_forked(house, committed), "the box goes on in new streams")
    _restore(house, tmp_path / "dump")
    with scene.traffic(random.Random("after both")) as traffic:
        traffic.wait(2)
    scene.check("after both")


def _have_grown(house: House, before: dict[UUID, int]) -> bool:
    now = _watermarks(house)
    return all(now[stream.id] > before[stream.id] for stream in truths.box(house) if not stream.closed)


def _dump(house: House, file: Path) -> None:
    _postgres(house, "pg_dump", "--format=custom", f"--file={file}", DATABASE)


def _restore(house: House, file: Path) -> None:
    for name in CLOUD:
        house.service(name).process.stop()
    _postgres(house, "pg_restore", "--create", "--clean", "--dbname=postgres", str(file))
    house.stack.run("restored")
    for name in CLOUD:
        house.service(name).start()
    house.wait(house.service("api-1").is_ready, "the api is ready")


def _has_forked(house: House, committed: dict[UUID, int]) -> bool:
    return all(stream.id not in committed for stream in truths.box(house) if not stream.closed)


def _postgres(house: House, program: str, *arguments: str) -> None:
    server = house.stack.postgres
    environment = {
        **os.environ,
        "PGHOST": "127.0.0.1",
        "PGPORT": str(server.port),
        "PGUSER": "postgres",
        "PGPASSWORD": server.admin_password,
    }
    answer = subprocess.run(
        [server.binaries.folder / program, *arguments],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert answer.returncode == 0, f"{program}: {answer.stderr}"
