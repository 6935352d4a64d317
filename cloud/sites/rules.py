"""Decisions about sites, pure: what a configuration may say, what is secret in it, how two of them differ."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any
from uuid import UUID

from cloud.kernel.errors import FieldError
from cloud.kernel.language import Text
from protocols.config import Barrier, Meter, Point, Reader
from protocols.drivers import SETTINGS, settings_fault
from protocols.messages import CommandKind
from protocols.meters import RELAYS, load_relay
from protocols.urls import has_hidden, has_userinfo, without_secrets

SECRET_SETTINGS = frozenset({"key", "password", "token"})  # as edge.drivers.base names them
REDACTED = "•••"
BUSES = frozenset({"modbus_tcp", "modbus_rtu"})  # drivers of lines on which other devices hang
_MISPLACED = Text("Это секрет: передайте его в поле secrets.", "This is a secret: send it in `secrets`.")
_SECRET_IN_URL = Text(
    "Уберите имя и пароль из адреса: имя — в поле user, пароль — в поле password (секреты).",
    "Take user and password out of the address: the user goes to `user`, the password to the secret `password`.",
)
_HIDDEN_IN_URL = Text(
    "Пароль в адресе скрыт звёздочками: впишите его заново.",
    "The password in the address is hidden by asterisks: type it anew.",
)
_NOT_SECRET = Text("Не секрет. Секретами бывают: {known}.", "Not a secret setting. Secret ones are: {known}.")
_UNKNOWN_DRIVER = Text("Такого драйвера нет. Есть: {known}.", "There is no such driver. There are: {known}.")
_WRONG_SETTING = Text("Драйвер этого не примет: {reason}.", "The driver does not take this: {reason}.")
_UNKNOWN_PROFILE = Text("Такой модели нет. Есть: {known}.", "There is no such model. There are: {known}.")
_NO_TIMER = Text("У этой модели нет таймера импульса.", "This model has no pulse timer.")
_NO_BUS = Text("У этого контроллера нет такой линии Modbus.", "This box has no such Modbus line.")
_NO_OUTPUT = Text(
    "Такого выхода у модуля нет: последний — {last}.", "The module has no such output: the last is {last}."
)
_OUTPUT_HELD = Text(
    "Этот выход занят другим: он в held_outputs модуля.",
    "This output serves something else: it is among the module's held_outputs.",
)
_PULSE_TOO_LONG = Text(
    "Модуль сам прервёт импульс через {timer_ms} мс: module_timer_ms.",
    "The module itself ends a pulse after {timer_ms} ms: module_timer_ms.",
)
_NO_POINT = Text("Такой точки прохода нет у этого контроллера.", "This box has no such point.")
_NO_METER = Text("Такого прибора учёта нет у этого контроллера.", "This box has no such meter.")
_NO_TARGET = Text("Перезапускается контроллер целиком.", "The box restarts as a whole.")
NO_ZONE = Text("Такой зоны нет на этом объекте.", "This site has no such zone.")
_FOREIGN_DEVICE = Text("Такого устройства нет у этого контроллера.", "This box has no such device.")


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


def with_known_addresses(settings: Mapping[str, Any], sealed: Mapping[str, Any]) -> dict[str, Any]:
    """The settings of a form, which was shown asterisks: what came back as it was shown is what it was."""
    return {
        name: sealed[name] if name in sealed and value == without_secrets(sealed[name]) else value
        for name, value in settings.items()
    }


def secret_addresses(settings: Mapping[str, Any]) -> dict[str, Any]:
    """The settings that hold a password in an address, as cameras want it that know no other sign-in."""
    return {name: value for name, value in settings.items() if without_secrets(value) != value}


def setting_faults(driver: str, settings: Mapping[str, Any]) -> list[FieldError]:
    """What the box's driver would refuse; `settings` with the secrets among them."""
    if driver not in SETTINGS:
        known = ", ".join(sorted(SETTINGS))
        return [FieldError("driver", "unknown_driver", _UNKNOWN_DRIVER, {"known": known})]
    fault = settings_fault(driver, settings)
    if fault is None:
        return []
    place = "secrets" if fault.path in SECRET_SETTINGS else "settings"
    path = f"{place}.{fault.path}" if fault.path else place
    return [FieldError(path, "wrong_setting", _WRONG_SETTING, {"reason": fault.reason})]


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
    """An order names what its box has: a picture is taken at a point, a meter is read, or all of them."""
    match kind:
        case CommandKind.OPEN | CommandKind.CAPTURE:
            known, wrong = target in points, _NO_POINT
        case CommandKind.READ_NOW:
            known, wrong = target is None or target in meters, _NO_METER
        case CommandKind.RESTART:
            known, wrong = target is None, _NO_TARGET
    return None if known else FieldError("target", "unknown_target", wrong)


def point_faults(
    devices: frozenset[UUID], barrier: Barrier | None, readers: Sequence[Reader], camera: UUID | None
) -> list[FieldError]:
    """A point uses devices of its own box."""
    used: list[tuple[str, UUID | None]] = [
        ("barrier.device", barrier.device if barrier else None),
        *((f"readers.{index}.device", reader.device) for index, reader in enumerate(readers)),
        ("camera_id", camera),
    ]
    return [
        FieldError(path, "foreign_device", _FOREIGN_DEVICE)
        for path, device in used
        if device is not None and device not in devices
    ]


def barrier_faults(driver: str, settings: Mapping[str, Any], barrier: Barrier) -> list[FieldError]:
    """Why the output can never open so; `driver` and `settings` are the barrier's device's. The box judges alike."""
    if driver != "modbus_relay":
        return []
    faults = []
    last = load_relay(settings["profile"]).outputs.count - 1
    timer_ms = settings.get("module_timer_ms")
    if barrier.output > last:
        faults.append(FieldError("barrier.output", "no_output", _NO_OUTPUT, {"last": last}))
    if barrier.output in settings.get("held_outputs", []):
        faults.append(FieldError("barrier.output", "output_held", _OUTPUT_HELD))
    if timer_ms is not None and barrier.pulse_ms > timer_ms:
        faults.append(
            FieldError("barrier.pulse_ms", "pulse_too_long", _PULSE_TOO_LONG, {"timer_ms": timer_ms})
        )
    return faults


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
    return body | {"devices": devices}


def configuration_changes(before: dict[str, Any] | None, after: dict[str, Any]) -> list[tuple[str, Any, Any]]:
    """(path, before, after) of what differs; things with an id are matched by it and called by their name."""
    flat_before = dict(_flatten("", before or {}))
    flat_after = dict(_flatten("", after))
    paths = sorted(flat_before.keys() | flat_after.keys())
    return [
        (_readable(path, flat_before, flat_after), flat_before.get(path), flat_after.get(path))
        for path in paths
        if flat_before.get(path) != flat_after.get(path)
    ]


def used_devices(
    points: Sequence[Point], meters: Sequence[Meter], meter_names: Mapping[UUID, str]
) -> dict[UUID, str]:
    """Which point or meter uses a device, by name."""
    used = {meter.device: meter_names.get(meter.id, str(meter.id)) for meter in meters}
    for point in points:
        if point.barrier:
            used[point.barrier.device] = point.name
        used |= {reader.device: point.name for reader in point.readers}
        if point.camera:
            used[point.camera] = point.name
    return used


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


def _readable(path: str, *flats: dict[str, Any]) -> str:
    """devices.<id>.settings.host → devices.<name>.settings.host."""
    parts = path.split(".")
    if len(parts) < 3:
        return path
    head = ".".join(parts[:2])
    names = [flat[f"{head}.name"] for flat in flats if f"{head}.name" in flat]
    return ".".join([parts[0], str(names[-1]), *parts[2:]]) if names else path
