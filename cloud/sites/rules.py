"""Decisions about sites, pure: what a configuration may say, what is secret in it, how two of them differ."""

from collections.abc import Collection, Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from cloud.kernel.errors import FieldError
from cloud.kernel.language import Text
from cloud.sites import drivers
from protocols.driver_forms import SECRET_SETTINGS, settings_faults
from protocols.drivers import SETTINGS
from protocols.messages import CommandKind
from protocols.meters import RELAYS, load_relay
from protocols.urls import has_hidden, has_userinfo, without_secrets

REDACTED = "•••"
HOLD_MOST = timedelta(hours=24)
_MISPLACED = Text("Это секрет: передайте его в поле secrets.", "This is a secret: send it in `secrets`.")
_SECRET_IN_URL = Text(
    "Уберите имя и пароль из адреса: имя — в поле user, пароль — в поле password (секреты).",
    "Take user and password out of the address: the user goes to `user`, the password to the secret `password`.",
)
_HIDDEN_IN_URL = Text(
    "Часть адреса скрыта звёздочками, в ней может быть пароль: впишите адрес целиком.",
    "A part of the address is hidden by asterisks, as it may hold a password: type the whole address.",
)
_NOT_SECRET = Text("Не секрет. Секретами бывают: {known}.", "Not a secret setting. Secret ones are: {known}.")
_UNKNOWN_DRIVER = Text("Такого драйвера нет. Есть: {known}.", "There is no such driver. There are: {known}.")
_UNKNOWN_PROFILE = Text("Такой модели нет. Есть: {known}.", "There is no such model. There are: {known}.")
_NO_TIMER = Text("У этой модели нет таймера импульса.", "This model has no pulse timer.")
_NO_BUS = Text("У этого контроллера нет такой линии Modbus.", "This box has no such Modbus line.")
_NO_POINT = Text("Такой точки прохода нет у этого контроллера.", "This box has no such point.")
_NO_METER = Text("Такого прибора учёта нет у этого контроллера.", "This box has no such meter.")
_NO_CALL = Text("Не сказано, какой звонок.", "It does not say which call.")
_NO_PASS = Text("Не сказано, по какому пропуску.", "It does not say by which pass.")
_NO_TARGET = Text("Перезапускается контроллер целиком.", "The box restarts as a whole.")
_HOLD_PAST = Text("Это время уже прошло.", "That time has passed.")
_HOLD_TOO_LONG = Text("Не дольше суток.", "A day at most.")
NO_ZONE = Text("Такой зоны нет на этом объекте.", "This site has no such zone.")
TOO_MANY_ZONES = Text("На объекте может быть не больше {most} зон.", "A site has at most {most} zones.")
ZONE_WITHIN_ITSELF = Text("Зона не может лежать внутри самой себя.", "A zone cannot lie within itself.")
ZONE_SPREAD = Text(
    "Кто внутри, считает один контроллер: все точки этой зоны и зон внутри неё должны быть его.",
    "Who is inside is counted by one box: all points of this zone and of those within it must be its own.",
)


def secret_faults(settings: Mapping[str, Any], secrets: Mapping[str, Any]) -> list[FieldError]:
    """Secrets stand among secrets, and nothing else does."""
    faults = [
        FieldError(f"settings.{name}", "secret_misplaced", _MISPLACED)
        for name in sorted(settings)
        if name in SECRET_SETTINGS
    ]
    known = ", ".join(sorted(SECRET_SETTINGS))
    faults += [
        FieldError(f"secrets.{name}", "not_secret", _NOT_SECRET, {"known": known})
        for name in sorted(secrets)
        if name not in SECRET_SETTINGS
    ]
    faults += [
        FieldError(f"settings.{path}", "secret_in_url", _SECRET_IN_URL)
        for path, value in _flatten("", dict(settings))
        if isinstance(value, str) and has_userinfo(value)
    ]
    faults += [
        FieldError(f"settings.{path}", "hidden_in_url", _HIDDEN_IN_URL)
        for path, value in _flatten("", dict(settings))
        if isinstance(value, str) and has_hidden(value)
    ]
    return faults


def with_known_addresses(settings: Mapping[str, Any], known: Mapping[str, Any]) -> dict[str, Any]:
    """The settings of a form, which was shown asterisks: what came back as it was shown is what it was."""
    return {
        name: known[name] if name in known and value == without_secrets(known[name]) else value
        for name, value in settings.items()
    }


def secret_addresses(settings: Mapping[str, Any]) -> dict[str, Any]:
    """The settings with an address that may hold a password, as cameras want it that know no other sign-in."""
    return {name: value for name, value in settings.items() if without_secrets(value) != value}


def setting_faults(driver: str, settings: Mapping[str, Any]) -> list[FieldError]:
    """What the box's driver would refuse; `settings` with the secrets among them."""
    if driver not in SETTINGS:
        known = ", ".join(sorted(SETTINGS))
        return [FieldError("driver", "unknown_driver", _UNKNOWN_DRIVER, {"known": known})]
    return [drivers.field_error(driver, fault) for fault in settings_faults(driver, settings)]


def reference_faults(driver: str, settings: Mapping[str, Any], buses: frozenset[UUID]) -> list[FieldError]:
    """What a relay names must be there: its model, and the line of its box that it hangs on."""
    if driver != "modbus_relay":
        return []
    faults = []
    if UUID(settings["bus"]) not in buses:
        faults.append(FieldError("settings.bus", "unknown_bus", _NO_BUS))
    if settings["profile"] not in RELAYS:
        known = ", ".join(RELAYS)
        faults.append(FieldError("settings.profile", "unknown_profile", _UNKNOWN_PROFILE, {"known": known}))
    elif settings.get("module_timer_ms") is not None and load_relay(settings["profile"]).pulse_timer is None:
        faults.append(FieldError("settings.module_timer_ms", "no_pulse_timer", _NO_TIMER))
    return faults


def target_fault(
    kind: CommandKind, target: UUID | None, *, points: Collection[UUID], meters: Collection[UUID]
) -> FieldError | None:
    """An order names what its box has: a point is moved or its picture taken, a meter is read, or all of them."""
    match kind:
        case CommandKind.READ_NOW:
            known, wrong = target is None or target in meters, _NO_METER
        case CommandKind.HANG_UP:
            known, wrong = target is not None, _NO_CALL
        case CommandKind.MARK_LEFT:
            known, wrong = target is not None, _NO_PASS
        case CommandKind.RESTART:
            known, wrong = target is None, _NO_TARGET
        case _:  # a barrier is moved, or a picture taken
            known, wrong = target in points, _NO_POINT
    return None if known else FieldError("target", "unknown_target", wrong)


def hold_fault(until: datetime, now: datetime) -> FieldError | None:
    """How long a point may be held open by one order."""
    if until <= now:
        return FieldError("until", "past", _HOLD_PAST)
    return FieldError("until", "too_long", _HOLD_TOO_LONG) if until - now > HOLD_MOST else None


def redacted(body: dict[str, Any]) -> dict[str, Any]:
    """A configuration's JSON as people may see it."""
    devices = [
        device
        | {
            "settings": {
                n: REDACTED if n in SECRET_SETTINGS else without_secrets(v) for n, v in settings.items()
            }
        }
        for device in body.get("devices", [])
        for settings in [device.get("settings", {})]
    ]
    page = body.get("page")
    return body | {"devices": devices, "page": page and page | {"key": REDACTED}}


def _flatten(path: str, value: Any) -> Iterator[tuple[str, Any]]:
    if isinstance(value, dict):
        for name, inner in value.items():
            yield from _flatten(f"{path}.{name}" if path else name, inner)
    elif isinstance(value, list):
        for index, inner in enumerate(value):
            key = inner.get("id", index) if isinstance(inner, dict) else index
            yield from _flatten(f"{path}.{key}", inner)
    else:
        yield path, value
