"""Every driver and every setting has words for people, and no words are left over."""

from collections.abc import Iterator

from cloud.kernel.language import Language
from cloud.sites import driver_words as words
from cloud.sites import drivers
from protocols.driver_forms import FieldKind, every_field
from protocols.drivers import SETTINGS


def settings() -> Iterator[str]:
    for driver in SETTINGS:
        for path, _field in every_field(driver):
            yield f"{driver}.{path}"


def test_every_driver_and_setting_has_words_and_no_words_are_dead() -> None:
    assert words.DRIVERS.keys() == SETTINGS.keys()
    assert set(settings()) == words.SETTINGS.keys()
    fields = [(driver, path, field) for driver in SETTINGS for path, field in every_field(driver)]
    assert {field.unit for *_, field in fields if field.unit} == words.UNITS.keys()
    assert {
        f"{driver}.{field.one_of}" for driver, _, field in fields if field.one_of
    } == words.ALTERNATIVES.keys()
    texts = {
        f"{driver}.{path}": {str(choice) for choice in field.choices}
        for driver, path, field in fields
        if field.kind is FieldKind.CHOICE and not all(isinstance(choice, int) for choice in field.choices)
    }
    assert texts == {place: set(titles) for place, titles in words.CHOICES.items()}


def test_what_a_pattern_wants_is_said_in_words() -> None:
    for driver in SETTINGS:
        for path, field in every_field(driver):
            if field.has_pattern or field.kind is FieldKind.INTEGERS:
                assert words.SETTINGS[f"{driver}.{path}"].expected is not None, path


def test_every_form_is_drawn_in_both_languages() -> None:
    for language in Language:
        cards = drivers.driver_cards(language)
        assert [card.driver for card in cards] == list(SETTINGS)
        for card in cards:
            for field in card.fields:
                assert field.kind is not FieldKind.CHOICE or field.choices, field.name


def test_values_are_told_as_forms_show_them() -> None:
    def told(driver: str, path: str, value: object) -> str | None:
        return drivers.value_text(driver, path, value, Language.RU)

    assert told("modbus_rtu", "parity", "E") == "чётная"
    assert told("modbus_rtu", "timeout_ms", 500) == "500\u00a0мс"
    assert told("modbus_relay", "profile", "wb_mr6c_v2") == "Wiren Board WB-MR6C v.2"
    assert told("modbus_tcp", "host", "10.0.0.7") is None
    assert told("modbus_tcp", "nope", 1) is None
