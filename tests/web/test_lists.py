"""Lists that hold still under the hand, say what will happen to whom, and never lead to a dead end."""

import re
from uuid import uuid4

import pytest
from playwright.sync_api import Locator, Page, Route, expect

from tests.web.conftest import House, OpenPage
from tests.web.pages import VISIBLE_MS, issue_by_form, open_section, plate_words, row_with, wait_live

pytestmark = [pytest.mark.web, pytest.mark.timeout(300)]


def some_plate() -> str:
    return f"M{uuid4().int % 900 + 100}AP72"


def new_pass(page: Page) -> Locator:
    open_section(page, "/desk/passes", "Пропуска")
    page.get_by_role("button", name="Выдать пропуск").first.click()
    return page.get_by_role("dialog")


def test_a_typed_plate_is_not_lost_without_a_click(open_page: OpenPage) -> None:
    page = open_page("dispatcher")
    dialog = new_pass(page)
    plate = some_plate()
    dialog.get_by_label("Гость", exact=True).fill("Серов Илья")

    def later(route: Route) -> None:
        page.wait_for_timeout(400)  # sent before the reading is known
        route.continue_()

    page.route("**/api/access/recognise", later)
    dialog.get_by_label("Номер машины или карты").fill(plate)
    dialog.get_by_role("button", name="Выдать пропуск").click()
    panel = page.get_by_role("complementary")
    expect(panel).to_contain_text(re.compile(rf"M\s*{plate[1:4]}\s*AP"), timeout=VISIBLE_MS)


def test_what_cannot_be_read_or_in_several_ways_stops_the_form(open_page: OpenPage) -> None:
    page = open_page("dispatcher")
    dialog = new_pass(page)
    field = dialog.get_by_label("Номер машины или карты")
    for typed, told in (("01823011", "Выберите ниже"), ("!!!", "Не похоже ни на номер")):
        field.fill(typed)
        dialog.get_by_role("button", name="Выдать пропуск").click()
        expect(dialog.locator(".mantine-InputWrapper-error")).to_contain_text(told, timeout=VISIBLE_MS)
        expect(field).to_have_value(typed)


def test_revoking_many_says_and_does_the_same_whatever_is_shown_meanwhile(open_page: OpenPage) -> None:
    page = open_page("dispatcher")
    guest = f"Гость {uuid4().hex[:6]}"
    open_section(page, "/desk/passes", "Пропуска")
    for _ in range(2):
        issue_by_form(page, plate=some_plate(), guest=guest)
        expect(page.get_by_role("complementary")).to_contain_text(guest, timeout=VISIBLE_MS)
        page.keyboard.press("Escape")
    open_section(page, f"/desk/passes?q={guest}", "Пропуска")
    rows = row_with(page, guest)
    expect(rows).to_have_count(2, timeout=VISIBLE_MS)
    rows.nth(0).get_by_label("Выбрать строку").check()
    rows.nth(1).get_by_label("Выбрать строку").check()
    page.get_by_role("tab", name="Аннулированные").click()
    expect(page.get_by_text("Выбрано 2 строки")).to_be_visible(timeout=VISIBLE_MS)
    page.get_by_role("button", name="Аннулировать", exact=True).click()
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("Аннулировать 2 пропуска?", timeout=VISIBLE_MS)
    expect(dialog.get_by_role("listitem").filter(has_text=guest)).to_have_count(2)
    dialog.get_by_label("Причина").fill("Ошибка")
    dialog.get_by_role("button", name="Аннулировать").click()
    expect(page.get_by_text("Аннулировано 2 пропуска")).to_be_visible(timeout=VISIBLE_MS)
    expect(row_with(page, guest)).to_have_count(2, timeout=VISIBLE_MS)


@pytest.fixture
def board(open_page: OpenPage) -> Page:
    page = open_page("dispatcher")
    open_section(page, "/desk/board", "Проезды")
    wait_live(page)
    expect(page.locator("tbody tr").first).to_be_visible(timeout=VISIBLE_MS)
    return page


def come(house: House, page: Page) -> str:
    """A car comes; its plate as a row shows it."""
    plate = some_plate()
    house.simulators.leave(house.camera)
    page.wait_for_timeout(1500)  # a new visit
    house.simulators.car(house.camera, plate)
    return plate_words(plate)


def test_a_list_stands_still_under_the_pointer(house: House, board: Page) -> None:
    first = board.locator("tbody tr").first
    first.hover()
    before = first.inner_text()
    digits = come(house, board)
    new = board.get_by_role("button", name=re.compile("нов(ая|ые|ых)$"))
    expect(new).to_be_visible(timeout=VISIBLE_MS)
    expect(first).to_have_text(before, use_inner_text=True)
    new.click()
    expect(first).to_contain_text(digits, timeout=VISIBLE_MS)
    expect(new).to_have_count(0)


def test_the_keyboard_keeps_its_row_when_others_come(house: House, board: Page) -> None:
    board.keyboard.press("j")
    board.keyboard.press("j")
    second = board.locator("tbody tr").nth(1)
    expect(second).to_be_focused()
    text = second.inner_text()
    come(house, board)
    board.get_by_role("button", name=re.compile("нов(ая|ые|ых)$")).click(timeout=VISIBLE_MS)
    expect(board.locator("tbody tr").nth(2)).to_have_text(text, use_inner_text=True, timeout=VISIBLE_MS)
    board.keyboard.press("j")
    expect(board.locator("tbody tr").nth(2)).to_be_focused()


def test_without_a_site_the_forms_lead_to_making_one(open_page: OpenPage) -> None:
    name = f"УК «Фивы {uuid4().hex[:6]}»"
    page = open_page("administrator")
    open_section(page, "/admin/companies", "Компании")
    page.get_by_role("button", name="Добавить компанию").click()
    page.get_by_role("dialog").get_by_label("Название").fill(name)
    page.get_by_role("dialog").get_by_role("button", name="Создать").click()
    expect(page.get_by_role("dialog")).to_have_count(0, timeout=VISIBLE_MS)
    page.get_by_role("button", name=re.compile("^Компания: ")).click(timeout=VISIBLE_MS)
    page.get_by_role("menuitem", name=name).click()
    for path, heading, button in (
        ("/desk/passes", "Пропуска", "Выдать пропуск"),
        ("/desk/blacklist", "Чёрный список", "Внести в список"),
    ):
        open_section(page, path, heading)
        page.get_by_role("button", name=button).first.click()
        expect(page.get_by_role("dialog")).to_contain_text("ещё нет объекта", timeout=VISIBLE_MS)
    page.get_by_role("dialog").get_by_role("link", name="Добавить объект").click()
    expect(page.get_by_role("heading", level=1, name="Объекты")).to_be_visible(timeout=VISIBLE_MS)


@pytest.mark.parametrize("typed", ["288e93", "0012345", "12345678901234567890", "true"])
def test_words_of_a_search_outlive_a_reload_as_they_were_typed(open_page: OpenPage, typed: str) -> None:
    page = open_page("dispatcher")
    open_section(page, "/desk/cards", "Карты")
    field = page.get_by_role("searchbox").or_(page.get_by_placeholder("Номер карты")).first
    field.fill(typed)
    expect(page).to_have_url(re.compile(f"[?&]q={typed}(&|$)"), timeout=VISIBLE_MS)
    page.reload()
    expect(field).to_have_value(typed, timeout=VISIBLE_MS)
    expect(page).to_have_url(re.compile(f"[?&]q={typed}(&|$)"))


@pytest.mark.parametrize(
    ("path", "shown"),
    [
        ("/desk/passes?page=9", "tbody tr"),
        ("/desk/passes?sort=bogus&state=bogus&open=bogus&day=2026-02-31&site=x", "tbody tr"),
        ("/desk/board?page=900", "tbody tr"),
        ("/desk/board?day=bogus&outcome=maybe&sort=-bogus", "tbody tr"),
        ("/desk/housing?tab=bogus&complex=x&open=y", "tbody tr"),
        ("/desk/board?q=нетакого", "text=Ничего не нашлось"),
        ("/desk/board?day=2020-01-01", "text=Сбросить фильтры"),
    ],
)
def test_an_address_of_nonsense_still_shows_a_list_or_the_way_to_one(
    open_page: OpenPage, path: str, shown: str
) -> None:
    page = open_page("manager")
    page.goto(path)
    expect(page.locator(shown).first).to_be_visible(timeout=VISIBLE_MS)
    expect(page.get_by_role("alert")).to_have_count(0)


@pytest.mark.parametrize("width", [1024, 1440])
@pytest.mark.parametrize("path", ["/desk/passes", "/desk/board"])
def test_rows_are_dense_and_nothing_is_cut_off(open_page: OpenPage, path: str, width: int) -> None:
    page = open_page("dispatcher", width=width)
    page.goto(path)
    expect(page.locator("tbody tr").first).to_be_visible(timeout=VISIBLE_MS)
    page.wait_for_timeout(300)
    tall = page.eval_on_selector_all(
        "tbody tr", "rows => rows.filter(row => row.offsetHeight > 40).map(row => row.innerText)"
    )
    assert tall == []
    frame = page.locator("table").locator("xpath=..")
    assert frame.evaluate("it => it.scrollWidth - it.clientWidth") == 0
    tabs = page.get_by_role("tablist")
    if tabs.count():
        assert tabs.first.evaluate("it => it.scrollWidth - it.clientWidth") <= 0


def bar(page: Page, person: str) -> None:
    """Put a person on the blacklist."""
    open_section(page, "/desk/blacklist", "Чёрный список")
    page.get_by_role("button", name="Внести в список").first.click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_text("Человек", exact=True).click()
    dialog.get_by_label("Человек", exact=False).last.fill(person)
    dialog.get_by_label("Причина").fill("Драка")
    dialog.get_by_role("button", name="Добавить").click()


def test_whoever_is_let_in_again_is_asked_about_and_can_be_barred_again(open_page: OpenPage) -> None:
    page = open_page("dispatcher")
    person = f"Сидоров {uuid4().hex[:6]}"
    bar(page, person)
    row = row_with(page, person)
    row.get_by_role("button", name="Снять").click(timeout=VISIBLE_MS)
    expect(page.get_by_role("dialog")).to_contain_text(person, timeout=VISIBLE_MS)
    expect(row).to_have_count(1)
    page.get_by_role("dialog").get_by_role("button", name="Снять").click()
    expect(row).to_have_count(0, timeout=VISIBLE_MS)
    page.get_by_role("button", name="Вернуть").click()
    expect(row).to_have_count(1, timeout=VISIBLE_MS)


def test_a_guard_sees_times_of_the_site_and_nothing_refused(open_page: OpenPage) -> None:
    page = open_page("guard")
    refused: list[str] = []
    page.on("response", lambda answer: refused.append(answer.url) if answer.status >= 400 else None)
    for path in ("/desk/board", "/desk/passes", "/desk/blacklist"):
        page.goto(path)
        expect(page.locator("tbody tr").first).to_be_visible(timeout=VISIBLE_MS)
    page.goto("/desk/board")
    expect(page.get_by_label("Объект").first).to_be_visible(timeout=VISIBLE_MS)
    assert [url for url in refused if "site" in url] == []


def test_a_resident_and_an_entry_of_the_blacklist_appear_by_themselves(open_page: OpenPage) -> None:
    name = f"Ёлкина {uuid4().hex[:6]}"
    people, blacklist, hand = (open_page("dispatcher") for _ in range(3))
    open_section(people, f"/desk/people?q={name}", "Жители")
    open_section(blacklist, f"/desk/blacklist?q={name}", "Чёрный список")
    wait_live(people)
    wait_live(blacklist)
    open_section(hand, "/desk/people", "Жители")
    hand.get_by_role("button", name="Добавить жителя").first.click()
    hand.get_by_role("dialog").get_by_label("Фамилия, имя, отчество").fill(name)
    hand.get_by_role("dialog").get_by_role("button", name="Сохранить").click()
    expect(row_with(people, name)).to_have_count(1, timeout=VISIBLE_MS)
    bar(hand, name)
    expect(row_with(blacklist, name)).to_have_count(1, timeout=VISIBLE_MS)


def test_names_are_whole_where_there_is_room(open_page: OpenPage) -> None:
    page = open_page("dispatcher")
    open_section(page, "/desk/passes", "Пропуска")
    expect(page.locator("tbody tr").nth(3)).to_be_visible(timeout=VISIBLE_MS)
    cut = """() => {
        const cells = [...document.querySelectorAll('tbody td')];
        const text = cell => { const range = document.createRange(); range.selectNodeContents(cell); return range; };
        const spare = cell => cell.clientWidth - 20 - text(cell).getBoundingClientRect().width;
        const columns = Map.groupBy(cells, cell => cell.cellIndex);
        const least = [...columns.values()].map(each => Math.min(...each.map(spare)));
        return {short: least.filter(px => px < -1).length, unused: least.filter(px => px > 25).length, least};
    }"""
    found = page.evaluate(cut)
    assert found["short"] == 0 or found["unused"] <= 3, (
        found
    )  # state, age and number have widths of their own


@pytest.mark.parametrize(("width", "height"), [(1440, 900), (390, 844)])
def test_what_can_be_done_to_the_chosen_is_at_hand_and_moves_nothing(
    open_page: OpenPage, width: int, height: int
) -> None:
    page = open_page("dispatcher", width=width, height=height)
    open_section(page, "/desk/passes", "Пропуска")
    boxes = page.get_by_label("Выбрать строку")
    expect(boxes.nth(3)).to_be_visible(timeout=VISIBLE_MS)
    place = boxes.nth(1).bounding_box()
    boxes.first.check()
    act = page.get_by_role("button", name="Аннулировать", exact=True)
    expect(act).to_be_in_viewport(ratio=1)
    assert boxes.nth(1).bounding_box() == place
    page.evaluate("scrollTo(0, document.body.scrollHeight)")
    expect(act).to_be_in_viewport(ratio=1)
    assert page.evaluate("document.documentElement.scrollWidth") <= width
