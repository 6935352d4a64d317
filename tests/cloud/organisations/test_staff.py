"""Companies, their people and roles, over HTTP."""

from typing import Any
from uuid import uuid4

import httpx
import pytest

from tests.cloud.serving import PASSWORD, Person, Served


def code_of(answer: httpx.Response) -> Any:
    return answer.json()["code"]


def role_ids(person: Person, *codes: str) -> list[str]:
    listed = person.get("/api/roles", params={"company": str(person.company)}).json()["items"]
    known = {each["code"]: each["id"] for each in listed}
    return [known[code] for code in codes]


def member_of(person: Person, email: str) -> dict[str, Any]:
    found = person.get("/api/staff", params={"q": email}).json()["items"]
    assert len(found) == 1
    return dict(found[0])


def audited(person: Person, action: str) -> list[dict[str, Any]]:
    return list(person.get("/api/audit", params={"action": action}).json()["items"])


def test_an_invited_person_joins_and_may_do_what_the_role_allows(api: Served) -> None:
    boss = api.operator()
    guard = api.colleague(boss, "Guard@Example.org", ["guard"], name="Охранник Пётр")
    assert member_of(boss, "guard@example.org")["state"] == "active"
    assert code_of(guard.get("/api/staff")) == "not_allowed"
    mine = guard.get("/api/companies").json()["items"]
    assert [company["name"] for company in mine] == ["Афины"]
    assert [entry["actor"] for entry in audited(boss, "organisations.staff.join")] == ["Охранник Пётр"]


def test_an_invitation_is_used_once_and_shows_what_it_invites_to(api: Served) -> None:
    boss = api.operator()
    body = {"email": "new@example.org", "name": "Новый", "role_ids": role_ids(boss, "dispatcher")}
    assert boss.call("POST", "/api/staff", body).status_code == 201
    token = api.letter_token("new@example.org")
    visitor = api.visitor()
    seen = visitor.call("POST", "/api/invitation", {"token": token}).json()
    assert seen == {"email": "new@example.org", "name": "Новый", "company": "Афины", "has_password": False}
    weak = visitor.call("POST", "/api/invitation/accept", {"token": token, "password": "short"})
    assert (weak.status_code, code_of(weak)) == (422, "password_weak")
    accept = {"token": token, "password": PASSWORD}
    assert visitor.call("POST", "/api/invitation/accept", accept).status_code == 200
    assert code_of(visitor.call("POST", "/api/invitation/accept", accept)) == "link_dead"
    assert code_of(boss.call("POST", "/api/staff", body)) == "already_staff"


def test_nobody_grants_more_than_they_may_do(api: Served) -> None:
    boss = api.operator()
    manager = api.colleague(boss, "manager@example.org", ["manager"])
    mallory = {"email": "m@example.org", "name": "M", "role_ids": role_ids(boss, "administrator")}
    assert code_of(manager.call("POST", "/api/staff", mallory)) == "not_allowed"
    own = member_of(manager, "manager@example.org")["id"]
    promoted = manager.call("PATCH", f"/api/staff/{own}", {"role_ids": role_ids(boss, "administrator")})
    assert promoted.status_code == 403
    assert member_of(boss, "manager@example.org")["roles"][0]["code"] == "manager"


def test_a_company_keeps_an_administrator(api: Served) -> None:
    boss = api.operator()
    own = member_of(boss, "boss@example.org")["id"]
    assert code_of(boss.call("DELETE", f"/api/staff/{own}")) == "last_administrator"
    demote = {"role_ids": role_ids(boss, "guard")}
    assert code_of(boss.call("PATCH", f"/api/staff/{own}", demote)) == "last_administrator"
    assert boss.get("/api/staff").status_code == 200


def test_whoever_is_let_go_is_out_at_once_and_may_be_invited_again(api: Served) -> None:
    boss = api.operator()
    guard = api.colleague(boss, "guard@example.org", ["guard"])
    member = member_of(boss, "guard@example.org")["id"]
    assert boss.call("DELETE", f"/api/staff/{member}").status_code == 204
    assert guard.get("/api/session").json()["companies"] == []
    assert boss.get("/api/staff", params={"q": "guard"}).json()["total"] == 0
    body = {"email": "guard@example.org", "name": "G", "role_ids": role_ids(boss, "guard")}
    assert boss.call("POST", "/api/staff", body).json()["id"] == member
    answer = guard.call("POST", "/api/invitation/accept", {"token": api.letter_token("guard@example.org")})
    assert answer.status_code == 200
    assert len(guard.get("/api/session").json()["companies"]) == 1


def test_a_suspended_person_may_do_nothing_until_restored(api: Served) -> None:
    boss = api.operator()
    dispatcher = api.colleague(boss, "d@example.org", ["dispatcher"])
    member = member_of(boss, "d@example.org")["id"]
    assert dispatcher.get("/api/staff").status_code == 200
    assert boss.call("PATCH", f"/api/staff/{member}", {"state": "suspended"}).status_code == 204
    assert dispatcher.get("/api/staff").status_code == 403
    assert boss.call("PATCH", f"/api/staff/{member}", {"state": "active"}).status_code == 204
    assert dispatcher.get("/api/staff").status_code == 200
    changes = audited(boss, "organisations.staff.change")
    assert [entry["changes"] for entry in changes] == [
        {"state": ["suspended", "active"]},
        {"state": ["active", "suspended"]},
    ]


def test_a_role_of_the_companys_own(api: Served) -> None:
    boss = api.operator()
    body = {"name": "Старший смены", "permissions": ["staff.read", "passes.read"]}
    role = boss.call("POST", "/api/roles", body).json()["id"]
    assert code_of(boss.call("POST", "/api/roles", body)) == "role_name_taken"
    wrong = boss.call("POST", "/api/roles", {"name": "X", "permissions": ["fly"]})
    assert wrong.json()["fields"][0]["path"].startswith("permissions")
    member = member_of(boss, "boss@example.org")
    roles = [each["id"] for each in member["roles"]]
    assert boss.call("PATCH", f"/api/staff/{member['id']}", {"role_ids": [*roles, role]}).status_code == 204
    assert code_of(boss.call("DELETE", f"/api/roles/{role}")) == "role_in_use"
    assert boss.call("PATCH", f"/api/staff/{member['id']}", {"role_ids": roles}).status_code == 204
    assert boss.call("DELETE", f"/api/roles/{role}").status_code == 204


def test_built_in_roles_change_but_stay(api: Served) -> None:
    boss = api.operator()
    guard = api.colleague(boss, "guard@example.org", ["guard"])
    (role,) = role_ids(boss, "guard")
    assert guard.get("/api/staff").status_code == 403
    body = {"name": "КПП", "permissions": ["staff.read"]}
    assert boss.call("PUT", f"/api/roles/{role}", body).status_code == 204
    assert guard.get("/api/staff").status_code == 200
    assert boss.call("DELETE", f"/api/roles/{role}").status_code == 403
    (administrator,) = role_ids(boss, "administrator")
    assert boss.call("PUT", f"/api/roles/{administrator}", body).status_code == 403


def test_a_person_of_two_companies_reads_both_and_writes_in_one(api: Served) -> None:
    boss = api.operator()
    made = boss.call("POST", "/api/companies", {"name": "Спарта", "inn": "7707083893"})
    assert made.status_code == 201
    sparta = made.json()["id"]
    assert {row["organisation_id"] for row in boss.get("/api/staff").json()["items"]} == {
        str(boss.company),
        sparta,
    }
    narrowed = boss.get("/api/staff", params={"company": sparta}).json()["items"]
    assert {row["organisation_id"] for row in narrowed} == {sparta}
    del boss.client.headers["X-Organisation"]
    role = {"name": "Дежурный", "permissions": []}
    assert code_of(boss.call("POST", "/api/roles", role)) == "organisation_required"
    boss.work_in(sparta)
    assert boss.call("POST", "/api/roles", role).status_code == 201
    roles = [row for row in boss.get("/api/roles").json()["items"] if row["name"] == "Дежурный"]
    assert [row["organisation_id"] for row in roles] == [sparta]


def test_rights_in_one_company_are_no_rights_in_another(api: Served) -> None:
    boss = api.operator()
    athens = boss.company
    sparta = boss.call("POST", "/api/companies", {"name": "Спарта"}).json()["id"]
    api.colleague(boss, "both@example.org", ["guard"])
    boss.work_in(sparta)
    both = api.colleague(boss, "both@example.org", ["administrator"])
    assert {row["organisation_id"] for row in both.get("/api/staff").json()["items"]} == {sparta}
    assert both.get("/api/staff", params={"company": str(athens)}).status_code == 403
    assert athens is not None
    both.work_in(athens)
    assert both.call("POST", "/api/roles", {"name": "X", "permissions": []}).status_code == 403
    both.work_in(uuid4())
    assert both.call("POST", "/api/roles", {"name": "X", "permissions": []}).status_code == 403


def test_another_companys_things_are_not_there(api: Served) -> None:
    boss = api.operator()
    victim = member_of(boss, "boss@example.org")["id"]
    sparta = boss.call("POST", "/api/companies", {"name": "Спарта"}).json()["id"]
    athens = boss.company
    boss.work_in(sparta)
    spartan = api.colleague(boss, "leonid@example.org", ["administrator"])
    assert spartan.get(f"/api/staff/{victim}").status_code == 404
    assert spartan.call("DELETE", f"/api/staff/{victim}").status_code == 404
    assert spartan.call("PUT", f"/api/companies/{athens}", {"name": "Наша"}).status_code == 404
    assert athens is not None
    boss.work_in(athens)
    (foreign,) = role_ids(boss, "guard")
    assert spartan.call("DELETE", f"/api/roles/{foreign}").status_code == 404
    stolen = {"email": "x@example.org", "name": "X", "role_ids": [foreign]}
    assert code_of(spartan.call("POST", "/api/staff", stolen)) == "invalid"


def test_only_the_operator_makes_companies(api: Served) -> None:
    manager = api.colleague(api.operator(), "m@example.org", ["administrator"])
    answer = manager.call("POST", "/api/companies", {"name": "Своя"})
    assert (answer.status_code, code_of(answer)) == (403, "operator_only")


@pytest.mark.parametrize(
    ("change", "path", "code"),
    [
        ({"time_zone": "Mars/Olympus"}, "time_zone", "unknown_time_zone"),
        ({"inn": "7707083894"}, "inn", "inn_checksum"),
        ({"name": "  "}, "name", "string_too_short"),
        ({"colour": "red"}, "colour", "extra_forbidden"),
    ],
)
def test_wrong_fields_are_named_in_the_callers_language(
    api: Served, change: dict[str, str], path: str, code: str
) -> None:
    boss = api.operator()
    boss.client.headers["Accept-Language"] = "ru-RU,ru;q=0.9,en;q=0.5"
    answer = boss.call("PUT", f"/api/companies/{boss.company}", {"name": "Афины", **change})
    assert answer.status_code == 422
    assert answer.json()["title"] == "Проверьте выделенные поля."
    (field,) = answer.json()["fields"]
    assert (field["path"], field["code"]) == (path, code)
    assert field["message"]


def test_lists_come_in_pages_sorted_and_searched(api: Served) -> None:
    boss = api.operator()
    for number in range(5):
        body = {
            "email": f"p{number}@example.org",
            "name": f"Сотрудник {number}",
            "role_ids": role_ids(boss, "guard"),
        }
        assert boss.call("POST", "/api/staff", body).status_code == 201
    query = {"page_size": 2, "sort": "-email", "q": "сотрудник"}
    first = boss.get("/api/staff", params={**query, "page": 1}).json()
    last = boss.get("/api/staff", params={**query, "page": 3}).json()
    assert [row["email"] for row in first["items"]] == ["p4@example.org", "p3@example.org"]
    assert (first["total"], first["next"], last["next"], len(last["items"])) == (5, 2, None, 1)
    unknown = boss.get("/api/staff", params={"sort": "password"})
    assert unknown.json()["fields"][0]["data"]["known"] == "changed, created, email, name, state"
