"""What of a pass its card at the desk shows: points by name, cards in every printed form."""

from datetime import timedelta
from pathlib import Path
from typing import Any

from tests.cloud.serving import served
from tests.support.noon import NOON
from tests.support.postgres import Database


def test_points_by_name_and_cards_in_every_printed_form(database: Database, tmp_path: Path) -> None:
    with served(database, tmp_path) as running:
        boss = running.operator()
        site = boss.call("POST", "/api/sites", {"name": "КПП", "time_zone": "Europe/Moscow"}).json()["id"]
        box = boss.call("POST", "/api/boxes", {"site_id": site, "name": "КПП"}).json()["id"]

        def point(name: str) -> str:
            return str(boss.call("POST", "/api/points", {"box_id": box, "name": name}).json()["id"])

        def issued(**more: Any) -> dict[str, Any]:
            draft = {
                "site_id": site,
                "holder": "Няня",
                "valid_until": (NOON + timedelta(hours=9)).isoformat(),
                **more,
            }
            answer = boss.call("POST", "/api/access/passes", draft)
            assert answer.status_code == 201, answer.text
            return dict(answer.json())

        wicket = point("Калитка")
        assert issued(points=[wicket])["point_names"] is None, "it is the only one"
        point("Ворота")
        assert issued(points=[wicket])["point_names"] == ["Калитка"]
        counted = issued(entries=1)
        assert len(counted["points"]) == 2, "entries are counted at points that the pass names"
        assert counted["point_names"] is None
        assert issued()["point_names"] is None
        [card, code] = issued(cards=[{"text": "0001202659"}], code=True)["cards"]
    assert card["equivalents"] == ["018,23011", "001259E3"]
    assert code["equivalents"] == []
