"""How forms and pages behave when something goes wrong: focus, what was typed, refusals, a lost network."""

import re

import pytest
from playwright.sync_api import Response, Route, expect

from tests.web.conftest import OpenPage
from tests.web.pages import VISIBLE_MS, open_section, until

pytestmark = [pytest.mark.web, pytest.mark.timeout(300)]


def test_an_address_beyond_ones_role_says_so_and_asks_for_nothing(open_page: OpenPage) -> None:
    page = open_page("dispatcher")
    refused: list[str] = []
    page.on("response", lambda answer: refused.append(answer.url) if answer.status == 403 else None)
    for path in ("/admin/roles", "/admin/audit", "/admin/companies"):
        open_section(page, path, "Нет доступа")
        expect(page.get_by_text("У вашей роли нет права на этот раздел")).to_be_visible()
        expect(page.get_by_role("button", name="Повторить")).to_have_count(0)
    assert refused == []


def test_nonsense_in_an_address_leads_nowhere_else_and_breaks_no_page(open_page: OpenPage) -> None:
    page = open_page("dispatcher")
    for elsewhere in ("https%3A%2F%2Fexample.com", "//example.com", "javascript:alert(1)"):
        page.goto(f"/sign-in?next={elsewhere}")
        page.wait_for_url("**/desk/board*")
    refused: list[str] = []
    page.on("response", lambda answer: refused.append(answer.url) if answer.status == 422 else None)
    open_section(page, "/desk/statistics?span=eon&site=x", "Статистика")
    expect(page.get_by_role("radio", name="Неделя")).to_be_checked()
    assert refused == []


def test_who_has_no_rights_of_staff_reads_why_the_menu_is_empty(open_page: OpenPage) -> None:
    page = open_page("dispatcher")

    def without_rights(route: Route) -> None:
        answer = route.fetch()
        told = answer.json()
        bare = [{**each, "permissions": []} for each in told["companies"]]
        route.fulfill(response=answer, json={**told, "companies": bare})

    page.route(re.compile(r"/api/session(\?|$)"), without_rights)
    open_section(page, "/desk", "Мой профиль")
    expect(page.get_by_role("alert").filter(has_text="прав сотрудника у вас нет")).to_be_visible()


def test_the_focus_comes_back_and_goes_to_the_field_that_was_refused(open_page: OpenPage) -> None:
    page = open_page("dispatcher")
    open_section(page, "/desk/passes", "Пропуска")
    issue = page.get_by_role("button", name="Выдать пропуск").first
    issue.click()
    dialog = page.get_by_role("dialog")
    expect(dialog).to_be_visible(timeout=VISIBLE_MS)
    page.keyboard.press("Escape")
    expect(dialog).to_have_count(0)
    expect(issue).to_be_focused()

    issue.click()
    dialog.get_by_label("Телефон").fill("не телефон", timeout=VISIBLE_MS)
    dialog.get_by_role("button", name="Выдать пропуск").click()
    expect(dialog).to_contain_text("Номер телефона, например +7", timeout=VISIBLE_MS)
    expect(dialog.locator("[aria-invalid=true]").first).to_be_focused()


def test_the_focus_comes_back_after_a_question(open_page: OpenPage) -> None:
    page = open_page("dispatcher")
    open_section(page, "/desk/blacklist", "Чёрный список")
    lift = page.locator("tbody tr").first.get_by_role("button", name="Снять")
    for key in ("Escape", "Shift+Tab"):
        lift.focus(timeout=VISIBLE_MS)
        page.keyboard.press("Enter")
        question = page.get_by_role("dialog")
        expect(question.get_by_role("button", name="Снять")).to_be_focused(timeout=VISIBLE_MS)
        page.keyboard.press(key)
        if key != "Escape":
            page.keyboard.press("Enter")  # the way to say no
        expect(question).to_have_count(0)
        expect(lift).to_be_focused()


def test_the_focus_goes_on_from_a_row_that_was_taken_away(open_page: OpenPage) -> None:
    page = open_page("dispatcher")
    open_section(page, "/desk/blacklist?q=ушедший", "Чёрный список")
    for name in ("Ушедший А. А.", "Ушедший Б. Б."):
        page.get_by_role("button", name="Внести в список").first.click()
        form = page.get_by_role("dialog")
        form.get_by_text("Человек", exact=True).click(timeout=VISIBLE_MS)
        form.get_by_label("Человек", exact=False).last.fill(name)
        form.get_by_label("Причина").fill("Проверка")
        form.get_by_role("button", name="Добавить").click()
        expect(form).to_have_count(0, timeout=VISIBLE_MS)
    rows = page.locator("tbody tr")
    expect(rows).to_have_count(2, timeout=VISIBLE_MS)
    page.mouse.move(0, 0)
    for left in (1, 0):
        rows.first.get_by_role("button", name="Снять").focus()
        page.keyboard.press("Enter")
        expect(page.get_by_role("dialog").get_by_role("button", name="Снять")).to_be_focused()
        page.keyboard.press("Enter")
        expect(rows).to_have_count(left, timeout=VISIBLE_MS)
        expect(rows.first if left else page.get_by_role("search").locator("input").first).to_be_focused()


def test_a_preference_that_is_refused_is_undone_with_the_reason(open_page: OpenPage) -> None:
    page = open_page("dispatcher")
    open_section(page, "/desk/people", "Жители")
    page.route("**/api/account/preferences/*", refuse)
    heads = page.get_by_role("columnheader")
    expect(heads.first).to_be_visible(timeout=VISIBLE_MS)
    were = heads.count()
    page.get_by_role("button", name="Столбцы").click()
    page.get_by_role("menuitem").last.click()
    told = page.get_by_role("alert").filter(has_text="Выбор не сохранён")
    expect(told).to_contain_text("Слишком много", timeout=VISIBLE_MS)
    expect(heads).to_have_count(were)


FORGET_APPEARANCE = """fetch('/api/account/preferences/appearance', {method: 'DELETE', headers:
    {'X-CSRF-Token': /domovoy_csrf=([^;]+)/.exec(document.cookie)[1]}}).then(answer => answer.ok)"""


def test_theme_and_language_follow_the_account_to_another_browser(open_page: OpenPage) -> None:
    first = open_page("accountant")
    open_section(first, "/desk/people", "Жители")
    try:
        first.get_by_role("button", name="Тема").click()
        with first.expect_response(re.compile("/api/account/preferences/appearance")) as kept:
            first.get_by_role("menuitem", name="Тёмная").click()
        assert kept.value.ok
        with first.expect_response(re.compile("/api/account/preferences/appearance")) as kept:
            first.get_by_role("button", name=re.compile("^RU:")).click()
        assert kept.value.ok
        other = open_page("accountant")
        open_section(other, "/desk/people", "Residents")
        expect(other.locator("html")).to_have_attribute("data-mantine-color-scheme", "dark")
        expect(other.locator("html")).to_have_attribute("lang", "en")
        other.reload()  # its own copy is what is painted first
        assert other.evaluate(
            "[localStorage['domovoy.language'], localStorage['mantine-color-scheme-value']]"
        ) == [
            "en",
            "dark",
        ]
    finally:
        assert first.evaluate(FORGET_APPEARANCE)


def test_of_languages_chosen_one_after_another_the_last_is_the_accounts(open_page: OpenPage) -> None:
    page = open_page("accountant")
    open_section(page, "/desk/people", "Жители")
    held: list[Route] = []
    told: list[str] = []

    def hold_the_first(route: Route) -> None:
        if not held:
            held.append(route)
        else:
            route.continue_()

    def note(response: Response) -> None:
        if response.request.method == "PATCH" and response.url.endswith("/api/account"):
            told.append(response.request.post_data_json["language"])

    page.route("**/api/account", hold_the_first)
    page.on("response", note)
    try:
        for shown, then in (("RU", "en"), ("EN", "ru"), ("RU", "en")):
            page.get_by_role("button", name=re.compile(f"^{shown}:")).click()
            expect(page.locator("html")).to_have_attribute("lang", then)
        until(page, lambda: bool(held))
        assert told == []
        held[0].continue_()
        until(page, lambda: len(told) == 3)
        assert told == ["en", "ru", "en"]
        assert page.request.get("/api/session").json()["language"] == "en"
    finally:
        page.unroute("**/api/account")
        page.evaluate(FORGET_APPEARANCE)
        csrf = page.request.get("/api/session").json()["csrf_token"]
        assert page.request.patch("/api/account", data={"language": "ru"}, headers={"X-CSRF-Token": csrf}).ok


def test_a_language_that_is_not_kept_is_said_once(open_page: OpenPage) -> None:
    page = open_page("accountant")
    open_section(page, "/desk/people", "Жители")
    refused: list[str] = []

    def cut(route: Route) -> None:
        if route.request.method == "GET":
            route.continue_()
        else:
            refused.append(route.request.method)
            route.abort()

    page.route(re.compile("/api/account"), cut)
    page.get_by_role("button", name=re.compile("^RU:")).click()
    told = page.get_by_role("alert").filter(has_text=re.compile("Выбор не сохранён|Not kept|not saved", re.I))
    expect(told).to_have_count(1, timeout=VISIBLE_MS)
    page.wait_for_load_state("networkidle")
    expect(told).to_have_count(1)
    assert len(refused) == 1


def refuse(route: Route) -> None:
    route.fulfill(status=422, json={"title": "Слишком много", "status": 422, "code": "too_many"})


def test_the_last_column_stays(open_page: OpenPage) -> None:
    page = open_page("dispatcher")
    open_section(page, "/desk/people", "Жители")
    page.route("**/api/account/preferences/*", lambda route: route.fulfill(json={"key": "x", "value": {}}))
    page.get_by_role("button", name="Столбцы").click(timeout=VISIBLE_MS)
    items = page.get_by_role("menuitem")
    expect(items.first).to_be_visible(timeout=VISIBLE_MS)
    for item in items.all():
        if item.get_by_role("checkbox").is_checked():
            item.click(force=True)
    expect(page.get_by_role("columnheader")).to_have_count(1)


def test_a_pass_s_form_stays_still_while_its_plate_is_typed_and_chosen(open_page: OpenPage) -> None:
    page = open_page("dispatcher")
    open_section(page, "/desk/passes", "Пропуска")
    page.get_by_role("button", name="Выдать пропуск").first.click()
    dialog = page.get_by_role("dialog")
    plate, below = dialog.get_by_label("Номер машины или карты"), dialog.get_by_label("Автомобиль")
    page.wait_for_timeout(500)  # opened
    places = [below.bounding_box()]
    plate.fill("О")
    places.append(below.bounding_box())
    plate.fill("О 713 ТТ 90")
    reading = dialog.get_by_role("group", name="Что распознано").get_by_role("button")
    expect(reading).to_have_count(1, timeout=VISIBLE_MS)
    places.append(below.bounding_box())
    reading.click()
    expect(plate).to_have_value("")
    places.append(below.bounding_box())
    assert places == [places[0]] * 4


def test_a_filled_form_is_not_thrown_away_without_a_word(open_page: OpenPage) -> None:
    page = open_page("dispatcher")
    open_section(page, "/desk/passes", "Пропуска")
    page.get_by_role("button", name="Выдать пропуск").first.click()
    dialog = page.get_by_role("dialog")
    guest = dialog.get_by_label("Гость", exact=True)
    guest.fill("Серов Илья", timeout=VISIBLE_MS)
    page.keyboard.press("Escape")
    expect(dialog.get_by_role("alert")).to_contain_text("Введённое не сохранено")
    dialog.get_by_role("button", name="Продолжить ввод").click()
    expect(guest).to_have_value("Серов Илья")
    page.keyboard.press("Escape")
    dialog.get_by_role("alert").get_by_role("button", name="Закрыть").click()
    expect(dialog).to_have_count(0)


def test_sign_in_speaks_in_its_own_words(open_page: OpenPage) -> None:
    page = open_page(None)
    page.goto("/sign-in")
    page.get_by_label("Электронная почта").fill("нил", timeout=VISIBLE_MS)
    page.get_by_role("button", name="Войти").click()
    expect(page.get_by_text("Адрес почты, например ivan@example.ru.")).to_be_visible(timeout=VISIBLE_MS)
    expect(page.get_by_label("Электронная почта")).to_be_focused()


def test_a_lost_network_is_told_and_found_again(open_page: OpenPage) -> None:
    page = open_page("dispatcher")
    open_section(page, "/desk/board", "Проезды")
    expect(page.locator("[data-live=open]")).to_be_visible(timeout=VISIBLE_MS)
    page.context.set_offline(True)
    expect(page.locator("[data-live=lost]")).to_be_visible(timeout=VISIBLE_MS)
    page.context.set_offline(False)
    expect(page.locator("[data-live=open]")).to_be_visible(timeout=VISIBLE_MS)


def test_a_page_that_could_not_be_loaded_says_that_the_network_is_gone(open_page: OpenPage) -> None:
    page = open_page("dispatcher")
    open_section(page, "/desk/board", "Проезды")
    page.route(re.compile(r"/assets/meters-.*\.js"), lambda route: route.abort("internetdisconnected"))
    page.get_by_role("link", name="Счётчики").click()
    expect(page.get_by_role("alert")).to_contain_text("Нет связи с сервером", timeout=VISIBLE_MS)
    expect(page.get_by_role("main")).to_have_count(1)
    page.unroute_all()
    page.get_by_role("button", name="Повторить").click()
    expect(page.get_by_role("heading", level=1, name="Счётчики")).to_be_visible(timeout=VISIBLE_MS)
