"""How a person likes what they see: theirs alone, bounded, on every device, gone with the account."""

from typing import Any

import psycopg
import pytest

from tests.cloud.organisations.test_invitations import second_company
from tests.cloud.organisations.test_staff import code_of
from tests.cloud.serving import Person, Served
from tests.support.postgres import Database

pytestmark = pytest.mark.usefixtures("cheap_passwords")


def keep(person: Person, key: str, value: Any) -> Any:
    return person.call("PUT", f"/api/account/preferences/{key}", {"value": value})


def kept(person: Person) -> Any:
    return person.get("/api/account/preferences").json()["items"]


def test_what_was_kept_is_there_on_another_device(api: Served) -> None:
    boss = api.operator()
    assert kept(boss) == {}
    assert keep(boss, "columns.passes", {"hidden": ["phone"]}).status_code == 204
    assert keep(boss, "columns.passes", {"hidden": []}).status_code == 204
    assert keep(boss, "theme", {"scheme": "dark"}).status_code == 204
    elsewhere = api.visitor()
    assert elsewhere.sign_in(boss.email).status_code == 200
    assert kept(elsewhere) == {"columns.passes": {"hidden": []}, "theme": {"scheme": "dark"}}
    assert elsewhere.call("DELETE", "/api/account/preferences/theme").status_code == 204
    assert elsewhere.call("DELETE", "/api/account/preferences/theme").status_code == 404
    assert kept(boss) == {"columns.passes": {"hidden": []}}


def test_nobody_sees_or_touches_anothers(api: Served) -> None:
    boss = api.operator()
    guard = api.colleague(boss, "guard@example.org", ["guard"])
    rival = second_company(api, boss)
    assert keep(boss, "theme", {"scheme": "dark"}).status_code == 204
    for other in (guard, rival):
        assert kept(other) == {}
        assert other.call("DELETE", "/api/account/preferences/theme").status_code == 404
        assert keep(other, "theme", {"scheme": "light"}).status_code == 204
    assert kept(boss) == {"theme": {"scheme": "dark"}}
    assert api.visitor().get("/api/account/preferences").status_code == 401


@pytest.mark.parametrize("key", ["Theme", "a_b", "a" * 65, "а", "a%0Ab", "a%20b"])
def test_a_key_is_of_few_plain_letters(api: Served, key: str) -> None:
    assert keep(api.operator(), key, {}).status_code == 422


def test_a_value_is_small(api: Served) -> None:
    boss = api.operator()
    most = 4096 - len('{"a":""}')
    assert keep(boss, "a", {"a": "x" * most}).status_code == 204
    refused = keep(boss, "a", {"a": "x" * (most + 1)})
    assert (refused.status_code, refused.json()["fields"][0]["code"]) == (422, "too_large")
    assert keep(boss, "a", {"a": "я" * most}).status_code == 422  # bytes, not letters
    assert keep(boss, "a", [1]).status_code == 422


def test_there_are_so_many_and_no_more(api: Served) -> None:
    boss = api.operator()
    for number in range(100):
        assert keep(boss, f"key-{number}", {}).status_code == 204
    assert code_of(keep(boss, "one-more", {})) == "preferences_full"
    assert keep(boss, "key-7", {"is": "changed"}).status_code == 204
    assert boss.call("DELETE", "/api/account/preferences/key-0").status_code == 204
    assert keep(boss, "one-more", {}).status_code == 204


def test_a_loop_is_stopped(api: Served) -> None:
    boss = api.operator()
    codes = [keep(boss, "a", {"n": number}).status_code for number in range(601)]
    assert codes == [204] * 600 + [429]


def test_they_go_with_the_account(api: Served, database: Database) -> None:
    boss = api.operator()
    guard = api.colleague(boss, "guard@example.org", ["guard"])
    assert keep(guard, "theme", {"scheme": "dark"}).status_code == 204
    assert keep(boss, "theme", {"scheme": "dark"}).status_code == 204
    with psycopg.connect(database.admin_url) as owner:
        [account] = owner.execute("SELECT id FROM account WHERE email = 'guard@example.org'").fetchone() or ()
        for table in ("membership_role", "membership"):
            owner.execute(f"DELETE FROM {table} WHERE true")
        for table in ("account_session", "account_token", "recovery_code", "account_secret"):
            owner.execute(f"DELETE FROM {table} WHERE account_id = %s", [account])
        owner.execute("DELETE FROM account WHERE id = %s", [account])
        rows = owner.execute("SELECT count(*) FROM account_preference").fetchone()
    assert rows == (1,)
