"""A guard's day at the box's own page: signing in, lanes, search, passes, visitors, violations, handing over."""

import io
import re
import time
from datetime import timedelta

import msgspec
import pytest
from PIL import Image
from playwright.sync_api import Locator, Page, expect

from protocols.acts import (
    GateDecision,
    PassDrafted,
    PassWithdrawn,
    Shift,
    ShiftState,
    Verdict,
    Violation,
    Visit,
)
from protocols.cards import parse_printed
from protocols.held import BlockItem
from protocols.persons import phone_hash
from protocols.records import Actuation
from tests.edge.guardhouse.desk import PIN
from tests.edge.world import uid
from tests.web.gate.booth import GUARD, LANE_IN, LANE_OUT, SECOND, Booth
from tests.web.gate.conftest import OpenGate, sign_in
from tests.web.gate.people import CARD, HOST, PHONE, a_pass, held
from tests.web.pages import VISIBLE_MS

pytestmark = [pytest.mark.web, pytest.mark.timeout(300)]


@pytest.fixture
def page(at: Booth, open_gate: OpenGate) -> Page:
    """On duty; the list is there."""
    at.hold(*held())
    page = open_gate()
    sign_in(page)
    return page


def lane(page: Page) -> Locator:
    """The lane in."""
    return page.locator(f"[data-lane='{LANE_IN}']")


def says(page: Page, word: str) -> None:
    """The lane in says so, by itself."""
    expect(lane(page).locator(f"[data-word={word}]")).to_be_visible(timeout=VISIBLE_MS)


def looked_at(page: Page) -> None:
    """Whoever waits at the lane in has been shown for as long as a press takes to mean them."""
    expect(lane(page).get_by_role("button", name="Пропустить")).to_be_enabled(timeout=VISIBLE_MS)


def scan(page: Page, line: str) -> None:
    """As a scanner types: fast, by its own clock, with Enter, under whatever layout."""
    keys = page.context.new_cdp_session(page)
    began = time.time()
    for count, (key, text) in enumerate([*zip(line, line, strict=True), ("Enter", "\r")]):
        at = began + count * 0.005
        keys.send("Input.dispatchKeyEvent", {"type": "keyDown", "key": key, "text": text, "timestamp": at})


def photo() -> bytes:
    """Of a telephone: large, with the place where it was taken."""
    picture = Image.new("RGB", (3200, 2400), (90, 110, 70))
    exif = Image.Exif()
    exif.get_ifd(0x8825)[1] = "N"
    data = io.BytesIO()
    picture.save(data, "JPEG", exif=exif)
    return data.getvalue()


HEAR_PHOTOS = """
() => {
    const { fetch } = window;
    window.heard = [];
    window.fetch = async request => {
        const sent = request.clone();
        if (sent.url.endsWith("/photos")) window.heard.push([...new Uint8Array(await sent.arrayBuffer())]);
        return fetch(request);
    };
}
"""


def test_a_wrong_pin_says_how_many_tries_are_left_and_the_fifth_locks(open_gate: OpenGate) -> None:
    page = open_gate()
    page.goto("/gate")
    page.get_by_role("button", name=GUARD.name).click(timeout=VISIBLE_MS)
    for left in ("4 попытки", "3 попытки", "2 попытки", "1 попытка"):
        for digit in "1234":
            page.get_by_role("button", name=digit, exact=True).click()
        page.get_by_role("button", name="Войти").click()
        expect(page.get_by_role("alert")).to_contain_text(left)
    page.keyboard.type("1234")
    page.keyboard.press("Enter")
    expect(page.get_by_role("alert")).to_contain_text(re.compile(r"до \d\d:\d\d"))
    page.keyboard.press("Escape")
    page.get_by_role("button", name=SECOND.name).click()
    page.keyboard.type(PIN)
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="Заступить на смену")).to_be_visible()


def test_a_card_held_to_the_reader_signs_in(at: Booth, open_gate: OpenGate) -> None:
    page = open_gate()
    page.goto("/gate")
    expect(page.get_by_role("button", name=GUARD.name)).to_be_visible(timeout=VISIBLE_MS)
    scan(page, "0007654321")
    expect(page.get_by_role("alert")).to_contain_text("не принадлежит охраннику")
    scan(page, CARD)
    expect(page.get_by_role("heading", name=f"Здравствуйте, {GUARD.name}")).to_be_visible()


def test_what_happens_at_a_lane_appears_by_itself_and_is_heard(page: Page, at: Booth) -> None:
    at.car("T254MK72")
    says(page, "granted")
    expect(lane(page)).to_contain_text("Орлов Денис Сергеевич")
    expect(page.locator("html[data-sound^=grant]")).to_be_attached()
    at.car("E999EE77")
    says(page, "denied")
    expect(lane(page)).to_contain_text("На этот номер пропуска нет")
    expect(page.locator("html[data-sound^=deny]")).to_be_attached()
    at.car("K008KK72")
    expect(lane(page)).to_contain_text("Драка 12.11.2026", timeout=VISIBLE_MS)


def test_whom_the_box_leaves_to_the_guard_is_let_in_with_one_key(page: Page, at: Booth) -> None:
    at.cut()
    at.age_list(timedelta(minutes=25))
    at.car("X711TT90")
    says(page, "waits")
    expect(page.locator("html[data-sound^=attention]")).to_be_attached()
    expect(lane(page).get_by_role("link", name=re.compile("Позвонить"))).to_have_attribute(
        "href", "tel:+79123456701"
    )
    looked_at(page)
    page.keyboard.press("F2")
    says(page, "granted")
    expect(lane(page)).to_contain_text(f"{GUARD.name}: пропущено")
    at.mend()
    page.wait_for_function("() => !document.querySelector('header [role=status]')")
    [decision] = at.seen(GateDecision)
    assert (decision.verdict, decision.guard, decision.point) == (Verdict.CONFIRM, GUARD.id, LANE_IN)


def test_a_refusal_asks_why_and_other_asks_for_words(page: Page, at: Booth) -> None:
    at.age_list(timedelta(minutes=25))
    at.car("X711TT90")
    says(page, "waits")
    lane(page).get_by_role("button", name="Отказать").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_role("button", name="Другое").click()
    expect(dialog.get_by_role("alert")).to_have_text("Напишите, в чём дело")
    page.keyboard.type("Гость не узнал адрес")
    dialog.get_by_role("button", name="Другое").click()
    says(page, "refused")
    expect(lane(page)).to_contain_text(f"{GUARD.name}: отказано")


def test_a_near_plate_is_offered_with_its_character_marked_and_opened_by_a_person_alone(
    page: Page, at: Booth
) -> None:
    at.car("X717TT90")
    near = lane(page).get_by_role("group", name="Похожий номер, отличается один знак")
    expect(near.locator("mark")).to_have_text("1", timeout=VISIBLE_MS)
    says(page, "denied")
    near.get_by_role("button", name="Пропустить по нему").click()
    says(page, "opened")
    expect(near).to_have_count(0)


def test_special_vehicles_are_one_touch(page: Page, at: Booth) -> None:
    page.keyboard.press("F8")
    page.get_by_role("dialog").get_by_role("button", name="Скорая помощь").click()
    expect(page.get_by_role("dialog")).to_have_count(0)
    expect(page.locator("html[data-sound^=grant]")).to_be_attached(timeout=VISIBLE_MS)
    at.seen(GateDecision)  # the report that is looked at next is drawn anew twice a minute
    [opened] = at.seen(Actuation)
    assert opened.opened is True
    page.get_by_role("link", name="Смена").click()
    expect(page.get_by_role("main")).to_contain_text("Скорая помощь", timeout=VISIBLE_MS)
    expect(page.get_by_role("heading", name="Открыто вручную: 1")).to_be_visible()


def test_arrows_choose_the_lane_that_the_keys_belong_to(page: Page, at: Booth) -> None:
    page.keyboard.press("ArrowRight")
    expect(page.locator(f"[data-lane='{LANE_OUT}'][data-chosen]")).to_be_visible()
    page.keyboard.press("F8")
    dialog = page.get_by_role("dialog", name=re.compile("^Выезд"))
    dialog.get_by_role("button", name="Выпустить").click()
    [decision] = at.seen(GateDecision)
    assert (decision.point, decision.direction) == (LANE_OUT, "out")
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("F8")
    expect(page.get_by_role("dialog", name=re.compile("^Въезд"))).to_be_visible()


def test_a_barrier_that_does_not_open_is_said_at_once_and_stands_in_the_report(page: Page, at: Booth) -> None:
    at.unplug_relay()
    page.keyboard.press("F8")
    page.get_by_role("dialog").get_by_role("button", name="Скорая помощь").click()
    expect(page.get_by_text(re.compile("Въезд: не открылось"))).to_be_visible(timeout=VISIBLE_MS)
    expect(page.locator("html[data-sound^=attention]")).to_be_attached()
    at.seen(Actuation)
    page.get_by_role("link", name="Смена").click()
    heading = page.get_by_role("heading", name="Открыто вручную: 0, не открылось 1")
    expect(heading).to_be_visible(timeout=VISIBLE_MS)
    line = page.get_by_role("listitem").filter(has_text="Скорая помощь")
    expect(line).to_contain_text("не открылось: реле не отвечает")


def two_guests_wait(page: Page, at: Booth) -> Locator:
    """At the lane in, one behind the other, long enough to be looked at. Returns the button that lets in."""
    at.age_list(timedelta(minutes=25))
    at.car("X711TT90")
    at.car("A123BC72")
    says(page, "waits")
    expect(lane(page)).to_contain_text("следующий", timeout=VISIBLE_MS)
    let_in = lane(page).get_by_role("button", name="Пропустить")
    expect(let_in).to_contain_text("X 711 TT")
    expect(let_in).to_be_enabled()
    return let_in


@pytest.mark.parametrize("by", ["click", "key"])
def test_a_double_press_lets_in_one_car_alone(page: Page, at: Booth, by: str) -> None:
    let_in = two_guests_wait(page, at)
    if by == "click":
        let_in.dblclick(delay=30)
    else:
        page.keyboard.press("F2")
        page.wait_for_timeout(120)
        page.keyboard.press("F2")
    expect(let_in).to_contain_text("A 123 BC", timeout=VISIBLE_MS)
    expect(let_in).to_be_enabled(timeout=VISIBLE_MS)
    assert [each.plate for each in at.seen(GateDecision)] == ["X711TT90"]
    page.keyboard.press("F2")  # the next one was looked at
    decided = at.seen(GateDecision, 2)
    assert [each.plate for each in decided] == ["X711TT90", "A123BC72"]


def test_a_press_never_meets_whom_another_guard_left_under_it(
    page: Page, at: Booth, open_gate: OpenGate
) -> None:
    let_in = two_guests_wait(page, at)
    box = let_in.bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + 20, box["y"] + 20)
    page.mouse.down()
    other = open_gate()
    sign_in(other, SECOND.name)
    decides = lane(other).get_by_role("button", name="Пропустить")
    expect(decides).to_be_enabled(timeout=VISIBLE_MS)
    other.keyboard.press("F2")
    expect(let_in).to_contain_text("A 123 BC", timeout=VISIBLE_MS)
    expect(let_in).to_be_enabled(timeout=VISIBLE_MS)
    page.mouse.up()
    page.keyboard.press("F4")
    dialog = page.get_by_role("dialog", name=re.compile(r"A\s123\sBC"))
    expect(dialog).to_be_visible()
    assert [each.guard for each in at.seen(GateDecision)] == [SECOND.id]


def test_two_guards_see_each_other_and_the_later_one_is_told_who_decided(
    page: Page, at: Booth, open_gate: OpenGate
) -> None:
    other = open_gate()
    sign_in(other, SECOND.name)
    at.age_list(timedelta(minutes=25))
    at.car("X711TT90")
    for each in (page, other):
        says(each, "waits")
        looked_at(each)
    other.route("**/gate/api/board", lambda route: route.abort())  # it has not heard of it yet
    page.keyboard.press("F2")
    says(page, "granted")
    other.keyboard.press("F2")
    expect(other.get_by_text(re.compile(f"Уже решил другой охранник. {GUARD.name}"))).to_be_visible()
    other.unroute("**/gate/api/board")
    expect(lane(other)).to_contain_text(f"{GUARD.name}: пропущено", timeout=VISIBLE_MS)


def test_what_a_guard_does_at_a_lane_is_seen_and_heard_by_the_other(
    page: Page, at: Booth, open_gate: OpenGate
) -> None:
    other = open_gate()
    sign_in(other, SECOND.name)
    page.keyboard.press("F8")
    page.get_by_role("dialog").get_by_role("button", name="Скорая помощь").click()
    for each in (page, other):
        act = lane(each).get_by_role("status").filter(has_text="Скорая помощь")
        expect(act).to_contain_text(f"{GUARD.name}: открыто вручную", timeout=VISIBLE_MS)
        expect(each.locator("html[data-sound^=grant]")).to_be_attached()
    at.unplug_relay()
    page.keyboard.press("F8")
    page.get_by_role("dialog").get_by_role("button", name="Полиция").click()
    for each in (page, other):
        act = lane(each).get_by_role("alert").filter(has_text="Полиция")
        expect(act).to_contain_text(f"{GUARD.name}: не открылось", timeout=VISIBLE_MS)
        expect(each.locator("html[data-sound^=attention]")).to_be_attached()


@pytest.mark.parametrize("typed", ["711", "х711", "x711тт", "бакланов", "2026-000001"])
def test_what_is_typed_anywhere_is_searched_for(page: Page, typed: str) -> None:
    if typed.isdecimal():
        lane(page).get_by_role("heading").click()  # nothing has the focus
    page.keyboard.type(typed)
    rows = page.locator("tbody tr")
    expect(rows).to_have_count(1, timeout=VISIBLE_MS)
    expect(rows).to_contain_text("Бакланов Игорь")
    expect(page).to_have_url(re.compile("q="))
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1, name="Бакланов Игорь")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator("[data-lane]").first).to_be_visible()


def test_the_table_has_the_gates_columns_and_moves_by_keys(page: Page) -> None:
    page.keyboard.type("72")
    rows = page.locator("tbody tr")
    expect(rows.nth(2)).to_be_visible(timeout=VISIBLE_MS)
    heads = page.locator("thead th")
    assert [heads.nth(place).inner_text().replace("\n", " ") for place in range(heads.count())] == [
        "Текущее состояние",
        "Пропуск для",
        "Принимающая сторона",
        "Адрес",
        "Заявка",
        "Услуга",
        "Дата визита",
        "Изменён",
        "№ пропуска",
    ]
    page.keyboard.press("ArrowDown")
    expect(rows.nth(1)).to_have_attribute("data-chosen", "true")
    name = rows.nth(1).get_by_role("link").inner_text().split(",")[0]
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_contain_text(name)


def test_filters_count_and_narrow(page: Page, at: Booth) -> None:
    at.car("T254MK72")
    says(page, "granted")
    page.get_by_role("link", name="Пропуска").click()
    page.get_by_role("link", name="На территории 1").click(timeout=VISIBLE_MS)
    expect(page.locator("tbody tr")).to_have_count(1)
    page.get_by_role("link", name="В чёрном списке 1").click()
    expect(page.locator("tbody tr")).to_contain_text("Власов Роман")


def test_a_search_tells_of_who_is_on_the_blacklist_without_a_pass(page: Page, at: Booth) -> None:
    at.hold(BlockItem(id=uid(9691), plates=["E555EE72"], reason="Угон 3.11.2026"))
    page.goto("/gate/passes?q=е 555 ее 72")
    expect(page.get_by_text("Не пропускайте: в чёрном списке. Угон 3.11.2026")).to_be_visible(
        timeout=VISIBLE_MS
    )
    page.goto("/gate/passes?q=555 ее")
    expect(page.get_by_role("alert")).to_contain_text(
        "Похож на номер из чёрного списка: E 555 EE", timeout=VISIBLE_MS
    )
    expect(page.get_by_role("alert")).to_contain_text("Угон 3.11.2026")
    page.goto("/gate/passes?q=е 556 ее 72")
    expect(page.get_by_role("heading", name="Ничего не нашлось")).to_be_visible(timeout=VISIBLE_MS)
    expect(page.get_by_text("в чёрном списке.")).to_have_count(0)


def test_a_scanned_card_opens_its_pass(page: Page, at: Booth) -> None:
    [card] = parse_printed("0008106606 123,45678")
    at.hold(a_pass(50, holder="Житель с картой", keys=list(card.keys())))
    scan(page, "123б45678")  # 123,45678 under a Russian layout
    expect(page.get_by_role("heading", level=1, name="Житель с картой")).to_be_visible(timeout=VISIBLE_MS)
    expect(page.get_by_role("button", name="Впустить", exact=True)).to_be_visible()
    expect(page.get_by_role("button", name="Отозвать пропуск")).to_have_count(0)  # the company's own
    scan(page, "0009999999")
    expect(page.get_by_text(re.compile("Такого кода или карты"))).to_be_visible()


def test_a_pass_lets_in_by_hand_carries_notes_and_is_made_and_withdrawn_here(page: Page, at: Booth) -> None:
    page.goto("/gate/passes/new?plate=а777мр77")
    page.get_by_label("Кто").fill("Курьер")
    page.get_by_label("Адрес").fill("Кифису")
    page.get_by_role("group", name="Подсказки из пропусков").get_by_role("button").first.click()
    expect(page.get_by_label("К кому")).not_to_have_value("")
    expect(page.get_by_label("Телефон хозяина")).to_have_value(PHONE)
    page.get_by_label("Телефон гостя").fill("8 912 345-67-80")
    page.get_by_role("button", name="Оформить").click()
    expect(page.get_by_text("Оформлен здесь, облако ещё не приняло")).to_be_visible(timeout=VISIBLE_MS)
    page.get_by_label("Новая запись").fill("Ждёт у ворот")
    page.get_by_role("button", name="Записать", exact=True).click()
    expect(page.get_by_role("listitem").filter(has_text="Ждёт у ворот")).to_be_visible()
    page.get_by_role("button", name="Впустить", exact=True).click()
    page.get_by_role("dialog").get_by_role("button", name="Хозяин подтвердил").click()
    expect(page.get_by_text("Открыто: Въезд")).to_be_visible()
    page.get_by_role("button", name="Отозвать пропуск").click()
    page.get_by_role("dialog").get_by_role("button", name="Отозвать пропуск").click()
    expect(page.get_by_text("Пропуск отозван")).to_be_visible()
    [drafted] = at.seen(PassDrafted)
    assert (drafted.plates, drafted.phone, drafted.host_phone) == (["A777MP77"], "+79123456780", PHONE)
    assert len(at.seen(PassWithdrawn)) == 1


def test_the_blacklist_is_said_with_its_reason_and_nothing_typed_is_lost(page: Page) -> None:
    page.goto("/gate/passes/new")
    page.get_by_label("Кто").fill("Курьер")
    page.get_by_label("Номер машины").fill("к008кк72")
    page.get_by_role("button", name="Оформить").click()
    expect(page.get_by_role("alert")).to_contain_text("Драка 12.11.2026", timeout=VISIBLE_MS)
    expect(page.get_by_label("Кто")).to_have_value("Курьер")


def test_a_listed_person_is_refused_and_a_namesake_is_not(page: Page, at: Booth) -> None:
    phones = [phone_hash("+79123456789", uid(9692))]
    at.hold(BlockItem(id=uid(9692), name="Сидоров Артём", phones=phones, reason="Драка 3.11.2026"))
    at.cut()
    page.goto("/gate/visits/new")
    page.get_by_label("Имя").fill("сидоров артем")
    page.get_by_role("button", name="Записать и впустить").click()
    expect(page.get_by_role("alert")).to_contain_text("Драка 3.11.2026", timeout=VISIBLE_MS)
    page.get_by_label("Телефон гостя").fill("8 912 345-67-80")
    page.get_by_role("button", name="Записать и впустить").click()
    expect(page.get_by_role("listitem").filter(has_text="сидоров артем")).to_be_visible(timeout=VISIBLE_MS)


def test_what_the_server_finds_wrong_stands_beside_its_field(page: Page) -> None:
    page.goto("/gate/passes/new")
    page.get_by_label("Кто").fill("Курьер")
    page.get_by_label("Временная карта").fill("не карта")
    page.get_by_role("button", name="Оформить").click()
    field = page.get_by_label("Временная карта")
    expect(field).to_have_attribute("aria-invalid", "true", timeout=VISIBLE_MS)
    field.fill("")
    expect(field).to_have_attribute("aria-invalid", "false")


def test_a_visitor_comes_with_a_photo_and_a_card_and_leaves_without(page: Page, at: Booth) -> None:
    page.get_by_role("link", name="Посетители").click()
    page.get_by_role("button", name="Записать посетителя").first.click()
    page.get_by_label("Имя").fill("Петров Олег")
    page.get_by_label("Адрес").fill("Кифису")
    page.get_by_role("group", name="Подсказки из пропусков").get_by_role("button", name=HOST).first.click()
    expect(page.get_by_role("link", name=re.compile("Позвонить"))).to_be_visible()
    page.get_by_label("Выбрать файл").and_(page.locator("input")).set_input_files(
        {"name": "face.jpg", "mimeType": "image/jpeg", "buffer": photo()}
    )
    expect(page.get_by_role("img", name="Фото 1")).to_be_visible()
    page.get_by_role("button", name="Записать и впустить").click()
    visitor = page.get_by_role("listitem").filter(has_text="Петров Олег")
    expect(visitor).to_contain_text("На территории", timeout=VISIBLE_MS)
    visitor.get_by_role("button", name="Выдать карту").click()
    page.get_by_role("dialog").get_by_label("Временная карта").fill("0008106606")
    page.get_by_role("dialog").get_by_role("button", name="Выдать", exact=True).click()
    expect(visitor).to_contain_text("Карта на руках")
    visitor.get_by_role("button", name="Вышел").click()
    page.get_by_role("dialog").get_by_role("button", name="Да, вышел и сдал карту").click()
    expect(visitor).to_contain_text("Ушёл")
    expect(visitor).to_contain_text("Карта сдана")
    last = at.seen(Visit, 3)[-1]
    assert (last.name, last.state.value, last.card_back, len(last.photos)) == ("Петров Олег", "left", True, 1)


def test_a_violation_goes_with_small_photos_that_name_no_place(page: Page, at: Booth) -> None:
    page.evaluate(HEAR_PHOTOS)
    page.get_by_role("link", name="Нарушения").click()
    page.get_by_role("button", name="Отметить нарушение").click()
    page.get_by_role("button", name="Пожарный проезд").click()
    page.get_by_label("Номер машины").fill("х711тт90")
    files = [{"name": f"{place}.jpg", "mimeType": "image/jpeg", "buffer": photo()} for place in range(2)]
    page.get_by_label("Выбрать файл").and_(page.locator("input")).set_input_files(files)
    expect(page.get_by_role("img", name="Фото 2")).to_be_visible()
    page.get_by_role("button", name="Записать нарушение").click()
    item = page.get_by_role("listitem").filter(has_text="Пожарный проезд")
    expect(item.get_by_role("img")).to_have_count(2, timeout=VISIBLE_MS)
    sent = page.evaluate("window.heard")
    assert len(sent) == 2
    for body in sent:
        taken = Image.open(io.BytesIO(bytes(body)))
        assert (max(taken.size), dict(taken.getexif())) == (1600, {})
    [violation] = at.seen(Violation)
    assert (violation.plate, len(violation.photos)) == ("X711TT90", 2)


SHRINK_SLOWLY = """() => {
  const shrinking = createImageBitmap;
  window.createImageBitmap = async (...given) => {
    window.createImageBitmap = shrinking;
    await new Promise(done => { window.goOn = done; });
    return shrinking(...given);
  };
}"""


def test_a_violation_waits_for_a_photo_that_is_being_shrunk(page: Page, at: Booth) -> None:
    page.evaluate(SHRINK_SLOWLY)
    page.get_by_role("link", name="Нарушения").click()
    page.get_by_role("button", name="Отметить нарушение").click()
    page.get_by_role("button", name="Пожарный проезд").click()
    record = page.get_by_role("button", name="Записать нарушение")
    expect(record).to_be_enabled()
    file = {"name": "car.jpg", "mimeType": "image/jpeg", "buffer": photo()}
    page.get_by_label("Выбрать файл").and_(page.locator("input")).set_input_files(file)
    expect(record).to_be_disabled()
    page.evaluate("() => { window.goOn(); }")
    record.click()
    expect(page.locator("main li img")).to_be_visible(timeout=VISIBLE_MS)
    [violation] = at.seen(Violation)
    assert len(violation.photos) == 1


def test_the_shift_is_handed_over_and_the_next_guard_reads_the_note(page: Page, at: Booth) -> None:
    page.get_by_role("link", name="Смена").click()
    page.get_by_label("Записать в журнал смены").fill("Лампа у въезда мигает")
    page.get_by_role("button", name="Записать", exact=True).click()
    expect(page.get_by_role("listitem").filter(has_text="Лампа у въезда мигает")).to_be_visible()
    printed = page.request.get(page.get_by_role("link", name="PDF").get_attribute("href") or "")
    assert (printed.status, printed.body()[:5]) == (200, b"%PDF-")
    page.get_by_role("button", name="Сдать смену").click()
    page.get_by_label("Что передать следующему").fill("Ключ от шлагбаума у Сергеевой")
    page.get_by_role("button", name="Сдать и выйти").click()
    page.get_by_role("button", name=SECOND.name).click(timeout=VISIBLE_MS)
    page.keyboard.type(PIN)
    page.keyboard.press("Enter")
    expect(page.get_by_text("Ключ от шлагбаума у Сергеевой")).to_be_visible()
    page.get_by_role("button", name="Заступить на смену").click()
    page.get_by_role("link", name="Смена").click()
    page.get_by_role("link", name=re.compile(GUARD.name)).click(timeout=VISIBLE_MS)
    expect(page.get_by_role("heading", level=1, name="Отчёт смены")).to_be_visible()
    expect(page.get_by_role("main")).to_contain_text("Лампа у въезда мигает")
    assert [shift.state for shift in at.seen(Shift, 3)][:2] == [ShiftState.BEGUN, ShiftState.ENDED]


def test_whoever_is_disabled_is_out(page: Page, at: Booth) -> None:
    at.hold(msgspec.structs.replace(GUARD, enabled=False))
    expect(page.get_by_role("heading", name="Кто заступает?")).to_be_visible(timeout=VISIBLE_MS)
    expect(page.get_by_role("button", name=GUARD.name)).to_have_count(0)
