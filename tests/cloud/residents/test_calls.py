"""A call of an intercom reaches those who live there, and nobody else; one answer goes to the box."""

import itertools
import json
import threading
from collections.abc import Iterator
from datetime import timedelta
from io import BytesIO
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

import pytest

from cloud.calls.models import CallRow
from cloud.calls.rules import state_of
from cloud.calls.types import RINGS_FOR, CallState, Told
from cloud.kernel.database import Database
from protocols.records import CallPhase, CommandOutcome
from tests.cloud.residents.conftest import Tower
from tests.cloud.serving import Person
from tests.support.noon import NOON


@pytest.fixture
def maria(tower: Tower) -> Person:
    return tower.resident("Мария", "17", "maria@example.org")


@pytest.fixture
def petr(tower: Tower) -> Person:
    """Lives with Maria."""
    return tower.resident("Пётр", "17", "petr@example.org")


@pytest.fixture
def olga(tower: Tower) -> Person:
    """The neighbour."""
    return tower.resident("Ольга", "18", "olga@example.org")


def answer(person: Person, call: UUID, *, opens: bool) -> tuple[int, dict[str, object]]:
    told = person.call("POST", f"/api/resident/calls/{call}/answer", {"open": opens})
    return told.status_code, told.json()


def test_it_rings_where_the_number_says(tower: Tower, maria: Person, olga: Person) -> None:
    call = tower.ring("017")
    mine = maria.get(f"/api/resident/calls/{call}").json()
    assert (mine["state"], mine["address"], mine["point"], mine["may_open"]) == (
        "ringing",
        "Берег, 1, кв. 17",
        "Подъезд 1",
        True,
    )
    assert olga.get(f"/api/resident/calls/{call}").status_code == 404
    assert olga.get("/api/resident/calls").json()["items"] == []
    assert answer(olga, call, opens=True)[0] == 404
    assert tower.commands() == []


def test_letting_in_opens_the_door_where_it_rings(tower: Tower, maria: Person) -> None:
    call = tower.ring("17")
    status, told = answer(maria, call, opens=True)
    assert (status, told["answer"], told["person"]) == (200, "open", "Мария")
    assert tower.commands() == [("open", tower.doors["Подъезд 1"], "Мария", "житель: звонок в домофон")]
    assert tower.ordered_as() == {"resident"}
    tower.answer(str(told["order_id"]), CommandOutcome.DONE)
    tower.phase(call, CallPhase.OPENED)
    assert maria.get(f"/api/resident/calls/{call}").json()["state"] == "opened"
    assert maria.get(f"/api/resident/orders/{told['order_id']}").json()["state"] == "done"


def test_who_was_let_in_from_afar_is_the_picture_of_a_call_that_has_none(tower: Tower, maria: Person) -> None:
    unseen, seen, ring, opening = tower.ring("17"), tower.ring("17"), "a" * 64, "b" * 64
    tower.photograph(seen, ring)
    for call in (unseen, seen):
        _, told = answer(maria, call, opens=True)
        tower.photograph(UUID(str(told["order_id"])), opening)
    calls = {row["id"]: row["still"] for row in tower.boss.get("/api/calls").json()["items"]}
    assert calls == {str(unseen): opening, str(seen): ring}


def test_what_the_door_did_not_do_is_not_told_as_done(tower: Tower, maria: Person) -> None:
    call = tower.ring("17")
    _, told = answer(maria, call, opens=True)
    tower.answer(str(told["order_id"]), CommandOutcome.FAILED, "device")
    tower.react()
    assert maria.get(f"/api/resident/calls/{call}").json()["state"] == "ringing"
    assert len(tower.commands()) == 1


def test_a_refusal_reaches_the_panel(tower: Tower, maria: Person) -> None:
    call = tower.ring("17")
    status, told = answer(maria, call, opens=False)
    assert (status, told["state"]) == (200, "refused")
    assert tower.commands() == [("hang_up", call, "Мария", "житель: звонок в домофон")]
    tower.phase(call, CallPhase.ENDED)
    assert maria.get(f"/api/resident/calls/{call}").json()["state"] == "refused"


def test_who_is_first_answers_and_the_other_is_told_who(tower: Tower, maria: Person, petr: Person) -> None:
    call = tower.ring("17")
    answer(maria, call, opens=False)
    status, told = answer(petr, call, opens=True)
    assert (status, told["code"]) == (409, "call_answered")
    local = NOON.astimezone(ZoneInfo("Asia/Yekaterinburg")).strftime("%H:%M:%S")
    assert told["data"] == {"who": "Мария", "answer": "refuse", "when": local, "at": NOON.isoformat()}
    assert "Мария" in str(told["title"])
    assert len(tower.commands()) == 1
    assert petr.get(f"/api/resident/calls/{call}").json()["order_id"] is None  # not his


def test_two_answers_at_once_are_one_order(tower: Tower, maria: Person, petr: Person) -> None:
    call, statuses = tower.ring("17"), []
    at_once = threading.Barrier(2)

    def press(person: Person) -> None:
        at_once.wait()
        statuses.append(answer(person, call, opens=True)[0])

    threads = [threading.Thread(target=press, args=(person,)) for person in (maria, petr)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(statuses) == [200, 409]
    assert len(tower.commands()) == 1


@pytest.mark.parametrize("phase", [CallPhase.ENDED, CallPhase.OPENED])
def test_a_call_that_is_over_is_not_answered(tower: Tower, maria: Person, phase: CallPhase) -> None:
    call = tower.ring("17")
    tower.phase(call, phase, at=NOON + timedelta(seconds=9))
    status, told = answer(maria, call, opens=True)
    assert (status, told["code"]) == (409, "call_over")
    assert told["data"]["at"] == (NOON + timedelta(seconds=9)).isoformat()  # type: ignore[index]
    assert tower.commands() == []


def test_a_panel_that_tells_no_end_does_not_ring_for_ever(tower: Tower, maria: Person) -> None:
    call = tower.ring("17")
    tower.api.clock.advance(timedelta(minutes=5))
    assert maria.get(f"/api/resident/calls/{call}").json()["state"] == "missed"
    assert answer(maria, call, opens=True)[1]["code"] == "call_over"


@pytest.mark.parametrize("fails", ["failed", "lapsed"])
def test_an_answer_that_came_to_nothing_may_be_given_again(tower: Tower, maria: Person, fails: str) -> None:
    call = tower.ring("17")
    _, told = answer(maria, call, opens=True)
    if fails == "failed":
        tower.answer(str(told["order_id"]), CommandOutcome.FAILED, "device")
    else:
        tower.api.clock.advance(timedelta(seconds=11))
    assert answer(maria, call, opens=True)[0] == 200
    assert len(tower.commands()) == 2


def test_a_door_that_is_not_for_residents_rings_and_is_refused_only(tower: Tower, maria: Person) -> None:
    call = tower.ring("17", door="Щитовая")
    assert maria.get(f"/api/resident/calls/{call}").json()["may_open"] is False
    assert answer(maria, call, opens=True)[1]["code"] == "door_not_for_residents"
    assert answer(maria, call, opens=False)[0] == 200


@pytest.mark.parametrize(("number", "door"), [("35", "Подъезд 1"), ("999", "Подъезд 1"), ("", "Подъезд 1")])
def test_a_number_of_nobody_there_is_nobody_s_call(
    tower: Tower, maria: Person, number: str, door: str
) -> None:
    call = tower.ring(number, door)
    desk = tower.boss.get(f"/api/calls/{call}").json()
    assert (desk["premises_id"], desk["address"], desk["number"]) == (None, "", number)
    assert answer(maria, call, opens=True)[0] == 404


@pytest.mark.parametrize("dialled", ["A2", "a2", "А2"])  # Latin, and Cyrillic
def test_a_house_with_a_letter_is_dialled_in_latin(tower: Tower, dialled: str) -> None:
    house = {"building_id": tower.building, "kind": "house", "number": "А2"}
    tower.post("/api/housing/premises", house)
    assert tower.boss.get(f"/api/calls/{tower.ring(dialled, 'Ворота')}").json()["premises_id"] is not None


def test_a_number_that_two_could_mean_is_nobody_s(tower: Tower, maria: Person) -> None:
    """At the gate 17 may be a flat of either building."""
    complex_id = tower.boss.get("/api/housing/complexes").json()["items"][0]["id"]
    second = tower.post("/api/housing/buildings", {"complex_id": complex_id, "name": "2", "kind": "tower"})[
        "id"
    ]
    assert tower.boss.get(f"/api/calls/{tower.ring('17', 'Ворота')}").json()["address"] == "Берег, 1, кв. 17"
    tower.post("/api/housing/premises", {"building_id": second, "kind": "flat", "number": "17"})
    assert tower.boss.get(f"/api/calls/{tower.ring('17', 'Ворота')}").json()["premises_id"] is None


def test_the_same_told_again_changes_nothing(tower: Tower) -> None:
    call = tower.ring("17")
    tower.phase(call, CallPhase.RINGING, number="17")
    tower.phase(call, CallPhase.ANSWERED, at=NOON + timedelta(seconds=2))
    tower.phase(call, CallPhase.ANSWERED, at=NOON + timedelta(seconds=8))
    found = tower.boss.get("/api/calls").json()
    assert found["total"] == 1
    assert found["items"][0]["answered_at"][:19] == (NOON + timedelta(seconds=2)).isoformat()[:19]
    assert found["items"][0]["state"] == "talking"


def test_the_picture_is_shown_to_who_was_called(tower: Tower, maria: Person, olga: Person) -> None:
    uploaded = tower.boss.client.post(
        "/api/files", files={"file": ("a.jpg", BytesIO(b"\xff\xd8\xff"), "image/jpeg")}
    ).json()
    call = tower.ring("17")
    assert maria.get(f"/api/resident/calls/{call}/still").status_code == 404
    tower.photograph(call, uploaded["sha256"])
    assert maria.get(f"/api/resident/calls/{call}").json()["has_still"]
    picture = maria.get(f"/api/resident/calls/{call}/still")
    assert (picture.status_code, picture.content) == (200, b"\xff\xd8\xff")
    assert olga.get(f"/api/resident/calls/{call}/still").status_code == 404
    kept = tower.boss.call("DELETE", f"/api/files/{uploaded['sha256']}")
    assert kept.json()["code"] == "file_kept"


def test_who_moved_in_sees_no_calls_of_the_household_before(tower: Tower, maria: Person) -> None:
    uploaded = tower.boss.client.post(
        "/api/files", files={"file": ("a.jpg", BytesIO(b"\xff\xd8\xff"), "image/jpeg")}
    ).json()
    today = NOON.astimezone(ZoneInfo("Asia/Yekaterinburg")).replace(hour=0, minute=0, second=0, microsecond=0)
    anna = tower.resident("Анна", "17", "anna@example.org", since=today.date().isoformat())
    before, after = tower.ring("17", at=today - timedelta(seconds=1)), tower.ring("17", at=today)
    for call in (before, after):
        tower.photograph(call, uploaded["sha256"])
    listed = anna.get("/api/resident/calls").json()
    assert ([each["id"] for each in listed["items"]], listed["total"]) == ([str(after)], 1)
    assert len(maria.get("/api/resident/calls").json()["items"]) == 2
    for path in ("", "/still"):
        assert anna.get(f"/api/resident/calls/{before}{path}").status_code == 404
        assert anna.get(f"/api/resident/calls/{after}{path}").status_code == 200
    assert answer(anna, before, opens=False)[0] == 404
    assert answer(anna, after, opens=False)[1]["code"] == "call_over"


def test_the_desk_searches_and_filters(tower: Tower, maria: Person) -> None:
    first, second = tower.ring("17"), tower.ring("18", at=NOON + timedelta(seconds=1))
    tower.phase(second, CallPhase.ENDED, at=NOON + timedelta(seconds=30))
    answer(maria, first, opens=False)

    def ids(query: str) -> list[str]:
        return [each["id"] for each in tower.boss.get(f"/api/calls?{query}").json()["items"]]

    assert ids("") == [str(second), str(first)]
    assert ids("sort=at") == [str(first), str(second)]
    assert ids("q=кв. 18") == [str(second)]
    assert ids("state=refused") == [str(first)]
    assert ids("state=missed&state=refused") == [str(second), str(first)]
    assert ids(f"premises_id={tower.flats['17']}") == [str(first)]
    assert ids(f"point_id={tower.doors['Ворота']}") == []
    assert ids(f"site_id={tower.site}") == [str(second), str(first)]
    assert ids("page_size=1&page=2") == [str(first)]


def test_the_database_judges_a_call_as_the_rules_do(tower: Tower, ingest: Database) -> None:
    moments = (None, NOON)
    known = list(
        itertools.product((NOON, NOON - RINGS_FOR), moments, moments, moments, (None, "open", "refuse"))
    )
    expected = {}
    with ingest.transaction(tower.scope) as session:
        for started, answered, opened, ended, said in known:
            row = CallRow(
                id=uuid4(),
                organisation_id=tower.boss.company,
                site_id=UUID(tower.site),
                box_id=tower.box,
                point_id=tower.doors["Ворота"],
                panel_id=uuid4(),
                number="",
                address="",
                started_at=started,
                received_at=NOON,
                answered_at=answered,
                opened_at=opened,
                ended_at=ended,
                answer=said,
                person="",
                search="",
            )
            session.add(row)
            expected[str(row.id)] = state_of(Told(started, answered, opened, ended, said), NOON)
    listed = tower.boss.get("/api/calls?page_size=200").json()["items"]
    assert {each["id"]: each["state"] for each in listed} == expected
    assert set(expected.values()) == set(CallState)


def changes(person: Person) -> Iterator[dict[str, str]]:
    with person.client.stream("GET", "/api/stream", timeout=10) as stream:
        for line in stream.iter_lines():
            if line.startswith("event: ready"):
                yield {"kind": "ready"}
            elif line.startswith("data: ") and "kind" in line:
                yield json.loads(line.removeprefix("data: "))


def test_the_live_stream_tells_those_who_live_there_alone(tower: Tower, maria: Person, olga: Person) -> None:
    hers, theirs = changes(maria), changes(olga)
    assert next(hers)["kind"] == next(theirs)["kind"] == "ready"
    to_olga = tower.ring("18")
    to_maria = tower.ring("17")
    assert next(hers) == {"company": str(tower.boss.company), "kind": "call", "id": str(to_maria)}
    assert next(theirs)["id"] == str(to_olga)
    hers.close()
    theirs.close()
