"""The journal on paper: what it proves, then its records in words, in the reader's language and on the site's clock."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID, uuid4

import pytest

from cloud.kernel.language import Language
from cloud.reads.journal_pdf import Order, heading, render
from cloud.reads.journal_words import told
from protocols import acts, records
from protocols.fields import Direction
from protocols.records import Actuation, Outcome, Passage, Reason, encode
from tests.cloud.ingest.boxes import NOW
from tests.cloud.serving import served
from tests.cloud.telemetry.test_extracts import Desk, desk, erase
from tests.support.postgres import Database

__all__ = ["desk"]
POINT = uuid4()


def paper(desk: Desk, tmp_path: Path, language: Language = Language.RU, data: bytes | None = None) -> str:
    file = tmp_path / "extract.jsonl"
    file.write_bytes(data or desk.extract())
    order = Order(file=str(file), site="Афины", time_zone="Asia/Yekaterinburg", language=language)
    assert render(order).startswith(b"%PDF-")
    return "\n".join(line.text for line in heading(order, file.read_bytes().splitlines(keepends=True)))


def test_it_says_whose_journal_and_what_came_of_checking_it(desk: Desk, tmp_path: Path) -> None:
    text = paper(desk, tmp_path)
    for said in (
        "Журнал контроллера",
        "Афины · КПП 1",
        "Подпись облака верна",
        f"Поток {desk.stream.id}: записи 1–12",
    ):
        assert said in text
    assert "Цепочка цела: 12 записей, подписей контроллера 3" in text
    assert "Получено с 20.11.2026 16:00" in text
    assert "Journal of a box" in paper(desk, tmp_path, Language.EN)


def test_what_was_changed_or_erased_is_said(desk: Desk, tmp_path: Path) -> None:
    erase(desk, 2, 4)
    text = paper(desk, tmp_path)
    assert "Записи 2–4 стёрты по сроку хранения" in text
    assert "Записи 1–1 больше не связаны подписью контроллера" in text
    changed = desk.extract().replace("№ 7".encode(), "№ 9".encode())
    text = paper(desk, tmp_path, data=changed)
    assert "ПОДПИСЬ ОБЛАКА НЕ ВЕРНА" in text
    assert "ЦЕПОЧКА НАРУШЕНА" in text
    assert "ИЗМЕНЕНО: записи 8–8" in text


def test_a_decision_in_words() -> None:
    passage = Passage(
        id=uuid4(),
        at=datetime(2026, 11, 22, 7, tzinfo=UTC),
        point=POINT,
        direction=Direction.IN,
        outcome=Outcome.DENIED,
        reason=Reason.EXPIRED,
        plate="X711TT90",
    )
    said = told(encode(passage), {str(POINT): "Въезд 1"}, Language.RU)
    assert (said.what, said.where) == ("Решение на въезде", "Въезд 1")
    assert said.details == "въезд · отказано · пропуск истёк · X711TT90"
    assert told(encode(passage), {}, Language.EN).details == "in · denied · expired · X711TT90"


def test_what_nobody_knows_is_not_called_shut() -> None:
    cut_off = Actuation(id=uuid4(), at=NOW, passage=uuid4(), point=POINT, done=False, known=False)
    assert told(encode(cut_off), {}, Language.RU).details == "неизвестно, открылось ли"


@pytest.mark.parametrize("kind", records.AnyEvent.__args__)  # type: ignore[attr-defined]
def test_every_kind_of_record_has_words(kind: type) -> None:
    tag = str(kind.__struct_config__.tag)  # type: ignore[attr-defined]
    russian = told(b'{"type":"%s"}' % tag.encode(), {}, Language.RU)
    assert russian.what != tag


@pytest.mark.parametrize(
    "record",
    [
        b"",
        b"[]",
        b"\xff",
        b'{"type":7,"at":[],"point":{}}',
        b'{"at":"soon","errors":[1]}',
        rb'{"type":"passage","read":"\ud800"}',
        b'{"type":' + b"[" * 2000 + b"]" * 2000 + b"}",
    ],
)
def test_whatever_a_box_wrote_can_be_told(record: bytes) -> None:
    assert told(record, {}, Language.RU) is not None


def test_what_nobody_signed_in_wrote_is_no_id() -> None:
    note = acts.GuardNote(id=uuid4(), at=NOW, guard=UUID(int=7), text="Тихо")
    said = told(encode(note), {str(UUID(int=7)): "Пётр Ильич"}, Language.RU)
    assert said.details == "Пётр Ильич · Тихо"


def test_over_http(database: Database, tmp_path: Path) -> None:
    with served(database, tmp_path) as running:
        boss = running.operator()
        site = boss.call("POST", "/api/sites", {"name": "КПП", "time_zone": "Europe/Moscow"}).json()["id"]
        box = boss.call("POST", "/api/boxes", {"site_id": site, "name": "КПП 1"}).json()["id"]
        answer = boss.get(f"/api/journal/boxes/{box}/pdf")
        long = {"begin": (NOW - timedelta(days=60)).isoformat(), "end": NOW.isoformat()}
        assert boss.get(f"/api/journal/boxes/{box}/pdf", params=long).status_code == 400
        assert boss.get(f"/api/journal/boxes/{uuid4()}/pdf").status_code == 404
        guard = running.colleague(boss, "guard@example.org", ["guard"])
        assert guard.get(f"/api/journal/boxes/{box}/pdf").status_code == 403
    assert answer.status_code == 200
    assert answer.content.startswith(b"%PDF-")
