"""Guards' PINs and cards, as managers give them and as the sites' boxes hold them."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import argon2
import pytest

from cloud.guard.jobs import follow_staff
from cloud.kernel import outbox
from cloud.kernel.database import Scope
from cloud.kernel.jobs import Tools
from cloud.kernel.settings import Settings
from cloud.reactions import REACTIONS
from cloud.sites import service as sites
from cloud.sites.types import Changes
from protocols.held import GuardItem, decode_item
from tests.cloud.serving import Person, Served, served
from tests.support.postgres import Database as RealDatabase

ZONE = "Asia/Yekaterinburg"


@pytest.fixture
def api(database: RealDatabase, tmp_path: Path) -> Iterator[Served]:
    with served(database, tmp_path) as running:
        yield running


@pytest.fixture
def boss(api: Served) -> Person:
    return api.operator()


def hire(api: Served, boss: Person, email: str, *roles: str, name: str) -> str:
    """The membership of a new colleague."""
    api.colleague(boss, email, roles, name)
    return next(row["id"] for row in boss.get("/api/staff").json()["items"] if row["email"] == email)


def site(boss: Person, name: str = "Афины") -> str:
    return done(boss.call("POST", "/api/sites", {"name": name, "time_zone": ZONE}))["id"]


def done(answer: Any) -> Any:
    assert answer.is_success, answer.text
    return answer.json() if answer.content else None


def held(api: Served, boss: Person, site_id: str) -> dict[str, GuardItem]:
    """Guards by name, as a box that knew nothing would hold them in the end."""
    assert boss.company is not None
    with api.house.database.transaction(Scope.organisation(boss.company)) as session:
        state = sites.held_state(session, UUID(site_id))
        found = sites.difference(session, UUID(site_id), epoch=state.epoch, version=0, digest=None)
    items: dict[UUID, GuardItem | None] = {}
    for change in found.changes if isinstance(found, Changes) else []:
        item = decode_item(change.body) if change.body else None
        items[change.item_id] = item if isinstance(item, GuardItem) else None
    return {item.name: item for item in items.values() if item is not None}


def react(api: Served) -> None:
    """What a worker does with what has happened."""
    api.clock.advance(timedelta(minutes=1))
    outbox.Deliverer(api.worker, REACTIONS).sweep()


def test_a_pin_is_shown_once_and_its_hash_goes_to_the_boxes(api: Served, boss: Person) -> None:
    here, guard = site(boss), hire(api, boss, "guard@example.org", "guard", name="Мартынов")
    pin = done(boss.call("POST", f"/api/guards/{guard}/pin", {}))["pin"]
    assert len(pin) == 6
    item = held(api, boss, here)["Мартынов"]
    assert item.id == UUID(guard)
    assert argon2.PasswordHasher().verify(item.pin_hash, pin)
    shown = done(boss.get(f"/api/guards/{guard}"))
    assert (shown["has_pin"], shown["enabled"], shown["may_work"]) == (True, True, True)
    assert pin not in boss.get("/api/audit").text
    assert pin not in str(shown)


def test_weak_pins_are_refused_beside_their_field(api: Served, boss: Person) -> None:
    guard = hire(api, boss, "guard@example.org", "guard", name="Мартынов")
    for pin in ("123456", "111111", "121212"):
        answer = boss.call("POST", f"/api/guards/{guard}/pin", {"pin": pin})
        assert (answer.status_code, answer.json()["fields"][0]["path"]) == (422, "pin")
    assert done(boss.call("POST", f"/api/guards/{guard}/pin", {"pin": "4073186"}))["pin"] == "4073186"


def test_a_card_is_typed_in_any_form_and_is_one_guards_alone(api: Served, boss: Person) -> None:
    here = site(boss)
    first = hire(api, boss, "one@example.org", "guard", name="Первый")
    second = hire(api, boss, "two@example.org", "guard", name="Второй")
    card = done(boss.call("POST", f"/api/guards/{first}/cards", {"text": "018,23011"}))
    assert held(api, boss, here)["Первый"].keys[0] == card["keys"][0] == "W26:18:23011"
    assert done(boss.call("POST", f"/api/guards/{first}/cards", {"text": "018,23011"}))["id"] == card["id"]
    taken = boss.call("POST", f"/api/guards/{second}/cards", {"text": "018,23011"})
    assert (taken.status_code, taken.json()["code"]) == (409, "guard_card_taken")
    assert boss.call("DELETE", f"/api/guards/{first}/cards/{card['id']}").status_code == 204
    assert held(api, boss, here) == {}


def test_a_guard_s_cards_all_reach_the_boxes_and_one_too_many_is_refused(api: Served, boss: Person) -> None:
    here, guard = site(boss), hire(api, boss, "one@example.org", "guard", name="Первый")
    typed = [f"{0x123456 + number:010}" for number in range(21)]
    given = [done(boss.call("POST", f"/api/guards/{guard}/cards", {"text": text})) for text in typed[:20]]
    keys = held(api, boss, here)["Первый"].keys
    assert not [card for card in given if not set(card["keys"]) <= set(keys)]
    last = boss.call("POST", f"/api/guards/{guard}/cards", {"text": typed[20]})
    assert (last.status_code, last.json()["fields"][0]["path"]) == (422, "text")
    assert last.json()["fields"][0]["code"] == "too_many_cards"


def test_a_guard_of_chosen_sites_is_at_those_alone(api: Served, boss: Person) -> None:
    here, there = site(boss), site(boss, "Спарта")
    guard = hire(api, boss, "guard@example.org", "guard", name="Мартынов")
    done(boss.call("POST", f"/api/guards/{guard}/pin", {}))
    assert set(held(api, boss, there)) == {"Мартынов"}
    done(boss.call("PUT", f"/api/guards/{guard}", {"site_ids": [here]}))
    assert (set(held(api, boss, here)), set(held(api, boss, there))) == ({"Мартынов"}, set())
    done(boss.call("PUT", f"/api/guards/{guard}", {"enabled": False}))
    assert held(api, boss, here) == {}
    done(boss.call("PUT", f"/api/guards/{guard}", {}))
    new = site(boss, "Коринф")
    react(api)
    assert set(held(api, boss, new)) == {"Мартынов"}


@pytest.mark.parametrize("change", [{"state": "suspended"}, {"state": "ended"}, {"roles": ["engineer"]}])
def test_whoever_leaves_or_loses_the_role_is_gone_from_the_boxes(
    api: Served, boss: Person, change: dict[str, Any]
) -> None:
    here, guard = site(boss), hire(api, boss, "guard@example.org", "guard", name="Мартынов")
    done(boss.call("POST", f"/api/guards/{guard}/pin", {}))
    if "roles" in change:
        known = {role["code"]: role["id"] for role in boss.get("/api/roles").json()["items"]}
        change = {"role_ids": [known[role] for role in change["roles"]]}
    done(boss.call("PATCH", f"/api/staff/{guard}", change))
    react(api)
    assert held(api, boss, here) == {}
    shown = done(boss.get(f"/api/guards/{guard}"))
    assert (shown["may_work"], shown["has_pin"]) == (False, change.get("state") != "ended")
    assert boss.call("POST", f"/api/guards/{guard}/pin", {}).json()["code"] == "no_guard"


def test_a_role_that_lost_the_right_is_found_by_the_sweep(api: Served, boss: Person) -> None:
    here, guard = site(boss), hire(api, boss, "guard@example.org", "guard", name="Мартынов")
    done(boss.call("POST", f"/api/guards/{guard}/pin", {}))
    role = next(role for role in boss.get("/api/roles").json()["items"] if role["code"] == "guard")
    done(boss.call("PUT", f"/api/roles/{role['id']}", {"name": role["name"], "permissions": ["passes.read"]}))
    follow_staff(Tools(api.worker, Settings()))
    assert held(api, boss, here) == {}


def test_only_who_may_manage_guards_gives_pins(api: Served, boss: Person) -> None:
    guard = hire(api, boss, "guard@example.org", "guard", name="Мартынов")
    dispatcher = api.colleague(boss, "disp@example.org", ["dispatcher"])
    assert dispatcher.call("POST", f"/api/guards/{guard}/pin", {}).status_code == 403
    engineer = hire(api, boss, "engineer@example.org", "engineer", name="Тихонов")
    assert boss.call("POST", f"/api/guards/{engineer}/pin", {}).json()["code"] == "no_guard"
    manager = api.colleague(boss, "manager@example.org", ["manager"])
    own = next(row["id"] for row in boss.get("/api/staff").json()["items"] if row["email"] == boss.email)
    assert manager.call("POST", f"/api/guards/{own}/pin", {}).status_code == 403
