"""How one configuration of a box differs from another: things by name, their settings by name alone. Pure.

What the record of a configuration tells. No value is in it: it may be secret, and the cloud keeps both versions.
"""

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple
from uuid import UUID

import msgspec

from protocols.config import Configuration, whole
from protocols.fields import KEY_MAX, clipped
from protocols.records import CHANGED_SETTINGS_MAX, CONFIG_CHANGES_MAX, ConfigAct, ConfigChange

CHANGES_MAX_BYTES = 32 * 1024  # of a batch's 256 kB
_SECTIONS = ("points", "zones", "devices", "meters")
_VISIBLE = dict.fromkeys(range(0x20), " ")


class Changes(NamedTuple):
    """As many as a record has room for; `untold`: how many more there are."""

    told: list[ConfigChange]
    untold: int = 0


def changes(before: Configuration | None, after: Configuration) -> Changes:
    """The box itself first, then points, zones, devices and meters in their order. `before` None: all is new."""
    found = list(_found(whole(before) if before is not None else {}, whole(after)))
    told: list[ConfigChange] = []
    size = 0
    for change in found[:CONFIG_CHANGES_MAX]:
        size += len(msgspec.json.encode(change)) + 1
        if size > CHANGES_MAX_BYTES:
            break
        told.append(change)
    return Changes(told, len(found) - len(told))


def _found(before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[ConfigChange]:
    own = _settings(_box(before), _box(after)) if before else []
    if own:
        yield ConfigChange(section="box", act=ConfigAct.CHANGED, settings=own)
    for section in _SECTIONS:
        old = {thing["id"]: thing for thing in before.get(section, [])}
        new = {thing["id"]: thing for thing in after[section]}
        for identity in dict.fromkeys([*old, *new]):
            change = _change(section, old.get(identity), new.get(identity))
            if change is not None:
                yield change


def _change(
    section: str, old: Mapping[str, Any] | None, new: Mapping[str, Any] | None
) -> ConfigChange | None:
    thing = new or old
    assert thing is not None  # noqa: S101  # it is in one of them
    act = ConfigAct.ADDED if old is None else ConfigAct.REMOVED if new is None else ConfigAct.CHANGED
    settings = _settings(old, new) if old is not None and new is not None else []
    if act is ConfigAct.CHANGED and not settings:
        return None
    return ConfigChange(
        section=section,
        act=act,
        id=UUID(thing["id"]),
        name=_label(thing["name"] if "name" in thing else f"{thing['profile']}, {thing['unit']}"),
        driver=thing.get("driver", ""),
        settings=settings,
    )


def _box(body: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in body.items() if name not in _SECTIONS}


def _settings(old: Mapping[str, Any], new: Mapping[str, Any]) -> list[str]:
    """Names of what differs, a dot between a part and what is within it; a driver's own without their common part."""
    paths = dict.fromkeys(_label(path.removeprefix("settings.")) for path in _differing("", old, new))
    return [path for path in paths if path][:CHANGED_SETTINGS_MAX]


def _differing(path: str, old: Any, new: Any) -> Iterator[str]:
    """Objects are opened where there was one before; lists are told whole."""
    if isinstance(old, Mapping) and isinstance(new, Mapping):
        for name in dict.fromkeys([*old, *new]):
            yield from _differing(f"{path}.{name}" if path else name, old.get(name), new.get(name))
    elif old != new:
        yield path


def _label(text: str) -> str:
    return clipped(text.translate(_VISIBLE), KEY_MAX)
