"""What a company is: a change leaves alone what it does not name."""

import pytest

from tests.cloud.organisations.test_entry import set_up_totp
from tests.cloud.serving import Served

pytestmark = pytest.mark.usefixtures("cheap_passwords")


def test_what_a_change_leaves_out_stays(api: Served) -> None:
    boss = api.operator()
    path = f"/api/companies/{boss.company}"
    given = {
        "inn": "7707083893",
        "language": "en",
        "time_zone": "Asia/Omsk",
        "administrators_need_totp": False,
    }
    assert boss.call("PUT", path, {"name": "Афины", **given}).status_code == 200
    changed = boss.call("PUT", path, {"name": "Новые Афины"}).json()
    assert changed["name"] == "Новые Афины"
    assert {name: changed[name] for name in given} == given
    assert boss.call("PUT", path, {"name": "Афины", "inn": None}).json()["inn"] is None


def test_the_second_factor_is_not_waived_by_the_way(api: Served) -> None:
    boss = api.operator()
    path = f"/api/companies/{boss.company}"
    assert boss.call("PUT", path, {"name": "Афины", "administrators_need_totp": True}).status_code == 200
    assert boss.get("/api/staff").status_code == 403
    set_up_totp(api, boss)
    assert boss.call("PUT", path, {"name": "Афины"}).json()["administrators_need_totp"] is True
    off = {"name": "Афины", "administrators_need_totp": False}
    assert boss.call("PUT", path, off).json()["administrators_need_totp"] is False
