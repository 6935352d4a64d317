"""Drivers as forms draw them, and what their settings may not be, in words. Derived from `protocols.driver_forms`."""

from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from cloud.kernel.errors import FieldError
from cloud.kernel.language import Language, Text
from cloud.sites import driver_words as words
from protocols import driver_forms
from protocols.driver_forms import Fault, FieldKind
from protocols.drivers import ALSO, ROLES, SETTINGS, DeviceRole
from protocols.meters import RELAYS, load_relay

_FILL_IN = Text("Заполните поле.", "Fill this in.")
_NO_SETTING = Text("Такого параметра у этого типа нет.", "There is no such setting of this type.")
_OTHER = Text("Это значение не подходит. Проверьте его.", "This value does not fit. Check it.")
_KINDS: dict[FieldKind, Text] = {
    FieldKind.TEXT: Text("Введите текст.", "Enter a text."),
    FieldKind.FLAG: Text("Выберите «да» или «нет».", "Choose yes or no."),
    FieldKind.CHOICE: Text("Выберите из списка.", "Choose from the list."),
    FieldKind.DEVICE: Text("Выберите из списка.", "Choose from the list."),
}
_NUMBERS: dict[tuple[bool, FieldKind], Text] = {
    (True, FieldKind.INTEGER): Text(
        "Целое число от {minimum} до {maximum}.", "A whole number, {minimum} to {maximum}."
    ),
    (True, FieldKind.NUMBER): Text("Число от {minimum} до {maximum}.", "A number, {minimum} to {maximum}."),
    (False, FieldKind.INTEGER): Text("Введите целое число.", "Enter a whole number."),
    (False, FieldKind.NUMBER): Text("Введите число.", "Enter a number."),
}
_TOO_LONG = Text(
    "Слишком длинно: можно не больше {max_length} знаков.", "Too long: at most {max_length} characters."
)


class Choice(BaseModel):
    """One of several values."""

    value: str | int
    title: str = Field(examples=["9600"])


class DriverField(BaseModel):
    """A setting of a driver, as a form draws it."""

    name: str = Field(examples=["timeout_ms"])
    kind: FieldKind
    title: str = Field(examples=["Ждать ответа"])
    help: str | None
    example: str | None
    unit: str | None = Field(examples=["мс"])
    required: bool
    default: Any = Field(description="what counts when it is left out")
    minimum: float | None
    maximum: float | None
    max_length: int | None
    choices: list[Choice]
    secret: bool = Field(description="it goes into `secrets` and never comes out")
    device: DeviceRole | None = Field(description="it names a device of the same box with this role")
    one_of: str | None = Field(description="exactly one of the fields with the same word is given")
    instead_of: str | None = Field(description="when it is on, this other field is left out")
    fields: list["DriverField"] = Field(description="settings within this one")


class DriverCard(BaseModel):
    """A kind of device that boxes know."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "driver": "modbus_tcp",
                    "role": "bus",
                    "also": None,
                    "title": "Линия Modbus TCP",
                    "help": "Устройство или шлюз Modbus в сети.",
                    "fields": [],
                    "alternatives": {},
                }
            ]
        }
    )

    driver: str
    role: DeviceRole
    also: DeviceRole | None = Field(description="what a device of this kind may be used as besides")
    title: str
    help: str | None
    fields: list[DriverField]
    alternatives: dict[str, str] = Field(description="what is chosen between fields that share a `one_of`")


def driver_cards(language: Language) -> list[DriverCard]:
    """Every driver with its form."""
    return [_card(driver, language) for driver in SETTINGS]


def field_error(driver: str, fault: Fault) -> FieldError:
    """A fault of a driver's settings beside its field: `settings.timeout_ms`, `secrets.token`."""
    place = "secrets" if fault.path in driver_forms.SECRET_SETTINGS else "settings"
    path = f"{place}.{fault.path}" if fault.path else place
    field = driver_forms.find_field(driver, fault.path) if fault.path else None
    if fault.code == "missing":
        return FieldError(path, "missing", _FILL_IN)
    if fault.code == "unknown":
        return FieldError(path, "unknown_setting", _NO_SETTING)
    if fault.code in words.RULES:
        return FieldError(path, fault.code, words.RULES[fault.code])
    text, data = _expected(f"{driver}.{fault.path}", field)
    return FieldError(path, "wrong_setting", text, data)


def value_text(driver: str, path: str, value: Any, language: Language) -> str | None:
    """A setting's value in words: a choice's title, a number with its unit. None: it speaks for itself."""
    field = driver_forms.find_field(driver, path)
    if field is None or value is None:
        return None
    if field.kind is FieldKind.CHOICE or field.catalogue:
        titles = {choice.value: choice.title for choice in _choices(f"{driver}.{path}", field, language)}
        shown = titles.get(value, str(value))
    else:
        shown = str(value)
    if field.unit:
        return f"{shown}\u00a0{words.UNITS[field.unit].in_language(language)}"
    return shown if shown != str(value) else None


def _card(driver: str, language: Language) -> DriverCard:
    known = words.DRIVERS[driver]
    fields = driver_forms.fields_of(driver)
    return DriverCard(
        driver=driver,
        role=ROLES[driver],
        also=ALSO.get(driver),
        title=known.title.in_language(language),
        help=known.help.in_language(language) if known.help else None,
        fields=[_field(f"{driver}.{field.name}", field, language) for field in fields],
        alternatives={
            field.one_of: words.ALTERNATIVES[f"{driver}.{field.one_of}"].in_language(language)
            for field in fields
            if field.one_of
        },
    )


def _field(place: str, field: driver_forms.Field, language: Language) -> DriverField:
    known = words.SETTINGS[place]
    return DriverField(
        name=field.name,
        kind=FieldKind.CHOICE if field.catalogue else field.kind,
        title=known.title.in_language(language),
        help=known.help.in_language(language) if known.help else None,
        example=known.example,
        unit=words.UNITS[field.unit].in_language(language) if field.unit else None,
        required=field.required,
        default=field.default,
        minimum=field.minimum,
        maximum=field.maximum,
        max_length=field.max_length,
        choices=_choices(place, field, language),
        secret=field.secret,
        device=field.device,
        one_of=field.one_of,
        instead_of=field.instead_of,
        fields=[_field(f"{place}.{inner.name}", inner, language) for inner in field.fields],
    )


def _choices(place: str, field: driver_forms.Field, language: Language) -> list[Choice]:
    if field.catalogue == "relays":
        models = [load_relay(profile) for profile in RELAYS]
        return [Choice(value=each.id, title=f"{each.maker} {each.model}") for each in models]
    titles = words.CHOICES.get(place, {})
    return [
        Choice(value=value, title=titles[value].in_language(language) if value in titles else str(value))
        for value in field.choices
    ]


def _expected(place: str, field: driver_forms.Field | None) -> tuple[Text, dict[str, Any]]:
    """What would fit."""
    known = words.SETTINGS.get(place)
    if known is not None and known.expected is not None:
        return known.expected, {}
    if field is None:
        return _OTHER, {}
    if field.kind in {FieldKind.INTEGER, FieldKind.NUMBER}:
        is_bounded = field.minimum is not None and field.maximum is not None
        bounds = {"minimum": _plain(field.minimum), "maximum": _plain(field.maximum)} if is_bounded else {}
        return _NUMBERS[is_bounded, field.kind], bounds
    if field.kind is FieldKind.TEXT and field.max_length is not None:
        return _TOO_LONG, {"max_length": field.max_length}
    return _KINDS.get(field.kind, _OTHER), {}


def _plain(bound: float | None) -> float | int | None:
    return int(bound) if bound is not None and bound == int(bound) else bound
