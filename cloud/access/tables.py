"""A table file that people have (CSV, XLSX, XLS, ODS) → rows of texts by field. Pure, and bounded before it is read."""

import csv
import io
import zipfile
from collections.abc import Iterator, Sequence
from datetime import date, datetime
from typing import Any, NamedTuple

from python_calamine import CalamineError, CalamineWorkbook

from cloud.kernel.errors import FixInput
from cloud.kernel.language import Language, Text

BYTES_MAX = 2_000_000
UNPACKED_MAX = 40_000_000  # of the parts of an XLSX or ODS: a small file may unpack to gigabytes
ROWS_MAX = 500
COLUMNS_MAX = 60
_HEADER_WITHIN = 10  # rows: titles stand above it

# Names of columns as people write them, folded; the first that fits a field is taken.
COLUMNS: dict[str, tuple[str, ...]] = {
    "holder": (
        "фио",
        "ф и о",
        "фамилия имя отчество",
        "гость",
        "имя",
        "посетитель",
        "пропуск для",
        "name",
        "guest",
        "holder",
        "full name",
    ),
    "plate": ("номер машины", "номер авто", "госномер", "гос номер", "номер тс", "plate", "plate number"),
    "vehicle": ("автомобиль", "марка", "марка авто", "машина", "vehicle", "car", "make"),
    "card": ("карта", "номер карты", "брелок", "card", "card number"),
    "phone": ("телефон", "phone", "mobile"),
    "document": ("документ", "паспорт", "номер документа", "номер паспорта", "document", "passport"),
    "host": ("принимающая сторона", "к кому", "принимающий", "host"),
    "valid_from": (
        "с",
        "начало",
        "действует с",
        "дата визита",
        "дата",
        "from",
        "date",
        "valid from",
        "visit date",
    ),
    "valid_until": ("по", "до", "окончание", "действует до", "until", "valid until"),
    "entries": ("въездов", "число въездов", "entries"),
    "premises": (
        *("квартира", "№ квартиры", "номер квартиры", "кв", "помещение", "адрес", "участок", "номер участка"),
        *("premises", "flat", "address", "plot"),
    ),
    "kind": ("вид", "вид пропуска", "тип", "тип пропуска", "kind", "type"),
    "service": ("служба", "услуга", "service"),
    "note": ("комментарий", "примечание", "comment", "note"),
}
_FIELD_OF = {name: field for field, names in COLUMNS.items() for name in names}

_UNREADABLE = Text(
    "Файл не читается как таблица. Подойдут CSV, XLSX, XLS и ODS.",
    "The file does not read as a table. CSV, XLSX, XLS and ODS will do.",
)
_NO_HEADER = Text(
    "Не найдена строка с названиями столбцов. Нужен хотя бы один из столбцов: ФИО, Номер машины, Карта.",
    "No row with names of columns was found. One of these columns is needed: Name, Plate, Card.",
)
_TWICE = Text("Столбец «{column}» встречается дважды.", "The column “{column}” stands twice.")
_NAMELESS = Text("столбец {letter} без названия", "column {letter} without a name")
_TOO_BIG = Text("Файл больше {most} МБ.", "The file is larger than {most} MB.")
_TOO_MANY = Text(
    "В файле больше {most} строк. Разделите его на части.",
    "The file has more than {most} rows. Divide it into parts.",
)
_EMPTY = Text(
    "Под названиями столбцов нет ни одной строки.", "There is no row under the names of the columns."
)
_NAMED = {"holder", "plate", "card"}


class Line(NamedTuple):
    """A row with something in it. `number`: as the file's own program counts it, from 1."""

    number: int
    texts: dict[str, str]
    times: dict[str, datetime | date]  # cells that the file itself calls dates


class Column(NamedTuple):
    """`letter`: as the file's own program has it; `name`: empty where nobody gave it one."""

    name: str
    letter: str

    def told(self, language: Language) -> str:
        return self.name or _NAMELESS.in_language(language, letter=self.letter)


class Table(NamedTuple):
    """What a file holds. `unknown`: columns that are not understood, and hold something."""

    lines: list[Line]
    unknown: list[Column]


def read_table(data: bytes) -> Table:
    """The rows under the header. Raises FixInput at `file`."""
    if len(data) > BYTES_MAX:
        raise FixInput.at("file", "too_large", _TOO_BIG, most=BYTES_MAX // 1_000_000)
    left, cells = _sheet(data) if _is_workbook(data) else (0, list(_csv(data)))
    at, columns = _header(cells)
    rows = cells[at + 1 :]
    lines = [_line(at + 2 + index, row, columns) for index, row in enumerate(rows)]
    filled = [line for line in lines if line.texts or line.times]
    if not filled:
        raise FixInput.at("file", "empty", _EMPTY)
    if len(filled) > ROWS_MAX:
        raise FixInput.at("file", "too_many_rows", _TOO_MANY, most=ROWS_MAX)
    return Table(filled, _unknown(cells[at], columns, rows, left))


def _is_workbook(data: bytes) -> bool:
    return data.startswith((b"PK", b"\xd0\xcf\x11\xe0"))


def _sheet(data: bytes) -> tuple[int, list[Sequence[Any]]]:
    """How many empty columns stand before the table, and its rows without them."""
    try:
        if data.startswith(b"PK"):
            with zipfile.ZipFile(io.BytesIO(data)) as parts:
                if sum(part.file_size for part in parts.infolist()) > UNPACKED_MAX:
                    raise FixInput.at("file", "unreadable", _UNREADABLE)
        book = CalamineWorkbook.from_filelike(io.BytesIO(data))
        sheet = book.get_sheet_by_index(0)
        rows: list[Sequence[Any]] = []
        for row in sheet.iter_rows():
            if len(rows) > ROWS_MAX * 4:
                raise FixInput.at("file", "too_many_rows", _TOO_MANY, most=ROWS_MAX)
            rows.append(row[:COLUMNS_MAX])
        return (sheet.start or (0, 0))[1], rows
    except (CalamineError, zipfile.BadZipFile, IndexError) as error:
        raise FixInput.at("file", "unreadable", _UNREADABLE) from error


def _csv(data: bytes) -> Iterator[Sequence[Any]]:
    text = _text(data)
    first = next((line for line in text.splitlines() if line.strip()), "")
    delimiter = max(";\t,", key=first.count)
    try:
        for row in csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True):
            yield row[:COLUMNS_MAX]
    except csv.Error as error:
        raise FixInput.at("file", "unreadable", _UNREADABLE) from error


def _text(data: bytes) -> str:
    """UTF-8, or what Russian spreadsheets write instead; a picture is neither."""
    if b"\0" in data:
        raise FixInput.at("file", "unreadable", _UNREADABLE)
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return data.decode("cp1251", errors="replace")


def _header(cells: Sequence[Sequence[Any]]) -> tuple[int, dict[int, str]]:
    """Index of the header's row, and the field of each column that is known."""
    for index, row in enumerate(cells[:_HEADER_WITHIN]):
        named = {at: _FIELD_OF[name] for at, cell in enumerate(row) if (name := _folded(cell)) in _FIELD_OF}
        if not _NAMED & set(named.values()):
            continue
        for at, field in named.items():
            if list(named.values()).count(field) > 1:
                raise FixInput.at("file", "column_twice", _TWICE, column=str(row[at]).strip())
        return index, named
    raise FixInput.at("file", "no_header", _NO_HEADER)


def _unknown(
    header: Sequence[Any], columns: dict[int, str], rows: Sequence[Sequence[Any]], left: int
) -> list[Column]:
    """Empty columns are nobody's loss."""
    filled = {at for row in rows for at, cell in enumerate(row) if _shown(cell)}
    return [
        Column(_shown(header[at]) if at < len(header) else "", _letter(left + at))
        for at in sorted(filled - columns.keys())
    ]


def _letter(at: int) -> str:
    """0 is A, 26 is AA."""
    before, last = divmod(at, 26)
    return (_letter(before - 1) if before else "") + chr(ord("A") + last)


def _folded(cell: Any) -> str:
    return " ".join(str(cell).casefold().replace("ё", "е").replace(".", " ").split()).rstrip(":*")


def _line(number: int, row: Sequence[Any], columns: dict[int, str]) -> Line:
    texts: dict[str, str] = {}
    times: dict[str, datetime | date] = {}
    for at, field in columns.items():
        cell = row[at] if at < len(row) else ""
        if isinstance(cell, date):  # a datetime is one, too
            times[field] = cell
        elif text := _shown(cell):
            texts[field] = text
    return Line(number, texts, times)


def _shown(cell: Any) -> str:
    """A cell as its reader saw it: 79123456701 is no 79123456701.0."""
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return str(cell).strip()
