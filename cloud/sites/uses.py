"""Decisions about what uses a device, pure: points, meters, and what each may be used as."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from cloud.kernel.errors import FieldError
from cloud.kernel.language import Text
from cloud.sites import barriers
from protocols.config import Barrier, Meter, Point, Reader
from protocols.drivers import DeviceRole, serves_as

_FOREIGN_DEVICE = Text("Такого устройства нет у этого контроллера.", "This box has no such device.")
_READS_TWICE = Text(
    "Этот считыватель уже читает здесь в ту же сторону.",
    "This reader already reads here in the same direction.",
)
_WRONG_ROLE: dict[DeviceRole, Text] = {
    DeviceRole.RELAY: Text(
        "Открывать может только модуль реле или панель.", "Only a relay module or a panel can open."
    ),
    DeviceRole.READER: Text("Это не считыватель.", "This is no reader."),
    DeviceRole.CAMERA: Text("Это не камера.", "This is no camera."),
    DeviceRole.BUS: Text("Это не линия Modbus.", "This is no Modbus line."),
}
_USED_AS: dict[DeviceRole, Text] = {
    DeviceRole.RELAY: Text(
        "Устройство открывает «{by}»: оно должно остаться модулем реле или панелью.",
        "It opens “{by}”: it must stay a relay module or a panel.",
    ),
    DeviceRole.READER: Text(
        "Устройство читает на точке «{by}»: оно должно остаться считывателем.",
        "It reads at “{by}”: it must stay a reader.",
    ),
    DeviceRole.CAMERA: Text(
        "Устройство снимает на точке «{by}»: оно должно остаться камерой.",
        "It takes the pictures of “{by}”: it must stay a camera.",
    ),
    DeviceRole.BUS: Text(
        "На этой линии стоит «{by}»: она должна остаться линией Modbus.",
        "“{by}” hangs on this line: it must stay a Modbus line.",
    ),
}
_POINT_NEEDS: dict[str, Text] = {
    "no_output": Text(
        "Точку «{point}» открывает выход {output}, а у этой модели последний — {last}.",
        "Output {output} opens “{point}”, and the last one of this model is {last}.",
    ),
    "output_held": Text(
        "Выход {output} открывает точку «{point}»: уберите его отсюда.",
        "Output {output} opens “{point}”: take it out of here.",
    ),
    "pulse_too_long": Text(
        "Точке «{point}» нужен импульс {pulse_ms} мс: поставьте не меньше.",
        "“{point}” needs a pulse of {pulse_ms} ms: set no less.",
    ),
    "timer_ends_hold": Text(
        "Выход точки «{point}» удерживается: предел импульса прервёт его.",
        "An output of “{point}” is held: a pulse limit would end it.",
    ),
    "no_inputs": Text(
        "У точки «{point}» подключены контакты, а у этой модели нет входов.",
        "“{point}” has contacts, and this model has no inputs.",
    ),
    "no_input": Text(
        "Контакт точки «{point}» стоит на входе {input}, а у этой модели последний — {last}.",
        "A contact of “{point}” hangs on input {input}, and the last one of this model is {last}.",
    ),
}
_SETTING_OF_BARRIER = {
    "no_output": "settings.profile",
    "output_held": "settings.held_outputs",
    "pulse_too_long": "settings.module_timer_ms",
    "timer_ends_hold": "settings.module_timer_ms",
    "no_inputs": "settings.profile",
    "no_input": "settings.profile",
}


def point_faults(
    devices: Mapping[UUID, str], barrier: Barrier | None, readers: Sequence[Reader], camera: UUID | None
) -> list[FieldError]:
    """A point uses devices of its own box, each for what it is. `devices`: the box's, with their drivers."""
    used: list[tuple[str, UUID | None, DeviceRole]] = [
        ("barrier.device", barrier.device if barrier else None, DeviceRole.RELAY),
        *(
            (f"readers.{index}.device", reader.device, DeviceRole.READER)
            for index, reader in enumerate(readers)
        ),
        ("camera_id", camera, DeviceRole.CAMERA),
    ]
    faults = []
    for path, device, role in used:
        if device is not None and device not in devices:
            faults.append(FieldError(path, "foreign_device", _FOREIGN_DEVICE))
        elif device is not None and not serves_as(devices[device], role):
            faults.append(FieldError(path, f"no_{role.value}", _WRONG_ROLE[role]))
    return faults + [
        FieldError(f"readers.{index}.device", "reads_twice", _READS_TWICE)
        for index, reader in enumerate(readers)
        if reader in readers[:index]
    ]


def relay_faults(driver: str, settings: Mapping[str, Any], points: Sequence[Point]) -> list[FieldError]:
    """What of a relay's new settings the points that it opens cannot live with, beside the setting."""
    return [
        FieldError(
            _SETTING_OF_BARRIER[fault.code],
            fault.code,
            _POINT_NEEDS[fault.code],
            {"point": point.name, "output": barrier.output, "pulse_ms": barrier.pulse_ms}
            | (fault.data or {}),
        )
        for point in points
        if (barrier := point.barrier) is not None
        for fault in barriers.module_faults(driver, settings, barrier)
    ]


def role_fault(driver: str, used_as: Mapping[DeviceRole, str]) -> FieldError | None:
    """A device stays what others use it as. `used_as`: by whom, by name."""
    for role, by in used_as.items():
        if not serves_as(driver, role):
            return FieldError("driver", "used_otherwise", _USED_AS[role], {"by": by})
    return None


def used_as(
    device: UUID, points: Sequence[Point], meters: Sequence[Meter], meter_names: Mapping[UUID, str]
) -> dict[DeviceRole, str]:
    """What points and meters use a device as, and one of each by name."""
    used: dict[DeviceRole, str] = {}
    if meter := next((meter for meter in meters if meter.device == device), None):
        used[DeviceRole.BUS] = meter_names.get(meter.id, str(meter.id))
    for point in points:
        if point.barrier and point.barrier.device == device:
            used[DeviceRole.RELAY] = point.name
        if any(reader.device == device for reader in point.readers):
            used[DeviceRole.READER] = point.name
        if point.camera == device:
            used[DeviceRole.CAMERA] = point.name
    return used


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
