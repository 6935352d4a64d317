"""Box and cloud refuse alike, with one sentence, whom the blacklist names by name, phone and document."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from protocols.documents import document_hash
from protocols.held import BlockItem
from protocols.persons import phone_hash
from tests.contract.guard.gate_acts import a_pass
from tests.contract.guard.server import LISTED_DOCUMENT, LISTED_PHONE, Browser, new_id
from tests.edge.world import uid

NAME, REASON = "Сидоров Артём", "Драка 12.10.2026"
OTHER_PHONE, OTHER_DOCUMENT = "8 (912) 345-67-80", "4511 123457"
SALT = "00112233445566778899aabbccddeeff"
REFUSED = (409, "blacklisted", "В чёрном списке.", REASON)


def listed(*, phone: bool = False, document: bool = False, **more: Any) -> BlockItem:
    entry = uid()
    return BlockItem(
        id=entry,
        phones=[phone_hash(LISTED_PHONE, entry)] if phone else [],
        documents=[document_hash(LISTED_DOCUMENT, SALT)] if document else [],
        **{"name": NAME, "reason": REASON, **more},
    )


async def told(page: Browser, method: str, path: str, body: Any) -> tuple[int, str, str, str]:
    answer = await page.send(method, path, body)
    problem = {"code": "", "title": "", "detail": "", **answer.json()}
    return answer.status_code, problem["code"], problem["title"], problem["detail"]


async def visit(page: Browser, path: str = "", **fields: Any) -> tuple[int, str, str, str]:
    return await told(page, "PUT", path or f"/visits/{new_id()}", {"state": "inside", "name": NAME, **fields})


async def draft(page: Browser, **fields: Any) -> tuple[int, str, str, str]:
    return await told(page, "POST", "/passes", {"id": new_id(), "holder": NAME, **fields})


async def test_a_listed_name_is_refused_however_it_is_typed(page: Browser) -> None:
    await page.server.hold(listed())
    await page.on_duty()
    for typed in (NAME, "  сидоров   АРТЕМ ", "Артём Сидоров", "Артем, СИДОРОВ"):
        assert await visit(page, name=typed) == REFUSED
        assert await draft(page, holder=typed) == REFUSED
    assert (await visit(page, name="Сидоров Артур"))[0] == 200
    assert (await draft(page, holder="Сидоров Артур"))[0] == 200
    assert (await page.get("/visits", show="today"))["total"] == 1


async def test_phones_that_differ_tell_namesakes_apart(page: Browser) -> None:
    await page.server.hold(listed(phone=True))
    await page.on_duty()
    for ask in (visit, draft):
        assert await ask(page) == REFUSED
        assert await ask(page, phone="8 (912) 345-67-89") == REFUSED
        assert (await ask(page, phone=OTHER_PHONE))[0] == 200
        assert await ask(page, host_phone=OTHER_PHONE) == REFUSED


async def test_with_the_phone_one_word_of_the_name_is_enough(page: Browser) -> None:
    await page.server.hold(listed(phone=True))
    await page.on_duty()
    for typed in ("Сидоров А.", "Сидоров Артём Петрович", "А. П. СИДОРОВ", "Артем"):
        assert await visit(page, name=typed, phone=LISTED_PHONE) == REFUSED, typed
        assert await draft(page, holder=typed, phone=LISTED_PHONE) == REFUSED, typed
        assert (await visit(page, name=typed, phone=OTHER_PHONE))[0] == 200, typed
        assert (await draft(page, holder=typed))[0] == 200, "nothing but another name is known"
    assert (await visit(page, name="Сидорова А.", phone=LISTED_PHONE))[0] == 200


async def test_passes_of_a_listed_person_are_among_the_listed_ones(page: Browser) -> None:
    mine = a_pass(number="101", holder="Артём Сидоров", plates=["B002BB77"])
    await page.server.hold(mine, a_pass(number="102", holder="Сидоров Пётр"), listed(passes=[mine.id]))
    await page.on_duty()
    found = (await page.get("/passes", show="blacklisted"))["items"]
    assert [(row["number"], row["status"], row["blocked"]) for row in found] == [
        ("101", "blacklisted", REASON)
    ]
    assert (await page.get("/board"))["counts"]["blacklisted"] == 1


async def test_a_phone_of_another_name_is_nobody_s(page: Browser) -> None:
    await page.server.hold(listed(phone=True))
    await page.on_duty()
    assert (await visit(page, name="Иной Человек", phone=LISTED_PHONE))[0] == 200
    assert (await draft(page, holder="Иной Человек", phone=LISTED_PHONE))[0] == 200


async def test_a_document_decides_before_name_and_phone(page: Browser) -> None:
    await page.server.hold(listed(phone=True, document=True))
    await page.on_duty()
    assert await visit(page, name="Иной Человек", phone=OTHER_PHONE, document="45 11 123456") == REFUSED
    assert await visit(page, phone=OTHER_PHONE, document=LISTED_DOCUMENT) == REFUSED
    assert (await visit(page, phone=LISTED_PHONE, document=OTHER_DOCUMENT))[0] == 200
    assert await visit(page, phone=LISTED_PHONE, document="нет") == REFUSED


async def test_a_namesake_with_another_document_gets_a_card(page: Browser) -> None:
    """The card is a pass that has no document: the visit has it."""
    await page.server.hold(listed(document=True))
    await page.on_duty()
    card = "0001202659 018,23011"
    assert await visit(page, card=card) == REFUSED
    assert (await page.get("/visits", show="cards_out"))["items"] == []
    assert (await visit(page, card=card, document=OTHER_DOCUMENT))[0] == 200


async def test_whoever_is_listed_after_coming_in_may_leave_and_not_come_back(page: Browser) -> None:
    await page.on_duty()
    path = f"/visits/{new_id()}"
    assert (await visit(page, path))[0] == 200
    await page.server.hold(listed())
    assert await visit(page, path, note="забыл телефон") == REFUSED
    assert (await visit(page, path, state="left"))[0] == 200
    assert await visit(page, path) == REFUSED
    assert (await page.get("/visits", show="inside"))["items"] == []


async def test_whoever_was_listed_meanwhile_gives_the_card_back_before_leaving(page: Browser) -> None:
    await page.on_duty()
    path, card = f"/visits/{new_id()}", "0008106606"
    assert (await visit(page, path, card=card))[0] == 200
    await page.server.hold(listed())
    assert await visit(page, path, card=card, note="ещё здесь") == REFUSED
    assert (await visit(page, path, card=card, card_back=True))[0] == 200
    assert await visit(page, path, card=card) == REFUSED  # it does not go out again
    assert (await page.get("/visits", show="cards_out"))["items"] == []


async def test_an_entry_whose_time_is_over_refuses_nobody(page: Browser) -> None:
    now = datetime.now(UTC)
    await page.server.hold(listed(until=now - timedelta(minutes=1)))
    await page.on_duty()
    assert (await visit(page))[0] == 200
    await page.server.hold(listed(until=now + timedelta(hours=1)))
    assert await visit(page) == REFUSED
    assert await draft(page) == REFUSED


async def test_a_stale_list_still_refuses(page: Browser) -> None:
    """What the site says of passes by a stale list is no leave for whoever was listed by it."""
    await page.server.hold(listed(phone=True))
    await page.on_duty()
    await page.server.leave_guests_to_guard()
    assert await draft(page, phone=LISTED_PHONE) == REFUSED
    assert await visit(page) == REFUSED
    assert (await visit(page, phone=OTHER_PHONE))[0] == 200


@pytest.mark.parametrize("field", ["phone", "host_phone"])
async def test_a_phone_that_is_none_is_told_at_its_field(page: Browser, field: str) -> None:
    await page.on_duty()
    for method, path, body in (
        ("PUT", f"/visits/{new_id()}", {"state": "inside", "name": NAME}),
        ("POST", "/passes", {"id": new_id(), "holder": NAME}),
    ):
        answer = await page.send(method, path, body | {field: "звонить вечером"})
        assert (answer.status_code, [each["field"] for each in answer.json()["errors"]]) == (422, [field])


async def test_the_guest_s_phone_and_the_host_s_stand_apart(page: Browser) -> None:
    await page.on_duty()
    phones = {"phone": OTHER_PHONE, "host_phone": LISTED_PHONE}
    made = await page.done("POST", "/passes", {"id": new_id(), "holder": NAME, "host": "Иванова", **phones})
    seen = await page.done("PUT", f"/visits/{new_id()}", {"state": "inside", "name": NAME, **phones})
    for view in (made, seen):
        assert (view["phone"], view["host_phone"]) == ("+79123456780", LISTED_PHONE)
    for typed in ("8 (912) 345-67-80", LISTED_PHONE):
        assert [each["id"] for each in (await page.get("/passes", q=typed))["items"]] == [made["id"]]
        assert [each["id"] for each in (await page.get("/visits", q=typed))["items"]] == [seen["id"]]
