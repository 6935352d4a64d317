"""What differs between two configurations, in words."""

from typing import Any
from uuid import UUID, uuid4

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cloud.kernel.language import Language
from cloud.sites.differences import TITLES, Difference, differences
from protocols import config

LINE, RELAY, READER, METER = (str(uuid4()) for _ in range(4))
BODY: dict[str, Any] = {
    "site_name": "к/п Афины",
    "time_zone": "Europe/Moscow",
    "unknown_clock": {"residents_without_schedule": True, "others_need_guard": True},
    "points": [
        {
            "id": "p1",
            "name": "Въезд 1",
            "barrier": {"device": RELAY, "output": 0, "pulse_ms": 700},
            "readers": [{"device": READER, "direction": "in"}],
            "camera": None,
        }
    ],
    "devices": [
        {"id": LINE, "name": "Линия", "driver": "modbus_tcp", "settings": {"host": "10.0.0.7"}},
        {
            "id": RELAY,
            "name": "Реле",
            "driver": "modbus_relay",
            "settings": {"bus": LINE, "profile": "wb_mr6c_v2"},
        },
        {"id": READER, "name": "Калитка", "driver": "osdp_reader", "settings": {"key": "00" * 16}},
    ],
    "meters": [
        {
            "id": METER,
            "device": LINE,
            "profile": "eastron_sdm120",
            "unit": 3,
            "period_s": 60.0,
            "channels": [{"channel": "voltage", "series": 1}],
        }
    ],
}


def changed(section: str, index: int, **more: Any) -> dict[str, Any]:
    things = [thing | more if at == index else thing for at, thing in enumerate(BODY[section])]
    return BODY | {section: things}


def told(after: dict[str, Any], before: dict[str, Any] | None = BODY) -> list[Difference]:
    return differences(before, after, {METER: "Насосная"}, Language.RU)


def lines(
    after: dict[str, Any], before: dict[str, Any] | None = BODY
) -> list[tuple[str, str | None, str | None]]:
    [one] = told(after, before)
    return [(line.title, line.before, line.after) for line in one.lines]


def leaves(kind: Any, path: str) -> set[str]:
    found: set[str] = set()
    for field in msgspec.structs.fields(kind):
        inner, place = _struct(field.type), f"{path}.{field.name}"
        found |= leaves(inner, place) if inner else {place}
    return found


def _struct(annotation: Any) -> Any:
    options = getattr(annotation, "__args__", (annotation,))
    is_list = getattr(annotation, "__origin__", None) in {list, dict}
    found = [each for each in options if isinstance(each, type) and issubclass(each, msgspec.Struct)]
    return found[0] if found and not is_list else None


def test_whatever_a_configuration_can_say_has_words() -> None:
    parts = {
        "points": config.Point,
        "zones": config.Zone,
        "devices": config.Device,
        "meters": config.Meter,
        "box": config.Configuration,
    }
    every = set().union(*(leaves(kind, section) for section, kind in parts.items()))
    never = {f"{section}.id" for section in parts} | {"devices.settings", "box.site"}
    never |= {"box.points", "box.zones", "box.devices", "box.meters"}
    assert every - never == set(TITLES)


@given(st.sampled_from(list(Language)))
def test_nothing_differs_from_itself(language: Language) -> None:
    assert differences(BODY, BODY, {}, language) == []


def test_settings_are_called_as_their_forms_call_them() -> None:
    moved = changed("devices", 0, settings={"host": "10.0.0.8", "timeout_ms": 800})
    assert lines(moved) == [
        ("Адрес в сети", "10.0.0.7", "10.0.0.8"),
        ("Ждать ответа", None, "800\u00a0мс"),
    ]


def test_ids_are_told_by_name_and_values_in_words() -> None:
    point = changed(
        "points",
        0,
        barrier={"device": LINE, "output": 1, "pulse_ms": 900},
        readers=[{"device": READER, "direction": "out"}],
        camera="c",
    )
    assert lines(point) == [
        ("Чем открывается", "Реле", "Линия"),
        ("Выход", "0", "1"),
        ("Импульс", "700\u00a0мс", "900\u00a0мс"),
        ("Чем читает", "Калитка (въезд)", "Калитка (выезд)"),
        ("Камера", None, "c"),
    ]
    assert lines(changed("meters", 0, period_s=0.5, profile="wb_mcm8")) == [
        ("Модель", "Eastron SDM120", "Wiren Board WB-MCM8"),
        ("Опрашивать каждые", "60\u00a0с", "0,5\u00a0с"),
    ]


def test_what_comes_and_goes_is_one_thing() -> None:
    [gone] = told(BODY | {"devices": BODY["devices"][:2]})
    assert (gone.act, gone.name, gone.lines) == ("removed", "Калитка", [])
    [come] = told(BODY, BODY | {"devices": BODY["devices"][:1] + BODY["devices"][2:]})
    assert (come.act, come.name) == ("added", "Реле")
    assert [(line.title, line.after) for line in come.lines] == [
        ("Тип", "Модуль реле"),
        ("Линия", "Линия"),
        ("Модель", "Wiren Board WB-MR6C v.2"),
    ]
    [meter] = told(BODY | {"meters": []})
    assert (meter.section, meter.name) == ("meters", "Насосная")
    [unnamed] = differences(BODY, BODY | {"meters": []}, {}, Language.RU)
    assert unnamed.name == "Eastron SDM120, адрес 3"
    assert {each.section for each in told(BODY, None)} == {"box", "points", "devices", "meters"}


@pytest.mark.parametrize(
    ("settings", "shown"),
    [
        ({"key": "11" * 16}, [("Ключ защищённого канала", "задан", "новый")]),
        ({}, [("Ключ защищённого канала", "задан", None)]),
    ],
)
def test_a_secret_is_told_as_a_word(settings: dict[str, str], shown: list[Any]) -> None:
    assert lines(changed("devices", 2, settings=settings)) == shown


def test_what_an_address_hides_is_not_told_and_its_change_is() -> None:
    camera = {"id": str(UUID(int=1)), "name": "Камера", "driver": "http_camera"}
    before = {"devices": [camera | {"settings": {"url": "http://h/s.jpg?pwd=S3cret"}}]}
    after = {"devices": [camera | {"settings": {"url": "http://h/s.jpg?pwd=0ther"}}]}
    [line] = told(after, before)[0].lines
    assert (line.before, line.after) == ("http://h/s.jpg?***", "http://h/s.jpg?*** (скрытое изменено)")
