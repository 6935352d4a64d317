"""A record of the journal in words, for people who read it on paper. Pure."""

from collections.abc import Callable, Mapping
from typing import Any
from uuid import UUID

import msgspec

from cloud.kernel.language import Language, Text
from cloud.reads.journal_changes import config_details
from cloud.reads.journal_orders import Moment, order_details, order_title
from cloud.sites import service as sites
from protocols import decoding
from protocols.reason_words import manual_reason, short_reason
from protocols.records import BarrierCause

_WHAT: dict[str, Text] = {
    "passage": Text("Решение на въезде", "Decision at the gate"),
    "place_marked": Text("Отмечен выезд", "Marked as left"),
    "actuation": Text("Открытие", "Opening"),
    "still": Text("Снимок", "Picture"),
    "still_missed": Text("Снимка нет", "No picture"),
    "alarm": Text("Тревога", "Alarm"),
    "command_result": Text("Команда", "Command"),
    "device_state": Text("Устройство", "Device"),
    "barrier_state": Text("Шлагбаум", "Barrier"),
    "point_hold": Text("Удержание открытым", "Held open"),
    "call": Text("Вызов с панели", "Call at a panel"),
    "config_applied": Text("Настройка", "Configuration"),
    "stream_opened": Text("Начало журнала", "The journal begins"),
    "shortage": Text("Нехватка места", "Shortage of room"),
    "retention_applied": Text("Стирание по сроку", "Erased by retention"),
    "guard_sign_in": Text("Вход охраны", "Guard's sign-in"),
    "shift": Text("Смена", "Shift"),
    "gate_decision": Text("Решение охраны", "Guard's decision"),
    "pass_drafted": Text("Пропуск с поста", "Pass made at the gate"),
    "pass_withdrawn": Text("Пропуск снят на посту", "Pass withdrawn at the gate"),
    "visit": Text("Посетитель", "Visitor"),
    "violation": Text("Нарушение", "Violation"),
    "guard_note": Text("Заметка охраны", "Guard's note"),
    "looked": Text("Просмотр данных", "Look at data"),
}
_VALUES: dict[str, Text] = {
    "in": Text("въезд", "in"),
    "out": Text("выезд", "out"),
    "granted": Text("пропущен", "let in"),
    "denied": Text("отказано", "denied"),
    "confirm": Text("пропущен охраной", "confirmed by the guard"),
    "refuse": Text("отказано охраной", "refused by the guard"),
    "open": Text("открыто", "open"),
    "closed": Text("закрыто", "closed"),
    "opening": Text("открывается", "opening"),
    "closing": Text("закрывается", "closing"),
    "forced": Text("открыто без решения", "forced"),
    "stopped": Text("остановлен", "stopped"),
    "blocked": Text("не движется", "blocked"),
    "unknown": Text("неизвестно", "unknown"),
    "online": Text("работает", "works"),
    "offline": Text("не отвечает", "does not answer"),
    "fault": Text("неисправно", "faulty"),
    "begun": Text("начата", "begun"),
    "ended": Text("окончена", "ended"),
    "expected": Text("ожидается", "expected"),
    "inside": Text("на территории", "inside"),
    "left": Text("вышел", "left"),
    "done": Text("сделано", "done"),
    "failed": Text("не удалось", "failed"),
    "refused": Text("отклонено", "refused"),
    "expired": Text("просрочено", "expired"),
    "signed_in": Text("вошёл", "signed in"),
    "signed_out": Text("вышел", "signed out"),
    "wrong": Text("неверный ПИН или карта", "wrong PIN or card"),
    "locked": Text("вход закрыт на время", "locked for a while"),
    "disabled": Text("отключён", "disabled"),
    "ringing": Text("звонит", "ringing"),
    "answered": Text("ответили", "answered"),
    "opened": Text("впущен", "let in"),
    "released": Text("отпущен", "released"),
    "over": Text("время вышло", "the time was over"),
    "not_done": Text("не удалось", "failed"),
    "gone": Text("такого шлагбаума больше нет", "there is no such barrier any more"),
    "pin": Text("по ПИН", "by PIN"),
    "card": Text("по карте", "by card"),
    "account": Text("по учётной записи", "by account"),
}
_CAUSES: dict[str, Text] = {
    BarrierCause.START: Text("контроллер начал следить", "the box began to look"),
    BarrierCause.GRANT: Text("по решению", "by a decision"),
    BarrierCause.ORDER: Text("по удалённой команде", "by a remote order"),
    BarrierCause.FIRE: Text("пожарная тревога", "the fire alarm"),
    BarrierCause.STAY_OVER: Text("время стоянки вышло", "it had been open for long enough"),
    BarrierCause.PASSED: Text("проехали", "somebody passed"),
    BarrierCause.NOT_USED: Text("никто не проехал", "nobody passed"),
    BarrierCause.HAND: Text(
        "без решения: ключом, рукояткой или силой", "nobody decided it: a key, a crank, force"
    ),
    BarrierCause.OBSTACLE: Text("препятствие", "somebody was in the way"),
    BarrierCause.SEEN: Text("по концевому датчику", "by its end position"),
    BarrierCause.DID_NOT_OPEN: Text("не открылся", "it did not open"),
    BarrierCause.DID_NOT_CLOSE: Text("не закрылся", "it did not close"),
    BarrierCause.NOT_DONE: Text("модуль реле не сработал", "the relay module did nothing"),
    BarrierCause.UNREADABLE: Text("датчики не читаются", "its contacts cannot be read"),
    BarrierCause.CONTRADICTION: Text("датчики противоречат друг другу", "its contacts contradict each other"),
}
_FIELDS = (
    *(
        "direction",
        "outcome",
        "verdict",
        "state",
        "status",
        "position",
        "cause",
        "phase",
        "raised",
        "done",
        "blacklisted",
        "end",
        "until",
    ),
    *(
        "person",
        "why",
        "reason",
        "plate",
        "carrier",
        "credential",
        "read",
        "name",
        "document",
        "phone",
        "host",
        "address",
        "holder",
        "plates",
    ),
    *(
        "number",
        "kind",
        "severity",
        "way",
        "pass_id",
        "guard",
        "note",
        "text",
        "detail",
        "asked",
    ),
)
"""What is told of a record, in this order; whatever else it has is in the extract as JSON Lines."""

_YES, _NO = Text("да", "yes"), Text("нет", "no")
_BOOLEAN: dict[str, tuple[Text, Text]] = {
    "raised": (Text("поднята", "raised"), Text("снята", "cleared")),
    "done": (Text("открыто", "opened"), Text("не открыто", "not opened")),
    "blacklisted": (Text("вопреки чёрному списку", "in spite of the blacklist"), Text("", "")),
}
_HELD, _UNTIL = Text("включено", "begun"), Text("до {at}", "until {at}")
_NOT_KNOWN = Text("неизвестно, открылось ли", "whether it opened is not known")
_UNREADABLE = Text("не читается", "cannot be read")
_decoder = msgspec.json.Decoder(dict[str, Any])


class Told(msgspec.Struct, frozen=True):
    """A record as a row: when by the box's clock (ISO 8601, empty: untold), what, where, and its details."""

    at: str
    what: str
    where: str
    details: str
    is_clock_trusted: bool = True


def told(record: bytes, names: Mapping[str, str], language: Language, moment: Moment = lambda at: at) -> Told:
    """`names`: of points, guards, devices, meters and passes, by id; `moment`: an instant within the details.

    Nothing that a box may have written raises.
    """
    try:
        event = decoding.decode(_decoder, record)
    except msgspec.DecodeError:
        return Told("", _UNREADABLE.in_language(language), "", "")
    kind = str(event.get("type", ""))
    what = _WHAT[kind].in_language(language) if kind in _WHAT else kind
    if kind == "command_result":
        what, parts = order_title(event, language), order_details(event, names, language, moment)
    elif kind == "config_applied":
        parts = config_details(event, names, language)
    else:
        parts = map(_teller(event, names, language, moment), _FIELDS)
    details = " · ".join(dict.fromkeys(filter(None, parts)))
    where = names.get(str(event.get("point", "")), "")
    device = names.get(str(event.get("device") or event.get("source") or ""), "")
    return Told(
        str(event.get("at", "")), what, where or device, details, event.get("clock") in (None, "trusted")
    )


def _teller(
    event: Mapping[str, Any], names: Mapping[str, str], language: Language, moment: Moment
) -> Callable[[str], str]:
    def say(name: str) -> str:
        value = event.get(name)
        own = _of_its_kind(event, name, value, language)
        if own is not None:
            return own
        if isinstance(value, bool):
            yes, no = _BOOLEAN.get(name, (_YES, _NO))
            return (yes if value else no).in_language(language)
        if value is None or value in ("", []):
            return ""
        if name == "until":
            return _UNTIL.in_language(language, at=moment(str(value)))
        if isinstance(value, list):
            return ", ".join(map(str, value))
        return _word(name, str(value), names, language)

    return say


def _of_its_kind(event: Mapping[str, Any], name: str, value: Any, language: Language) -> str | None:
    """What this kind of record alone says so; None: it is told as any other value."""
    match event.get("type"), name:
        case "actuation", "done" if event.get("known") is False:
            return _NOT_KNOWN.in_language(language)
        case "point_hold", "end" if not value:
            return _HELD.in_language(language)
        case "barrier_state", "cause" if str(value) in _CAUSES:
            return _CAUSES[str(value)].in_language(language)
        case "alarm", "kind":
            return sites.alarm_title(str(value), language)
        case _, "reason" if value:
            return _reason(event, str(value), language)
    return None


def _reason(event: Mapping[str, Any], value: str, language: Language) -> str | None:
    match event.get("type"):
        case "gate_decision":
            return manual_reason(value, language.value)
        case "passage":
            return "" if value == event.get("outcome") else short_reason(value, language.value)
        case "device_state":
            return ""  # the detail says it in words
    return None


def _word(name: str, text: str, names: Mapping[str, str], language: Language) -> str:
    if text in _VALUES and name not in {"name", "note", "text", "detail", "read", "asked"}:
        return _VALUES[text].in_language(language)
    return names.get(text, "" if _is_id(text) else text)


def _is_id(text: str) -> bool:
    try:
        UUID(text)
    except ValueError:
        return False
    return True
