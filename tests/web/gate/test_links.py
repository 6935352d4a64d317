"""The guard's page while something is away: the cloud, or the very server that it comes from."""

from datetime import timedelta

import pytest
from playwright.sync_api import Page, expect

from protocols.acts import PassDrafted, Shift, ShiftState, Violation, Visit
from tests.web.gate.booth import SECOND, Booth
from tests.web.gate.conftest import OpenGate, sign_in
from tests.web.gate.people import HOST, held
from tests.web.gate.test_guards_day import lane, photo, says
from tests.web.pages import VISIBLE_MS

pytestmark = [pytest.mark.web, pytest.mark.timeout(300)]


@pytest.fixture
def page(at: Booth, open_gate: OpenGate) -> Page:
    """On duty; the list is there."""
    at.hold(*held())
    page = open_gate()
    sign_in(page)
    return page


def test_without_the_cloud_a_thin_bar_says_since_when_and_nothing_else_changes(page: Page, at: Booth) -> None:
    bar = page.locator("header [role=status]")
    expect(bar).to_have_count(0)
    at.cut()
    expect(bar).to_contain_text("Работаем автономно с", timeout=VISIBLE_MS)
    at.car("T254MK72")
    says(page, "granted")
    expect(bar).to_contain_text("в очереди")
    page.keyboard.type("711")
    expect(page.locator("tbody tr")).to_have_count(1, timeout=VISIBLE_MS)
    at.mend()
    expect(bar).to_have_count(0, timeout=VISIBLE_MS)


def test_a_whole_shift_without_the_cloud_is_worked_as_any_other_and_told_once_it_is_back(
    at: Booth, open_gate: OpenGate
) -> None:
    at.hold(*held())
    at.cut()
    page = open_gate()
    sign_in(page)
    expect(page.locator("header [role=status]")).to_contain_text("Работаем автономно", timeout=VISIBLE_MS)
    at.car("E999EE77")
    says(page, "denied")
    page.goto("/gate/passes/new?plate=е999ее77")
    page.get_by_label("Кто").fill("Сантехник")
    page.get_by_label("Адрес").fill("Кифису")
    page.get_by_role("group", name="Подсказки из пропусков").get_by_role("button").first.click()
    page.get_by_role("button", name="Оформить").click()
    expect(page.get_by_text("Оформлен здесь, облако ещё не приняло")).to_be_visible(timeout=VISIBLE_MS)
    page.get_by_role("link", name="Сейчас").click()
    at.drive_off()
    at.car("E999EE77")
    says(page, "granted")
    expect(lane(page)).to_contain_text("Сантехник")
    _receive_a_visitor(page)
    page.get_by_role("link", name="Нарушения").click()
    page.get_by_role("button", name="Отметить нарушение").click()
    page.get_by_role("button", name="Парковка").click()
    page.get_by_label("Номер машины").fill("е999ее77")
    page.get_by_role("button", name="Записать нарушение").click()
    item = page.get_by_role("listitem").filter(has_text="Парковка")
    expect(item).to_contain_text("Ждёт связи с облаком", timeout=VISIBLE_MS)
    page.get_by_role("link", name="Смена").click()
    page.get_by_role("button", name="Сдать смену").click()
    page.get_by_label("Что передать следующему").fill("Связи нет с обеда")
    page.get_by_role("button", name="Сдать и выйти").click()
    sign_in(page, SECOND.name)
    page.get_by_role("link", name="Смена").click()
    expect(page.get_by_role("main")).to_contain_text("Связи нет с обеда", timeout=VISIBLE_MS)
    at.mend()
    expect(page.locator("header [role=status]")).to_have_count(0, timeout=VISIBLE_MS)
    assert [drafted.plates for drafted in at.seen(PassDrafted)] == [["E999EE77"]]
    assert [visit.state.value for visit in at.seen(Visit, 2)] == ["inside", "left"]
    assert [violation.plate for violation in at.seen(Violation)] == ["E999EE77"]
    assert [shift.state for shift in at.seen(Shift, 3)] == [
        ShiftState.BEGUN,
        ShiftState.ENDED,
        ShiftState.BEGUN,
    ]


def _receive_a_visitor(page: Page) -> None:
    page.get_by_role("link", name="Посетители").click()
    page.get_by_role("button", name="Записать посетителя").first.click()
    page.get_by_label("Имя").fill("Петров Олег")
    page.get_by_label("Адрес").fill("Кифису")
    page.get_by_role("group", name="Подсказки из пропусков").get_by_role("button", name=HOST).first.click()
    page.get_by_role("button", name="Записать и впустить").click()
    visitor = page.get_by_role("listitem").filter(has_text="Петров Олег")
    visitor.get_by_role("button", name="Вышел").click(timeout=VISIBLE_MS)
    expect(visitor).to_contain_text("Ушёл", timeout=VISIBLE_MS)


def test_a_stale_list_is_said_with_its_age(page: Page, at: Booth) -> None:
    at.cut()
    at.age_list(timedelta(minutes=25))
    expect(page.locator("header")).to_contain_text("давно не сверялся с облаком: 25", timeout=VISIBLE_MS)


def test_a_lost_server_is_said_and_what_was_known_stays(page: Page, at: Booth) -> None:
    at.car("T254MK72")
    says(page, "granted")
    page.context.set_offline(True)
    expect(page.locator("header")).to_contain_text("Нет связи с сервером с", timeout=30_000)
    expect(lane(page)).to_contain_text("Орлов Денис Сергеевич")
    page.context.set_offline(False)
    expect(page.locator("header [role=status]")).to_have_count(0, timeout=30_000)
    at.car("E999EE77")
    says(page, "denied")


def test_a_violation_waits_for_the_server_and_goes_once_under_its_own_id(page: Page, at: Booth) -> None:
    page.get_by_role("link", name="Нарушения").click()
    page.get_by_role("button", name="Отметить нарушение").click()
    page.context.set_offline(True)
    page.get_by_role("button", name="Парковка").click()
    page.get_by_label("Номер машины").fill("х711тт90")
    page.get_by_label("Примечание").fill("На газоне у А2")
    page.get_by_label("Выбрать файл").and_(page.locator("input")).set_input_files(
        {"name": "car.jpg", "mimeType": "image/jpeg", "buffer": photo()}
    )
    expect(page.get_by_role("img", name="Фото 1")).to_be_visible()
    page.get_by_role("button", name="Записать нарушение").click()
    item = page.get_by_role("listitem").filter(has_text="На газоне у А2")
    expect(item).to_contain_text("Ждёт отправки", timeout=VISIBLE_MS)
    page.context.set_offline(False)
    page.reload()  # the queue outlives the page
    expect(item).to_contain_text("Ждёт связи с облаком", timeout=45_000)  # the box has it
    expect(item).to_have_count(1)
    [violation] = at.seen(Violation)
    assert (violation.plate, violation.note, len(violation.photos)) == ("X711TT90", "На газоне у А2", 1)


def test_what_was_decided_without_the_server_is_taken_back_and_said(page: Page, at: Booth) -> None:
    at.age_list(timedelta(minutes=25))
    at.car("X711TT90")
    says(page, "waits")
    expect(page.get_by_role("button", name="Пропустить").first).to_be_enabled(timeout=VISIBLE_MS)
    page.context.set_offline(True)
    page.keyboard.press("F2")
    expect(page.get_by_text("Не выполнено: Нет связи с сервером").first).to_be_visible(timeout=VISIBLE_MS)
    says(page, "waits")
