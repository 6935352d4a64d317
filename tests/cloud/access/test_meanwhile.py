"""Two change one pass at once, and an answer is lost: nothing is overwritten unseen, and nothing issued twice."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
import pytest

from cloud.access import service
from cloud.kernel.errors import ChangedMeanwhile
from tests.cloud.access.test_access import make_gate
from tests.cloud.serving import Person, Served, served
from tests.support.companies import Company
from tests.support.noon import NOON
from tests.support.postgres import Database

PASSES = "/api/access/passes"
CARD = "0001202659"


@pytest.fixture
def running(database: Database, tmp_path: Path) -> Iterator[Served]:
    with served(database, tmp_path) as running:
        yield running


@pytest.fixture
def boss(running: Served) -> Person:
    return running.operator()


@pytest.fixture
def body(boss: Person) -> dict[str, Any]:
    return draft(boss)


def draft(person: Person) -> dict[str, Any]:
    place = {"name": "КПП", "time_zone": "Asia/Yekaterinburg"}
    site = person.call("POST", "/api/sites", place).json()["id"]
    until = (NOON + timedelta(hours=5)).isoformat()
    return {"site_id": site, "holder": "Пётр", "plates": ["Х711ТТ90"], "valid_until": until}


def issue(person: Person, body: dict[str, Any]) -> dict[str, Any]:
    answer = person.call("POST", PASSES, body)
    assert answer.status_code == 201, answer.text
    return dict(answer.json())


def made(person: Person, path: str, body: dict[str, Any]) -> str:
    answer = person.call("POST", path, body)
    assert answer.status_code == 201, answer.text
    return str(answer.json()["id"])


def change(person: Person, of: dict[str, Any], body: dict[str, Any]) -> httpx.Response:
    return person.call("PUT", f"{PASSES}/{of['id']}", body)


def refusal(answer: httpx.Response) -> tuple[int, str]:
    return answer.status_code, answer.json()["code"]


def numbers(person: Person) -> list[int]:
    return [row["number"] for row in person.get(PASSES).json()["items"]]


def test_a_change_that_began_before_another_s_is_refused_and_says_whose_it_was(
    boss: Person, body: dict[str, Any]
) -> None:
    opened = issue(boss, body)
    both = body | {"plates": ["Х711ТТ90", "А123ВС72"], "version": opened["version"]}
    changed = change(boss, opened, both).json()
    assert changed["version"] > opened["version"]

    noted = body | {"note": "с собакой", "version": opened["version"]}
    refused = change(boss, opened, noted)
    assert refusal(refused) == (409, "changed_meanwhile")
    [line] = [each for each in changed["history"] if each["change"] == "edited"]
    data = refused.json()["data"]
    assert data["by"] == line["actor"] != ""
    assert datetime.fromisoformat(data["at"]) == datetime.fromisoformat(line["at"])
    at = datetime.fromisoformat(data["at"])
    assert at.utcoffset() == timedelta(hours=5)  # of the site: the sentence says its clock
    assert f"{line['actor']}, {at:%d.%m.%Y %H:%M}" in refused.json()["title"]

    stands = boss.get(f"{PASSES}/{opened['id']}").json()
    assert (len(stands["plates"]), stands["note"]) == (2, "")
    again = change(boss, opened, both | {"note": "с собакой", "version": stands["version"]}).json()
    assert (len(again["plates"]), again["note"]) == (2, "с собакой")


def test_a_change_of_many_and_a_card_of_the_desk_s_are_changes_too(
    boss: Person, body: dict[str, Any]
) -> None:
    opened = issue(boss, body)
    later = {"ids": [opened["id"]], "valid_until": (NOON + timedelta(hours=9)).isoformat()}
    assert boss.call("POST", f"{PASSES}/change", later).json()["changed"] == 1
    assert refusal(change(boss, opened, body | {"version": opened["version"]}))[1] == "changed_meanwhile"

    prolonged = boss.get(f"{PASSES}/{opened['id']}").json()
    card = boss.call("POST", "/api/access/cards", {"card": {"text": CARD}}).json()
    given = boss.call("POST", f"/api/access/cards/{card['id']}/give", {"pass_id": opened["id"]})
    assert given.is_success, given.text
    assert refusal(change(boss, opened, body | {"version": prolonged["version"]}))[1] == "changed_meanwhile"


def test_who_has_read_the_pass_before_another_s_change_is_refused_too(company: Company) -> None:
    gate = make_gate(company)
    made = gate.issue()
    with company.work() as (session, actor):
        row = service.get_pass(session, made.id)  # as a resident's change reads what it leaves alone
        began = row.version
        with company.work() as (others, other):
            service.change_pass(others, other, made.id, gate.draft(note="с собакой"))
        with pytest.raises(ChangedMeanwhile):
            service.change_pass(session, actor, made.id, gate.draft(holder="Анна"), version=began)
        assert row.note == "с собакой"


def test_who_names_no_version_writes_over_what_is_there(boss: Person, body: dict[str, Any]) -> None:
    opened = issue(boss, body)
    assert change(boss, opened, body | {"holder": "Анна"}).status_code == 200
    assert change(boss, opened, body | {"holder": "Ольга"}).json()["holder"] == "Ольга"


def test_a_pass_that_is_revoked_says_so_before_who_changed_it(boss: Person, body: dict[str, Any]) -> None:
    opened = issue(boss, body)
    change(boss, opened, body | {"holder": "Анна"})
    boss.call("POST", f"{PASSES}/revoke", {"ids": [opened["id"]], "reason": "не приедет"})
    assert refusal(change(boss, opened, body | {"version": opened["version"]})) == (409, "pass_is_final")


def test_a_pass_that_is_asked_for_again_under_its_id_is_the_one_that_was_made(
    boss: Person, body: dict[str, Any]
) -> None:
    body |= {"id": str(uuid4()), "code": True, "cards": [{"text": CARD}], "document": "45 08 123456"}
    first = issue(boss, body)
    assert first["id"] == body["id"]
    assert issue(boss, body) == first
    assert numbers(boss) == [1]


def test_the_same_pass_asked_for_twice_at_once_is_one(boss: Person, body: dict[str, Any]) -> None:
    body |= {"id": str(uuid4())}
    with ThreadPoolExecutor(3) as pool:
        made = list(pool.map(lambda _: issue(boss, body), range(3)))
    assert [each["number"] for each in made] == [1, 1, 1]
    assert numbers(boss) == [1]


@pytest.mark.parametrize(
    "other",
    [
        {"plates": ["А123ВС72"]},
        {"note": "с собакой"},
        {"pin": True},
        {"cards": [{"text": CARD}]},
        {"entries": 3},
        {"ticket": {"kind": "ticket", "text": "2022: Гость"}},
        {"schedule": [{"days": [1, 2], "from_minute": 540, "until_minute": 1080}]},
    ],
)
def test_another_pass_under_an_id_that_is_taken_is_refused_and_told_which_has_it(
    boss: Person, body: dict[str, Any], other: dict[str, Any]
) -> None:
    body |= {"id": str(uuid4()), "kind": "resident"}
    issue(boss, body)
    answer = boss.call("POST", PASSES, body | other)
    assert (refusal(answer), answer.json()["data"]["number"]) == ((409, "pass_issued_already"), 1)
    assert numbers(boss) == [1]


def test_other_points_under_an_id_that_is_taken_are_another_pass(boss: Person, body: dict[str, Any]) -> None:
    box = made(boss, "/api/boxes", {"site_id": body["site_id"], "name": "КПП"})
    gate, wicket = (
        made(boss, "/api/points", {"box_id": box, "name": name}) for name in ("Ворота", "Калитка")
    )
    whole, narrow = body | {"id": str(uuid4())}, body | {"id": str(uuid4()), "points": [gate]}
    first, second = issue(boss, whole), issue(boss, narrow)
    for asked in (whole | {"points": [gate]}, narrow | {"points": [wicket]}, narrow | {"points": []}):
        assert refusal(boss.call("POST", PASSES, asked)) == (409, "pass_issued_already")
    assert [issue(boss, asked)["id"] for asked in (whole, narrow)] == [first["id"], second["id"]]


def test_what_opens_later_or_by_a_code_that_nobody_asked_for_is_another_pass(
    boss: Person, body: dict[str, Any]
) -> None:
    later = body | {"id": str(uuid4()), "valid_from": (NOON + timedelta(hours=2)).isoformat()}
    coded = body | {"id": str(uuid4()), "pin": True, "code": True}
    for asked, other in ((later, {"valid_from": None}), (coded, {"pin": False}), (coded, {"code": False})):
        issue(boss, asked)
        assert refusal(boss.call("POST", PASSES, asked | other)) == (409, "pass_issued_already"), other
        issue(boss, asked)


def test_what_a_policy_narrowed_is_the_same_pass_when_it_is_asked_for_again(
    boss: Person, body: dict[str, Any]
) -> None:
    policy = {"kind": "guest", "from_minute": 480, "until_minute": 1200, "per_day": 1}
    assert boss.call("PUT", "/api/access/policies", policy).status_code == 200
    place = made(boss, "/api/housing/complexes", {"name": "Берег", "kind": "apartments"})
    building = made(boss, "/api/housing/buildings", {"complex_id": place, "name": "1", "kind": "tower"})
    flat = made(boss, "/api/housing/premises", {"building_id": building, "kind": "flat", "number": "17"})
    body |= {"id": str(uuid4()), "premises_id": flat}
    first = issue(boss, body)
    assert first["schedule"]
    assert issue(boss, body) == first, "it is not counted against itself"


def test_a_pass_that_is_over_by_now_is_still_the_one_that_was_made(
    running: Served, boss: Person, body: dict[str, Any]
) -> None:
    body |= {"id": str(uuid4())}
    first = issue(boss, body)
    running.clock.advance(timedelta(hours=6))
    assert issue(boss, body)["number"] == first["number"]


def test_an_id_of_another_company_s_pass_is_refused_without_saying_whose(
    running: Served, boss: Person, body: dict[str, Any]
) -> None:
    body |= {"id": str(uuid4())}
    issue(boss, body)
    made = boss.call("POST", "/api/companies", {"name": "Спарта"}).json()
    rival = running.colleague(boss.work_in(made["id"]), "rival@example.org", ["administrator"])
    answer = rival.call("POST", PASSES, draft(rival) | {"id": body["id"]})
    assert (refusal(answer), answer.json()["data"]) == ((409, "id_taken"), {})
    assert numbers(rival) == []
    assert issue(rival, draft(rival))["number"] == 1  # and no number was lost by it
