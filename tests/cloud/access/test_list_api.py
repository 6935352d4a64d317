"""The list of passes over HTTP: its rows go out as they were selected, so they must be what the model says."""

from datetime import timedelta
from pathlib import Path
from typing import Any

from cloud.access.schemas import PassRow
from cloud.kernel.lists import Page
from tests.cloud.serving import served
from tests.support.noon import NOON
from tests.support.postgres import Database


def test_a_guard_knows_the_names_and_zones_of_sites_without_their_devices(
    database: Database, tmp_path: Path
) -> None:
    with served(database, tmp_path) as running:
        boss = running.operator()
        site = boss.call("POST", "/api/sites", {"name": "КПП", "time_zone": "Asia/Yekaterinburg"}).json()
        guard = running.colleague(boss, "guard@example.org", ["guard"])
        contractor = running.colleague(boss, "contractor@example.org", ["contractor"])
        assert guard.get("/api/sites").status_code == 403
        assert guard.get("/api/site-names").json() == [
            {
                "id": site["id"],
                "organisation_id": str(boss.company),
                "complex_id": None,
                "name": "КПП",
                "time_zone": "Asia/Yekaterinburg",
            }
        ]
        assert contractor.get("/api/site-names").status_code == 403


def test_rows_have_exactly_the_fields_of_the_model(database: Database, tmp_path: Path) -> None:
    with served(database, tmp_path) as running:
        person = running.operator()
        site = person.call("POST", "/api/sites", {"name": "КПП", "time_zone": "Asia/Yekaterinburg"}).json()[
            "id"
        ]
        until = (NOON + timedelta(hours=5)).isoformat()
        for plate in ("Х 711 ТТ 90", "О 318 ВТ 72", "Р 540 СЕ 72"):
            draft: dict[str, Any] = {
                "site_id": site,
                "holder": "Пётр",
                "plates": [plate],
                "valid_until": until,
            }
            assert person.call("POST", "/api/access/passes", draft).status_code == 201
        answer = person.get("/api/access/passes", params={"page_size": 2, "sort": "-number"})
        first = person.get(f"/api/access/passes/{answer.json()['items'][0]['id']}")
    assert answer.headers["content-type"] == "application/json"
    page = Page[PassRow].model_validate(answer.json())
    assert [row.number for row in page.items] == [3, 2]
    assert (page.total, page.total_capped, page.next) == (3, False, 2)
    assert all(set(row) == set(PassRow.model_fields) for row in answer.json()["items"])
    assert page.items[0] == PassRow.model_validate(first.json())


def test_a_pass_is_found_by_its_card_however_it_is_typed(database: Database, tmp_path: Path) -> None:
    with served(database, tmp_path) as running:
        person = running.operator()
        place = {"name": "КПП", "time_zone": "Asia/Yekaterinburg"}
        site = person.call("POST", "/api/sites", place).json()["id"]
        until = (NOON + timedelta(hours=5)).isoformat()
        draft: dict[str, Any] = {"site_id": site, "holder": "Пётр", "valid_until": until}
        card = {"cards": [{"text": "018,23011"}]}
        assert person.call("POST", "/api/access/passes", draft | card).status_code == 201
        assert (
            person.call("POST", "/api/access/passes", draft | {"plates": ["Х 711 ТТ 90"]}).status_code == 201
        )
        for typed in ("018,23011", "18,23011", "01823011", "23011"):
            rows = person.get("/api/access/passes", params={"q": typed}).json()["items"]
            assert [row["number"] for row in rows] == [1], typed
