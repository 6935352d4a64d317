"""An extract of a box's journal on paper: what it proves, then its records in words.

`python -m cloud.reads.journal_pdf` reads an `Order` as JSON and writes the PDF: a process of its own, as for a shift's
report. It is made from the extract itself and says what came of checking it: who doubts the paper asks for the file.
"""

import sys
from collections.abc import Iterable, Iterator
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

import msgspec

from cloud.kernel.language import Language, Text
from cloud.reads.journal_words import Told, told
from cloud.telemetry.service import ExtractLine as Line
from cloud.telemetry.service import Report, check_extract

_FONT = "OpenSans"
_MARGIN_MM, _ROW_MM = 12, 4.4
_MOST_LINES = 50  # of a row on one page
_WIDTHS = (14, 31, 38, 36, 67)  # of 186 mm: number, when, what, where, details
_decode = msgspec.json.Decoder(Line).decode

_W = {
    "title": Text("Журнал контроллера", "Journal of a box"),
    "period": Text("Получено с {begin} по {end}", "Received from {begin} to {end}"),
    "made": Text("Составлено {at}. Время: {zone}", "Made {at}. Time: {zone}"),
    "cloud_ok": Text("Подпись облака верна", "The cloud's signature holds"),
    "cloud_key": Text("Ключ облака: {hex}", "The cloud's key: {hex}"),
    "box_key": Text(
        "Записи {first}–{last} подписаны ключом контроллера {hex}",
        "Records {first} to {last} are signed by the box's key {hex}",
    ),
    "cloud_bad": Text("ПОДПИСЬ ОБЛАКА НЕ ВЕРНА", "THE CLOUD'S SIGNATURE DOES NOT HOLD"),
    "stream": Text("Поток {id}: записи {first}–{last}", "Stream {id}: records {first} to {last}"),
    "head": Text("Хеш на записи {last}: {hash}", "Hash at record {last}: {hash}"),
    "whole": Text(
        "Цепочка цела: {records} записей, подписей контроллера {proofs}",
        "The chain is whole: {records} records, {proofs} signatures of the box",
    ),
    "broken": Text("ЦЕПОЧКА НАРУШЕНА", "THE CHAIN IS BROKEN"),
    "finding": Text("{fault}: записи {first}–{last}", "{fault}: records {first} to {last}"),
    "absent": Text("Нет записей {first}–{last}: {cause}", "Records {first} to {last} are not here: {cause}"),
    "erased": Text(
        "Записи {first}–{last} стёрты по сроку хранения; их хеши на месте",
        "Records {first} to {last} were erased by retention; their hashes are here",
    ),
    "unbound": Text(
        "Записи {first}–{last} больше не связаны подписью контроллера: следующая за ними стёрта по сроку хранения",
        "Records {first} to {last} are not bound by the box's signature any more: the one after them was erased",
    ),
    "erased_row": Text("стёрто по сроку", "erased by retention"),
    "none": Text("За это время записей нет.", "There are no records of this time."),
    "number": Text("№", "No."),
    "when": Text("Когда", "When"),
    "what": Text("Что", "What"),
    "where": Text("Где", "Where"),
    "details": Text("Подробности", "Details"),
    "page": Text("{name} · страница {page} из {{nb}}", "{name} · page {page} of {{nb}}"),
    "clock": Text(
        "* часы контроллера в это время не были проверены", "* the box's clock was not trusted then"
    ),
}
_CAUSES = {
    "retention": Text("срок хранения истёк", "their time was over"),
    "gap": Text("контроллер их потерял", "the box had lost them"),
    "set_aside": Text("отложены: их не удалось принять", "set aside: they could not be kept"),
}
_FAULTS = {
    "missing": Text("НЕТ", "MISSING"),
    "changed": Text("ИЗМЕНЕНО", "CHANGED"),
    "moved": Text("ПЕРЕСТАВЛЕНО", "MOVED"),
    "not_signed": Text("НЕ ПОДПИСАНО", "NOT SIGNED"),
    "forged_signature": Text("ПОДПИСЬ ПОДДЕЛАНА", "FORGED SIGNATURE"),
    "foreign_key": Text("ПОДПИСАНО ЧУЖИМ КЛЮЧОМ", "SIGNED BY A FOREIGN KEY"),
    "other_end": Text("КОНЧАЕТСЯ ИНАЧЕ", "ENDS OTHERWISE"),
}


class Order(msgspec.Struct, frozen=True, kw_only=True):
    """What is to be printed. `file`: the extract; `names`: of what its records name by id. `language`: ru or en.

    `keys`: those that the box was enrolled with, in hexadecimal digits; None: whatever the extract says.
    """

    file: str
    site: str
    time_zone: str
    language: Language
    names: dict[str, str] = {}
    keys: list[str] | None = None


def render(order: Order) -> bytes:
    """The PDF. Raises ExtractError for what is no extract."""
    from fpdf import FPDF

    data = Path(order.file).read_bytes().splitlines(keepends=True)
    lines, language = list(heading(order, data)), order.language

    class Paper(FPDF):
        """Each page says which it is."""

        def footer(self) -> None:
            self.set_y(-10)
            self.set_font(_FONT, "", 7)
            self.cell(0, 4, _say("page", language, name=lines[1].text, page=self.page_no()), align="R")

    pdf = Paper(format="A4", unit="mm")
    for style, name in (("", "OpenSans-Regular.ttf"), ("B", "OpenSans-SemiBold.ttf")):
        pdf.add_font(_FONT, style, str(_fonts() / name))
    pdf.set_margin(_MARGIN_MM)
    pdf.set_auto_page_break(True, margin=14)
    pdf.set_title(_say("title", language))
    pdf.add_page()
    page = _Page(pdf, order)
    page.head(lines)
    page.rows([_decode(line) for line in data])
    return bytes(pdf.output())


class Heading(NamedTuple):
    """A line above the records."""

    text: str
    size: float = 9
    is_bold: bool = False


def heading(order: Order, data: list[bytes]) -> Iterator[Heading]:
    """Whose journal, of which time, and what came of checking it. Raises ExtractError for what is no extract."""
    keys = None if order.keys is None else list(map(bytes.fromhex, order.keys))
    header, reports, is_signed, cloud_key = check_extract(data, keys)

    def say(key: str, **values: Any) -> str:
        return _say(key, order.language, **values)

    yield Heading(say("title"), 16, True)
    yield Heading(f"{order.site} · {header.box_name}", 11, True)
    yield Heading(header.box, 8)
    begin, end = _moment(header.begin, order), _moment(header.end, order)
    yield Heading(say("period", begin=begin, end=end))
    yield Heading(say("made", at=_moment(header.made_at, order), zone=order.time_zone))
    yield Heading(say("cloud_ok" if is_signed else "cloud_bad"), is_bold=True)
    yield Heading(say("cloud_key", hex=cloud_key.hex()), 8)
    heads = _heads([_decode(line) for line in data])
    for stream, report in reports.items():
        first, last, head = heads[stream]
        yield Heading(say("stream", id=stream, first=first, last=last), is_bold=True)
        yield Heading(say("head", last=last, hash=head), 8)
        for key, (begun, ended) in report.signers.items():
            yield Heading(say("box_key", first=begun, last=ended, hex=key.hex()), 8)
        yield from (Heading(text, is_bold=bool(report.findings)) for text in _verdict(report, order.language))


def _verdict(report: Report, language: Language) -> Iterator[str]:
    verdict = "broken" if report.findings else "whole"
    yield _say(verdict, language, records=report.records, proofs=report.proofs)
    for finding in report.findings:
        fault = _FAULTS[finding.fault.value].in_language(language)
        yield _say("finding", language, fault=fault, first=finding.first, last=finding.last)
    for begin, end, cause in report.absent:
        yield _say(
            "absent", language, first=begin, last=end, cause=_CAUSES[cause.value].in_language(language)
        )
    for begin, end in report.erased:
        yield _say("erased", language, first=begin, last=end)
    for begin, end in report.unbound:
        yield _say("unbound", language, first=begin, last=end)


class _Page:
    """Draws the records."""

    def __init__(self, pdf: Any, order: Order) -> None:
        self._pdf, self._order = pdf, order

    def head(self, lines: Iterable[Heading]) -> None:
        for text, size, is_bold in lines:
            self._line(text, size=size, bold=is_bold, height=size * 0.55)
        self._pdf.ln(3)

    def rows(self, lines: list[Line]) -> None:
        """The records in their order, stream by stream."""
        records = [line for line in lines if line.kind in {"record", "erased"}]
        if not records:
            self._line(self._say("none"))
            return
        self._row(
            tuple(self._say(name) for name in ("number", "when", "what", "where", "details")), bold=True
        )
        is_marked = False
        for line in records:
            row = self._told(line)
            is_marked |= not row.is_clock_trusted
            mark = "" if row.is_clock_trusted else "*"
            when = _moment(row.at or line.received_at, self._order, seconds=True) + mark
            self._row((str(line.sequence), when, row.what, row.where, row.details))
        if is_marked:
            self._line(self._say("clock"), size=7)

    def _told(self, line: Line) -> Told:
        if line.kind == "erased":
            return Told("", self._say("erased_row"), "", "")
        moment = partial(_moment, order=self._order, seconds=True)
        return told(line.record.encode(), self._order.names, self._order.language, moment)

    def _row(self, cells: tuple[str, ...], *, bold: bool = False) -> None:
        """Cells of several lines stand side by side; what fits on a page is never torn between two."""
        pdf = self._pdf
        pdf.set_font(_FONT, "B" if bold else "", 7.5)
        wrapped = [
            pdf.multi_cell(width, _ROW_MM, text, dry_run=True, output="LINES") or [""]
            for width, text in zip(_WIDTHS, cells, strict=True)
        ]
        for begin in range(0, max(map(len, wrapped)), _MOST_LINES):
            self._lines([texts[begin : begin + _MOST_LINES] for texts in wrapped])

    def _lines(self, wrapped: list[list[str]]) -> None:
        pdf = self._pdf
        height = _ROW_MM * max(map(len, wrapped)) + 1
        if pdf.will_page_break(height):
            pdf.add_page()
        top, left = pdf.get_y(), pdf.l_margin
        for width, texts in zip(_WIDTHS, wrapped, strict=True):
            for number, text in enumerate(texts):
                pdf.set_xy(left, top + 0.5 + number * _ROW_MM)
                pdf.cell(width, _ROW_MM, text)
            left += width
        pdf.set_draw_color(190)
        pdf.set_line_width(0.1)
        pdf.line(pdf.l_margin, top + height, pdf.l_margin + sum(_WIDTHS), top + height)
        pdf.set_xy(pdf.l_margin, top + height)

    def _line(self, text: str, *, size: float = 9, bold: bool = False, height: float = 5) -> None:
        self._pdf.set_font(_FONT, "B" if bold else "", size)
        self._pdf.multi_cell(0, height, text, new_x="LMARGIN", new_y="NEXT")

    def _say(self, key: str, **values: Any) -> str:
        return _say(key, self._order.language, **values)


def _moment(at: str, order: Order, *, seconds: bool = False) -> str:
    """On the site's clock; what a box wrote for a time and is none stays as it is."""
    try:
        moment = datetime.fromisoformat(at).astimezone(ZoneInfo(order.time_zone))
    except (ValueError, OverflowError):
        return at
    return f"{moment:%d.%m.%Y %H:%M:%S}" if seconds else f"{moment:%d.%m.%Y %H:%M}"


def _heads(lines: list[Line]) -> dict[str, tuple[int, int, str]]:
    """Of each stream the first and the last number, and the hash there."""
    found: dict[str, tuple[int, int, str]] = {}
    stream = ""
    for line in lines:
        if line.kind == "stream":
            stream = line.stream
            found[stream] = (line.sequence + 1, line.sequence, line.hash)
        elif line.kind in {"record", "erased"}:
            found[stream] = (found[stream][0], line.sequence, line.hash)
    return found


def _say(key: str, language: Language, **values: Any) -> str:
    return _W[key].in_language(language, **values)


def _fonts() -> Path:
    import ttf_opensans

    return Path(ttf_opensans.__file__).parent / "ttf"


if __name__ == "__main__":
    sys.stdout.buffer.write(render(msgspec.json.decode(sys.stdin.buffer.read(), type=Order)))
