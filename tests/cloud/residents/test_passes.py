"""A resident orders, changes and revokes passes of their own, within what the company allows; and opens their doors."""

from datetime import datetime, timedelta
from uuid import uuid4

import pytest

from protocols.records import CommandOutcome, Outcome
from tests.cloud.residents.conftest import Tower
from tests.cloud.serving import Person
from tests.support.noon import NOON

EVENING = str(NOON + timedelta(hours=8))


@pytest.fixture
def maria(tower: Tower) -> Person:
    return tower.resident("Мария", "17", "maria@example.org")


@pytest.fixture
def olga(tower: Tower) -> Person:
    """The neighbour."""
    return tower.resident("Ольга", "18", "olga@example.org")


def draft(tower: Tower, **more: object) -> dict[str, object]:
    return {"premises_id": tower.flats["17"], "holder": "Пётр", "valid_until": EVENING, **more}


def order(tower: Tower, person: Person, **more: object) -> str:
    answer = person.call("POST", "/api/resident/passes", draft(tower, **more))
    assert answer.status_code == 201, answer.text
    return str(answer.json()["id"])


def test_a_guest_is_expected_and_the_desk_sees_by_whom(tower: Tower, maria: Person) -> None:
    body = draft(tower, plates=["Х 711 ТТ 90"], entries=1, code=True, phone="8 912 345-67-89")
    made = maria.call("POST", "/api/resident/passes", body).json()
    assert (made["state"], made["plates"], made["site"], made["may_change"]) == (
        "issued",
        ["X711TT90"],
        "Берег",
        True,
    )
    assert made["code"]
    desk = tower.boss.get(f"/api/access/passes/{made['id']}").json()
    assert (desk["host"], desk["address"], desk["history"][0]["actor"]) == (
        "Мария",
        "Берег, 1, кв. 17",
        "Мария",
    )
    link = maria.get(f"/api/resident/passes/{made['id']}/link").json()
    assert link["url"].startswith("http")
    assert link["svg"].startswith("<svg")


def test_the_time_is_changed_and_the_guest_is_called_off(tower: Tower, maria: Person) -> None:
    pass_id = order(tower, maria, plates=["А123ВС72"], code=True)
    code = maria.get(f"/api/resident/passes/{pass_id}").json()["code"]
    later = str(NOON + timedelta(hours=20))
    changed = maria.call("PUT", f"/api/resident/passes/{pass_id}/window", {"valid_until": later}).json()
    assert datetime.fromisoformat(changed["valid_until"]) == NOON + timedelta(hours=20)
    assert (changed["plates"], changed["code"]) == (["A123BC72"], code)
    gone = maria.call("POST", f"/api/resident/passes/{pass_id}/revoke").json()
    assert (gone["state"], gone["may_change"]) == ("revoked", False)
    again = maria.call("POST", f"/api/resident/passes/{pass_id}/revoke")
    assert (again.status_code, again.json()["code"]) == (409, "pass_is_final")


def test_an_order_whose_answer_was_lost_is_made_once(tower: Tower, maria: Person, olga: Person) -> None:
    policy = {"kind": "guest", "standing": 1, "residents": True}
    assert tower.boss.call("PUT", "/api/access/policies", policy).status_code == 200
    once = str(uuid4())
    assert order(tower, maria, id=once) == once
    assert order(tower, maria, id=once) == once  # and the limit does not count it twice
    other = maria.call("POST", "/api/resident/passes", draft(tower, id=once, holder="Иван"))
    assert (other.status_code, other.json()["code"]) == (409, "pass_issued_already")
    hers = draft(tower, id=once, premises_id=tower.flats["18"])
    neighbour = olga.call("POST", "/api/resident/passes", hers)
    assert (neighbour.status_code, neighbour.json()["code"], neighbour.json()["data"]) == (
        409,
        "id_taken",
        {},
    )
    assert maria.get("/api/resident/passes").json()["total"] == 1


def test_a_guest_on_the_blacklist_is_not_admitted_and_nothing_of_the_entry_is_told(
    tower: Tower, maria: Person
) -> None:
    pass_id = order(tower, maria, plates=["А123ВС72"])
    listed = {"site_id": tower.site, "person": "Тайный Иван", "phone": "+79998887766", "reason": "Судимость"}
    assert tower.boss.call("POST", "/api/access/blacklist", listed).status_code == 201
    plate = {"site_id": tower.site, "plate": "А123ВС72", "reason": "Драка"}
    assert tower.boss.call("POST", "/api/access/blacklist", plate).status_code == 201
    later = {"valid_until": str(NOON + timedelta(hours=9))}
    for refused in (
        maria.call("POST", "/api/resident/passes", draft(tower, holder="тайный иван")),
        maria.call("PUT", f"/api/resident/passes/{pass_id}/window", later),
    ):
        assert (refused.status_code, refused.json()["code"], refused.json()["data"]) == (
            409,
            "not_admitted",
            {},
        )
        assert not any(secret in refused.text for secret in ("7766", "Тайный", "Судимость", "Драка"))


def test_a_time_is_not_written_over_what_the_desk_changed_meanwhile(tower: Tower, maria: Person) -> None:
    of_pass = f"/api/resident/passes/{order(tower, maria)}"
    looked = maria.get(of_pass).json()
    longer = {"ids": [looked["id"]], "valid_until": str(NOON + timedelta(hours=30))}
    assert tower.boss.call("POST", "/api/access/passes/change", longer).json()["changed"] == 1
    later = {"valid_until": str(NOON + timedelta(hours=20))}
    refused = maria.call("PUT", f"{of_pass}/window", later | {"version": looked["version"]})
    assert (refused.status_code, refused.json()["code"]) == (409, "pass_changed")
    assert set(refused.json()["data"]) == {"number"}
    now = maria.get(of_pass).json()
    assert datetime.fromisoformat(now["valid_until"]) == NOON + timedelta(hours=30)
    assert maria.call("PUT", f"{of_pass}/window", later | {"version": now["version"]}).status_code == 200
    assert maria.call("PUT", f"{of_pass}/window", later).status_code == 200  # who names no version


def test_a_limit_is_named_and_when_it_ends(tower: Tower, maria: Person, olga: Person) -> None:
    policy = {"kind": "guest", "per_day": 1, "standing": 5, "longest_days": 2, "residents": True}
    assert tower.boss.call("PUT", "/api/access/policies", policy).status_code == 200
    order(tower, maria)
    refused = maria.call("POST", "/api/resident/passes", draft(tower))
    [fault] = refused.json()["fields"]
    assert (refused.status_code, fault["code"], fault["data"]["most"]) == (422, "too_many_today", 1)
    assert fault["data"]["until"] == "2026-11-22T19:00:00+00:00"  # midnight in Yekaterinburg
    assert "23.11.2026 00:00" in fault["message"]
    long = maria.call("POST", "/api/resident/passes", draft(tower, valid_until=str(NOON + timedelta(days=5))))
    assert "longer_than_policy" in {each["code"] for each in long.json()["fields"]}
    mine = {"premises_id": tower.flats["18"], "holder": "Иван", "valid_until": EVENING}
    assert olga.call("POST", "/api/resident/passes", mine).status_code == 201  # of her own premises


def test_a_point_may_be_kept_from_residents_orders(tower: Tower, maria: Person) -> None:
    points = tower.boss.get("/api/access/point-policies").json()["items"]
    mine = tower.boss.get(f"/api/access/passes/{order(tower, maria)}").json()
    here = [point for point in points if point["site_id"] == mine["site_id"]]
    closed = {"residents": False}
    for point in here:
        assert tower.boss.call("PUT", f"/api/access/point-policies/{point['point_id']}", closed).is_success
    [fault] = maria.call("POST", "/api/resident/passes", draft(tower)).json()["fields"]
    assert (fault["path"], fault["code"]) == ("points", "no_point_left")
    for point in here[:-1]:
        assert tower.boss.call("PUT", f"/api/access/point-policies/{point['point_id']}", {}).is_success
    if here[:-1]:
        made = maria.get(f"/api/resident/passes/{order(tower, maria)}").json()
        assert made["left_out"] == [here[-1]["point"]]


def test_standing_passes_are_limited_and_the_first_end_is_told(tower: Tower, maria: Person) -> None:
    policy = {"kind": "guest", "standing": 1, "residents": True}
    assert tower.boss.call("PUT", "/api/access/policies", policy).status_code == 200
    order(tower, maria)
    [fault] = maria.call("POST", "/api/resident/passes", draft(tower)).json()["fields"]
    assert (fault["code"], fault["data"]["until"][:16]) == (
        "too_many_standing",
        (NOON + timedelta(hours=8)).isoformat()[:16],
    )


def test_kinds_that_the_company_keeps_for_itself(tower: Tower, maria: Person) -> None:
    kinds = {each["kind"] for each in maria.get("/api/resident/kinds").json()}
    assert kinds == {"guest", "service", "recurring"}
    for kind in ("resident", "staff", "special", "contractor"):
        [fault] = maria.call("POST", "/api/resident/passes", draft(tower, kind=kind)).json()["fields"]
        assert fault["code"] == "kind_not_for_residents", kind
    closed = {"kind": "guest", "residents": False}
    assert tower.boss.call("PUT", "/api/access/policies", closed).status_code == 200
    assert maria.call("POST", "/api/resident/passes", draft(tower)).status_code == 422
    for_good = {"kind": "resident", "residents": True}
    assert tower.boss.call("PUT", "/api/access/policies", for_good).status_code == 422


@pytest.mark.parametrize("kind", ["guest", "contractor"])
def test_a_pass_of_a_kind_that_is_the_company_s_again_is_called_off_and_not_prolonged(
    tower: Tower, maria: Person, kind: str
) -> None:
    body = {"site_id": tower.site, "kind": kind, "holder": "Бригада", "host_id": tower.persons["Мария"]}
    body |= {"premises_id": tower.flats["17"], "plates": ["А123ВС72"], "valid_until": EVENING}
    of_pass = f"/api/resident/passes/{tower.post('/api/access/passes', body)['id']}"
    closed = {"kind": kind, "residents": False}
    assert tower.boss.call("PUT", "/api/access/policies", closed).status_code == 200
    later = {"valid_until": str(NOON + timedelta(days=20))}
    refused = maria.call("PUT", f"{of_pass}/window", later)
    assert (refused.status_code, refused.json()["fields"][0]["code"]) == (422, "kind_not_for_residents")
    assert datetime.fromisoformat(maria.get(of_pass).json()["valid_until"]) == NOON + timedelta(hours=8)
    assert maria.call("POST", f"{of_pass}/revoke").json()["state"] == "revoked"


def test_a_time_is_not_changed_in_a_loop(tower: Tower, maria: Person) -> None:
    path = f"/api/resident/passes/{order(tower, maria)}/window"
    answers = [maria.call("PUT", path, {"valid_until": EVENING}).status_code for _ in range(60)]
    assert answers == [200] * 59 + [429]  # with the order itself


def test_a_manager_approves_where_the_company_wants_it(tower: Tower, maria: Person) -> None:
    policy = {"kind": "guest", "approval": True, "residents": True}
    assert tower.boss.call("PUT", "/api/access/policies", policy).status_code == 200
    pass_id = order(tower, maria)
    assert maria.get(f"/api/resident/passes/{pass_id}").json()["state"] == "requested"
    assert tower.boss.call("POST", "/api/access/passes/approve", {"ids": [pass_id]}).status_code == 200
    assert maria.get(f"/api/resident/passes/{pass_id}").json()["state"] == "issued"
    changed = maria.call("PUT", f"/api/resident/passes/{pass_id}/window", {"valid_until": EVENING})
    assert changed.json()["code"] == "pass_needs_approval"


def test_nobody_touches_a_neighbour_s_pass(tower: Tower, maria: Person, olga: Person) -> None:
    pass_id = order(tower, maria)
    tower.pass_by(pass_id)
    of_pass = f"/api/resident/passes/{pass_id}"
    tried = [
        olga.get(of_pass),
        olga.get(f"{of_pass}/link"),
        olga.get(f"{of_pass}/passages"),
        olga.call("PUT", f"{of_pass}/window", {"valid_until": EVENING}),
        olga.call("POST", f"{of_pass}/revoke"),
        olga.call("PUT", f"{of_pass}/watch", {}),
        olga.call("DELETE", f"{of_pass}/watch"),
        olga.call("POST", "/api/resident/passes", draft(tower)),
    ]
    assert [each.status_code for each in tried] == [404] * len(tried)
    assert olga.get("/api/resident/passes").json()["items"] == []
    assert [each["id"] for each in maria.get("/api/resident/passes").json()["items"]] == [pass_id]


def test_flatmates_have_passes_and_passages_of_their_own(tower: Tower, maria: Person) -> None:
    flatmate = tower.resident("Пётр", "17", "petr@example.org")
    pass_id = order(tower, maria)
    tower.pass_by(pass_id, Outcome.DENIED)
    assert flatmate.get(f"/api/resident/passes/{pass_id}/passages").status_code == 404
    [passage] = maria.get(f"/api/resident/passes/{pass_id}/passages").json()["items"]
    assert (passage["outcome"], passage["reason"], passage["point"]) == (
        "denied",
        "outside_schedule",
        "Ворота",
    )


def test_what_the_company_issued_for_good_is_seen_and_not_changed(tower: Tower, maria: Person) -> None:
    body = {"site_id": tower.site, "kind": "resident", "holder": "Мария", "host_id": tower.persons["Мария"]}
    made = tower.post(
        "/api/access/passes", body | {"premises_id": tower.flats["17"], "cards": [{"text": "018,23011"}]}
    )
    of_pass = f"/api/resident/passes/{made['id']}"
    assert maria.get(of_pass).json()["may_change"] is False
    assert maria.call("POST", f"{of_pass}/revoke").json()["code"] == "pass_not_yours"
    assert maria.call("PUT", f"{of_pass}/watch", {"by_email": False}).json()["watched"] is True


def test_own_doors_open_and_the_answer_is_told_once(tower: Tower, maria: Person) -> None:
    doors = {each["name"]: each["id"] for each in maria.get("/api/resident/doors").json()}
    assert set(doors) == {"Ворота", "Подъезд 1"}
    order_of_mine = maria.call("POST", f"/api/resident/doors/{doors['Подъезд 1']}/open").json()
    assert order_of_mine["state"] == "waiting"
    assert tower.commands() == [("open", tower.doors["Подъезд 1"], "Мария", "житель")]
    assert tower.ordered_as() == {"resident"}
    tower.answer(order_of_mine["id"], CommandOutcome.DONE)
    told = maria.get(f"/api/resident/orders/{order_of_mine['id']}").json()
    assert (told["state"], told["reason"]) == ("done", "done")
    audit = tower.boss.get("/api/audit?page_size=200").json()["items"]
    assert ("sites.command.order", "Мария") in {(each["action"], each["actor"]) for each in audit}


def test_an_order_that_nobody_answers_lapses(tower: Tower, maria: Person) -> None:
    made = maria.call("POST", f"/api/resident/doors/{tower.doors['Ворота']}/open").json()
    tower.api.clock.advance(timedelta(seconds=11))
    assert maria.get(f"/api/resident/orders/{made['id']}").json()["state"] == "lapsed"


@pytest.mark.parametrize("door", ["Подъезд 2", "Щитовая"])
def test_other_doors_are_not_there(tower: Tower, maria: Person, door: str) -> None:
    answer = maria.call("POST", f"/api/resident/doors/{tower.doors[door]}/open")
    assert (answer.status_code, answer.json()["code"]) == (404, "door_not_found")
    assert tower.commands() == []


def test_an_order_is_told_to_who_gave_it_alone(tower: Tower, maria: Person, olga: Person) -> None:
    made = maria.call("POST", f"/api/resident/doors/{tower.doors['Ворота']}/open").json()
    assert olga.get(f"/api/resident/orders/{made['id']}").status_code == 404


def test_a_door_is_not_opened_in_a_loop(tower: Tower, maria: Person) -> None:
    path = f"/api/resident/doors/{tower.doors['Ворота']}/open"
    answers = [maria.call("POST", path).status_code for _ in range(11)]
    assert answers == [201] * 10 + [429]
