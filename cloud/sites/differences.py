"""How a box's next configuration differs from its last, told as people would: things by name, settings by their words.

Pure. What is secret is compared as it is and told as a word.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from pydantic import BaseModel, Field

from cloud.kernel.language import Language, Text
from cloud.sites import barrier_words, driver_words, drivers
from protocols.driver_forms import SECRET_SETTINGS
from protocols.meters import ProfileError, load_meter
from protocols.urls import without_secrets

TITLES: dict[str, Text] = {
    "box.site_name": Text("Объект", "Site"),
    "box.time_zone": Text("Часовой пояс", "Time zone"),
    "box.unknown_clock.residents_without_schedule": Text(
        "Пока часы не сверены, жителей пускать без расписания",
        "While the clock is unknown, residents pass without schedule",
    ),
    "box.unknown_clock.others_need_guard": Text(
        "Пока часы не сверены, остальных подтверждает охрана",
        "While the clock is unknown, a guard confirms others",
    ),
    "box.stale.after_s": Text("Список устаревает без сверки через", "The list is stale unconfirmed for"),
    "box.stale.residents": Text("По устаревшему списку жителям", "By a stale list, residents"),
    "box.stale.guests": Text("По устаревшему списку гостям", "By a stale list, guests"),
    "box.stale.services": Text("По устаревшему списку службам", "By a stale list, services"),
    "box.fire": Text("Пожарная тревога", "Fire alarm"),
    "box.page.chain": Text("Сертификат страницы охраны", "Certificate of the guard's page"),
    "box.page.key": Text("Ключ страницы охраны", "Key of the guard's page"),
    "points.name": Text("Название", "Name"),
    "points.zone": Text("Ведёт в зону", "Leads into zone"),
    **barrier_words.TITLES,
    "points.readers": Text("Чем читает", "Readers"),
    "points.camera": Text("Камера", "Camera"),
    "zones.name": Text("Название", "Name"),
    "zones.number": Text("Номер для гостевых кодов", "Number for guests' codes"),
    "zones.parent": Text("Внутри зоны", "Within zone"),
    "zones.anti_passback": Text("Повторный проход", "Anti-passback"),
    "zones.amnesty_minute": Text("Амнистия", "Amnesty"),
    "zones.capacity": Text("Мест", "Room for"),
    "zones.vehicles_only": Text("Считать только машины", "Count vehicles alone"),
    "devices.name": Text("Название", "Name"),
    "devices.driver": Text("Тип", "Type"),
    "meters.device": Text("Линия", "Line"),
    "meters.profile": Text("Модель", "Model"),
    "meters.unit": Text("Адрес на линии", "Address on the line"),
    "meters.period_s": Text("Опрашивать каждые", "Poll every"),
    "meters.channels": Text("Показания", "Readings"),
}
_UNITS = {**barrier_words.UNITS, "meters.period_s": "s", "box.stale.after_s": "s"}
_YES, _NO = Text("да", "yes"), Text("нет", "no")
_SET, _NEW = Text("задан", "set"), Text("новый", "new")
_PARTS = {**barrier_words.PARTS, "box.page": TITLES["box.page.chain"]}
_HIDDEN = SECRET_SETTINGS | {"page.chain", "page.key"}
_DIFFERS = Text("{value} (скрытое изменено)", "{value} (what is hidden has changed)")
_DIRECTIONS = {"in": Text("въезд", "in"), "out": Text("выезд", "out")}
_RULES = {
    "allow": Text("пускать", "let in"),
    "guard": Text("решает охрана", "a guard decides"),
    "deny": Text("не пускать", "refuse"),
    "off": Text("не следить", "not watched"),
    "soft": Text("пускать и отмечать", "let in and note"),
    "hard": Text("не пускать", "refuse"),
}
_ALL = Text("все точки", "every point")
_FIRE = Text("{device}, вход {input}: {points}", "{device}, input {input}: {points}")
_FIRE_CLOSED = Text(
    "{device}, вход {input}, нормально замкнут: {points}",
    "{device}, input {input}, normally closed: {points}",
)
_UNNAMED_METER = Text("{model}, адрес {unit}", "{model}, address {unit}")


Section = Literal["box", "points", "zones", "devices", "meters"]
Act = Literal["added", "removed", "changed"]


class DifferingLine(BaseModel):
    """One setting; null: there was, or will be, none."""

    title: str = Field(examples=["Адрес в сети"])
    before: str | None = Field(examples=["10.0.0.7"])
    after: str | None = Field(examples=["10.0.0.8"])


class Difference(BaseModel):
    """A thing of the configuration that is not as it was."""

    section: Section
    name: str | None = Field(examples=["Реле шлагбаума"], description="null: the box itself")
    act: Act
    lines: list[DifferingLine]


@dataclass(frozen=True, slots=True)
class _Teller:
    """`names`: of devices and meters, by id as JSON has it."""

    names: Mapping[str, str]
    language: Language

    def title(self, section: str, path: str, thing: Mapping[str, Any]) -> str:
        return setting_title(section, thing.get("driver", ""), path.removeprefix("settings."), self.language)

    def value(self, section: str, path: str, value: Any, thing: Mapping[str, Any]) -> str | None:
        """None: there is nothing."""
        if value is None or value in ("", []):
            return None
        if path.startswith(("settings.", "page.")):
            return self._setting(thing.get("driver", ""), path.removeprefix("settings."), value)
        place = f"{section}.{path}"
        match place:
            case "devices.driver":
                known = driver_words.DRIVERS.get(value)
                shown = known.title.in_language(self.language) if known else str(value)
            case "points.readers":
                shown = ", ".join(
                    f"{self._plain(each['device'])} ({self._direction(each)})" for each in value
                )
            case "points.barrier.kind" | "points.barrier.lights" | "box.fire":
                shown = self._barrier(value)
            case "meters.channels":
                shown = ", ".join(each["channel"] for each in value)
            case "zones.anti_passback" | "box.stale.residents" | "box.stale.guests" | "box.stale.services":
                shown = _RULES[value].in_language(self.language)
            case "zones.amnesty_minute":
                shown = f"{value // 60:02}:{value % 60:02}"
            case "meters.profile":
                shown = model(value)
            case _:
                shown = self._plain(value)
        unit = _UNITS.get(place)
        return f"{shown}\u00a0{driver_words.UNITS[unit].in_language(self.language)}" if unit else shown

    def _fire(self, fire: Mapping[str, Any]) -> str:
        opened = ", ".join(map(self._plain, fire.get("points") or [])) or _ALL.in_language(self.language)
        form = _FIRE_CLOSED if fire.get("normally_closed") else _FIRE
        return form.in_language(
            self.language, device=self._plain(fire["device"]), input=fire["input"], points=opened
        )

    def _barrier(self, value: Any) -> str:
        """Its kind, its lights, or the fire alarm's contacts that open it."""
        if isinstance(value, list):
            return "; ".join(self._light(each) if "direction" in each else self._fire(each) for each in value)
        return barrier_words.KINDS[value].in_language(self.language)

    def _light(self, light: Mapping[str, Any]) -> str:
        outputs = {"green": light.get("green"), "red": light.get("red")}
        told = [
            f"{barrier_words.LIGHTS[name].in_language(self.language)} {output}"
            for name, output in outputs.items()
            if output is not None
        ]
        return f"{self._direction(light)}: {', '.join(told)}"

    def _direction(self, reader: Mapping[str, Any]) -> str:
        return _DIRECTIONS[reader["direction"]].in_language(self.language)

    def _setting(self, driver: str, path: str, value: Any) -> str:
        if path in _HIDDEN:
            return _SET.in_language(self.language)
        return drivers.value_text(driver, path, value, self.language) or self._plain(without_secrets(value))

    def _plain(self, value: Any) -> str:
        if isinstance(value, bool):
            return (_YES if value else _NO).in_language(self.language)
        if isinstance(value, list):
            return ", ".join(map(self._plain, value))
        if isinstance(value, float):
            return f"{value:g}".replace(".", "," if self.language is Language.RU else ".")
        return self.names.get(str(value), str(value))


def differences(
    before: Mapping[str, Any] | None, after: Mapping[str, Any], names: Mapping[str, str], language: Language
) -> list[Difference]:
    """The box itself first, then points, zones, devices and meters, by name. `before` None: everything is new.

    Both whole (`config.whole`), with their secrets.
    """
    known = dict(names) | _names("devices", before, after) | _names("zones", before, after)
    known |= _names("points", before, after)
    told = list(_of_section("box", {"": _box(before or {})}, {"": _box(after)}, known, language))
    sections: tuple[Section, ...] = ("points", "zones", "devices", "meters")
    for section in sections:
        old = {thing["id"]: thing for thing in (before or {}).get(section, [])}
        new = {thing["id"]: thing for thing in after.get(section, [])}
        found = _of_section(section, old, new, known, language)
        told += sorted(found, key=lambda each: each.name or "")
    return told


def setting_title(section: str, driver: str, path: str, language: Language) -> str:
    """What a setting is called; what has no words stands as it is. `driver`: of a device."""
    words = driver_words.SETTINGS.get(f"{driver}.{path}") if section == "devices" else None
    place = f"{section}.{path}"
    told = words.title if words else TITLES.get(place) or _PARTS.get(place)
    return told.in_language(language) if told else path


def model(profile: str) -> str:
    """A meter's model by its profile."""
    try:
        known = load_meter(profile)
    except ProfileError:
        return profile
    return f"{known.maker} {known.model}"


def _names(section: str, *bodies: Mapping[str, Any] | None) -> dict[str, str]:
    return {thing["id"]: thing["name"] for body in bodies for thing in (body or {}).get(section, [])}


def _box(body: Mapping[str, Any]) -> dict[str, Any]:
    return {
        name: body.get(name) for name in ("site_name", "time_zone", "unknown_clock", "stale", "fire", "page")
    }


def _of_section(
    section: Section,
    old: Mapping[str, Mapping[str, Any]],
    new: Mapping[str, Mapping[str, Any]],
    names: Mapping[str, str],
    language: Language,
) -> Iterator[Difference]:
    teller = _Teller(names, language)
    for thing in dict.fromkeys([*old, *new]):
        before, after = old.get(thing), new.get(thing)
        act: Act = "added" if before is None else "removed" if after is None else "changed"
        lines = list(_lines(teller, section, before or {}, after or {})) if act != "removed" else []
        if lines or act != "changed":
            name = _name(section, thing, after or before or {}, names, language)
            yield Difference(section=section, name=name, act=act, lines=lines)


def _name(
    section: str, thing: str, body: Mapping[str, Any], names: Mapping[str, str], language: Language
) -> str | None:
    if section != "meters":
        return body.get("name")
    told = _UNNAMED_METER.in_language(language, model=model(body["profile"]), unit=body["unit"])
    return names.get(thing, told)


def _lines(
    teller: _Teller, section: str, before: Mapping[str, Any], after: Mapping[str, Any]
) -> Iterator[DifferingLine]:
    old, new = dict(_leaves("", before)), dict(_leaves("", after))
    for path in dict.fromkeys([*old, *new]):
        was, will = old.get(path), new.get(path)
        if was == will or path == "id" or (path == "name" and not before):
            continue
        shown = [teller.value(section, path, was, before), teller.value(section, path, will, after)]
        if shown == [None, None]:
            continue
        if shown[0] == shown[1]:  # what differs is hidden
            secret = path.removeprefix("settings.") in _HIDDEN
            shown[1] = (_NEW if secret else _DIFFERS).in_language(teller.language, value=shown[1])
        yield DifferingLine(
            title=teller.title(section, path, after or before), before=shown[0], after=shown[1]
        )


def _leaves(path: str, value: Any) -> Iterator[tuple[str, Any]]:
    """Objects are opened, lists are told whole."""
    if isinstance(value, Mapping):
        for name, inner in value.items():
            yield from _leaves(f"{path}.{name}" if path else name, inner)
    else:
        yield path, value
