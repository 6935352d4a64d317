"""Who is invited belongs to nobody yet: consent, and what the inviter is told."""

from typing import Any

import pytest

from tests.cloud.organisations.test_staff import audited, code_of, member_of, role_ids
from tests.cloud.serving import PASSWORD, Person, Served

pytestmark = pytest.mark.usefixtures("cheap_passwords")


def invite(person: Person, email: str, name: str = "Кто-то", role: str = "guard") -> Any:
    body = {"email": email, "name": name, "role_ids": role_ids(person, role)}
    answer = person.call("POST", "/api/staff", body)
    assert answer.status_code == 201, answer.text
    return answer.json()["id"]


def second_company(api: Served, boss: Person) -> Person:
    """The administrator of another company than the boss's."""
    made = boss.call("POST", "/api/companies", {"name": "Спарта"}).json()["id"]
    athens = boss.company
    assert athens is not None
    rival = api.colleague(boss.work_in(made), "leonid@example.org", ["administrator"])
    boss.work_in(athens)
    return rival


def shown(person: Person, member: str) -> dict[str, Any]:
    return dict(person.get(f"/api/staff/{member}").json())


@pytest.mark.parametrize("state", ["active", "suspended", "invited"])
def test_nobody_becomes_staff_without_accepting(api: Served, state: str) -> None:
    boss = api.operator()
    rival = second_company(api, boss)
    victim = api.colleague(boss, "victim@example.org", ["guard"])
    member = invite(rival, "victim@example.org")
    refused = rival.call("PATCH", f"/api/staff/{member}", {"state": state})
    assert (refused.status_code, code_of(refused)) == {
        "active": (409, "not_joined_yet"),
        "suspended": (409, "not_joined_yet"),
        "invited": (422, "invalid"),
    }[state]
    assert shown(rival, member)["state"] == "invited"
    assert len(victim.get("/api/session").json()["companies"]) == 1
    victim.sign_in("victim@example.org", "nope")
    victim.sign_in("victim@example.org")
    me = rival.get("/api/session").json()["account_id"]
    assert {row["object_id"] for row in audited(rival, "organisations.account")} == {me}


def test_nobody_is_invited_by_a_change(api: Served) -> None:
    boss = api.operator()
    api.colleague(boss, "guard@example.org", ["guard"])
    member = member_of(boss, "guard@example.org")["id"]
    refused = boss.call("PATCH", f"/api/staff/{member}", {"state": "invited"})
    assert (refused.status_code, refused.json()["fields"][0]["path"]) == (422, "state")


def test_whoever_was_let_go_comes_back_by_an_invitation_alone(api: Served) -> None:
    boss = api.operator()
    api.colleague(boss, "guard@example.org", ["guard"])
    member = member_of(boss, "guard@example.org")["id"]
    assert boss.call("DELETE", f"/api/staff/{member}").status_code == 204
    for change in ({"state": "active"}, {"state": "suspended"}, {"role_ids": role_ids(boss, "guard")}):
        refused = boss.call("PATCH", f"/api/staff/{member}", change)
        assert (refused.status_code, code_of(refused)) == (409, "no_longer_staff")
    assert boss.call("DELETE", f"/api/staff/{member}").status_code == 204


def test_an_invitation_tells_nothing_of_the_account(api: Served) -> None:
    boss = api.operator()
    rival = second_company(api, boss)
    api.colleague(boss, "victim@example.org", ["guard"], name="Пётр Настоящий")
    rows = []
    for email in ("victim@example.org", "nobody@example.org"):
        member = invite(rival, email.upper(), name="Не знаю")
        row = shown(rival, member)
        assert (row["name"], row["email"]) == ("Не знаю", email)
        rows.append({name: row[name] for name in ("name", "account_id", "has_totp", "state")})
    assert rows[0] == rows[1] == {"name": "Не знаю", "account_id": None, "has_totp": None, "state": "invited"}
    assert rival.get("/api/staff", params={"q": "настоящий"}).json()["total"] == 0
    assert rival.get("/api/staff", params={"q": "не знаю"}).json()["total"] == 2


def test_a_withdrawn_invitation_tells_no_more_than_a_standing_one(api: Served) -> None:
    boss = api.operator()
    rival = second_company(api, boss)
    api.colleague(boss, "victim@example.org", ["guard"], name="Пётр Настоящий")
    member = invite(rival, "victim@example.org", name="Не знаю")
    assert rival.call("DELETE", f"/api/staff/{member}").status_code == 204
    [row] = rival.get("/api/staff", params={"state": "ended"}).json()["items"]
    assert (row["name"], row["account_id"], row["has_totp"]) == ("Не знаю", None, None)


def test_who_accepts_is_shown_by_their_own_name(api: Served) -> None:
    boss = api.operator()
    rival = second_company(api, boss)
    victim = api.colleague(boss, "victim@example.org", ["guard"], name="Пётр Настоящий")
    member = invite(rival, "victim@example.org", name="Не знаю")
    body = {"token": api.letter_token("victim@example.org"), "name": "Самозванец"}
    assert victim.call("POST", "/api/invitation/accept", body).status_code == 200
    row = shown(rival, member)
    assert (row["name"], row["has_totp"], row["state"]) == ("Пётр Настоящий", False, "active")
    assert row["account_id"] == victim.get("/api/session").json()["account_id"]
    assert rival.get("/api/staff", params={"q": "настоящий"}).json()["total"] == 1
    assert audited(rival, "organisations.staff.join")[0]["actor"] == "Пётр Настоящий"


def test_who_has_no_password_yet_is_greeted_as_this_company_wrote(api: Served) -> None:
    boss = api.operator()
    rival = second_company(api, boss)
    invite(boss, "new@example.org", name="Пётр Афинский")
    invite(rival, "new@example.org", name="Пётр Спартанский")
    token = {"token": api.letter_token("new@example.org")}
    visitor = api.visitor()
    assert visitor.call("POST", "/api/invitation", token).json()["name"] == "Пётр Спартанский"
    accepted = visitor.call("POST", "/api/invitation/accept", {**token, "password": PASSWORD})
    assert accepted.status_code == 200
    assert member_of(rival, "new@example.org")["name"] == "Пётр Спартанский"


def test_a_withdrawn_invitation_opens_nothing(api: Served) -> None:
    boss, visitor = api.operator(), api.visitor()
    member = invite(boss, "new@example.org")
    token = {"token": api.letter_token("new@example.org")}
    assert boss.call("DELETE", f"/api/staff/{member}").status_code == 204
    assert code_of(visitor.call("POST", "/api/invitation", token)) == "link_dead"
    accept = {**token, "password": PASSWORD}
    assert code_of(visitor.call("POST", "/api/invitation/accept", accept)) == "link_dead"
    invite(boss, "new@example.org", role="dispatcher")
    assert (
        code_of(visitor.call("POST", "/api/invitation/accept", accept)) == "link_dead"
    )  # the newer letter's
    accept["token"] = api.letter_token("new@example.org")
    assert visitor.call("POST", "/api/invitation/accept", accept).status_code == 200


def test_one_letter_accepted_the_others_are_spent(api: Served) -> None:
    boss, visitor = api.operator(), api.visitor()
    invite(boss, "new@example.org")
    first = api.letter_token("new@example.org")
    invite(boss, "new@example.org")
    accept = {"token": api.letter_token("new@example.org"), "password": PASSWORD}
    assert visitor.call("POST", "/api/invitation/accept", accept).status_code == 200
    for path in ("/api/invitation", "/api/invitation/accept"):
        assert code_of(visitor.call("POST", path, {"token": first})) == "link_dead"
