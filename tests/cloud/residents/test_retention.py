"""Calls and notices go when the company's time for them is up, by the worker's own rights."""

from datetime import timedelta

from cloud.calls import service as calls
from cloud.residents import service as residents
from tests.cloud.residents.conftest import Tower
from tests.cloud.residents.test_passes import order
from tests.support.noon import NOON


def test_what_is_older_goes_and_the_rest_stays(tower: Tower) -> None:
    maria = tower.resident("Мария", "17", "maria@example.org")
    old, new = tower.ring("17", at=NOON - timedelta(days=200)), tower.ring("17")
    pass_id = order(tower, maria)
    maria.call("PUT", f"/api/resident/passes/{pass_id}/watch", {})
    tower.pass_by(pass_id)
    tower.react()
    company, erased = tower.boss.company, {}
    assert company is not None
    for before in (NOON - timedelta(days=180), NOON + timedelta(days=1)):
        with tower.api.worker.transaction(tower.scope) as session:
            erased[before] = [
                part.erase(session, company, before, 100).rows for part in (*calls.KEPT, *residents.KEPT)
            ]
        if before < NOON:
            assert tower.boss.get(f"/api/calls/{old}").status_code == 404
            assert tower.boss.get(f"/api/calls/{new}").status_code == 200
    assert list(erased.values()) == [[1, 0], [1, 1]]
    assert maria.get("/api/resident/notices").json()["total"] == 0
