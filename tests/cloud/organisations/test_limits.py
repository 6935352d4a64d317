"""How often somebody may try, by where they come from; and how an owner gets in again."""

import pytest

from cloud.organisations import tries
from tests.cloud.organisations.test_links import link, use
from tests.cloud.organisations.test_staff import code_of
from tests.cloud.serving import Person, Served

pytestmark = pytest.mark.usefixtures("cheap_passwords")


def from_address(api: Served, address: str) -> Person:
    visitor = api.visitor()
    visitor.client.headers["X-Forwarded-For"] = address
    return visitor


def guess(api: Served, address: str) -> str:
    return str(code_of(from_address(api, address).sign_in("boss@example.org", "nope")))


def test_one_customers_many_networks_lock_nobody_out(api: Served, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tries, "_PER_ACCOUNT", 33)
    api.operator()
    codes = [guess(api, f"2001:db8:aa:{number:x}00::1") for number in range(36)]
    assert codes == ["wrong_credentials"] * 30 + ["too_many_requests"] * 6
    assert from_address(api, "198.51.100.7").sign_in("boss@example.org").status_code == 200
    assert from_address(api, "2001:db8:bb:1::1").sign_in("boss@example.org").status_code == 200


def test_one_customers_many_networks_guess_at_many_accounts_no_longer(
    api: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tries, "_PER_ORIGIN", 5)
    codes = []
    for number in range(17):
        visitor = from_address(api, f"2001:db8:aa:{number:x}::1")
        codes.append(code_of(visitor.sign_in(f"who{number}@example.org", "nope")))
    assert codes == ["wrong_credentials"] * 15 + ["too_many_requests"] * 2


def test_a_success_forgets_what_was_tried_from_there(api: Served) -> None:
    api.operator()
    for _ in range(4):
        for _ in range(9):
            assert guess(api, "2001:db8:aa:1::1") == "wrong_credentials"
        assert from_address(api, "2001:db8:aa:1::2").sign_in("boss@example.org").status_code == 200


def test_a_finished_reset_opens_a_locked_account(api: Served, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tries, "_PER_ACCOUNT", 20)
    boss = api.operator()
    codes = [guess(api, f"203.0.113.{number}") for number in range(22)]
    assert codes[-1] == "too_many_requests"
    for _ in range(10):
        boss.call("POST", "/api/account/password", {"current": "nope", "new": "another-long-one"})
    assert code_of(api.visitor().sign_in("boss@example.org")) == "too_many_requests"
    assert use(api.visitor(), link(api)) == "done"
    again = api.visitor()
    assert again.sign_in("boss@example.org", "a-brand-new-one").status_code == 200
    body = {"current": "a-brand-new-one", "new": "another-long-one"}
    assert again.call("POST", "/api/account/password", body).status_code == 204


def test_a_reset_that_failed_opens_nothing(api: Served) -> None:
    api.operator()
    for _ in range(11):
        guess(api, "127.0.0.1")
    assert use(api.visitor(), "x" * 43) == "link_dead"
    assert use(api.visitor(), link(api), "short") == "password_weak"
    assert code_of(api.visitor().sign_in("boss@example.org")) == "too_many_requests"
