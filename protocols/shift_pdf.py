"""A shift's report on paper: A4, in Russian or English, made alike by box and cloud.

`python -m protocols.shift_pdf` reads an `Order` as JSON and writes the PDF: a process of its own, so that neither fonts
nor layout stay in the memory of whoever asks, nor take its time. fpdf2 and the font are loaded only here.
"""

import sys
from collections.abc import Iterable, Sequence
from datetime import datetime, tzinfo
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import msgspec

from protocols.acts import Verdict, ViolationKind
from protocols.guard_views import NOTHING_TO_OPEN, Decided, ShiftReport
from protocols.reason_words import MANUAL, short_reason

FONT = "OpenSans"
_MARGIN_MM, _ROW_MM = 16, 6


class Order(msgspec.Struct, frozen=True, kw_only=True):
    """What is to be printed, of which site, on whose clock. `language`: ru or en."""

    report: ShiftReport
    site: str
    time_zone: str = "UTC"
    language: str = "ru"


def render(order: Order) -> bytes:
    """The PDF."""
    from fpdf import FPDF

    pdf = FPDF(format="A4", unit="mm")
    for style, file in (("", "OpenSans-Regular.ttf"), ("B", "OpenSans-SemiBold.ttf")):
        pdf.add_font(FONT, style, str(_fonts() / file))
    pdf.set_margin(_MARGIN_MM)
    pdf.set_auto_page_break(True, margin=_MARGIN_MM)
    pdf.set_title(_say("title", order.language))
    pdf.add_page()
    _Page(pdf, order).draw()
    return bytes(pdf.output())


class _Page:
    """Draws one report."""

    def __init__(self, pdf: Any, order: Order) -> None:
        self._pdf = pdf
        self._order = order
        self._report = order.report
        self._zone: tzinfo = ZoneInfo(order.time_zone)

    def draw(self) -> None:
        """All of it."""
        report = self._report
        self._line(self._say("title"), size=18, bold=True, height=10)
        self._line(self._order.site, size=12)
        ended = self._moment(report.shift.ended_at) if report.shift.ended_at else self._say("goes_on")
        self._line(f"{report.shift.guard.name} · {self._moment(report.shift.begun_at)} — {ended}")
        self._pdf.ln(3)
        self._figures()
        self._table("denials", [(self._reason(each.code), str(each.count)) for each in report.denials])
        self._table("opened_by_hand", [self._decision(each) for each in report.opened_by_hand])
        self._table("refused", [self._decision(each) for each in report.refused])
        self._table("violations", [self._violation(each) for each in report.violations])
        self._table("notes", [(self._clock(each.at), each.text) for each in report.notes])
        if report.shift.note:
            self._line(self._say("handed_over"), bold=True, height=8)
            self._pdf.set_font(FONT, "", 10)
            self._pdf.multi_cell(0, _ROW_MM, report.shift.note, new_x="LMARGIN", new_y="NEXT")

    def _figures(self) -> None:
        report = self._report
        failed = sum(each.opened is False for each in report.opened_by_hand)
        for name, value in (
            ("granted_in", report.granted_in),
            ("granted_out", report.granted_out),
            ("denied", report.denied),
            ("by_hand", len(report.opened_by_hand)),
            *((("by_hand_not_opened", failed),) if failed else ()),
            ("visitors", report.visitors),
            ("passes_made", report.passes_made),
            ("cards_out", report.cards_out),
            *([("unreadable", report.unreadable)] if report.unreadable else []),
        ):
            self._pdf.set_font(FONT, "", 10)
            self._pdf.cell(90, _ROW_MM, self._say(name))
            self._pdf.set_font(FONT, "B", 10)
            self._pdf.cell(0, _ROW_MM, str(value), new_x="LMARGIN", new_y="NEXT")
        self._pdf.ln(2)

    def _table(self, title: str, rows: Sequence[Sequence[str]]) -> None:
        """Nothing for an empty one: a quiet shift is one page."""
        if not rows:
            return
        self._line(self._say(title), bold=True, height=8)
        self._pdf.set_font(FONT, "", 9)
        widths = (
            {2: (3, 2), 3: (2, 5, 5)}[len(rows[0])] if title == "denials" or len(rows[0]) == 3 else (2, 10)
        )
        self._pdf.set_line_width(0.1)
        with self._pdf.table(
            first_row_as_headings=False,
            borders_layout="HORIZONTAL_LINES",
            col_widths=widths,
            line_height=5,
            text_align="LEFT",
            v_align="TOP",
        ) as table:
            for row in rows:
                table.row(tuple(row))
        self._pdf.ln(2)

    def _decision(self, made: Decided) -> tuple[str, str, str]:
        reason = (
            _say(made.reason.value, self._order.language) if made.reason else self._say(made.verdict.value)
        )
        way = self._say(made.direction.value) if made.direction else ""
        marks = [
            ", ".join(filter(None, (made.point_name, way))),
            made.plate or "",
            self._say("pass_number").format(made.pass_number) if made.pass_number else "",
            self._say("against_blacklist") if made.blacklisted else "",
            self._outcome(made),
            made.note,
            made.guard.name,
        ]
        return self._clock(made.at), reason, _joined(marks)

    def _outcome(self, made: Decided) -> str:
        """Only of what did not open for sure."""
        if made.verdict is Verdict.REFUSE or made.opened or made.detail == NOTHING_TO_OPEN:
            return ""
        return self._say("not_opened" if made.opened is False else "not_known")

    def _violation(self, made: Any) -> tuple[str, str, str]:
        return (
            self._clock(made.at),
            _say(f"violation_{made.kind.value}", self._order.language),
            _joined([made.plate or "", made.address, made.note]),
        )

    def _reason(self, code: str) -> str:
        return short_reason(code, self._order.language)

    def _line(self, text: str, *, size: int = 10, bold: bool = False, height: int = _ROW_MM) -> None:
        self._pdf.set_font(FONT, "B" if bold else "", size)
        self._pdf.multi_cell(0, height, text, new_x="LMARGIN", new_y="NEXT")

    def _say(self, key: str) -> str:
        return _say(key, self._order.language)

    def _moment(self, at: datetime) -> str:
        return f"{at.astimezone(self._zone):%d.%m.%Y %H:%M}"

    def _clock(self, at: datetime) -> str:
        return f"{at.astimezone(self._zone):%H:%M}"


def _joined(texts: Iterable[str]) -> str:
    return " · ".join(text for text in texts if text)


def _say(key: str, language: str) -> str:
    words = _WORDS.get(key)
    return key if words is None else words[language == "en"]


def _fonts() -> Path:
    import ttf_opensans

    return Path(ttf_opensans.__file__).parent / "ttf"


_WORDS: dict[str, tuple[str, str]] = {
    "title": ("Отчёт о смене", "Shift report"),
    "goes_on": ("идёт", "goes on"),
    "granted_in": ("Пропущено на въезд", "Let in"),
    "granted_out": ("Пропущено на выезд", "Let out"),
    "denied": ("Отказано", "Denied"),
    "by_hand": ("Решено охранником", "Decided by the guard"),
    "visitors": ("Посетителей", "Visitors"),
    "passes_made": ("Выдано пропусков на посту", "Passes made at the gate"),
    "cards_out": ("Временных карт на руках", "Temporary cards out"),
    "unreadable": ("Записей не читается", "Records that cannot be read"),
    "denials": ("Отказы по причинам", "Denials by reason"),
    "opened_by_hand": ("Подтверждено и открыто вручную", "Confirmed, and opened by hand"),
    "refused": ("Отказы охранника", "Refused by the guard"),
    "violations": ("Нарушения", "Violations"),
    "notes": ("Заметки", "Notes"),
    "handed_over": ("Передано следующей смене", "Handed over to the next shift"),
    "confirm": ("подтверждено", "confirmed"),
    "against_blacklist": ("вопреки чёрному списку", "in spite of the blacklist"),
    "not_opened": ("не открылось", "did not open"),
    "not_known": ("открылось ли, неизвестно", "whether it opened is not known"),
    "by_hand_not_opened": ("из них не открылось", "of them did not open"),
    "in": ("въезд", "in"),
    "out": ("выезд", "out"),
    "pass_number": ("пропуск № {}", "pass no. {}"),
    **MANUAL,
    f"violation_{ViolationKind.PARKING.value}": ("парковка", "parking"),
    f"violation_{ViolationKind.SPEED.value}": ("скорость", "speed"),
    f"violation_{ViolationKind.NOISE.value}": ("шум", "noise"),
    f"violation_{ViolationKind.LITTER.value}": ("мусор", "litter"),
    f"violation_{ViolationKind.DAMAGE.value}": ("порча имущества", "damage"),
    f"violation_{ViolationKind.DOG.value}": ("выгул собаки", "a dog"),
    f"violation_{ViolationKind.FIRE_SAFETY.value}": ("пожарная безопасность", "fire safety"),
    f"violation_{ViolationKind.BREACH.value}": ("проникновение", "breach of the gate"),
    f"violation_{ViolationKind.OTHER.value}": ("другое", "other"),
}


def main() -> int:
    """An order on standard input, the PDF on standard output."""
    order = msgspec.json.decode(sys.stdin.buffer.read(), type=Order)
    sys.stdout.buffer.write(render(order))
    return 0


if __name__ == "__main__":
    sys.exit(main())
