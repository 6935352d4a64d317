"""The counts of a period as a workbook to take away: a sheet for each question."""

import io
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from cloud.kernel.language import Language, Text
from protocols.messages import CommandKind, OrderedBy
from protocols.reason_words import manual_reason, short_reason

MEDIA_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_TIME, _HOUR = Text("Время", "Time"), Text("Час суток", "Hour of the day")
_IN, _OUT = Text("Впущено", "Let in"), Text("Выпущено", "Let out")
_DENIED, _COUNT = Text("Отказано", "Denied"), Text("Сколько", "Count")
_REASON, _ADDRESS = Text("Причина отказа", "Reason of denial"), Text("Адрес", "Address")
_WHO, _WHY = Text("Кто открыл", "Who opened"), Text("Причина или способ", "Reason or way")
_UP_TO = Text("До, мс", "Up to, ms")
_LONGER = Text("дольше", "longer")
_DECISIONS, _OPENED = Text("Решений", "Decisions"), Text("Открытий", "Openings")
_BY: dict[str, Text] = {
    OrderedBy.GUARD: Text("Охранник", "A guard"),
    OrderedBy.DISPATCHER: Text("Сотрудник удалённо", "Staff, from afar"),
    OrderedBy.RESIDENT: Text("Житель удалённо", "A resident, from afar"),
}
_WAYS: dict[str, Text] = {
    CommandKind.OPEN: Text("открыто", "opened"),
    CommandKind.HOLD: Text("открыто и удержано", "opened and held"),
}
_PASSES, _WHAT = Text("Пропусков", "Passes"), Text("Что измерено", "What was measured")
_SHEETS = {
    "series": Text("По времени", "By time"),
    "by_hour": Text("По часам суток", "By hour of the day"),
    "denials": Text("Отказы", "Denials"),
    "openings": Text("Открытия вручную и удалённо", "Openings by hand and from afar"),
    "speed": Text("Скорость", "Speed"),
    "spread": Text("Сколько заняло", "How long it took"),
    "premises": Text("Гости по адресам", "Guests by address"),
}
_SPEED = {
    "decision_us": Text("Решение, мкс", "Decision, µs"),
    "opening_us": Text("От чтения до открытия, мкс", "From reading to opening, µs"),
}


def workbook(told: dict[str, Any], language: Language) -> bytes:
    """XLSX of what `statistics` told; times on the clocks of its zone."""
    made = io.BytesIO()
    with xlsxwriter.Workbook(made, {"in_memory": True}) as book:
        head = book.add_format({"bold": True, "bottom": 1})
        moment = book.add_format({"num_format": "dd.mm.yyyy hh:mm"})
        sheets = {name: book.add_worksheet(text.in_language(language)[:31]) for name, text in _SHEETS.items()}
        _series(sheets["series"], told, language, head, moment)
        by_hour = [(row["hour"], row["entered"], row["left"], row["denied"]) for row in told["by_hour"]]
        _table(sheets["by_hour"], [_HOUR, _IN, _OUT, _DENIED], by_hour, language, head)
        denials = [(short_reason(row["reason"], language.value), row["count"]) for row in told["denials"]]
        _table(sheets["denials"], [_REASON, _COUNT], denials, language, head)
        _table(sheets["openings"], [_WHO, _WHY, _COUNT], _openings(told, language), language, head)
        speed = [
            (
                text.in_language(language),
                *(told["speed"][name][key] for key in ("count", "p50", "p95", "p99")),
            )
            for name, text in _SPEED.items()
        ]
        shares = [Text(share, share) for share in ("p50", "p95", "p99")]
        _table(sheets["speed"], [_WHAT, _COUNT, *shares], speed, language, head)
        _table(sheets["spread"], [_UP_TO, _DECISIONS, _OPENED], _spread(told, language), language, head)
        premises = [(row["address"], row["entries"], row["passes"]) for row in told["premises"]]
        _table(sheets["premises"], [_ADDRESS, _IN, _PASSES], premises, language, head)
    return made.getvalue()


def _openings(told: dict[str, Any], language: Language) -> list[tuple[Any, ...]]:
    """What only a newer cloud or box knows is shown as it is."""

    def said(words: dict[str, Text], code: str) -> str:
        return words[code].in_language(language) if code in words else code

    return [
        (
            said(_BY, row["by"]),
            manual_reason(row["reason"], language.value) or said(_WAYS, row["reason"]),
            row["count"],
        )
        for row in told["openings"]
    ]


def _spread(told: dict[str, Any], language: Language) -> list[tuple[Any, ...]]:
    """A row for each bound that anything was measured by, of either."""
    counts = [
        {row["up_to_us"]: row["count"] for row in told["speed"][name]["spread"]}
        for name in ("decision_us", "opening_us")
    ]
    bounds = sorted({*counts[0], *counts[1]}, key=lambda bound: (bound is None, bound))
    return [
        (
            _LONGER.in_language(language) if bound is None else bound / 1000,
            *(each.get(bound, 0) for each in counts),
        )
        for bound in bounds
    ]


def _series(sheet: Worksheet, told: dict[str, Any], language: Language, head: Format, moment: Format) -> None:
    rows = [(None, row["entered"], row["left"], row["denied"]) for row in told["series"]]
    _table(sheet, [_TIME, _IN, _OUT, _DENIED], rows, language, head)
    zone = ZoneInfo(told["time_zone"])
    for number, row in enumerate(told["series"], 1):
        at: datetime = row["at"].astimezone(zone)
        sheet.write_datetime(number, 0, at.replace(tzinfo=None), moment)


def _table(
    sheet: Worksheet, columns: list[Text], rows: list[tuple[Any, ...]], language: Language, head: Format
) -> None:
    sheet.write_row(0, 0, [column.in_language(language) for column in columns], head)
    for number, row in enumerate(rows, 1):
        for at, value in enumerate(row):
            if isinstance(value, str):
                sheet.write_string(number, at, value)  # an address that begins with "=" is no formula
            elif value is not None:
                sheet.write_number(number, at, value)
    sheet.set_column(0, 0, 40)
    sheet.set_column(1, len(columns) - 1, 14)
    sheet.freeze_panes(1, 0)
