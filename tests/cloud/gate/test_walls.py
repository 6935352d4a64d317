"""No company's guard sees or touches another's: every operation is called by a stranger, then by its guard, then again.

The stranger calls first and last; the guard's success in between proves that the request was a right one. The tables
must cover `guard_api.OPERATIONS`: a new one needs a line.
"""

import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest

from protocols.guard_api import LOOK_BACK_DAYS, OPERATIONS
from tests.cloud.gate.test_gate_day import House, Page, house, photo
from tests.support.noon import NOON

__all__ = ["house"]

# Asked of nobody's thing, or refused at the cloud's page by design.
OF_NOBODY = {
    "me",
    "sign_in",
    "sign_in_by_card",
    "join_post",
    "sign_out",
    "authority",
    "live_still",
    "live_video",
    "passage_video",
    "camera_video",
    "video_playlist",
    "video_segment",
    "live",
    "add_photo",
    "begin_shift",
}

# Name of the operation → path and body of a request that names a thing of the house.
NAMING: dict[str, Callable[[House, Page], tuple[str, Any]]] = {
    "decide": lambda h, _: (
        f"/lanes/{h.lane}/decide",
        {
            "id": str(uuid4()),
            "direction": "in",
            "verdict": "refuse",
            "reason": "behaviour",
            "passage": h.comes(),
        },
    ),
    "passage": lambda h, _: (f"/passages/{h.comes()}", None),
    "picture": lambda _, g: (taken(g)["path"].removeprefix("/gate/api"), None),
    "pass_card": lambda h, _: (f"/passes/{h.a_pass()}", None),
    "withdraw_pass": lambda _, g: (f"/passes/{drafted(g)}/withdraw", {}),
    "mark_left": lambda h, _: (f"/passes/{h.a_pass()}/left", {"why": "уехал"}),
    "add_note": lambda h, _: ("/notes", {"id": str(uuid4()), "text": "позвонить", "pass_id": h.a_pass()}),
    "end_shift": lambda h, g: (f"/shifts/{g.on_duty()}/end", {}),
    "shift_report": lambda h, g: (f"/shifts/{g.on_duty()}/report", None),
    "shift_report_pdf": lambda h, g: (f"/shifts/{g.on_duty()}/report.pdf", None),
}
LISTING = {"board", "passages", "passes", "visits", "violations", "shifts"}
MAKING = {
    "draft_pass",
    "put_visit",
    "add_violation",
}  # into the own company: there is no other's thing to name


def taken(guard: Page) -> Any:
    return guard.client.post("/gate/api/photos", content=photo()).json()


def drafted(guard: Page) -> str:
    return str(
        guard.done("POST", "/passes", {"id": str(uuid4()), "holder": "Курьер", "plate": "А321ВС72"})["id"]
    )


@pytest.fixture
def stranger(house: House) -> Page:
    """A guard of another company on duty at a site of its own."""
    operator = house.api.visitor()
    operator.sign_in("boss@example.org")
    rival = operator.work_in(operator.call("POST", "/api/companies", {"name": "Спарта"}).json()["id"])
    assert rival.call("POST", "/api/sites", {"name": "Спарта", "time_zone": "Europe/Moscow"}).is_success
    page = Page(house.api.colleague(rival, "spy@example.org", ["guard"]))
    page.on_duty()
    return page


def test_every_operation_has_its_line() -> None:
    names = [operation.name for operation in OPERATIONS]
    tables = [set(NAMING), LISTING, MAKING, OF_NOBODY]
    assert set(names) == set().union(*tables)
    assert sum(map(len, tables)) == len(names)


@pytest.mark.parametrize("name", sorted(NAMING))
def test_a_thing_of_another_company_is_not_there(house: House, stranger: Page, name: str) -> None:
    guard = house.guard()
    guard.on_duty()
    method = next(operation.method for operation in OPERATIONS if operation.name == name)
    path, body = NAMING[name](house, guard)
    for page, is_own in ((stranger, False), (guard, True), (stranger, False)):
        status = page.ask(method, path, body).status_code
        assert (status in {200, 204}) if is_own else (status in {403, 404}), f"{name}: {status}"


@pytest.mark.parametrize("name", sorted(LISTING))
def test_a_list_holds_ones_own_alone(house: House, stranger: Page, name: str) -> None:
    guard = house.guard()
    guard.on_duty()
    house.a_pass(holder="Секретова Анна")
    house.comes(plate="C065MK78", read="C065MK78")
    guard.done("PUT", f"/visits/{uuid4()}", {"state": "inside", "name": "Секретов Олег"})
    guard.done("POST", "/violations", {"id": str(uuid4()), "kind": "parking", "note": "Секретно"})
    signs = ("Секрет", "C065MK78", house.lane, '"name": "guard"')
    own, others = (json.dumps(page.done("GET", f"/{name}"), ensure_ascii=False) for page in (guard, stranger))
    assert any(sign in own for sign in signs)
    assert not any(sign in others for sign in signs)


def test_a_guard_sees_the_passages_of_the_chosen_site_alone(house: House) -> None:
    guard, passage = house.guard(), house.comes()
    elsewhere = house.made("/api/sites", {"name": "Спарта", "time_zone": "Europe/Moscow"})["id"]
    for site, count, status in ((elsewhere, 0, 404), (house.site, 1, 200)):
        guard.done("GET", f"/me?site={site}")
        assert len(guard.done("GET", "/passages")["items"]) == count
        assert guard.ask("GET", f"/passages/{passage}").status_code == status


def test_a_guard_looks_back_so_far_and_no_farther(house: House) -> None:
    guard, ago = house.guard(), timedelta(days=LOOK_BACK_DAYS)
    near, far = (house.comes(at=NOON - ago + more) for more in (timedelta(hours=1), -timedelta(hours=1)))
    assert [each["id"] for each in guard.done("GET", "/passages")["items"]] == [near]
    assert [guard.ask("GET", f"/passages/{each}").status_code for each in (near, far)] == [200, 404]
