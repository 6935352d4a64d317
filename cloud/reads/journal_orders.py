"""Records of remote orders in words: what was asked, as what and by whom, why, and what came of it. Pure."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from cloud.kernel.language import Language, Text
from protocols.messages import CommandKind, OrderedBy
from protocols.reason_words import manual_reason
from protocols.records import CommandOutcome

_DONE: dict[str, Text] = {
    CommandKind.OPEN: Text("Открыто удалённо", "Opened remotely"),
    CommandKind.CLOSE: Text("Закрыто удалённо", "Closed remotely"),
    CommandKind.STOP: Text("Остановлено удалённо", "Stopped remotely"),
    CommandKind.HOLD: Text("Удержание открытым включено удалённо", "Held open remotely"),
    CommandKind.RELEASE: Text("Удержание открытым снято удалённо", "Released remotely"),
    CommandKind.CAPTURE: Text("Снимок по команде", "Picture by order"),
    CommandKind.RESTART: Text("Перезапуск по команде", "Restart by order"),
    CommandKind.READ_NOW: Text("Опрос счётчиков по команде", "Meters read by order"),
    CommandKind.HANG_UP: Text("Вызов отклонён удалённо", "Call refused remotely"),
    CommandKind.MARK_LEFT: Text("Выезд отмечен по команде", "Marked as left by order"),
}
_NOT_DONE: dict[str, Text] = {
    CommandKind.OPEN: Text("Не открыто удалённо", "Not opened remotely"),
    CommandKind.CLOSE: Text("Не закрыто удалённо", "Not closed remotely"),
    CommandKind.STOP: Text("Не остановлено удалённо", "Not stopped remotely"),
    CommandKind.HOLD: Text("Удержание открытым не включено", "Not held open remotely"),
    CommandKind.RELEASE: Text("Удержание открытым не снято", "Not released remotely"),
    CommandKind.CAPTURE: Text("Снимок по команде не сделан", "No picture by order"),
    CommandKind.RESTART: Text("Перезапуск по команде не сделан", "No restart by order"),
    CommandKind.READ_NOW: Text("Опрос по команде не удался", "Meters not read by order"),
    CommandKind.HANG_UP: Text("Вызов не отклонён", "Call not refused"),
    CommandKind.MARK_LEFT: Text("Выезд по команде не отмечен", "Not marked as left by order"),
}
_ANY = Text("Команда", "Command")
_OUTCOMES: dict[str, Text] = {
    CommandOutcome.FAILED: Text("не удалось", "failed"),
    CommandOutcome.REFUSED: Text("контроллер отказал", "the box refused"),
    CommandOutcome.EXPIRED: Text("опоздало, ничего не сделано", "came late, nothing was done"),
}
_WHY_NOT: dict[str, Text] = {
    "busy": Text("контроллер занят другими командами", "the box was busy with other orders"),
    "call_over": Text("вызов уже окончен", "the call was over"),
    "cannot_be_held": Text("модуль сам прерывает импульс", "the module ends every pulse by itself"),
    "clock_unknown": Text("часы контроллера не сверены", "the box did not know the time"),
    "closes_by_itself": Text("закрывается сама", "it closes by itself"),
    "defect": Text("ошибка контроллера", "a defect of the box"),
    "device": Text("устройство не ответило или отказало", "the device did not answer, or refused"),
    "fire_alarm": Text("держит открытой пожарная тревога", "the fire alarm holds it open"),
    "held_open": Text("держат открытой", "it is held open"),
    "in_the_way": Text("в проезде кто-то был", "somebody was in the way"),
    "interrupted": Text("контроллер перезапустился: неизвестно, сделано ли", "the box restarted: not known"),
    "no_stop": Text("выход «стоп» не подключён", "no output stops it"),
    "no_until": Text("не сказано, до какого времени", "until when was not said"),
    "not_held": Text("никто не держал", "nobody held it open"),
    "not_moving": Text("не двигалась", "it did not move"),
    "not_ready": Text("двигалась: импульс мог её закрыть", "it moved: a pulse might have closed it"),
    "other_gate": Text("вторая створка шлюза не закрыта", "the other gate was not closed"),
    "timeout": Text("не сделано вовремя", "not done in time"),
    "unknown_target": Text("такой точки у контроллера нет", "the box has no such point"),
    "unsupported": Text("устройство этого не умеет", "the device cannot do it"),
    "way_unknown": Text("петля и фотоэлемент не отвечали", "loop and photocell did not answer"),
}
_KINDS: dict[str, Text] = {
    OrderedBy.DISPATCHER: Text("сотрудник {name}", "staff: {name}"),
    OrderedBy.RESIDENT: Text("житель {name}", "resident {name}"),
    OrderedBy.GUARD: Text("охранник {name}", "guard {name}"),
}
_WHY = Text("причина: {why}", "reason: {why}")
_ORDERED = Text("приказ от {at}", "ordered at {at}")
_UNTIL = Text("до {at}", "until {at}")
_CONFIRMED = Text("подтверждено", "confirmed")

Moment = Callable[[str], str]
"""An instant as a record has it, for people."""


def order_title(event: Mapping[str, Any], language: Language) -> str:
    """What was asked, and whether it was done."""
    titles = _DONE if event.get("outcome") == CommandOutcome.DONE else _NOT_DONE
    return titles.get(str(event.get("action", "")), _ANY).in_language(language)


def order_details(
    event: Mapping[str, Any], names: Mapping[str, str], language: Language, moment: Moment
) -> Iterator[str]:
    """What came of it, who ordered it, why and when."""

    def text(name: str) -> str:
        return str(event.get(name) or "")

    outcome = text("outcome")
    if outcome != CommandOutcome.DONE:
        yield _in(_OUTCOMES, outcome, language)
        if outcome != CommandOutcome.EXPIRED:
            yield _in(_WHY_NOT, text("reason"), language)
    elif not text("action"):  # of an older box: that it was done is all that is known
        yield Text("сделано", "done").in_language(language)
    yield names.get(text("target"), "")
    if text("until"):
        yield _UNTIL.in_language(language, at=moment(text("until")))
    yield _person(text("person_kind"), text("person"), language)
    if text("why"):
        yield _WHY.in_language(language, why=_why(text("person_kind"), text("why"), language))
    if text("ordered_at"):
        yield _ORDERED.in_language(language, at=moment(text("ordered_at")))
    if text("detail") and outcome != CommandOutcome.EXPIRED:
        yield text("detail")


def _person(kind: str, name: str, language: Language) -> str:
    return _KINDS[kind].in_language(language, name=name) if name and kind in _KINDS else name


def _why(kind: str, why: str, language: Language) -> str:
    """Of a guard at the cloud's page: the verdict and the reason's code, as `gate.deciding` wrote them."""
    verdict, _, code = why.partition(" ")
    if kind != OrderedBy.GUARD or verdict not in {"open", "confirm"}:
        return why
    reason = manual_reason(code, language.value) or code
    said = [reason] if verdict == "open" else [_CONFIRMED.in_language(language), reason]
    return ", ".join(filter(None, said)) or why


def _in(words: Mapping[str, Text], code: str, language: Language) -> str:
    return words[code].in_language(language) if code in words else code
