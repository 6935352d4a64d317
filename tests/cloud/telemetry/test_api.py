"""Series and charts over HTTP, as the owner and as another company."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from cloud.ingest.unit import Intake, Message
from cloud.kernel.tenancy import Role
from cloud.maintain import Keeper
from cloud.telemetry.service import Retention
from protocols.records import Reading
from tests.cloud.ingest.boxes import Place, at_ms, make_place, make_series
from tests.cloud.serving import Person, Served, served
from tests.cloud.sites.building import House
from tests.support.noon import NOON
from tests.support.postgres import Database


@pytest.fixture
def api(database: Database, tmp_path: Path) -> Iterator[Served]:
    with served(database, tmp_path) as running:
        yield running


@pytest.fixture
def boss(api: Served) -> Person:
    return api.operator()


@pytest.fixture
def place(api: Served, boss: Person, database: Database) -> Iterator[tuple[Place, int]]:
    """A counter that was read every 20 minutes for a day: 0.00, 0.01, 0.02 …; the register goes beyond 53 bits."""
    house = House(database, NOON)
    assert boss.company is not None
    house.company = boss.company
    place = make_place(house)
    [series] = make_series(house, place)
    stream = place.stream()
    for number in range(72):
        at = at_ms(NOON - timedelta(days=1) + number * timedelta(minutes=20))
        stream.readings(Reading(series, 0, str(2**63 + number), number / 100), at=at)
    Intake(house.database(Role.INGEST), {}).take([Message(*stream.batch())])
    assert house.clock is not None
    Keeper(database.owner_url, house.clock, Retention()).work()
    yield place, series
    house.close()


def test_a_series_is_listed_and_shown_with_its_newest_reading(
    api: Served, boss: Person, place: tuple[Place, int]
) -> None:
    where, series = place
    listed = boss.get("/api/telemetry/series", params={"site_id": str(where.site_id), "kind": "counter"})
    assert [item["id"] for item in listed.json()["items"]] == [series]
    shown = boss.get(f"/api/telemetry/series/{series}").json()
    assert shown["latest"]["raw"] == str(2**63 + 71)
    assert (shown["latest"]["value"], shown["latest"]["quality"]) == (0.71, "good")


def test_a_chart_by_hours_says_what_was_consumed(api: Served, boss: Person, place: tuple[Place, int]) -> None:
    _, series = place
    span = {"begin": (NOON - timedelta(hours=12)).isoformat(), "end": NOON.isoformat(), "resolution": "hour"}
    chart = boss.get(f"/api/telemetry/series/{series}/points", params=span).json()
    assert chart["resolution"] == "hour"
    assert [point["consumption"] for point in chart["points"]] == [pytest.approx(0.03)] * 12
    assert chart["consumption"] == pytest.approx(0.36)


def test_a_short_span_shows_the_readings_themselves(
    api: Served, boss: Person, place: tuple[Place, int]
) -> None:
    _, series = place
    chart = boss.get(f"/api/telemetry/series/{series}/points").json()
    assert chart["resolution"] == "raw"
    assert [point["raw"] for point in chart["points"]] == [str(2**63 + number) for number in range(72)]


def test_another_company_finds_nothing(api: Served, boss: Person, place: tuple[Place, int]) -> None:
    _, series = place
    assert boss.get(f"/api/telemetry/series/{series}").status_code == 200
    made = boss.call("POST", "/api/companies", {"name": "Спарта", "time_zone": "Europe/Moscow"})
    assert made.status_code == 201, made.text
    boss.work_in(made.json()["id"])
    only = {"company": made.json()["id"]}
    assert boss.get("/api/telemetry/series", params=only).json()["items"] == []
    for path in (f"/api/telemetry/series/{series}", f"/api/telemetry/series/{series}/points"):
        answer = boss.get(path, params=only)
        assert (answer.status_code, answer.json()["code"]) == (404, "series_not_found")


def test_a_backward_span_is_refused_in_the_callers_language(
    api: Served, boss: Person, place: tuple[Place, int]
) -> None:
    _, series = place
    span = {"begin": NOON.isoformat(), "end": (NOON - timedelta(hours=1)).isoformat()}
    answer = boss.get(
        f"/api/telemetry/series/{series}/points", params=span, headers={"Accept-Language": "ru"}
    )
    assert (answer.status_code, answer.json()["code"]) == (400, "range_invalid")
    assert answer.json()["title"].startswith("Неверный промежуток")
