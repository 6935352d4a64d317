"""What was noticed beside a decision is told with the passage, the other pass by its number."""

from pathlib import Path
from uuid import UUID, uuid4

from sqlalchemy import insert

from cloud.access.models import PassageRow
from cloud.kernel.database import Database, Scope
from cloud.kernel.tenancy import Role
from cloud.reads.schemas import PassageOut
from tests.cloud.serving import served
from tests.support.noon import NOON
from tests.support.postgres import Database as RealDatabase


def test_a_passage_tells_what_was_noticed_beside_it(database: RealDatabase, tmp_path: Path) -> None:
    with served(database, tmp_path) as running:
        boss = running.operator()
        site = boss.call("POST", "/api/sites", {"name": "КПП", "time_zone": "Asia/Yekaterinburg"}).json()[
            "id"
        ]
        box = boss.call("POST", "/api/boxes", {"site_id": site, "name": "КПП 1"}).json()["id"]
        draft = {"site_id": site, "kind": "resident", "holder": "Петров"}
        mine, other = (boss.call("POST", "/api/access/passes", draft).json() for _ in range(2))
        values = {
            "id": uuid4(),
            "organisation_id": boss.company,
            "site_id": UUID(site),
            "box_id": UUID(box),
            "point_id": uuid4(),
            **dict.fromkeys(("at", "received_at"), NOON),
            "clock_trusted": True,
            "direction": "out",
            "outcome": "granted",
            "reason": "granted",
            "read": "",
            "decision_us": 1,
            "weak_match": False,
            "fault": "",
            "pass_id": UUID(mine["id"]),
            "flags": ["stale_list", "left_as_other", "with_other_pass"],
            "list_age_s": 93_600,
            "left_carrier": "",
            "other_pass_id": UUID(other["id"]),
        }
        ingest = Database(database.url(Role.INGEST), ports=running.house.database.ports, pool_size=1)
        assert boss.company is not None
        with ingest.transaction(Scope.organisation(boss.company)) as session:
            session.execute(insert(PassageRow), values)
        ingest.close()
        [listed] = boss.get("/api/access/passages").json()["items"]
        one = boss.get(f"/api/access/passages/{values['id']}").json()
    assert listed == one
    told = PassageOut.model_validate(one)
    assert [flag.value for flag in told.flags] == values["flags"]
    assert (told.list_age_s, told.left_carrier) == (93_600, "")
    assert (str(told.other_pass_id), told.other_pass_number) == (other["id"], other["number"])
