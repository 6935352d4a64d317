"""Who may change whom, who may leave, and who must stay."""

import threading
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import text

from cloud.kernel.actor import Actor
from cloud.kernel.database import Scope
from cloud.organisations import staff
from cloud.organisations.errors import LastAdministrator
from cloud.organisations.types import MembershipState
from deploy.demo.servers.processes import wait_until
from tests.cloud.organisations.test_invitations import invite, second_company
from tests.cloud.organisations.test_staff import audited, code_of, member_of, role_ids
from tests.cloud.serving import Person, Served

pytestmark = pytest.mark.usefixtures("cheap_passwords")


def change(person: Person, email: str, by: Person, **what: Any) -> Any:
    member = member_of(by, email)["id"]
    return person.call("PATCH", f"/api/staff/{member}", what)


def test_nobody_changes_whoever_may_do_more(api: Served) -> None:
    boss = api.operator()
    manager = api.colleague(boss, "manager@example.org", ["manager"])
    guards = role_ids(boss, "guard")
    for what in ({"state": "suspended"}, {"state": "ended"}, {"role_ids": guards}):
        refused = change(manager, "boss@example.org", boss, **what)
        assert (refused.status_code, code_of(refused)) == (403, "outranked")
    member = member_of(boss, "boss@example.org")["id"]
    assert code_of(manager.call("DELETE", f"/api/staff/{member}")) == "outranked"
    assert boss.get("/api/roles").status_code == 200


def test_what_becomes_of_a_person_is_told_to_those_who_watch(api: Served) -> None:
    boss = api.operator()
    api.colleague(boss, "guard@example.org", ["guard"])
    member = member_of(boss, "guard@example.org")["id"]
    assert change(boss, "guard@example.org", boss, state="suspended").status_code == 204
    with api.house.database.transaction() as session:
        told = session.execute(text("SELECT kind, object_id, permission FROM realtime_since(0, 1000)"))
        assert [tuple(each) for each in told] == [("staff", UUID(member), "staff.read")] * 3


def test_the_refusal_is_told_in_words(api: Served) -> None:
    boss = api.operator()
    manager = api.colleague(boss, "manager@example.org", ["manager"])
    told = {}
    for language in ("ru", "en"):
        manager.client.headers["Accept-Language"] = language
        told[language] = change(manager, "boss@example.org", boss, state="suspended").json()["title"]
    assert told["ru"].startswith("У этого человека есть права")
    assert told["en"].startswith("This person has rights")


def test_nobody_restores_more_than_they_may_grant(api: Served) -> None:
    boss = api.operator()
    manager = api.colleague(boss, "manager@example.org", ["manager"])
    deputy = api.colleague(boss, "deputy@example.org", ["administrator"])
    assert change(boss, "deputy@example.org", boss, state="suspended").status_code == 204
    assert code_of(change(manager, "deputy@example.org", boss, state="active")) == "outranked"
    assert deputy.get("/api/roles").status_code == 403
    member = member_of(boss, "deputy@example.org")["id"]
    assert boss.call("DELETE", f"/api/staff/{member}").status_code == 204
    refused = manager.call("PATCH", f"/api/staff/{member}", {"state": "active"})
    assert code_of(refused) == "no_longer_staff"
    assert deputy.get("/api/roles").status_code == 403


def test_a_manager_still_manages_those_who_may_do_less(api: Served) -> None:
    boss = api.operator()
    manager = api.colleague(boss, "manager@example.org", ["manager"])
    api.colleague(boss, "guard@example.org", ["guard"])
    for what in ({"role_ids": role_ids(boss, "dispatcher", "guard")}, {"state": "suspended"}):
        assert change(manager, "guard@example.org", boss, **what).status_code == 204
    assert change(manager, "guard@example.org", boss, state="active").status_code == 204


def test_an_invitation_beyond_ones_rights_is_not_touched(api: Served) -> None:
    boss = api.operator()
    manager = api.colleague(boss, "manager@example.org", ["manager"])
    member = invite(boss, "deputy@example.org", role="administrator")
    body = {"email": "deputy@example.org", "name": "D", "role_ids": role_ids(boss, "guard")}
    assert code_of(manager.call("POST", "/api/staff", body)) == "outranked"
    assert code_of(manager.call("DELETE", f"/api/staff/{member}")) == "outranked"


def test_a_person_leaves_a_company_by_themself(api: Served) -> None:
    boss = api.operator()
    rival = second_company(api, boss)
    guard = api.colleague(boss, "guard@example.org", ["guard"], name="Охранник Пётр")
    path = f"/api/account/companies/{boss.company}"
    assert rival.call("DELETE", path).status_code == 404
    assert guard.call("DELETE", path).status_code == 204
    assert guard.get("/api/session").json()["companies"] == []
    assert guard.call("DELETE", path).status_code == 404
    [entry] = audited(boss, "organisations.staff.leave")
    assert (entry["actor"], entry["object_kind"]) == ("Охранник Пётр", "membership")
    [row] = boss.get("/api/staff", params={"state": "ended"}).json()["items"]
    assert row["email"] == "guard@example.org"


def test_whoever_is_suspended_may_still_leave(api: Served) -> None:
    boss = api.operator()
    guard = api.colleague(boss, "guard@example.org", ["guard"])
    assert change(boss, "guard@example.org", boss, state="suspended").status_code == 204
    assert guard.call("DELETE", f"/api/account/companies/{boss.company}").status_code == 204
    assert boss.get("/api/staff", params={"state": "ended"}).json()["total"] == 1


def test_the_last_administrator_does_not_leave(api: Served) -> None:
    boss = api.operator()
    path = f"/api/account/companies/{boss.company}"
    assert code_of(boss.call("DELETE", path)) == "last_administrator"
    api.colleague(boss, "deputy@example.org", ["administrator"])
    assert boss.call("DELETE", path).status_code == 204


def test_two_administrators_cannot_remove_each_other_at_once(api: Served) -> None:
    boss = api.operator()
    api.colleague(boss, "deputy@example.org", ["administrator"])
    members = [UUID(member_of(boss, email)["id"]) for email in ("boss@example.org", "deputy@example.org")]
    assert boss.company is not None
    scope, actor = Scope.organisation(boss.company), Actor.system(boss.company)
    outcome: list[type[BaseException] | None] = []

    def second() -> None:
        try:
            with api.house.database.transaction(scope) as session:
                staff.change(session, actor, members[1], state=MembershipState.SUSPENDED)
            outcome.append(None)
        except LastAdministrator as error:
            outcome.append(type(error))

    thread = threading.Thread(target=second)
    with api.house.database.transaction(scope) as session:
        staff.change(session, actor, members[0], state=MembershipState.SUSPENDED)
        thread.start()
        wait_until(lambda: bool(outcome), timeout_s=1)
        assert outcome == [], "the second change did not wait for the first"
    thread.join(timeout=60)
    assert outcome == [LastAdministrator]


def test_a_change_of_staff_holds_up_no_other_work(api: Served) -> None:
    boss = api.operator()
    api.colleague(boss, "guard@example.org", ["guard"])
    member = UUID(member_of(boss, "guard@example.org")["id"])
    assert boss.company is not None
    with api.house.database.transaction(Scope.organisation(boss.company)) as session:
        staff.change(session, Actor.system(boss.company), member, state=MembershipState.SUSPENDED)
        boss.client.timeout = 30
        assert boss.call("POST", "/api/people", {"name": "Житель"}).status_code == 201
