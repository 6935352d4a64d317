"""What the settings of a point's barrier are called before people, by their path in a configuration."""

from cloud.kernel.language import Text
from protocols.config import BarrierKind

KINDS: dict[BarrierKind, Text] = {
    BarrierKind.PULSE: Text("импульс «открыть», закрывается сама", "pulse to open, closes by itself"),
    BarrierKind.STEP: Text("одна кнопка (пошаговая)", "one button (step by step)"),
    BarrierKind.OPEN_CLOSE: Text("открыть и закрыть", "open and close"),
    BarrierKind.HOLD: Text("замок", "lock"),
    BarrierKind.TURNSTILE: Text("турникет", "turnstile"),
}
LIGHTS = {"green": Text("зелёный", "green"), "red": Text("красный", "red")}
_CONTACTS = {
    "opened": Text("Контакт «открыто»", "Contact “opened”"),
    "closed": Text("Контакт «закрыто»", "Contact “closed”"),
    "photocell": Text("Фотоэлемент", "Photocell"),
    "loop": Text("Петля", "Loop"),
    "passed": Text("Контакт прохода", "Contact of passage"),
    "exit_button": Text("Кнопка выхода", "Exit button"),
}
_INPUT = Text("{contact}: вход", "{contact}: input")
_CLOSED = Text("{contact}: нормально замкнут", "{contact}: normally closed")


def _of_contact(form: Text, contact: Text) -> Text:
    return Text(form.ru.format(contact=contact.ru), form.en.format(contact=contact.en))


TITLES: dict[str, Text] = {
    "points.barrier.device": Text("Чем открывается", "Opened by"),
    "points.barrier.kind": Text("Как управляется", "Driven how"),
    "points.barrier.output": Text("Выход", "Output"),
    "points.barrier.close_output": Text("Выход «закрыть»", "Output to close"),
    "points.barrier.stop_output": Text("Выход «стоп»", "Output to stop"),
    "points.barrier.pulse_ms": Text("Импульс", "Pulse"),
    "points.barrier.travel_s": Text("Ход до края не дольше", "Reaches its end within"),
    "points.barrier.stay_s": Text("Стоит открытой", "Stays open for"),
    "points.barrier.held_open_s": Text("Тревога, если открыта дольше", "Alarm when open for longer than"),
    "points.barrier.interlock": Text("Вторая створка шлюза", "The other gate of the sluice"),
    "points.barrier.lights": Text("Светофор", "Traffic light"),
    **{f"points.barrier.{name}.input": _of_contact(_INPUT, contact) for name, contact in _CONTACTS.items()},
    **{
        f"points.barrier.{name}.normally_closed": _of_contact(_CLOSED, contact)
        for name, contact in _CONTACTS.items()
    },
}
PARTS: dict[str, Text] = {
    "points.barrier": Text("Преграда", "Barrier"),
    **{f"points.barrier.{name}": contact for name, contact in _CONTACTS.items()},
}
"""Of what a point has whole, or not at all."""
UNITS = {
    "points.barrier.pulse_ms": "ms",
    "points.barrier.travel_s": "s",
    "points.barrier.stay_s": "s",
    "points.barrier.held_open_s": "s",
}
