"""Tables as people have them: which columns are meant, what is no table at all."""

import csv
import io
import zipfile
from datetime import date, datetime

import pytest
import xlsxwriter
from hypothesis import given
from hypothesis import strategies as st

from cloud.access.tables import COLUMNS, ROWS_MAX, read_table
from cloud.kernel.errors import FixInput
from cloud.kernel.language import Language


def sheet(rows: list[list[object]]) -> bytes:
    made = io.BytesIO()
    with xlsxwriter.Workbook(made, {"default_date_format": "dd.mm.yyyy"}) as book:
        page = book.add_worksheet()
        for number, row in enumerate(rows):
            page.write_row(number, 0, row)
    return made.getvalue()


def fault(data: bytes) -> str:
    with pytest.raises(FixInput) as error:
        read_table(data)
    (field,) = error.value.fields
    assert field.path == "file"
    return field.code


def test_a_sheet_with_a_title_above_its_header() -> None:
    rows = [
        ["Гости на свадьбу"],
        [],
        ["№", "ФИО", "Гос. номер", "Телефон", "Дата визита"],
        [1, "Петров Пётр", "Х 711 ТТ 90", 79123456701, datetime(2026, 12, 5, 18, 0)],
        [],
        [2, "Сидорова Анна", "", "", date(2026, 12, 6)],
    ]
    first, second = read_table(sheet(rows)).lines
    assert (first.number, second.number) == (4, 6)
    assert first.texts == {"holder": "Петров Пётр", "plate": "Х 711 ТТ 90", "phone": "79123456701"}
    assert first.times == {"valid_from": datetime(2026, 12, 5, 18, 0)}
    assert second.times["valid_from"] in {date(2026, 12, 6), datetime(2026, 12, 6)}


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1251"])
@pytest.mark.parametrize("delimiter", [";", ",", "\t"])
def test_a_text_table_however_it_was_saved(encoding: str, delimiter: str) -> None:
    text = f"ФИО:{delimiter}Номер машины\r\nПетров Пётр{delimiter}Х711ТТ90\r\n"
    (line,) = read_table(text.encode(encoding)).lines
    assert line == (2, {"holder": "Петров Пётр", "plate": "Х711ТТ90"}, {})


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "no_header"),
        (b"a;b\n1;2\n", "no_header"),
        (b"\x89PNG\r\n\x1a\n\0\0", "unreadable"),
        (b"PK\x03\x04 no archive", "unreadable"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1 no book", "unreadable"),
        ("ФИО\n".encode(), "empty"),
        ("ФИО;Гость\nа;б\n".encode(), "column_twice"),
        ('ФИО\n"не закрыто'.encode(), "unreadable"),
        (b"x" * 2_000_001, "too_large"),
        (("ФИО\n" + "а\n" * (ROWS_MAX + 1)).encode(), "too_many_rows"),
    ],
)
def test_what_is_no_table_is_told(data: bytes, code: str) -> None:
    assert fault(data) == code


def test_a_small_file_that_unpacks_to_a_large_one_is_not_unpacked() -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as parts:
        parts.writestr("xl/workbook.xml", bytes(50_000_000))
    assert fault(packed.getvalue()) == "unreadable"


@given(
    st.dictionaries(
        st.sampled_from(sorted(COLUMNS)), st.text("абвг 123", min_size=1).map(str.strip), min_size=1
    )
)
def test_what_was_written_is_read_again(texts: dict[str, str]) -> None:
    texts = {"holder": "Петров", **{field: text for field, text in texts.items() if text}}
    written = io.StringIO()
    table = csv.writer(written, delimiter=";")
    table.writerow([COLUMNS[field][0] for field in texts])
    table.writerow(texts.values())
    (line,) = read_table(written.getvalue().encode()).lines
    assert line.texts == {field: text for field, text in texts.items() if text}


def test_columns_that_are_not_understood_are_named_unless_they_are_empty() -> None:
    table = read_table("ФИО;Номер;Отдел;\nПетров;А 123 ВС 72;;лишнее\n".encode())
    assert [column.name for column in table.unknown] == ["Номер", ""]
    assert table.lines[0].texts == {"holder": "Петров"}


def test_a_column_without_a_name_that_holds_something_is_told_by_its_letter() -> None:
    wide = ";".join(["ФИО", *[""] * 25, ""])
    table = read_table(f"{wide}\nПетров{';' * 26}лишнее;и за краем\nСидоров;;\n".encode())
    assert table.unknown == [("", "AA"), ("", "AB")]
    assert table.unknown[0].told(Language.RU) == "столбец AA без названия"
    assert read_table("ФИО;; \nПетров;;\n".encode()).unknown == []
    book = sheet([[], ["", "ФИО", ""], ["", "Петров", "лишнее"]])
    assert read_table(book).unknown == [("", "C")]
    assert read_table(book).lines[0].number == 3
