"""Tables of passes over HTTP: what each row is told."""

import json
from datetime import timedelta
from pathlib import Path
from uuid import uuid4

from tests.cloud.serving import served
from tests.support.noon import NOON
from tests.support.postgres import Database

TABLE = ("guests.csv", "ФИО\nПетров Пётр\n".encode())


def test_a_row_says_what_it_waits_for_and_what_it_will_not_open(database: Database, tmp_path: Path) -> None:
    with served(database, tmp_path) as running:
        boss = running.operator()
        dispatcher = running.colleague(boss, "dispatcher@example.org", ["dispatcher"])
        site = boss.call("POST", "/api/sites", {"name": "КПП", "time_zone": "Europe/Moscow"}).json()["id"]
        box = boss.call("POST", "/api/boxes", {"site_id": site, "name": "КПП"}).json()["id"]
        gate, wicket = (
            boss.call("POST", "/api/points", {"box_id": box, "name": name}).json()["id"]
            for name in ("Ворота", "Калитка")
        )
        for point, said in ((gate, {"approval": True}), (wicket, {"kinds": ["resident"]})):
            assert boss.call("PUT", f"/api/access/point-policies/{point}", said).status_code == 200
        told = {}
        for is_dry in (True, False):
            draft = {
                "id": str(uuid4()),
                "site_id": site,
                "valid_until": (NOON + timedelta(hours=9)).isoformat(),
            }
            answer = dispatcher.client.post(
                "/api/access/passes/import",
                params={"dry_run": is_dry},
                files={"file": TABLE},
                data={"draft": json.dumps(draft)},
            )
            [told[is_dry]] = answer.json()["rows"]
    for row in told.values():
        assert (row["is_good"], row["waits"], row["left_out"]) == (True, True, ["Калитка"])
    assert [told[is_dry]["pass_id"] is None for is_dry in (True, False)] == [True, False]
