"""From the person's card: a consent on paper, a picture under it, a look at it, and all of it taken back."""

import io

import pytest
from PIL import Image
from playwright.sync_api import Page, expect

from deploy.demo import company
from tests.web.conftest import OpenPage
from tests.web.pages import open_section, row_with

pytestmark = [pytest.mark.web, pytest.mark.timeout(600)]

RESIDENT = next(each for each in company.RESIDENTS if each.home == "А3")
SIZES = [pytest.param(1440, 900, "desktop", id="desktop"), pytest.param(390, 844, "phone", id="phone")]


def portrait() -> bytes:
    made = io.BytesIO()
    Image.new("RGB", (600, 800), (180, 150, 130)).save(made, "JPEG")
    return made.getvalue()


def press(page: Page, name: str) -> None:
    page.get_by_role("button", name=name, exact=True).last.click()


@pytest.mark.parametrize(("width", "height", "shape"), SIZES)
def test_a_face_comes_with_a_consent_and_goes_with_it(
    open_page: OpenPage, width: int, height: int, shape: str
) -> None:
    page = open_page("dispatcher", width=width, height=height)
    open_section(page, f"/desk/people?q={RESIDENT.name}", "Жители")
    if shape == "desktop":
        row_with(page, RESIDENT.name).click()
    else:
        page.get_by_text(RESIDENT.name).last.click()
    face = page.get_by_role("region", name="Лицо для панелей")
    expect(face.get_by_text("Согласия нет: снимок не хранится.")).to_be_visible()
    press(page, "Записать согласие с бумаги")
    form = page.get_by_role("dialog", name="Записать согласие с бумаги")
    expect(form.get_by_text(f"Я, {RESIDENT.name}, даю согласие")).to_be_visible()
    press(page, "Записать")
    expect(form.get_by_text("Заполните поле.")).to_be_visible()
    form.get_by_label("Где лежит бумага").fill("папка 12, л. 4")
    press(page, "Записать")
    expect(face.get_by_text("Согласие на бумаге")).to_be_visible()
    with page.expect_file_chooser() as chooser:
        press(page, "Загрузить снимок")
    picture = {"name": "face.jpg", "mimeType": "image/jpeg", "buffer": portrait()}
    chooser.value.set_files(picture)  # type: ignore[arg-type]
    expect(face.get_by_text("Пропусков с ним: 1")).to_be_visible()
    press(page, "Посмотреть")
    shown = page.get_by_role("img", name=f"Лицо: {RESIDENT.name}")
    expect(shown).to_be_visible()
    assert shown.evaluate("each => each.decode().then(() => each.naturalWidth)") == 600
    page.get_by_role("dialog", name=RESIDENT.name).last.get_by_role("button", name="Закрыть").click()
    press(page, "Отозвать согласие")
    expect(page.get_by_text("Вернуть снимок нельзя.")).to_be_visible()
    press(page, "Отозвать согласие")
    expect(face.get_by_text("Согласия нет: снимок не хранится.")).to_be_visible()
    expect(face.get_by_text("отозвано").last).to_be_visible()
