"""The company's cards at the desk: into stock, to a holder, back, lost; on a desk and on a phone."""

import re
from uuid import uuid4

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.web.conftest import OpenPage
from tests.web.pages import VISIBLE_MS, expect_guarded, open_section

pytestmark = [pytest.mark.web, pytest.mark.timeout(300)]

WIDTHS = {"desktop": (1440, 900), "phone": (390, 844)}


def add_card(page: Page, number: str, label: str) -> None:
    page.get_by_role("button", name="Добавить карту").first.click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Карта или брелок").fill(number)
    dialog.get_by_label("Название").fill(label)
    dialog.get_by_role("button", name="Добавить").click()
    expect(dialog.get_by_role("status")).to_contain_text(label, timeout=VISIBLE_MS)
    expect(dialog.get_by_label("Карта или брелок")).to_have_value("")  # ready for the next
    dialog.get_by_role("button", name="Отмена").click()
    expect(dialog).to_be_hidden()


def panel(page: Page, width: str) -> Locator:
    """Beside the list; on a phone it covers the list."""
    if width == "phone":
        return page.get_by_role("dialog").filter(has=page.get_by_role("button", name="Назвать"))
    return page.get_by_role("complementary")


def confirm(page: Page, button: str) -> None:
    page.get_by_role("dialog").last.get_by_role("button", name=button, exact=True).click()


@pytest.mark.parametrize("width", WIDTHS)
def test_a_card_goes_out_and_comes_back(open_page: OpenPage, width: str) -> None:
    page = open_page("dispatcher")
    page.set_viewport_size(dict(zip(("width", "height"), WIDTHS[width], strict=True)))  # type: ignore[arg-type]
    label, number = f"Брелок {uuid4().hex[:6]}", f"{0x00700000 + uuid4().int % 10**6:010}"
    open_section(page, "/desk/cards", "Карты")
    add_card(page, number, label)
    open_section(page, f"/desk/cards?q={label.split()[1]}", "Карты")
    row = page.locator("tbody tr, main li button").filter(has_text=label).first
    expect(row).to_contain_text("В запасе", timeout=VISIBLE_MS)
    row.click()
    card = panel(page, width)
    card.get_by_role("button", name="Выдать").click()
    form = page.get_by_role("dialog").last
    form.get_by_text("Сотруднику", exact=True).click()
    confirm(page, "Выдать")
    expect(form.get_by_label("Кто получает")).to_have_attribute("aria-invalid", "true", timeout=VISIBLE_MS)
    form.get_by_label("Кто получает").fill(f"Дворник {label}")
    form.get_by_label("Залог").fill("500 ₽")
    confirm(page, "Выдать")
    expect(card).to_contain_text("Выдана", timeout=VISIBLE_MS)
    expect(card).to_contain_text(re.compile(rf"Дворник {label} · №\s\d+"))
    expect(card).to_contain_text("500 ₽")
    card.get_by_role("button", name="Принять").click()
    expect(page.get_by_role("dialog").last).to_contain_text("Верните залог: 500 ₽")
    page.get_by_role("dialog").last.get_by_role("checkbox").check()
    confirm(page, "Принять")
    expect(card).to_contain_text("Возвращена", timeout=VISIBLE_MS)
    card.get_by_role("button", name="Потеряна").click()
    confirm(page, "Потеряна")
    expect(card.get_by_role("button", name="Вернуть в запас")).to_be_visible(timeout=VISIBLE_MS)


def test_a_card_that_is_known_is_told_at_its_field(open_page: OpenPage) -> None:
    page = open_page("dispatcher")
    number = f"{0x00700000 + uuid4().int % 10**6:010}"
    open_section(page, "/desk/cards", "Карты")
    add_card(page, number, "первый")
    page.get_by_role("button", name="Добавить карту").first.click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Карта или брелок").fill(number)
    dialog.get_by_role("button", name="Добавить").click()
    expect(dialog).to_contain_text("Эта карта уже есть", timeout=VISIBLE_MS)
    expect(dialog.get_by_label("Карта или брелок")).to_have_attribute("aria-invalid", "true")


def test_what_a_reader_frames_a_number_in_falls_away(open_page: OpenPage) -> None:
    page = open_page("dispatcher")
    number = f"{0x00700000 + uuid4().int % 10**6:010}"
    open_section(page, "/desk/cards", "Карты")
    page.get_by_role("button", name="Добавить карту").first.click()
    dialog = page.get_by_role("dialog")
    field = dialog.get_by_label("Карта или брелок")
    field.fill(f"\x02{number}\x03")
    expect(field).to_have_value(number)
    dialog.get_by_label("Название").fill("брелок")
    dialog.get_by_role("button", name="Добавить").click()
    expect(dialog.get_by_role("status")).to_contain_text(number, timeout=VISIBLE_MS)

    field.fill("1" * 301)
    dialog.get_by_role("button", name="Добавить").click()
    expect(field).to_have_attribute("aria-invalid", "true", timeout=VISIBLE_MS)


def test_an_empty_list_says_what_to_do(open_page: OpenPage) -> None:
    page = open_page("dispatcher")
    open_section(page, "/desk/cards?q=zzzqqq", "Карты")
    expect(page.get_by_text("Ничего не нашлось")).to_be_visible(timeout=VISIBLE_MS)


@pytest.mark.parametrize("width", WIDTHS)
def test_a_box_of_cards_comes_as_a_list(open_page: OpenPage, width: str) -> None:
    page = open_page("dispatcher")
    page.set_viewport_size(dict(zip(("width", "height"), WIDTHS[width], strict=True)))  # type: ignore[arg-type]
    label, first = uuid4().hex[:6], 0x00700000 + uuid4().int % 10**6
    open_section(page, "/desk/cards", "Карты")
    page.get_by_role("button", name="Списком").click()
    dialog = page.get_by_role("dialog")
    lines = dialog.get_by_label("Карты, по одной в строке")
    lines.fill(f"{first:010}\tСиний {label}\nбрелок {label}\n{uuid4().hex[:6]}A0;Белый {label}")
    dialog.get_by_role("button", name="Проверить").click()
    verdicts = dialog.get_by_role("table")
    expect(verdicts.get_by_role("row").nth(1)).to_contain_text("не похоже на номер карты", timeout=VISIBLE_MS)
    expect(verdicts).to_contain_text("будет добавлена, EM-Marine")
    dialog.get_by_label("Как читать номера").click()
    page.get_by_role("option", name="Mifare, 4 байта", exact=True).click()
    dialog.get_by_role("button", name="Проверить").click()
    expect(verdicts).to_contain_text("будет добавлена, Mifare, 4 байта", timeout=VISIBLE_MS)
    dialog.get_by_role("button", name="Добавить 2 карты").click()
    expect(dialog.get_by_text("Добавлено 2 карты")).to_be_visible(timeout=VISIBLE_MS)
    expect(lines).to_have_value(f"брелок {label}")
    lines.fill(f"{first + 1:010}\tСиний {label}")
    dialog.get_by_role("button", name="Проверить").click()
    dialog.get_by_role("button", name="Добавить 1 карту").click()
    expect(dialog).to_be_hidden(timeout=VISIBLE_MS)
    expect(page.get_by_text("Добавлено 3 карты")).to_be_visible()
    open_section(page, f"/desk/cards?q={label}", "Карты")
    expect(page.locator("tbody tr, main li button").filter(has_text=label)).to_have_count(
        3, timeout=VISIBLE_MS
    )


def test_a_list_that_was_only_judged_or_added_in_part_is_not_thrown_away_unasked(open_page: OpenPage) -> None:
    page = open_page("dispatcher")
    number, wrong = f"{0x00700000 + uuid4().int % 10**6:010}", f"брелок {uuid4().hex[:6]}"
    open_section(page, "/desk/cards", "Карты")
    page.get_by_role("button", name="Списком").click()
    dialog = page.get_by_role("dialog")
    lines = dialog.get_by_label("Карты, по одной в строке")
    lines.fill(f"{number}\n{wrong}")
    dialog.get_by_role("button", name="Проверить").click()
    expect(dialog.get_by_role("table")).to_contain_text("будет добавлена", timeout=VISIBLE_MS)
    expect_guarded(dialog)
    expect(lines).to_have_value(f"{number}\n{wrong}")
    dialog.get_by_role("button", name="Добавить 1 карту").click()
    expect(lines).to_have_value(wrong, timeout=VISIBLE_MS)
    expect_guarded(dialog)
    expect(lines).to_have_value(wrong)
    lines.fill("")
    page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()  # nothing is left to be lost
