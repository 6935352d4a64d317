"""The ledger of looks as a workbook to take away."""

import io
from collections.abc import Sequence
from typing import Any
from zoneinfo import ZoneInfo

import xlsxwriter

from cloud.kernel.language import Language, Text
from protocols.privacy import LookKind

MEDIA_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_TITLE = Text("Кто смотрел", "Who looked")
_HEADS = (
    (Text("Когда", "When"), 18),
    (Text("Кто", "Who"), 28),
    (Text("Роль", "Role"), 22),
    (Text("Что", "What"), 18),
    (Text("Откуда", "Screen"), 24),
    (Text("Что искали", "Asked"), 30),
    (Text("Строк", "Rows"), 8),
    (Text("Раз", "Times"), 8),
    (Text("Чьи данные", "Whose"), 60),
    (Text("Адрес", "Address"), 18),
)
KINDS: dict[str, Text] = {
    LookKind.PASSES: Text("Пропуска", "Passes"),
    LookKind.PASSAGES: Text("Проезды", "Passages"),
    LookKind.PICTURES: Text("Снимки", "Pictures"),
    LookKind.FACES: Text("Снимки лиц", "Pictures of faces"),
    LookKind.VISITORS: Text("Посетители", "Visitors"),
    LookKind.VIOLATIONS: Text("Нарушения", "Violations"),
    LookKind.CALLS: Text("Вызовы на панели", "Calls at panels"),
    LookKind.PEOPLE: Text("Жители", "Residents"),
    LookKind.BLACKLIST: Text("Чёрный список", "Blacklist"),
    LookKind.GUARDS: Text("Смены охраны", "Guards' shifts"),
    LookKind.JOURNAL: Text("Журнал контроллера", "A box's journal"),
    LookKind.STAFF: Text("Сотрудники", "Staff"),
    LookKind.AUDIT: Text("Журнал действий", "Audit trail"),
}


def workbook(rows: Sequence[dict[str, Any]], zone: str, language: Language) -> bytes:
    """XLSX of entries as the list has them; times on the clocks of `zone`."""
    made = io.BytesIO()
    options = {
        "in_memory": True,
        "strings_to_formulas": False,
        "strings_to_urls": False,
    }  # it is others' text
    with xlsxwriter.Workbook(made, options) as book:
        head = book.add_format({"bold": True, "bottom": 1})
        moment = book.add_format({"num_format": "dd.mm.yyyy hh:mm:ss"})
        sheet = book.add_worksheet(_TITLE.in_language(language))
        for column, (text, width) in enumerate(_HEADS):
            sheet.set_column(column, column, width)
            sheet.write_string(0, column, text.in_language(language), head)
        sheet.freeze_panes(1, 0)
        for number, row in enumerate(rows, 1):
            at = row["at"].astimezone(ZoneInfo(zone)).replace(tzinfo=None)
            sheet.write_datetime(number, 0, at, moment)
            kind = KINDS[row["kind"]].in_language(language) if row["kind"] in KINDS else row["kind"]
            asked = ", ".join(f"{name}: {value}" for name, value in row["asked"].items())
            for column, text in enumerate(
                (row["who"], row["role"], kind, row["screen"] or row["operation"], asked), 1
            ):
                sheet.write_string(number, column, text)
            sheet.write_number(number, 6, row["rows"])
            sheet.write_number(number, 7, row["times"])
            sheet.write_string(
                number, 8, ", ".join(row["names"].get(each, each) for each in row["subjects"])[:30_000]
            )
            sheet.write_string(number, 9, row["address"] or row["box"] or "")
    return made.getvalue()
