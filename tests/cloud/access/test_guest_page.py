"""What a guest reads behind a link: where to go and at what hours, in plain HTML."""

from dataclasses import replace
from datetime import timedelta
from html import unescape
from pathlib import Path
from re import sub

import pytest

from cloud.access.guest_page import GuestView, page
from cloud.access.types import PassState
from cloud.kernel.language import Language
from tests.cloud.serving import Person, served
from tests.support.noon import NOON
from tests.support.postgres import Database

WEEKDAYS = {"days": [1, 2, 3, 4, 5], "from_minute": 540, "until_minute": 1080}
VIEW = GuestView(
    number=1042,
    site="к/п Афины",
    points=["КПП-1, въезд", "Калитка <у озера>"],
    time_zone="Asia/Yekaterinburg",
    address="ул. Кифису, д. А2",
    state=PassState.ISSUED,
    begins=NOON - timedelta(days=1),
    ends=NOON + timedelta(days=30),
    schedule=[WEEKDAYS],
    opens=None,
    entries_left=None,
    plates=[],
    pin=None,
    typed=None,
    code=None,
)


def read(view: GuestView, language: Language = Language.RU) -> str:
    """The page's words, a line for each."""
    html = page(view, language, NOON)
    assert "<script" not in html
    return unescape(sub(r"<[^>]+>", "\n", html.partition("<body>")[2])).replace("\u00a0", " ")


def test_where_one_is_let_in_and_at_what_hours_stands_by_name() -> None:
    told = read(VIEW)
    assert "Где пустят\n\nКПП-1, въезд\nКалитка <у озера>\n" in told
    assert "В какие часы\n\nпн–пт 09:00–18:00\n" in told


def test_the_same_in_english() -> None:
    told = read(VIEW, Language.EN)
    assert "Where you are let in\n\nКПП-1, въезд" in told
    assert "At what hours\n\nMon–Fri 09:00–18:00" in told


def test_a_pass_for_everywhere_and_any_time_says_no_hours() -> None:
    told = read(replace(VIEW, points=None, schedule=[]))
    assert "Через любой въезд и вход" in told
    assert "Где пустят" not in read(replace(VIEW, points=[]))  # all its points are out of service
    assert "В какие часы" not in told


def test_outside_the_hours_it_says_when_to_come() -> None:
    opens = NOON + timedelta(days=1)
    assert "Сейчас по этому пропуску не пустят: приезжайте" in read(replace(VIEW, opens=opens))
    assert "Сейчас" not in read(VIEW)


def test_a_request_says_that_it_waits() -> None:
    told = read(replace(VIEW, state=PassState.REQUESTED))
    assert "Пропуск ещё не согласован" in told
    assert "назовите охране" not in told


@pytest.mark.parametrize("state", [PassState.REVOKED, PassState.REFUSED, PassState.EXPIRED])
def test_a_pass_that_is_over_sends_nobody_anywhere(state: PassState) -> None:
    told = read(replace(VIEW, state=state, opens=NOON + timedelta(days=1)))
    assert "КПП-1" not in told
    assert "пн–пт" not in told
    assert "приезжайте" not in told


def shown(boss: Person, guest: Person, pass_id: str) -> str:
    link = boss.get(f"/api/access/passes/{pass_id}/link").json()["url"]
    answer = guest.get("/p/" + link.rpartition("/p/")[2], headers={"Accept-Language": "ru"})
    assert answer.status_code == 200
    return unescape(answer.text).replace("\u00a0", " ")


def test_points_and_hours_of_a_pass_are_its_own(database: Database, tmp_path: Path) -> None:
    with served(database, tmp_path) as running:
        boss, guest = running.operator(), running.visitor()
        site = boss.call("POST", "/api/sites", {"name": "Афины", "time_zone": "Asia/Yekaterinburg"}).json()[
            "id"
        ]
        box = boss.call("POST", "/api/boxes", {"site_id": site, "name": "Бокс"}).json()["id"]
        points = {
            name: boss.call("POST", "/api/points", {"box_id": box, "name": name}).json()["id"]
            for name in ("Въезд 1", "Калитка")
        }
        yesterday = (NOON.isoweekday() + 5) % 7 + 1  # open again in six days
        draft = {
            "site_id": site,
            "holder": "Анна",
            "kind": "recurring",
            "valid_until": (NOON + timedelta(days=30)).isoformat(),
            "points": [points["Калитка"]],
            "schedule": [{"days": [yesterday], "from_minute": 600, "until_minute": 660}],
        }
        narrow = boss.call("POST", "/api/access/passes", draft).json()["id"]
        wide = boss.call("POST", "/api/access/passes", draft | {"points": [], "schedule": []}).json()["id"]
        told, everywhere = shown(boss, guest, narrow), shown(boss, guest, wide)
    assert "Калитка" in told
    assert "Въезд 1" not in told
    assert "10:00–11:00" in told
    assert f"приезжайте {NOON + timedelta(days=6):%d.%m.%Y} 10:00 или позже" in told
    assert "Въезд 1<br>Калитка" in everywhere
    assert "приезжайте" not in everywhere
