"""What the tests do on a page more than once."""

import re
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from playwright.sync_api import Locator, Page, expect

from deploy.demo.company import TIME_ZONE

VISIBLE_MS = 30_000
"""Tests run beside others on small machines."""
expect.set_options(timeout=VISIBLE_MS)


def open_section(page: Page, path: str, heading: str) -> None:
    """Go there and wait until it is drawn, in its own letters."""
    page.goto(path)
    expect(page.get_by_role("heading", level=1, name=heading)).to_be_visible(timeout=VISIBLE_MS)
    page.evaluate("document.fonts.ready.then(() => null)")


def until(page: Page, condition: Callable[[], bool]) -> None:
    """Until it is so; meanwhile what the page asks for is answered."""
    deadline = time.monotonic() + VISIBLE_MS / 1000
    while not condition():
        assert time.monotonic() < deadline, "it did not happen in time"
        page.wait_for_timeout(50)


def boxes_know_the_passes(page: Page) -> None:
    """Until every box at work holds what the cloud does: a car may come, and is judged by it."""

    def is_so() -> bool:
        boxes = page.request.get("/api/boxes").json()["items"]
        return all(box["pass_version"] == box["pass_version_wanted"] for box in boxes if box["online"])

    until(page, is_so)


def stay_clear_of_midnight(page: Page) -> None:
    """A pass for today is over at midnight: one that is issued just before would end in the middle of a test."""
    now = datetime.now(UTC).astimezone(ZoneInfo(TIME_ZONE))
    midnight = (now + timedelta(days=1)).replace(hour=0, minute=0, second=0, microsecond=0)
    if (left := midnight - now) < timedelta(minutes=2):
        page.wait_for_timeout(left.total_seconds() * 1000 + 1000)


def wait_live(page: Page) -> None:
    """Until changes arrive by themselves."""
    expect(page.locator("[data-live=open]")).to_be_visible(timeout=VISIBLE_MS)


def words_of(text: str) -> re.Pattern[str]:
    """The text with spaces of any kind, or none, between its words."""
    return re.compile(r"\s*".join(map(re.escape, text.split())))


def plate_words(plate: str) -> str:
    """A Russian plate's series and number; its digits alone may be those of a year."""
    return f"{plate[0]} {plate[1:4]} {plate[4:6]}"


def row_with(page: Page, text: str) -> Locator:
    """The table's row that holds the text, spaces of any kind being one."""
    return page.locator("tbody tr").filter(has_text=words_of(text))


def issue_by_form(page: Page, *, plate: str, guest: str) -> None:
    """Issue a guest pass for today, as a dispatcher types it."""
    stay_clear_of_midnight(page)
    page.get_by_role("button", name="Выдать пропуск").first.click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Номер машины или карты").fill(plate)
    readings = dialog.get_by_role("group", name="Что распознано")
    expect(readings.get_by_role("button")).to_have_count(1, timeout=VISIBLE_MS)
    readings.get_by_role("button").click()
    dialog.get_by_label("Гость", exact=True).fill(guest)
    dialog.get_by_role("button", name="Выдать пропуск").click()


def expect_guarded(dialog: Locator) -> None:
    """Esc throws nothing away unasked; the person goes on."""
    dialog.page.keyboard.press("Escape")
    expect(dialog.get_by_role("alert").filter(has_text="Введённое не сохранено")).to_be_visible()
    dialog.get_by_role("button", name="Продолжить ввод").click()
