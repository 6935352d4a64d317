"""Getting in and out, over HTTP."""

from datetime import timedelta

import pyotp
import pytest

from tests.cloud.serving import PASSWORD, Person, Served


def code_of(answer: object) -> str:
    return answer.json()["code"]  # type: ignore[attr-defined, no-any-return]


def totp_at(secret: str, api: Served) -> str:
    return pyotp.TOTP(secret).at(api.clock.now())


def set_up_totp(api: Served, person: Person) -> tuple[str, list[str]]:
    secret = person.call("POST", "/api/account/totp").json()["secret"]
    answer = person.call("POST", "/api/account/totp/confirm", {"code": totp_at(secret, api)})
    assert answer.status_code == 200, answer.text
    return secret, answer.json()["codes"]


def test_the_first_run_happens_once(api: Served) -> None:
    visitor = api.visitor()
    assert visitor.get("/api/first-run").json() == {"is_over": False}
    api.operator()
    assert visitor.get("/api/first-run").json() == {"is_over": True}
    body = {"token": "x" * 43, "email": "e@example.org", "name": "E", "password": PASSWORD, "company": "E"}
    answer = visitor.call("POST", "/api/first-run", body)
    assert (answer.status_code, code_of(answer)) == (410, "first_run_over")
    assert code_of(visitor.sign_in("e@example.org")) == "wrong_credentials"


def test_a_session_is_a_cookie_that_scripts_cannot_read(api: Served) -> None:
    api.operator()
    visitor = api.visitor()
    assert code_of(visitor.get("/api/session")) == "sign_in"
    answer = visitor.sign_in(" BOSS@example.org ")
    cookies = answer.headers.get_list("set-cookie")
    session_cookie = next(cookie for cookie in cookies if cookie.startswith("domovoy_session="))
    assert "HttpOnly" in session_cookie
    assert "SameSite=lax" in session_cookie
    assert answer.json()["token"] is None
    me = visitor.get("/api/session").json()
    assert (me["email"], me["is_operator"], me["companies"][0]["roles"]) == (
        "boss@example.org",
        True,
        ["administrator"],
    )
    assert "passes.issue" in me["companies"][0]["permissions"]


def test_signing_out_ends_the_session_everywhere_the_token_went(api: Served) -> None:
    boss = api.operator()
    stolen = dict(boss.client.cookies)
    assert boss.call("DELETE", "/api/session").status_code == 204
    thief = api.visitor()
    thief.client.cookies.update(stolen)
    assert thief.get("/api/session").status_code == 401


def test_wrong_password_and_unknown_address_look_alike(api: Served) -> None:
    api.operator()
    wrong, unknown = (
        api.visitor().sign_in("boss@example.org", "nope"),
        api.visitor().sign_in("who@example.org"),
    )
    assert wrong.status_code == unknown.status_code == 401
    assert wrong.json() == unknown.json()
    assert wrong.headers["content-type"] == "application/problem+json"


def test_too_many_tries_wait_and_a_success_starts_anew(api: Served) -> None:
    api.operator()
    visitor = api.visitor()
    codes = [code_of(visitor.sign_in("boss@example.org", "nope")) for _ in range(11)]
    assert codes == ["wrong_credentials"] * 10 + ["too_many_requests"]
    refused = visitor.sign_in("boss@example.org")
    assert refused.status_code == 429
    assert int(refused.headers["retry-after"]) == 15 * 60
    api.clock.advance(timedelta(minutes=15))
    assert visitor.sign_in("boss@example.org").status_code == 200
    codes = [code_of(visitor.sign_in("boss@example.org", "nope")) for _ in range(10)]
    assert codes == ["wrong_credentials"] * 10


def test_a_change_without_our_pages_proof_is_refused(api: Served) -> None:
    boss = api.operator()
    del boss.client.headers["X-CSRF-Token"]
    answer = boss.call("PATCH", "/api/account", {"name": "Mallory"})
    assert (answer.status_code, code_of(answer)) == (403, "cross_site")
    assert boss.get("/api/session").json()["name"] == "Анна Ёлкина"


def test_an_app_gets_a_bearer_that_is_no_cookie(api: Served) -> None:
    api.operator()
    app = api.visitor()
    token = app.sign_in("boss@example.org", kind="app").json()["token"]
    assert not app.client.cookies
    app.client.headers["Authorization"] = f"Bearer {token}"
    assert app.call("PATCH", "/api/account", {"name": "Анна"}).status_code == 204
    assert app.get("/api/session").json()["name"] == "Анна"
    as_cookie = api.visitor()
    as_cookie.client.cookies.set("domovoy_session", token)
    assert as_cookie.get("/api/session").status_code == 401


def test_a_session_lapses(api: Served) -> None:
    boss = api.operator()
    api.clock.advance(timedelta(days=14))
    assert boss.get("/api/session").status_code == 401


def test_sessions_are_listed_and_ended(api: Served) -> None:
    boss = api.operator()
    other = api.visitor()
    other.sign_in("boss@example.org")
    listed = boss.get("/api/account/sessions").json()["items"]
    assert sorted(each["is_this"] for each in listed) == [False, True]
    foreign = next(each["id"] for each in listed if not each["is_this"])
    assert boss.call("DELETE", f"/api/account/sessions/{foreign}").status_code == 204
    assert other.get("/api/session").status_code == 401
    assert boss.get("/api/session").status_code == 200
    assert boss.call("DELETE", f"/api/account/sessions/{foreign}").status_code == 404


def test_one_person_cannot_end_anothers_session(api: Served) -> None:
    boss = api.operator()
    guard = api.colleague(boss, "guard@example.org", ["guard"])
    session_id = boss.get("/api/session").json()["session_id"]
    assert guard.call("DELETE", f"/api/account/sessions/{session_id}").status_code == 404
    assert boss.get("/api/session").status_code == 200


def test_a_changed_password_ends_the_other_sessions(api: Served) -> None:
    boss, other = api.operator(), api.visitor()
    other.sign_in("boss@example.org")
    weak = boss.call("POST", "/api/account/password", {"current": PASSWORD, "new": "short"})
    assert weak.json()["fields"][0]["path"] == "new"
    assert (
        boss.call(
            "POST", "/api/account/password", {"current": PASSWORD, "new": "another-long-one"}
        ).status_code
        == 204
    )
    assert boss.get("/api/session").status_code == 200
    assert other.get("/api/session").status_code == 401
    assert api.visitor().sign_in("boss@example.org").status_code == 401
    assert api.visitor().sign_in("boss@example.org", "another-long-one").status_code == 200


def test_a_password_is_reset_by_a_letter_once(api: Served) -> None:
    boss, visitor = api.operator(), api.visitor()
    assert visitor.call("POST", "/api/password-reset", {"email": "nobody@example.org"}).status_code == 204
    assert visitor.call("POST", "/api/password-reset", {"email": "boss@example.org"}).status_code == 204
    body = {"token": api.letter_token("boss@example.org"), "password": "a-brand-new-one"}
    assert visitor.call("POST", "/api/password-reset/confirm", body).status_code == 204
    again = visitor.call("POST", "/api/password-reset/confirm", body)
    assert (again.status_code, code_of(again)) == (410, "link_dead")
    assert boss.get("/api/session").status_code == 401
    assert visitor.sign_in("boss@example.org", "a-brand-new-one").status_code == 200


def test_a_reset_link_lapses(api: Served) -> None:
    api.operator()
    visitor = api.visitor()
    visitor.call("POST", "/api/password-reset", {"email": "boss@example.org"})
    api.clock.advance(timedelta(hours=2))
    body = {"token": api.letter_token("boss@example.org"), "password": "a-brand-new-one"}
    assert visitor.call("POST", "/api/password-reset/confirm", body).status_code == 410


def test_totp_is_asked_for_and_a_code_is_good_once(api: Served) -> None:
    boss = api.operator()
    secret, _ = set_up_totp(api, boss)
    visitor = api.visitor()
    assert code_of(visitor.sign_in("boss@example.org")) == "totp_required"
    assert code_of(visitor.sign_in("boss@example.org", code="000000")) == "totp_wrong"
    used = visitor.sign_in("boss@example.org", code=totp_at(secret, api))
    assert code_of(used) == "totp_wrong"  # it confirmed the set-up
    api.clock.advance(timedelta(seconds=30))
    assert visitor.sign_in("boss@example.org", code=totp_at(secret, api)).status_code == 200
    assert code_of(api.visitor().sign_in("boss@example.org", code=totp_at(secret, api))) == "totp_wrong"


def test_a_recovery_code_stands_in_once(api: Served) -> None:
    _, codes = set_up_totp(api, api.operator())
    assert len(codes) == 10
    assert api.visitor().sign_in("boss@example.org", recovery_code=codes[3].lower()).status_code == 200
    assert code_of(api.visitor().sign_in("boss@example.org", recovery_code=codes[3])) == "totp_wrong"


def test_totp_is_removed_by_password_and_code(api: Served) -> None:
    boss = api.operator()
    secret, recovery = set_up_totp(api, boss)
    path = "/api/account/totp/remove"
    assert code_of(boss.call("POST", path, {"password": "nope"})) == "wrong_credentials"
    assert code_of(boss.call("POST", path, {"password": PASSWORD})) == "totp_required"
    assert code_of(boss.call("POST", path, {"password": PASSWORD, "code": "000000"})) == "totp_wrong"
    api.clock.advance(timedelta(seconds=30))
    proof = {"password": PASSWORD, "code": totp_at(secret, api)}
    assert boss.call("POST", path, proof).status_code == 204
    assert api.visitor().sign_in("boss@example.org").status_code == 200
    _, recovery = set_up_totp(api, boss)
    assert boss.call("POST", path, {"password": PASSWORD, "recovery_code": recovery[0]}).status_code == 204


def test_a_stolen_session_does_not_guess_for_long(api: Served) -> None:
    boss = api.operator()
    wrong = {"current": "nope", "new": "another-long-one"}
    codes = [code_of(boss.call("POST", "/api/account/password", wrong)) for _ in range(11)]
    assert codes == ["wrong_credentials"] * 10 + ["too_many_requests"]
    answer = boss.call("POST", "/api/account/totp/remove", {"password": PASSWORD})
    assert code_of(answer) == "too_many_requests"
    api.clock.advance(timedelta(minutes=15))
    right = {"current": PASSWORD, "new": "another-long-one"}
    assert boss.call("POST", "/api/account/password", right).status_code == 204


def test_a_stranger_elsewhere_locks_nobody_out(api: Served) -> None:
    api.operator()
    stranger = api.visitor()
    stranger.client.headers["X-Forwarded-For"] = "203.0.113.7"
    codes = [code_of(stranger.sign_in("boss@example.org", "nope")) for _ in range(11)]
    assert codes[-1] == "too_many_requests"
    assert api.visitor().sign_in("boss@example.org").status_code == 200


def test_a_company_withholds_an_administrators_rights_until_totp(api: Served) -> None:
    boss = api.operator()
    policy = {"name": "Афины", "administrators_need_totp": True}
    assert boss.call("PUT", f"/api/companies/{boss.company}", policy).status_code == 200
    refused = boss.get("/api/staff")
    assert (refused.status_code, code_of(refused)) == (403, "totp_must_be_set_up")
    assert boss.get("/api/session").json()["companies"][0]["needs_totp"] is True
    set_up_totp(api, boss)
    assert boss.get("/api/staff").status_code == 200


def test_the_second_factor_is_asked_for_by_rights_not_by_a_role_s_name(api: Served) -> None:
    boss = api.operator()
    role = {"name": "Заместитель", "permissions": ["staff.manage", "staff.read"]}
    made = boss.call("POST", "/api/roles", role).json()["id"]
    deputy = api.colleague(boss, "deputy@example.org", ["guard"])
    listed = boss.get("/api/staff").json()["items"]
    membership = next(each["id"] for each in listed if each["email"] == "deputy@example.org")
    assert boss.call("PATCH", f"/api/staff/{membership}", {"role_ids": [made]}).status_code < 300
    guard = api.colleague(boss, "guard@example.org", ["guard"])
    policy = {"name": "Афины", "administrators_need_totp": True}
    assert boss.call("PUT", f"/api/companies/{boss.company}", policy).status_code == 200
    assert code_of(deputy.get("/api/staff")) == "totp_must_be_set_up"
    assert guard.get("/api/access/passes").status_code == 200


def failures(person: Person, company: object) -> list[tuple[str, str, str]]:
    """(who, why, from where) of the failed sign-ins that a company's audit tells, the oldest first."""
    params = {"action": "organisations.account.sign_in_failed", "company": str(company), "page_size": 200}
    rows = person.get("/api/audit", params=params).json()["items"]
    return [(row["actor"], row["changes"]["reason"], row["address"]) for row in reversed(rows)]


def test_a_failed_sign_in_is_in_the_audit_of_each_of_the_account_s_companies(api: Served) -> None:
    boss = api.operator()
    sparta = boss.call("POST", "/api/companies", {"name": "Спарта"}).json()["id"]
    set_up_totp(api, boss)
    stranger = api.visitor()
    stranger.sign_in("BOSS@example.org", "nope")
    assert code_of(stranger.sign_in("boss@example.org")) == "totp_required"  # half way is no failure
    stranger.sign_in("boss@example.org", code="000000")
    expected = [("—", "wrong_credentials", "127.0.0.1"), ("—", "totp_wrong", "127.0.0.1")]
    assert failures(boss, boss.company) == failures(boss, sparta) == expected
    [row, *_] = boss.get("/api/audit", params={"action": "organisations.account.sign_in_failed"}).json()[
        "items"
    ]
    assert row["account_id"] is None  # who tried is not known
    assert row["object_id"] == boss.get("/api/session").json()["account_id"]


def test_a_lock_is_in_the_audit_once_and_again_for_the_next(api: Served) -> None:
    boss, stranger = api.operator(), api.visitor()
    for _ in range(2):
        for _ in range(14):
            stranger.sign_in("boss@example.org", "nope")
        api.clock.advance(timedelta(hours=1))
    told = [reason for _, reason, _ in failures(boss, boss.company)]
    assert told == (["wrong_credentials"] * 10 + ["too_many_requests"]) * 2


def test_an_attack_from_many_addresses_fills_no_audit(api: Served) -> None:
    boss, stranger = api.operator(), api.visitor()
    for number in range(35):
        stranger.client.headers["X-Forwarded-For"] = f"203.0.113.{number}"
        stranger.sign_in("boss@example.org", "nope")
    told = [reason for _, reason, _ in failures(boss, boss.company)]
    assert told == ["wrong_credentials"] * 30 + ["many_more"]


def test_an_unknown_name_is_logged_without_the_name(api: Served, caplog: pytest.LogCaptureFixture) -> None:
    boss = api.operator()
    api.visitor().sign_in("my.password@example.org", "nope")
    [record] = [each for each in caplog.records if each.message == "a sign-in of nobody known failed"]
    assert (record.__dict__["reason"], record.__dict__["address"]) == ("wrong_credentials", "127.0.0.1")
    assert "my.password" not in str([each.__dict__ for each in caplog.records])
    assert failures(boss, boss.company) == []


def test_what_a_person_does_to_the_account_is_in_the_audit_of_each_company(api: Served) -> None:
    boss = api.operator()
    sparta = boss.call("POST", "/api/companies", {"name": "Спарта"}).json()["id"]
    api.visitor().sign_in("boss@example.org")
    set_up_totp(api, boss)
    boss.call("PATCH", "/api/account", {"name": "Анна"})
    boss.call("DELETE", "/api/account/sessions")
    rows = boss.get("/api/audit", params={"action": "organisations.account"}).json()["items"]
    noted = sorted((row["organisation_id"], row["action"].rpartition(".")[2]) for row in rows)
    athens = str(boss.company)
    in_both = ("set_up_totp", "change", "end_sessions")
    assert noted == sorted(
        [(athens, "sign_in")] * 2
        + [(sparta, "sign_in")]
        + [(company, action) for company in (athens, sparta) for action in in_both]
    )
    assert {row["address"] for row in rows} == {"127.0.0.1"}
