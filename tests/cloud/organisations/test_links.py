"""What ends a one-time link for a new password, and what the audit tells of it."""

import pytest

from tests.cloud.organisations.test_staff import audited, code_of
from tests.cloud.serving import PASSWORD, Person, Served

pytestmark = pytest.mark.usefixtures("cheap_passwords")


def link(api: Served, email: str = "boss@example.org") -> str:
    assert api.visitor().call("POST", "/api/password-reset", {"email": email}).status_code == 204
    return api.letter_token(email)


def use(visitor: Person, token: str, password: str = "a-brand-new-one") -> str:
    answer = visitor.call("POST", "/api/password-reset/confirm", {"token": token, "password": password})
    return "done" if answer.status_code == 204 else str(code_of(answer))


def test_of_several_links_one_is_used(api: Served) -> None:
    api.operator()
    older, newer, visitor = link(api), link(api), api.visitor()
    assert [use(visitor, newer), use(visitor, older)] == ["done", "link_dead"]


def test_a_changed_password_ends_the_links(api: Served) -> None:
    boss = api.operator()
    token = link(api)
    body = {"current": PASSWORD, "new": "another-long-one"}
    assert boss.call("POST", "/api/account/password", body).status_code == 204
    assert use(api.visitor(), token) == "link_dead"


def test_a_refused_password_ends_no_link(api: Served) -> None:
    api.operator()
    token, visitor = link(api), api.visitor()
    assert [use(visitor, token, "short"), use(visitor, token)] == ["password_weak", "done"]


def test_ones_reset_ends_no_link_of_anothers(api: Served) -> None:
    boss = api.operator()
    api.colleague(boss, "guard@example.org", ["guard"])
    mine, theirs, visitor = link(api), link(api, "guard@example.org"), api.visitor()
    assert [use(visitor, mine), use(visitor, theirs)] == ["done", "done"]


def test_a_reset_is_in_the_audit_of_each_of_the_accounts_companies(api: Served) -> None:
    boss = api.operator()
    boss.call("POST", "/api/companies", {"name": "Спарта"})
    me = boss.get("/api/session").json()["account_id"]
    assert use(api.visitor(), link(api)) == "done"
    boss.sign_in("boss@example.org", "a-brand-new-one")
    asked = audited(boss, "organisations.account.request_password_reset")
    assert [(row["actor"], row["account_id"], row["object_id"]) for row in asked] == [("—", None, me)] * 2
    done = audited(boss, "organisations.account.reset_password")
    told = [(row["actor"], row["account_id"], row["object_id"], row["address"]) for row in done]
    assert told == [("Анна Ёлкина", me, me, "127.0.0.1")] * 2
    assert len({row["organisation_id"] for row in done}) == 2
