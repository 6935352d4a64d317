"""No request of a resident holds a connection while it waits for another: one is enough for all of them."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cloud.residents.conftest import Tower
from tests.cloud.serving import Served, served
from tests.support.postgres import Database as RealDatabase


@pytest.fixture
def api(database: RealDatabase, tmp_path: Path) -> Iterator[Served]:
    with served(database, tmp_path, pool_size=1) as running:
        yield running


def test_a_residents_orders_pass_with_a_single_connection(tower: Tower) -> None:
    maria = tower.resident("Мария", "17", "maria@example.org")
    opened = maria.call("POST", f"/api/resident/doors/{tower.doors['Ворота']}/open")
    assert opened.status_code == 201, opened.text
    guest = {
        "premises_id": tower.flats["17"],
        "kind": "guest",
        "holder": "Пётр",
        "valid_until": "2026-11-23T00:00:00Z",
    }
    ordered = maria.call("POST", "/api/resident/passes", guest)
    assert ordered.status_code == 201, ordered.text
    answered = maria.call("POST", f"/api/resident/calls/{tower.ring('17')}/answer", {"open": True})
    assert answered.status_code == 200, answered.text


def test_what_an_account_keeps_and_proves_passes_with_a_single_connection(tower: Tower) -> None:
    kept = tower.boss.call("PUT", "/api/account/preferences/theme", {"value": {"is": "dark"}})
    assert kept.status_code == 204, kept.text
    wrong = tower.boss.call("POST", "/api/account/password", {"current": "нет", "new": "verno-nadyozhno-8"})
    assert wrong.json()["code"] == "wrong_credentials", wrong.text
