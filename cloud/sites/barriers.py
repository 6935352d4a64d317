"""What a barrier may ask of its relay module and of the other points of its box. Pure; the box judges alike."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any
from uuid import UUID

from cloud.kernel.errors import FieldError
from cloud.kernel.language import Text
from protocols.config import Barrier, BarrierKind, Point
from protocols.config import barrier_faults as faults_of_kind
from protocols.drivers import ROLES, DeviceRole
from protocols.meters import RELAYS, load_relay

_NO_OUTPUT = Text(
    "Такого выхода у модуля нет: последний — {last}.", "The module has no such output: the last is {last}."
)
_NO_INPUT = Text(
    "Такого входа у модуля нет: последний — {last}.", "The module has no such input: the last is {last}."
)
_NO_INPUTS = Text("У этой модели нет входов.", "This model has no inputs.")
_OUTPUT_HELD = Text(
    "Этот выход занят другим: он среди выходов модуля не для дверей.",
    "This output serves something else: it is among the module's outputs that are no doors.",
)
_PULSE_TOO_LONG = Text(
    "Модуль сам прервёт импульс через {timer_ms} мс: таков его предел импульса.",
    "The module itself ends a pulse after {timer_ms} ms: that is its own pulse limit.",
)
_TIMER_ENDS_HOLD = Text(
    "Этот выход удерживается, а модуль сам выключит его через {timer_ms} мс: уберите предел импульса модуля.",
    "This output is held, and the module itself switches it off after {timer_ms} ms: take its pulse limit away.",
)
_OUTPUT_TAKEN = Text("Этот выход уже занят точкой «{by}».", "“{by}” uses this output already.")
_NO_PARTNER = Text(
    "Второй створки шлюза нет: у этого контроллера нет такой точки с преградой.",
    "There is no such gate: this box has no such other point with a barrier.",
)
OF_KIND: dict[str, Text] = {
    "close_output_needed": Text("Нужен выход, который закрывает.", "An output that closes is needed."),
    "eye_needed": Text(
        "Нужна петля или фотоэлемент: вслепую контроллер не закрывает.",
        "A loop or a photocell is needed: the box closes nothing blindly.",
    ),
    "closes_by_itself": Text(
        "Такая преграда закрывается сама: выход не нужен.",
        "This kind closes by itself: it needs no such output.",
    ),
    "closed_needed": Text(
        "Нужен контакт «закрыто»: иначе импульс может закрыть её на проезжающем.",
        "The contact “closed” is needed: a pulse might close it on somebody.",
    ),
    "no_turnstile": Text("Такой контакт бывает у турникета.", "Only a turnstile has this contact."),
    "no_end_position": Text("У турникета нет крайних положений.", "A turnstile has no end positions."),
    "output_twice": Text("Этот выход указан дважды.", "This output is named twice."),
    "input_twice": Text("Этот вход указан дважды.", "This input is named twice."),
}


def kind_faults(barrier: Barrier) -> list[FieldError]:
    """Fields that do not go together, whatever the module is."""
    return [FieldError(f"barrier.{name}", code, OF_KIND[code]) for name, code in faults_of_kind(barrier)]


def module_faults(driver: str, settings: Mapping[str, Any], barrier: Barrier) -> list[FieldError]:
    """Why the module can never do so; `driver` and `settings` are the barrier's device's."""
    if ROLES.get(driver) is not DeviceRole.RELAY or settings.get("profile") not in RELAYS:
        return []
    return [
        *_output_faults(settings, barrier),
        *_timer_faults(settings, barrier),
        *_input_faults(settings, barrier),
    ]


def neighbour_faults(barrier: Barrier, others: Sequence[Point]) -> list[FieldError]:
    """`others`: the box's other points. Two may share what opens both; any other output has one owner."""
    faults = []
    barred = {point.id: point.barrier for point in others if point.barrier is not None}
    if barrier.interlock is not None and barrier.interlock not in barred:
        faults.append(FieldError("barrier.interlock", "no_partner", _NO_PARTNER))
    taken = {
        (name, number): point.name
        for point in others
        if point.barrier is not None and point.barrier.device == barrier.device
        for name, number in point.barrier.outputs()
    }
    for name, output in barrier.outputs():
        by = [
            owner for (of, number), owner in taken.items() if number == output and not name == of == "output"
        ]
        if by:
            faults.append(FieldError(f"barrier.{name}", "output_taken", _OUTPUT_TAKEN, {"by": by[0]}))
    return faults


def partner_of(point: UUID, points: Sequence[Point]) -> str | None:
    """Another point that names this one as the other gate of its sluice."""
    return next(
        (each.name for each in points if each.barrier is not None and each.barrier.interlock == point), None
    )


def _output_faults(settings: Mapping[str, Any], barrier: Barrier) -> Iterator[FieldError]:
    last = load_relay(settings["profile"]).outputs.count - 1
    for name, output in barrier.outputs():
        if output > last:
            yield FieldError(f"barrier.{name}", "no_output", _NO_OUTPUT, {"last": last, "output": output})
        if output in settings.get("held_outputs", []):
            yield FieldError(f"barrier.{name}", "output_held", _OUTPUT_HELD, {"output": output})


def _timer_faults(settings: Mapping[str, Any], barrier: Barrier) -> Iterator[FieldError]:
    timer_ms = settings.get("module_timer_ms")
    if timer_ms is None:
        return
    if barrier.pulse_ms > timer_ms:
        yield FieldError("barrier.pulse_ms", "pulse_too_long", _PULSE_TOO_LONG, {"timer_ms": timer_ms})
    held = [name for name, _ in barrier.outputs() if name.startswith("lights.")]
    if barrier.kind is BarrierKind.HOLD:
        held.append("output")
    for name in held:
        yield FieldError(f"barrier.{name}", "timer_ends_hold", _TIMER_ENDS_HOLD, {"timer_ms": timer_ms})


def _input_faults(settings: Mapping[str, Any], barrier: Barrier) -> Iterator[FieldError]:
    inputs = load_relay(settings["profile"]).inputs
    for name, contact in barrier.contacts().items():
        place = f"barrier.{name}"
        if inputs is None:
            yield FieldError(place, "no_inputs", _NO_INPUTS)
        elif contact.input >= inputs.count:
            yield FieldError(place, "no_input", _NO_INPUT, {"last": inputs.count - 1, "input": contact.input})
