"""Rows of the journal on paper: an order with its instants on the site's clock; what is longer than a page goes on."""

from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

from fpdf import FPDF

from cloud.kernel.language import Language
from cloud.reads import journal_pdf
from cloud.reads.journal_pdf import Order
from cloud.telemetry.service import ExtractLine
from protocols.records import (
    AnyEvent,
    CommandOutcome,
    CommandResult,
    ConfigAct,
    ConfigApplied,
    ConfigChange,
    encode,
)

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
POINT = uuid4()


class Paper(FPDF):
    """Remembers what stands in its cells, and on which page."""

    def __init__(self) -> None:
        super().__init__(format="A4", unit="mm")
        self.told: list[tuple[int, str, float]] = []

    def cell(self, w: Any = None, h: Any = None, text: str = "", *args: Any, **more: Any) -> Any:
        self.told.append((self.page_no(), text, self.get_y()))
        return super().cell(w, h, text, *args, **more)


def printed(*events: AnyEvent) -> Paper:
    order = Order(
        file="",
        site="Афины",
        time_zone="Asia/Omsk",
        language=Language.RU,
        names={str(POINT): "Шлагбаум въезда"},
    )
    pdf = Paper()
    for style, name in (("", "OpenSans-Regular.ttf"), ("B", "OpenSans-SemiBold.ttf")):
        pdf.add_font("OpenSans", style, str(journal_pdf._fonts() / name))
    pdf.set_margin(12)
    pdf.set_auto_page_break(True, margin=14)
    pdf.add_page()
    lines = [
        ExtractLine(
            kind="record", sequence=number, record=encode(event).decode(), received_at=NOON.isoformat()
        )
        for number, event in enumerate(events, 1)
    ]
    journal_pdf._Page(pdf, order).rows(lines)
    for font in pdf.fonts.values():
        font.close()  # type: ignore[union-attr]  # nothing is written, so nobody else does
    return pdf


def test_a_remote_opening_is_told_on_the_sites_clock() -> None:
    opened = CommandResult(
        id=uuid4(),
        at=NOON,
        command=uuid4(),
        outcome=CommandOutcome.DONE,
        action="open",
        point=POINT,
        person="Иванова М. П.",
        person_kind="dispatcher",
        why="курьер",
        ordered_at=NOON,
    )
    told = " ".join(text for _, text, _ in printed(opened).told)
    for words in (
        "22.11.2026 18:00:00",
        "Открыто удалённо",
        "Шлагбаум въезда",
        "сотрудник Иванова М. П.",
        "курьер",
    ):
        assert words in told
    assert "12:00:00" not in told


def test_a_row_that_is_longer_than_a_page_goes_on_on_the_next() -> None:
    changes = [
        ConfigChange(section="devices", act=ConfigAct.ADDED, id=UUID(int=n), name=f"Считыватель подъезда {n}")
        for n in range(200)
    ]
    pdf = printed(ConfigApplied(id=uuid4(), at=NOON, version=1, applied=True, changes=changes))
    told = " ".join(text for _, text, _ in pdf.told)
    assert all(f"подъезда {n}»" in told for n in range(200))
    assert pdf.page_no() > 2
    assert max(y for _, _, y in pdf.told) < 297 - 14
