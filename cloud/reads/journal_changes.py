"""Records of configurations in words: who sent it, and which things and settings are not as they were. Pure."""

from collections.abc import Iterator, Mapping
from typing import Any

from cloud.kernel.language import Language, Text
from cloud.sites import service as sites

_TAKEN = Text("версия {version} принята", "version {version} taken")
_REFUSED = Text("версия {version} отвергнута", "version {version} refused")
_SENT = Text("отправил(а) {name}", "sent by {name}")
_SECTIONS: dict[str, Text] = {
    "box": Text("сам контроллер", "the box itself"),
    "points": Text("точка «{name}»", "point “{name}”"),
    "zones": Text("зона «{name}»", "zone “{name}”"),
    "devices": Text("устройство «{name}»", "device “{name}”"),
    "meters": Text("счётчик «{name}»", "meter “{name}”"),
}
_ACTS: dict[str, Text] = {
    "added": Text("добавлено: {thing}", "added: {thing}"),
    "removed": Text("удалено: {thing}", "removed: {thing}"),
    "changed": Text("изменено: {thing}", "changed: {thing}"),
}
_UNTOLD = Text("и ещё изменений: {count}", "and {count} more changes")


def config_details(event: Mapping[str, Any], names: Mapping[str, str], language: Language) -> Iterator[str]:
    """Nothing that a box may have written raises."""
    form = _TAKEN if event.get("applied") else _REFUSED
    yield form.in_language(language, version=event.get("version", ""))
    if event.get("person"):
        yield _SENT.in_language(language, name=event["person"])
    changes = event.get("changes")
    for change in changes if isinstance(changes, list) else ():
        if isinstance(change, Mapping):
            yield _change(change, names, language)
    if event.get("untold"):
        yield _UNTOLD.in_language(language, count=event["untold"])
    errors = event.get("errors")
    if isinstance(errors, list) and errors:
        yield ", ".join(map(str, errors))


def _change(change: Mapping[str, Any], names: Mapping[str, str], language: Language) -> str:
    section, act = str(change.get("section", "")), str(change.get("act", ""))
    known = names.get(str(change.get("id", ""))) if section == "meters" else None
    name = known or str(change.get("name", ""))
    thing = _SECTIONS[section].in_language(language, name=name) if section in _SECTIONS else name
    told = _ACTS[act].in_language(language, thing=thing) if act in _ACTS else thing
    settings = change.get("settings")
    titles = [
        sites.setting_title(section, str(change.get("driver", "")), str(path), language)
        for path in (settings if isinstance(settings, list) else ())
    ]
    return f"{told} ({', '.join(dict.fromkeys(titles))})" if titles else told
