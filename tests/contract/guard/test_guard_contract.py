"""The contract of protocols/guard_api.py: what any server of the guard's API must do, told by a guard's day."""

import asyncio
import io
from datetime import UTC, datetime, timedelta
from uuid import UUID

import msgspec
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from PIL import Image

from protocols import qr
from protocols.cards import from_em_number
from protocols.documents import document_hash
from protocols.guard_api import OPERATIONS
from protocols.guard_views import Problem
from protocols.held import BlockItem
from protocols.qr import Token
from tests.contract.guard.gate_acts import PLATE, a_pass, newest, photo, row_of, upload
from tests.contract.guard.server import LISTED_DOCUMENT, Browser, GuardServer, new_id
from tests.edge.world import uid


async def test_nobody_sees_anything_before_signing_in(page: Browser) -> None:
    me = await page.get("/me")
    assert (me["guard"], me["shift"]) == (None, None)
    for operation in OPERATIONS:
        if operation.public or operation.method != "GET":
            continue
        answer = await page.client.get(operation.path.replace("{id}", new_id()))
        assert answer.status_code == 401, operation.name
        problem = msgspec.json.decode(answer.content, type=Problem)
        assert answer.headers["content-type"].startswith("application/problem+json")
        assert (problem.code, problem.status) == ("not_signed_in", 401)


async def test_a_problem_is_told_in_the_language_that_is_asked_for(page: Browser) -> None:
    titles = [
        (await page.client.get("/board", headers={"Accept-Language": language})).json()["title"]
        for language in ("ru", "en", "de, en;q=0.5", "")
    ]
    assert titles[0] == titles[3] != titles[1] == titles[2]


async def test_another_pin_ends_the_sessions_that_it_may_have_begun(page: Browser, other: Browser) -> None:
    shift = await page.on_duty(0)
    await other.on_duty(1)
    await page.server.change_pin(0)
    me = await page.get("/me")
    if page.server.by_pin:
        assert (me["guard"], me["shift"], me["ended"]) == (None, None, "credentials")
        assert (await page.client.get("/board")).status_code == 401
    else:
        assert (me["shift"]["id"], me["ended"]) == (shift, None), "an account knows of no PIN"
    assert (await other.get("/me"))["ended"] is None
    await other.get("/board")


async def test_another_page_cannot_act(page: Browser) -> None:
    await page.on_duty()
    answer = await page.client.post(
        "/notes",
        content=b"{}",
        headers={"Origin": "https://elsewhere.example", "Content-Type": "application/json"},
    )
    assert answer.status_code == 403


@pytest.mark.parametrize(
    ("body", "byte"),
    [
        (b"", 0),
        (b'{"id": oops}', 7),
        ('{"id": "ы\\d"}'.encode(), 12),
        (b'{"text": "\xff"}', 10),
        (b'{"text": "a', 11),
    ],
)
async def test_a_body_that_is_no_json_is_told_where(page: Browser, body: bytes, byte: int) -> None:
    await page.on_duty()
    headers = {"Content-Type": "application/json", "Accept-Language": "ru"}
    answer = await page.client.post("/notes", content=body, headers=headers)
    problem = msgspec.json.decode(answer.content, type=Problem)
    assert (answer.status_code, problem.code) == (400, "not_json")
    assert problem.title == f"Тело запроса — не JSON: ошибка у байта {byte}."


async def test_a_body_without_a_bottom_is_refused(page: Browser) -> None:
    await page.on_duty()
    body = b'{"id":' + b"[" * 60_000
    answer = await page.client.post("/notes", content=body, headers={"Content-Type": "application/json"})
    assert (answer.status_code, answer.json()["code"]) == (422, "invalid")


async def test_a_guard_begins_a_shift_and_hands_it_over(page: Browser, other: Browser) -> None:
    shift = await page.on_duty()
    me = await page.get("/me")
    assert me["shift"]["id"] == shift
    assert (await page.done("POST", "/shifts", {"id": new_id()}))["id"] == shift, "it goes on"
    ended = await page.done("POST", f"/shifts/{shift}/end", {"note": "Шлагбаум заедает"})
    assert ended["note"] == "Шлагбаум заедает"
    assert (await page.client.get("/board")).status_code == 401, "the session ends with the shift"
    await page.server.sign_in(other.client, 1)
    assert (await other.get("/me"))["handed_over"]["note"] == "Шлагбаум заедает"
    assert [each["id"] for each in (await other.get("/shifts"))["items"]] == [shift]
    stranger = await other.send("POST", f"/shifts/{shift}/end", {"note": ""})
    assert stranger.status_code == 409


async def test_acts_need_a_shift(page: Browser) -> None:
    await page.server.sign_in(page.client, 0)
    answer = await page.send("POST", "/notes", {"id": new_id(), "text": "Тихо"})
    assert (answer.status_code, answer.json()["code"]) == (409, "not_on_duty")


@pytest.mark.parametrize(
    "query",
    [
        "711",
        "х711",
        "X711TT",
        "семенова",
        "иванова",
        "кифису а2",
        "8 912 345-67-01",
        "+7 (912) 345",
        "8 (912) 345",
        "8912345670",
        "8912",
        "000123",
        "№ 2026000123",
        "№2026000123",
        "77801",
        "гостевой",
        "kia",
    ],
)
async def test_a_pass_is_found_by_any_part_of_it(page: Browser, query: str) -> None:
    await page.server.hold(
        a_pass(), a_pass(number="2026000777", holder="Другой", plates=["A001AA77"], host="")
    )
    await page.on_duty()
    found = await page.get("/passes", q=query)
    assert "2026000123" in {row["number"] for row in found["items"]}, query
    both = await page.get("/passes", q=f"{query} qqq")
    assert both["items"] == [], "each word must be found"


@pytest.mark.parametrize("typed", ["0001202659 018,23011", "0001202659", "001259E3", "018,23011"])
async def test_what_a_reader_at_the_desk_types_finds_the_pass(page: Browser, typed: str) -> None:
    card = from_em_number(1202659)
    await page.server.hold(a_pass(keys=list(card.keys())), a_pass(number="2026000777", plates=["A001AA77"]))
    await page.on_duty()
    found = await page.get("/passes", q=typed)
    assert [row["number"] for row in found["items"]] == ["2026000123"]


async def test_a_guests_code_finds_the_pass_under_either_layout(page: Browser) -> None:
    await page.server.hold(
        a_pass(keys=["CODE:ACDEFHJK", "PIN:493817"]), a_pass(number="2026000777", plates=["A001AA77"])
    )
    await page.on_duty()
    for typed in ("ACDE-FHJK", "acdefhjk", "ФСВУ-АРОЛ", "493817"):
        found = await page.get("/passes", q=typed)
        assert [row["number"] for row in found["items"]] == ["2026000123"], typed


async def test_filters_of_the_passes(page: Browser) -> None:
    blocked = a_pass(number="102", plates=["B002BB77"])
    old = a_pass(number="103", plates=["O003OO77"], valid_until=datetime.now(UTC) - timedelta(minutes=30))
    await page.server.hold(
        a_pass(number="101"), blocked, old, BlockItem(id=uid(), plates=["B002BB77"], reason="Долг")
    )
    await page.on_duty()
    shown = {
        show: {row["number"]: row for row in (await page.get("/passes", show=show))["items"]}
        for show in ("all", "today", "inside", "overstayed", "blacklisted")
    }
    assert set(shown["all"]) == {"101", "102", "103"}
    assert "101" in shown["today"]
    assert (set(shown["inside"]), set(shown["overstayed"]), set(shown["blacklisted"])) == (
        set(),
        set(),
        {"102"},
    )
    row = shown["blacklisted"]["102"]
    assert (row["status"], row["blocked"]) == ("blacklisted", "Долг")
    assert shown["all"]["103"]["status"] == "expired"
    counts = (await page.get("/board"))["counts"]
    assert (counts["blacklisted"], counts["inside"]) == (1, 0)


async def test_a_search_tells_what_is_on_the_blacklist_without_a_pass(page: Browser) -> None:
    await page.server.hold(
        a_pass(number="101"),
        BlockItem(id=uid(), plates=["A123BC72"], reason="Драка"),
        BlockItem(id=uid(), keys=["EM:001259E3"], reason="Украдена"),
    )
    await page.on_duty()
    for typed, why in (("А 123 ВС 72", "Драка"), ("a123bc72", "Драка"), ("0001202659", "Украдена")):
        found = await page.get("/passes", q=typed)
        assert (found["items"], found["listed"]) == ([], why), typed
    for typed in ("", "А 123", "А 124 ВС 72", "Иванов", "0001202660"):
        assert (await page.get("/passes", q=typed))["listed"] is None, typed
    near = [{"plate": "A123BC72", "reason": "Драка"}]
    for typed, told in (
        ("А 123", near),
        ("123вс", near),
        ("а123вс7", near),
        ("А 123 ВС 72", []),
        ("123", []),
        ("А 124", []),
    ):
        assert (await page.get("/passes", q=typed))["near"] == told, typed


async def test_cars_come_first_when_a_part_of_a_plate_is_typed(page: Browser) -> None:
    chatter = {"plates": [], "holder": "Андреев Вадим", "phone": "+79001230000", "host": "Белова"}
    await page.server.hold(
        a_pass(number="101", plates=["A123BC72"]), *(a_pass(number=f"20{n}", **chatter) for n in range(5))
    )
    await page.on_duty()
    for typed in ("А 123 В", "а123 в", "123 вс"):
        assert (await page.get("/passes", q=typed))["items"][0]["number"] == "101", typed
    noise = await page.get("/passes", q="а 123 в", limit="2")
    assert (noise["items"][0]["number"], noise["more"] or noise["total"] > 2) == ("101", True)


@pytest.mark.parametrize("typed", ["+79123456705", "8 (912) 345-67-05", "89123456705", "912 345 67 05"])
async def test_a_telephone_is_kept_as_one_number_however_it_is_typed(page: Browser, typed: str) -> None:
    await page.on_duty()
    row = await page.done("POST", "/passes", {"id": new_id(), "holder": "Позднев Иван", "phone": typed})
    assert row["phone"] == "+79123456705"
    visit = {"state": "inside", "name": "Гость", "document": "4509 123456", "phone": typed}
    assert (await page.done("PUT", f"/visits/{new_id()}", visit))["phone"] == "+79123456705"
    for query in ("+79123456705", "8 (912) 345-67-05", "89123456705", "912 345 67 05", "345-67-05", "8 912"):
        assert [each["id"] for each in (await page.get("/passes", q=query))["items"]] == [row["id"]], query
        assert [each["name"] for each in (await page.get("/visits", q=query))["items"]] == ["Гость"], query
    for query in ("4509 123456", "123456", "гость 4509 123456"):
        assert [each["name"] for each in (await page.get("/visits", q=query))["items"]] == ["Гость"], query


@pytest.mark.parametrize("typed", ["нет", "123", "112"])
async def test_what_is_no_telephone_is_told(page: Browser, typed: str) -> None:
    await page.on_duty()
    for method, path, body in (
        ("POST", "/passes", {"id": new_id(), "holder": "Иванов", "phone": typed}),
        ("PUT", f"/visits/{new_id()}", {"state": "inside", "name": "Гость", "phone": typed}),
    ):
        answer = await page.send(method, path, body)
        assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, "phone"), path


@pytest.mark.parametrize("nothing", ["", "  ", "\u200b", "\u00a0\u2060"])
async def test_a_name_or_a_note_in_which_nothing_is_seen_is_missing(page: Browser, nothing: str) -> None:
    await page.on_duty()
    for method, path, field, body in (
        ("POST", "/passes", "holder", {"id": new_id(), "holder": nothing}),
        ("PUT", f"/visits/{new_id()}", "name", {"state": "inside", "name": nothing}),
        ("POST", "/notes", "text", {"id": new_id(), "text": nothing}),
    ):
        answer = await page.send(method, path, body)
        told = [(each["field"], each["code"]) for each in answer.json()["errors"]]
        assert (answer.status_code, told) == (422, [(field, "missing")]), path
    note = await page.done("POST", "/notes", {"id": new_id(), "text": f"{nothing}Тихо\u200b "})
    assert note["text"] == "Тихо"


@pytest.mark.parametrize("kind", ["resident", "staff"])
async def test_residents_and_staff_passes_are_not_made_at_a_gate(page: Browser, kind: str) -> None:
    await page.on_duty()
    answer = await page.send("POST", "/passes", {"id": new_id(), "holder": "Иванов", "kind": kind})
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, "kind")


async def test_a_guest_waits_and_is_confirmed(page: Browser) -> None:
    guest = a_pass(entries=1)
    await page.server.hold(guest)
    await page.on_duty()
    await page.server.leave_guests_to_guard()
    await page.server.car(PLATE)
    passage = await newest(page, waits=True)
    assert (passage["outcome"], passage["held"]["id"]) == ("denied", str(guest.id))
    lane = next(each for each in (await page.get("/board"))["lanes"] if each["id"] == str(page.server.lane))
    assert [each["id"] for each in lane["waiting"]] == [passage["id"]]
    order = {"id": new_id(), "verdict": "confirm", "passage": passage["id"]}
    first = await page.decide(**order)
    assert (first.status_code, first.json()["opened"]) == (200, True), first.text
    again = await page.decide(**order)
    assert again.json() == first.json(), "asked again, it is answered as before, and done once"
    card = await page.get(f"/passes/{guest.id}")
    assert card["row"]["used"] == 1
    assert card["passages"][0]["decided"]["id"] == order["id"]


async def test_the_second_of_two_guards_hears_what_the_first_decided(page: Browser, other: Browser) -> None:
    await page.server.hold(a_pass())
    await page.on_duty(0)
    await other.on_duty(1)
    await page.server.leave_guests_to_guard()
    await page.server.car(PLATE)
    passage = await newest(page, waits=True)
    first = await page.decide(verdict="refuse", passage=passage["id"], reason="host_refused")
    second = await other.decide(verdict="confirm", passage=passage["id"])
    assert (first.status_code, second.status_code) == (200, 409)
    problem = msgspec.json.decode(second.content, type=Problem)
    assert problem.code == "already_decided"
    assert problem.decided is not None
    assert (str(problem.decided.id), problem.decided.verdict) == (first.json()["id"], "refuse")


async def test_a_reason_is_asked_for(page: Browser) -> None:
    await page.on_duty()
    answer = await page.decide(verdict="open")
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, "reason")
    answer = await page.decide(verdict="open", reason="other")
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, "note")
    answer = await page.decide(verdict="open", reason="ambulance", whatever=1)
    assert answer.status_code == 422


async def test_a_special_vehicle_is_let_in_at_once(page: Browser) -> None:
    shift = await page.on_duty()
    answer = await page.decide(verdict="open", reason="ambulance")
    assert (answer.status_code, answer.json()["opened"]) == (200, True), answer.text
    report = await page.get(f"/shifts/{shift}/report")
    assert [each["reason"] for each in report["opened_by_hand"]] == ["ambulance"]


async def acted(page: Browser, **wanted: object) -> dict[str, object]:
    """What was done last at the lane, once the board says it as wanted."""
    async with asyncio.timeout(60):
        while True:
            lanes = (await page.get("/board"))["lanes"]
            act = next(each for each in lanes if each["id"] == str(page.server.lane))["act"]
            if act is not None and act.items() >= wanted.items():
                return dict(act)
            await asyncio.sleep(0.05)


async def test_the_lane_says_to_every_guard_who_did_what_there_last(page: Browser, other: Browser) -> None:
    guest = a_pass()
    await page.server.hold(guest)
    await page.on_duty(0)
    await other.on_duty(1)
    lanes = (await other.get("/board"))["lanes"]
    assert [each["act"] for each in lanes if each["id"] == str(page.server.lane)] == [None]
    ambulance = (await page.decide(verdict="open", reason="ambulance", note="к деду")).json()
    told = await acted(other, id=ambulance["id"], opened=True)
    assert (told["guard"], told["reason"], told["note"]) == (ambulance["guard"], "ambulance", "к деду")
    assert (told["point"], told["direction"]) == (str(page.server.lane), "in")
    assert told["point_name"]
    await page.server.later(timedelta(seconds=1))
    shown = await page.decide(verdict="open", reason="pass_shown", pass_id=str(guest.id), plate=PLATE)
    told = await acted(other, id=shown.json()["id"], opened=True)
    assert (told["plate"], told["pass_number"]) == (PLATE, guest.number)
    await page.server.later(timedelta(seconds=1))
    await page.server.break_barrier()
    await page.decide(verdict="open", reason="police")
    told = await acted(other, reason="police", opened=False)
    assert told["detail"]
    report = await page.get(f"/shifts/{(await page.get('/me'))['shift']['id']}/report")
    assert report["opened_by_hand"][1]["pass_number"] == guest.number


async def test_a_lane_that_did_not_open_says_so_and_why(page: Browser) -> None:
    shift = await page.on_duty()
    await page.server.break_barrier()
    answer = await page.decide(verdict="open", reason="ambulance")
    assert (answer.status_code, answer.json()["opened"]) == (200, False), answer.text
    assert answer.json()["detail"]
    [told] = (await page.get(f"/shifts/{shift}/report"))["opened_by_hand"]
    assert (told["opened"], told["detail"]) == (False, answer.json()["detail"])


async def test_the_blacklist_cannot_be_confirmed(page: Browser) -> None:
    await page.server.hold(a_pass())
    await page.on_duty()
    await page.server.leave_guests_to_guard()
    await page.server.car(PLATE)
    passage = await newest(page, waits=True)
    await page.server.hold(BlockItem(id=uid(), plates=[PLATE], reason="Долг"))
    answer = await page.decide(verdict="confirm", passage=passage["id"])
    assert (answer.status_code, answer.json()["code"]) == (409, "blacklisted")
    answer = await page.decide(verdict="open", reason="ordered", passage=passage["id"])
    assert (answer.status_code, answer.json()["blacklisted"]) == (200, True)


async def test_a_near_plate_is_offered(page: Browser) -> None:
    guest = a_pass()
    await page.server.hold(guest)
    await page.on_duty()
    await page.server.car("X771TT90")
    passage = await newest(page)
    assert passage["outcome"] == "denied"
    assert [row["id"] for row in passage["near"]] == [str(guest.id)]
    answer = await page.decide(
        verdict="open", reason="near_plate", passage=passage["id"], pass_id=str(guest.id)
    )
    assert answer.json()["opened"] is True


async def test_nobody_is_offered_a_near_plate_that_would_be_refused(page: Browser) -> None:
    now = datetime.now(UTC)
    over = a_pass(number="101", plates=["X771TT91"], valid_until=now - timedelta(minutes=5))
    later = a_pass(number="102", plates=["X771TT92"], valid_from=now + timedelta(hours=5))
    listed = a_pass(number="103", plates=["X771TT93"])
    guest = a_pass(number="104", plates=["X771TT94"])
    block = BlockItem(id=uid(), plates=["X771TT93"], reason="Долг")
    await page.server.hold(over, later, listed, guest, block)
    await page.on_duty()
    await page.server.car("X771TT90")
    assert [row["id"] for row in (await newest(page))["near"]] == [str(guest.id)]


async def test_a_code_that_nobody_signed_finds_no_pass(page: Browser) -> None:
    """Whoever knows the id of a pass can write the rest."""
    guest = a_pass()
    await page.server.hold(guest)
    await page.on_duty()
    stranger = Ed25519PrivateKey.generate()
    token = Token(
        key=qr.key_tag(stranger.public_key().public_bytes_raw()),
        pass_id=guest.id,
        begins=datetime.now(UTC).replace(second=0, microsecond=0),
        minutes=60,
    )
    forged = qr.write(token, uid(), stranger.sign)
    assert (await page.get("/passes", q=forged))["items"] == []


async def test_a_pass_made_at_the_gate_is_in_force_at_once(page: Browser) -> None:
    await page.on_duty()
    order = {"id": new_id(), "holder": "Курьер", "plate": "а 123 вс 72", "host": "Иванова", "hours": 2}
    row = await page.done("POST", "/passes", order)
    assert (row["plates"], row["provisional"], row["status"]) == (
        ["A123BC72"],
        page.server.provisional,
        "issued",
    )
    assert (await page.done("POST", "/passes", order))["id"] == row["id"]
    assert [each["id"] for each in (await page.get("/passes", q="курьер"))["items"]] == [order["id"]]
    await page.server.car("A123BC72")
    assert (await newest(page))["outcome"] == "granted"
    assert row["withdrawable"]
    row = await page.done("POST", f"/passes/{order['id']}/withdraw", {"note": "Уехал"})
    assert row["status"] == "revoked"
    assert not row["withdrawable"], "it is withdrawn already, inside or not"
    inside = [each["id"] for each in (await page.get("/passes", show="inside"))["items"]]
    expected = [order["id"]] if row["inside_since"] else []  # a lane into no zone tells nothing of that
    assert inside == expected
    await page.server.car("A123BC72")
    assert (await newest(page, reason="revoked"))["outcome"] == "denied"


async def test_a_pass_made_at_the_gate_that_the_company_refuses_says_why(page: Browser) -> None:
    await page.on_duty()
    made = await page.done("POST", "/passes", {"id": new_id(), "holder": "Курьер", "plate": "A123BC72"})
    assert made["conflict"] is None
    await page.server.refuse(UUID(made["id"]), "В чёрном списке: A123BC72. Причина: драка")
    row = await row_of(page, made["id"], status="revoked")
    assert not row["withdrawable"]
    assert (row["conflict"], row["provisional"]) == ("В чёрном списке: A123BC72. Причина: драка", False)


async def test_a_pass_is_not_made_for_the_blacklist(page: Browser) -> None:
    await page.server.hold(BlockItem(id=uid(), plates=["A123BC72"], reason="Долг"))
    await page.on_duty()
    answer = await page.send("POST", "/passes", {"id": new_id(), "plate": "A123BC72"})
    assert (answer.status_code, answer.json()["code"], answer.json()["detail"]) == (
        409,
        "blacklisted",
        "Долг",
    )


async def test_a_listed_document_is_refused_however_it_is_typed(page: Browser) -> None:
    named = document_hash(LISTED_DOCUMENT, "00112233445566778899aabbccddeeff")
    await page.server.hold(BlockItem(id=uid(), documents=[named], name="Сидоров Сидор", reason="Драка"))
    await page.on_duty()
    path, visit = f"/visits/{new_id()}", {"state": "inside", "name": "Иной Человек"}
    for typed in ("4511 123456", "паспорт 45 11 № 123456"):
        answer = await page.send("PUT", path, visit | {"document": typed})
        assert (answer.status_code, answer.json()["code"], answer.json()["detail"]) == (
            409,
            "blacklisted",
            "Драка",
        )
    assert (await page.get("/visits", show="today"))["total"] == 0
    for other in ("4511 123457", "нет"):
        await page.done("PUT", f"/visits/{new_id()}", visit | {"document": other})


async def test_only_what_was_made_at_a_gate_is_withdrawn_there(page: Browser) -> None:
    theirs = a_pass()
    await page.server.hold(theirs)
    await page.on_duty()
    assert not (await row_of(page, str(theirs.id)))["withdrawable"]
    answer = await page.send("POST", f"/passes/{theirs.id}/withdraw", {})
    assert (answer.status_code, answer.json()["code"]) == (409, "not_drafted_here")


async def test_whoever_left_unseen_is_marked_and_nothing_opens(page: Browser) -> None:
    two_cars = a_pass(plates=[PLATE, "A123BC72"])
    await page.server.hold(two_cars)
    await page.on_duty()
    for plate in two_cars.plates:
        await page.server.car(plate)
    row = await row_of(page, str(two_cars.id), inside=["A123BC72", PLATE])
    passages = len((await page.get("/passages"))["items"])
    path, mark = f"/passes/{two_cars.id}/left", {"why": "Уехал следом за другой машиной"}
    assert (await page.send("POST", path, {"why": " "})).status_code == 422
    row = await page.done("POST", path, mark | {"carrier": PLATE})
    assert (row["status"], row["inside"], row["used"]) == ("inside", ["A123BC72"], 2)
    again = await page.done("POST", path, mark | {"carrier": PLATE})
    assert again["inside"] == ["A123BC72"]
    row = await page.done("POST", path, mark)
    assert (row["status"], row["inside"], row["inside_since"]) == ("left", [], None)
    assert len((await page.get("/passages"))["items"]) == passages
    assert (await page.get("/board"))["counts"]["inside"] == 0
    await page.server.car(PLATE)
    assert (await row_of(page, str(two_cars.id), status="inside"))["inside"] == [PLATE]


async def test_nobody_is_marked_without_a_shift_or_a_pass(page: Browser) -> None:
    await page.server.sign_in(page.client, 0)
    mark = {"why": "Уехал"}
    assert (await page.send("POST", f"/passes/{new_id()}/left", mark)).json()["code"] == "not_on_duty"
    await page.on_duty()
    assert (await page.send("POST", f"/passes/{new_id()}/left", mark)).status_code == 404


async def test_a_visitor_comes_with_a_card_and_leaves(page: Browser) -> None:
    await page.on_duty()
    taken = await upload(page, photo())
    visit = {"state": "inside", "name": "Петров Олег", "document": "4511 123456", "photos": [taken["sha256"]]}
    asked = await page.send("PUT", f"/visits/{new_id()}", visit | {"card": "001259E3"})
    assert (asked.json()["errors"][0]["code"], asked.json()["detail"]) == (
        "ambiguous",
        "EM:001259E3, UID:001259E3, UID:E3591200",
    )
    assert asked.json()["errors"][0]["message"].endswith(
        "одну из этих записей: EM:001259E3, UID:001259E3, UID:E3591200."
    )
    typed = await page.send("PUT", f"/visits/{new_id()}", visit | {"name": "", "card": "UID:E3591200"})
    assert [fault["field"] for fault in typed.json()["errors"]] == ["name"]
    path = f"/visits/{new_id()}"
    view = await page.done("PUT", path, visit | {"card": "0001202659 018,23011"})
    assert (view["state"], bool(view["card"]), view["card_back"]) == ("inside", True, False)
    assert (await page.client.get(view["photos"][0]["path"].removeprefix("/gate/api"))).status_code == 200
    assert [each["name"] for each in (await page.get("/visits", show="cards_out"))["items"]] == [
        "Петров Олег"
    ]
    assert (await page.get("/visits", show="inside", q="петров"))["total"] == 1
    assert (await page.get("/board"))["counts"]["visitors"] == 1
    again = await page.send(
        "PUT", f"/visits/{new_id()}", {"state": "inside", "name": "Иной", "card": "001259E3"}
    )
    assert again.status_code in {409, 422}, "the card is out"
    left = await page.done("PUT", path, visit | {"state": "left", "card": view["card"], "card_back": True})
    assert (left["state"], left["card_back"]) == ("left", True)
    assert (await page.get("/visits", show="cards_out"))["items"] == []
    assert (await page.get("/visits", show="today"))["total"] == 1


async def test_a_photo_comes_back_small_and_without_its_place(page: Browser) -> None:
    await page.on_duty()
    taken = await upload(page, photo())
    answer = await page.client.get(taken["path"].removeprefix("/gate/api"))
    picture = Image.open(io.BytesIO(answer.content))
    assert (max(picture.size), dict(picture.getexif())) == (1600, {})
    for data in (b"no picture at all", photo()[:2000]):
        refused = await page.client.post("/photos", content=data, headers={"Content-Type": "image/jpeg"})
        assert (refused.status_code, refused.json()["code"]) == (422, "no_picture")
    big = await page.client.post(
        "/photos", content=b"\xff" * 5_000_001, headers={"Content-Type": "image/jpeg"}
    )
    assert big.status_code == 413


async def test_a_violation_is_recorded_once_with_its_pictures(page: Browser) -> None:
    shift = await page.on_duty()
    taken = await upload(page, photo(800, 600))
    order = {
        "id": new_id(),
        "kind": "parking",
        "plate": "х711тт90",
        "note": "На газоне",
        "photos": [taken["sha256"]],
    }
    view = await page.done("POST", "/violations", order)
    assert (view["plate"], view["photos"]) == (PLATE, [taken["path"]])
    assert (await page.done("POST", "/violations", order))["id"] == order["id"]
    assert [each["id"] for each in (await page.get("/violations"))["items"]] == [order["id"]]
    early = datetime.now(UTC).replace(microsecond=0) - timedelta(hours=2)
    told = await page.done("POST", "/violations", order | {"id": new_id(), "at": early.isoformat()})
    assert datetime.fromisoformat(told["at"]) == early, "a page that was offline tells of it later"
    for at in ("2030-01-01T12:00:00Z", "2001-01-01T12:00:00Z"):
        refused = await page.send("POST", "/violations", order | {"id": new_id(), "at": at})
        assert (refused.status_code, refused.json()["errors"][0]["field"]) == (422, "at")
    unknown = await page.send("POST", "/violations", order | {"id": new_id(), "photos": ["0" * 64]})
    assert (unknown.status_code, unknown.json()["errors"][0]["field"]) == (422, "photos")
    report = await page.get(f"/shifts/{shift}/report")
    assert {each["id"] for each in report["violations"]} == {order["id"], told["id"]}


async def test_a_note_stands_on_the_pass_and_in_the_report(page: Browser) -> None:
    guest = a_pass()
    await page.server.hold(guest)
    shift = await page.on_duty()
    order = {"id": new_id(), "text": "Звонили, не отвечают", "pass_id": str(guest.id)}
    await page.done("POST", "/notes", order)
    await page.done("POST", "/notes", order)
    card = await page.get(f"/passes/{guest.id}")
    assert [each["text"] for each in card["notes"]] == [order["text"]]
    report = await page.get(f"/shifts/{shift}/report")
    assert [each["id"] for each in report["notes"]] == [order["id"]]


async def test_the_report_of_a_shift_counts_alike(page: Browser, other: Browser) -> None:
    """What happened at the lanes meanwhile, whoever of two guards it was; what was made, by the shift's own guard."""
    await page.server.hold(a_pass(entries=1))
    shift, _ = await page.on_duty(), await other.on_duty(1)
    await page.server.leave_guests_to_guard()
    await page.server.car(PLATE)
    passage = await newest(page, waits=True)
    await page.decide(verdict="confirm", passage=passage["id"])
    await page.decide(verdict="open", reason="ambulance")
    for guard, name, more in ((page, "Петров", {"card": "0001202659 018,23011"}), (other, "Сидоров", {})):
        visit = {"state": "inside", "name": name, **more}
        await guard.done("PUT", f"/visits/{new_id()}", visit)
    draft = {"id": new_id(), "holder": "Курьер", "plate": "а 123 вс 72", "host": "Иванова", "hours": 2}
    await page.done("POST", "/passes", draft)
    report = await page.get(f"/shifts/{shift}/report")
    assert [each["verdict"] for each in report["opened_by_hand"]] == ["confirm", "open"]
    counted = {
        name: report[name] for name in ("granted_in", "denied", "visitors", "passes_made", "cards_out")
    }
    assert counted == {"granted_in": 0, "denied": 1, "visitors": 2, "passes_made": 1, "cards_out": 1}


async def test_a_shift_can_be_printed(page: Browser) -> None:
    shift = await page.on_duty()
    await page.decide(verdict="open", reason="fire_service")
    answer = await page.client.get(f"/shifts/{shift}/report.pdf")
    assert (answer.status_code, answer.headers["content-type"]) == (200, "application/pdf"), answer.text
    assert answer.content.startswith(b"%PDF-")


async def test_live_events_tell_what_happens(page: Browser) -> None:
    await page.on_duty()
    kinds: list[str] = []
    async with page.client.stream("GET", "/live") as response:
        assert response.headers["content-type"].startswith("text/event-stream")
        act = asyncio.create_task(page.decide(verdict="open", reason="police"))
        async with asyncio.timeout(60):
            async for line in response.aiter_lines():
                if line.startswith("data: "):
                    kinds.append(msgspec.json.decode(line[6:])["kind"])
                if "board" in kinds:
                    break
        assert (await act).status_code == 200


async def test_what_is_not_there_is_not_found(page: Browser) -> None:
    await page.on_duty()
    for path in (
        f"/passes/{new_id()}",
        "/passes/none",
        f"/shifts/{new_id()}/report",
        "/nowhere",
        f"/pictures/{'0' * 64}",
    ):
        answer = await page.client.get(path)
        assert (answer.status_code, answer.json()["code"]) == (404, "not_found"), path


async def test_video_that_is_not_there_is_said_so(server: GuardServer, page: Browser) -> None:
    await page.on_duty()
    since, until = "2026-01-01T12:00:00Z", "2026-01-01T12:00:30Z"
    answers = [
        await page.client.get(f"/lanes/{server.lane}/video"),
        await page.client.get(f"/passages/{new_id()}/video"),
        await page.client.get(f"/cameras/{new_id()}/video", params={"since": since, "until": until}),
    ]
    assert [answer.status_code for answer in answers] == [404, 404, 404]
    assert {answer.json()["code"] for answer in answers} <= {"no_video", "no_camera", "not_found"}
    forged = await page.client.get("/video/W10.W10/playlist.m3u8")
    assert (forged.status_code, forged.json()["code"]) in {(403, "video_expired"), (404, "no_video")}
    lane = next(each for each in (await page.get("/board"))["lanes"] if each["id"] == str(server.lane))
    assert lane["video"] is None


async def test_the_lane_says_what_stands_there(server: GuardServer, page: Browser) -> None:
    await page.on_duty()
    lane = next(each for each in (await page.get("/board"))["lanes"] if each["id"] == str(server.lane))
    assert (lane["directions"], lane["can_open"], lane["waiting"]) == (["in"], True, [])
    assert lane["away"] is False
    assert lane["hold"] is None


async def test_an_opened_reader_is_an_alarm_of_its_lane_and_no_failure(
    server: GuardServer, page: Browser
) -> None:
    await page.on_duty()
    await server.open_reader()
    lane = next(each for each in (await page.get("/board"))["lanes"] if each["id"] == str(server.lane))
    assert (lane["alarms"], lane["trouble"]) == (["reader_tamper"], [])


async def test_a_lane_that_is_held_open_says_by_whom_and_until_when(
    server: GuardServer, page: Browser
) -> None:
    await page.on_duty()
    until = datetime.now(UTC).replace(microsecond=0) + timedelta(hours=1)
    await server.hold_open("Диспетчер Петрова", "переезд", until)
    lane = next(each for each in (await page.get("/board"))["lanes"] if each["id"] == str(server.lane))
    assert (lane["hold"]["person"], lane["hold"]["reason"]) == ("Диспетчер Петрова", "переезд")
    assert datetime.fromisoformat(lane["hold"]["until"]) == until
