"""Columns of lists get their room by what they hold: names are told whole, and what is blank takes none."""

import re

import pytest
from playwright.sync_api import FloatRect, Locator, Page, Route, expect

from tests.web.conftest import OpenPage
from tests.web.pages import VISIBLE_MS, open_section

pytestmark = [pytest.mark.web, pytest.mark.timeout(300)]

NAME = "Мария Константиновна Ёлкина"
HOST = "Преображенская Александра Константиновна"
ASKED = re.compile(r"/api/(access/(passes|inside|cards)|people|meters|staff)(\?|$)")
CUT = """names => {
    const heads = [...document.querySelectorAll('th')].map(each => each.innerText.trim());
    return [...document.querySelectorAll('tbody tr[aria-rowindex] td')]
        .filter(cell => names.includes(heads[cell.cellIndex]) && cell.scrollWidth > cell.clientWidth)
        .map(cell => cell.innerText);
}"""
"""What is cut short in the columns of these names."""
WIDER = """all => [...document.querySelectorAll(all)]
    .filter(it => it.clientWidth > 0 && it.scrollWidth > it.clientWidth + 1).map(it => it.outerHTML.slice(0, 200))"""
LISTS = {
    "/desk/passes": (
        "dispatcher",
        "Пропуска",
        ["Пропуск для", "Принимающая сторона", "Адрес", "Услуга", "Дата визита"],
    ),
    "/desk/passes/inside": ("dispatcher", "Кто внутри", ["Кто", "Принимающая сторона", "Адрес"]),
    "/desk/people": ("dispatcher", "Жители", ["Фамилия, имя, отчество", "Адрес", "Электронная почта"]),
    "/desk/cards": ("dispatcher", "Карты", ["Карта или брелок", "У кого", "Адрес"]),
    "/desk/meters": ("dispatcher", "Счётчики", ["Название", "Адрес", "Объект", "Модель"]),
    "/admin/staff": ("administrator", "Сотрудники", ["Имя и фамилия", "Электронная почта", "Состояние"]),
}
BESIDE = {"/desk/passes", "/desk/passes/inside", "/desk/people", "/desk/cards"}
"""Lists whose rows open beside them; the others lead elsewhere."""
LONG = {
    "holder": NAME,
    "host": HOST,
    "name": HOST,
    "address": "Тюмень, микрорайон Комарово, ул. Афинская, д. 17, корп. 2, кв. 117",
    "premises": ["Тюмень, микрорайон Комарово, ул. Афинская, д. 17, корп. 2, кв. 117"],
    "email": "aleksandra.preobrazhenskaya@upravlyayushchaya-kompaniya.example",
}


def with_long_names(route: Route) -> None:
    """As lists are where people have ordinary long names and addresses."""
    answer = route.fetch()
    told = answer.json()
    items = [{**row, **{key: text for key, text in LONG.items() if key in row}} for row in told["items"]]
    route.fulfill(response=answer, json={**told, "items": items})


def show(page: Page, path: str, rows: str) -> list[str]:
    """The list with long names, and the heads of its columns."""
    page.route(ASKED, with_long_names)
    open_section(page, path, LISTS[path][1])
    expect(page.locator(rows).first).to_be_visible(timeout=VISIBLE_MS)
    return [text.strip() for text in page.locator("th").all_inner_texts()]


@pytest.mark.parametrize(("width", "height"), [(1280, 800), (1440, 900), (1920, 1080)])
@pytest.mark.parametrize("path", LISTS)
def test_names_are_whole_in_lists(path: str, width: int, height: int, open_page: OpenPage) -> None:
    role, _heading, names = LISTS[path]
    page = open_page(role, width=width, height=height)
    heads = show(page, path, "tbody tr[aria-rowindex]")
    assert names[0] in heads
    assert page.evaluate(CUT, names) == []
    expect(page.locator("[data-wide]")).to_have_count(0)


def with_long_numbers(route: Route) -> None:
    """As passes are numbered after some years."""
    answer = route.fetch()
    told = answer.json()
    numbers = {"number": 7654321, "pass_number": 7654321}
    items = [{**row, **{key: each for key, each in numbers.items() if row.get(key)}} for row in told["items"]]
    route.fulfill(response=answer, json={**told, "items": items})


@pytest.mark.parametrize("width", [1280, 1440])
@pytest.mark.parametrize("path", ["/desk/passes", "/desk/passes/inside", "/desk/board", "/desk/cards"])
def test_numbers_of_passes_are_whole_in_lists(path: str, width: int, open_page: OpenPage) -> None:
    page = open_page("dispatcher", width=width)
    page.route(re.compile(r"/api/access/(passes|inside|passages|cards)(\?|$)"), with_long_numbers)
    page.goto(path)
    cells = page.locator("tbody tr[aria-rowindex] td").filter(has_text="7654321")
    expect(cells.first).to_be_visible(timeout=VISIBLE_MS)
    assert cells.evaluate_all("all => all.filter(it => it.scrollWidth > it.clientWidth).length") == 0
    expect(page.locator("[data-wide]")).to_have_count(0)


@pytest.mark.parametrize("path", LISTS)
def test_cards_on_a_phone_tell_names_whole(path: str, open_page: OpenPage) -> None:
    page = open_page(LISTS[path][0], width=390, height=844)
    show(page, path, "main li[aria-posinset]")
    assert page.evaluate(WIDER, "main li[aria-posinset], main li[aria-posinset] *") == []
    assert page.evaluate("document.documentElement.scrollWidth") <= 390


def test_a_column_that_is_blank_takes_no_room(open_page: OpenPage) -> None:
    page = open_page("dispatcher")
    first: list[str | None] = [None]

    def with_tickets(route: Route) -> None:
        answer = route.fetch()
        told = answer.json()
        rows = [{**row, "ticket": None if place else first[-1]} for place, row in enumerate(told["items"])]
        route.fulfill(response=answer, json={**told, "items": rows})

    page.route(ASKED, with_tickets)
    open_section(page, "/desk/passes", "Пропуска")
    heads = page.get_by_role("columnheader")
    expect(heads.filter(has_text="Услуга")).to_be_visible(timeout=VISIBLE_MS)
    expect(heads.filter(has_text="Заявка")).to_have_count(0)
    page.get_by_role("button", name="Столбцы").click()
    expect(page.get_by_role("menuitem").filter(has_text="Заявка")).to_contain_text("пусто")
    expect(page.get_by_role("menuitem").filter(has_text="Услуга")).not_to_contain_text("пусто")
    page.keyboard.press("Escape")

    first.append("З-1187")
    page.reload()
    expect(heads.filter(has_text="Заявка")).to_be_visible(timeout=VISIBLE_MS)
    expect(page.locator("tbody tr").first).to_contain_text("З-1187")
    page.goto("/desk/passes?sort=-host&q=Клининг")
    expect(page.locator("tbody tr[aria-rowindex]")).to_have_count(1, timeout=VISIBLE_MS)
    expect(heads.filter(has_text="Адрес")).to_have_count(0)
    page.goto("/desk/passes?sort=address&q=Клининг")  # what it is ordered by stays, to be turned
    expect(heads.filter(has_text="Адрес")).to_be_visible(timeout=VISIBLE_MS)


@pytest.mark.parametrize(("width", "height"), [(1440, 500), (1920, 500)])
def test_the_row_that_is_opened_stays_under_the_hand(open_page: OpenPage, width: int, height: int) -> None:
    page = open_page("dispatcher", width=width, height=height)
    page.route(ASKED, with_long_names)
    open_section(page, "/desk/passes", "Пропуска")
    row = page.locator("tbody tr[aria-rowindex]").nth(6)
    expect(row).to_be_visible(timeout=VISIBLE_MS)
    place = standing_still_at(row, 250)
    row.click()
    expect(page.get_by_role("complementary").locator("dl")).to_be_visible(timeout=VISIBLE_MS)
    beside = row.bounding_box()
    assert beside is not None
    assert beside["width"] < place["width"] - 200
    assert beside["y"] == pytest.approx(place["y"], abs=2)


def standing_still_at(row: Locator, top: float) -> FloatRect:
    """The row's box, once the rows above it are drawn and measured where it stands: a slow machine takes its time."""
    for _ in range(20):
        row.evaluate("(row, top) => scrollBy(0, row.getBoundingClientRect().top - top)", top)
        row.page.wait_for_timeout(500)
        box = row.bounding_box()
        if box is not None and abs(box["y"] - top) < 2:
            return box
    raise AssertionError(f"the row does not come to stand at {top}: {row.bounding_box()}")


CLIPPED = """() => {
    const cells = [...document.querySelectorAll('main thead th, main tbody tr[aria-rowindex] td')];
    return cells.filter(it => it.scrollWidth > it.clientWidth).map(it => {
        const isMarked = it.tagName === 'TD' && getComputedStyle(it).textOverflow === 'ellipsis';
        it.dispatchEvent(new MouseEvent('mouseover', { bubbles: true }));
        return { text: it.innerText, isTold: isMarked && it.title === it.innerText };
    });
}"""
"""What cells do not hold, and whether they say that there is more and tell it when the pointer rests on them."""


@pytest.mark.parametrize("has_long_names", [False, True])
@pytest.mark.parametrize("path", LISTS)
def test_nothing_is_cut_unseen_beside_an_opened_card(
    path: str, has_long_names: bool, open_page: OpenPage
) -> None:
    role, heading, _names = LISTS[path]
    page = open_page(role, width=1280, height=720)
    if has_long_names:
        page.route(ASKED, with_long_names)
    open_section(page, path, heading)
    row = page.locator("tbody tr[aria-rowindex]").first
    expect(row).to_be_visible(timeout=VISIBLE_MS)
    if path in BESIDE:
        row.click()
        expect(page.get_by_role("complementary").locator("dl").first).to_be_visible(timeout=VISIBLE_MS)
    page.wait_for_timeout(300)  # the list is measured anew beside it
    assert [cell for cell in page.evaluate(CLIPPED) if not cell["isTold"]] == []
    expect(page.locator("[data-wide]")).to_have_count(0)
    table = page.get_by_role("table").first
    assert table.evaluate("it => it.offsetWidth - it.parentElement.clientWidth") <= 0


def test_a_pass_on_a_phone_tells_its_number(open_page: OpenPage) -> None:
    page = open_page("dispatcher", width=390, height=844)
    open_section(page, "/desk/passes", "Пропуска")
    expect(page.locator("main li[aria-posinset]").first).to_contain_text(re.compile(r"№\s*\d"))


def test_meters_tell_their_models_by_name(open_page: OpenPage) -> None:
    page = open_page("dispatcher")
    open_section(page, "/desk/meters", "Счётчики")
    rows = page.locator("tbody tr[aria-rowindex]")
    expect(rows.filter(has_text="Eastron SDM120").first).to_be_visible(timeout=VISIBLE_MS)
    expect(rows.filter(has_text="_sdm")).to_have_count(0)


def test_numbers_of_a_column_have_equally_many_digits_after_the_point(open_page: OpenPage) -> None:
    page = open_page("dispatcher")
    page.goto("/desk/meters?q=SDM-2107731")
    page.locator("tbody tr[aria-rowindex]").first.click(timeout=VISIBLE_MS)
    cells = page.get_by_role("table", name="Числа графика").locator("tbody td:nth-child(2)")
    expect(cells.first).to_be_visible(timeout=VISIBLE_MS)
    told = [text for text in cells.all_inner_texts() if text != "—"]
    assert len({len(text.partition(",")[2]) for text in told}) == 1
