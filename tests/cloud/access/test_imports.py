"""Passes from a table: each row judged by itself, and a table issued once."""

from datetime import datetime
from uuid import UUID, uuid4

import pytest
from sqlalchemy import func, select

from cloud.access import queries, service
from cloud.access.errors import AlreadyImported
from cloud.access.imports import Verdict
from cloud.access.models import Pass
from cloud.access.tables import read_table
from cloud.access.types import BlockDraft, ImportDraft
from cloud.housing import service as housing
from cloud.housing.types import BuildingDraft, ComplexDraft, PremisesDraft
from cloud.kernel.database import trial
from cloud.kernel.errors import FixInput
from cloud.kernel.lists import ListQuery
from cloud.kernel.secrets import SecretBox
from cloud.sites import service as sites
from protocols.held import PassItem, PassKind
from tests.cloud.access.test_access import TODAY_END, Gate, gate
from tests.support.companies import told_in
from tests.support.noon import NOON

__all__ = ["gate"]
VAULT = SecretBox(bytes(32))
WEDDING = """ФИО;Номер машины;Карта;Телефон;С;По;Въездов
Петров Пётр;Х 711 ТТ 90;;+7 912 345-67-01;;;
Сидорова Анна;;018,23011;;;;2
;АБВГД;;;;;
Мятая Карта;;12345;;;;
Поздний Гость;;;;28.11.2026 18:00;завтра;
Без Телефона;;;12;;;
Петров Пётр;Х 711 ТТ 90;;;;;
"""


def test_a_row_that_was_asked_about_is_taken_when_it_is_written_as_told(gate: Gate) -> None:
    for typed in ("W37:12345", "0000012345", "C35:1:1"):
        [verdict] = load(gate, f"ФИО;Карта\nМятая Карта {typed};{typed}\n")
        assert verdict.made is not None, verdict.faults


def load(gate: Gate, text: str, **common: object) -> list[Verdict]:
    fields = {"id": uuid4(), "group": "Свадьба", "site_id": gate.site_id, "valid_until": TODAY_END, **common}
    with gate.company.work() as (session, actor):
        draft = ImportDraft.model_validate(fields)
        return service.import_passes(session, actor, draft, read_table(text.encode()).lines)


def test_every_row_has_its_verdict(gate: Gate) -> None:
    verdicts = load(gate, WEDDING)
    told = [(verdict.line, [(fault.column, fault.code) for fault in verdict.faults]) for verdict in verdicts]
    assert told == [
        (2, []),
        (3, []),
        (4, [("plate", "plate_unreadable")]),
        (5, [("card", "card_ambiguous")]),
        (6, [("valid_until", "not_a_date")]),
        (7, [("phone", "value_error")]),
        (8, [("holder", "row_twice")]),
    ]
    assert all(fault.message for verdict in verdicts for fault in verdict.faults)
    assert verdicts[3].faults[0].message.endswith("однозначно: N:12345 / 0000012345 / W37:12345.")
    held = gate.held()
    assert [item.holder for item in held if isinstance(item, PassItem)] == ["Петров Пётр", "Сидорова Анна"]
    assert [item.entries for item in held if isinstance(item, PassItem)] == [1, 2]


@pytest.fixture
def homes(gate: Gate) -> dict[str, UUID]:
    """Flats 1 and 15 of the house А2, flat 1 and parking place 15 of the house А3; the site is the complex's."""
    made = {}
    with gate.company.work() as (session, actor):
        complex_ = housing.create_complex(
            session, actor, ComplexDraft.model_validate({"name": "Афины", "kind": "settlement"})
        )
        for house in ("А2", "А3"):
            address = f"ул. Кифису, д. {house}"
            place = {"complex_id": complex_.id, "name": house, "kind": "house", "address": address}
            building = housing.create_building(session, actor, BuildingDraft.model_validate(place))
            for kind, number in (("flat", "1"), ("parking" if house == "А3" else "flat", "15")):
                fields = {"building_id": building.id, "kind": kind, "number": number}
                premises = housing.create_premises(session, actor, PremisesDraft.model_validate(fields))
                made[f"{house} {number}"] = premises.id
        site = sites.find_site(session, gate.site_id)
        site.complex_id = complex_.id
    return made


def test_a_row_names_its_premises_by_number_or_address(gate: Gate, homes: dict[str, UUID]) -> None:
    table = "Ф.И.О.;Квартира\nА;15\nБ;кв. 015\nВ;д. А3, кв. 1\nГ;Ул. Кифису, д.А3, м/м 15\nД;\n"
    verdicts = load(gate, table, premises_id=homes["А2 1"])
    assert [verdict.faults for verdict in verdicts] == [()] * 5
    named = [verdict.made.premises_id for verdict in verdicts if verdict.made]
    assert named == [homes["А2 15"], homes["А2 15"], homes["А3 1"], homes["А3 15"], homes["А2 1"]]


def test_premises_that_are_none_or_several_are_that_rows_fault(gate: Gate, homes: dict[str, UUID]) -> None:
    none, several, good = load(gate, "ФИО;Адрес\nА;7\nБ;1\nВ;15\n")
    assert [(fault.column, fault.code) for fault in none.faults] == [("premises", "no_such_premises")]
    assert [(fault.column, fault.code) for fault in several.faults] == [("premises", "which_premises")]
    assert "д. А2, кв. 1; ул. Кифису, д. А3, кв. 1." in several.faults[0].message
    assert good.made is not None


def test_a_row_names_its_kind_and_service(gate: Gate) -> None:
    table = "ФИО;Вид;Служба;Дата\nА;Гостевой;;05.12.2026\nБ; служба ;Яндекс Доставка;05.12.2026\n"
    table += "В;Сотрудник;;05.12.2026\nГ;Никакой;;\n"
    common = {"kind": PassKind.RECURRING, "entries": 7, "service": "Лифты", "valid_until": None}
    *good, bad = load(gate, table, **common)
    assert [verdict.faults for verdict in good] == [()] * 3
    made = [verdict.made for verdict in good if verdict.made]
    assert [(row.kind, row.service, row.entries) for row in made] == [
        ("guest", "Лифты", 1),
        ("service", "Яндекс Доставка", None),
        ("staff", "Лифты", None),
    ]
    assert [(fault.column, fault.code) for fault in bad.faults] == [("kind", "no_such_kind")]
    assert "сотрудник" in bad.faults[0].message


def test_numbers_have_no_holes_where_rows_were_refused(gate: Gate) -> None:
    made = [verdict.made for verdict in load(gate, "ФИО\nА\n\nБ\n") if verdict.made]
    load(gate, "Номер машины\nэто не номер\n")
    with gate.company.work() as (session, _):
        assert sorted(session.scalars(select(Pass.number))) == [1, 2]
    assert gate.issue().number == 3
    assert [row.number for row in made] == [1, 2]


def test_a_table_is_issued_once_and_its_group_found(gate: Gate) -> None:
    group = uuid4()
    load(gate, "ФИО\nА\nБ\n", id=group)
    with pytest.raises(AlreadyImported):
        load(gate, "ФИО\nА\nБ\n", id=group)
    gate.issue()
    with gate.company.work() as (session, _):
        found = queries.list_passes(session, ListQuery(), queries.PassFilter(group_id=group), NOON)
        assert b'"total":2' in found.replace(b" ", b"")
        assert session.scalar(select(func.count()).where(Pass.search.like("%свадьба%"))) == 2


def test_a_blacklisted_guest_is_one_row_of_many(gate: Gate) -> None:
    with gate.company.work() as (session, actor):
        block = BlockDraft(site_id=gate.site_id, person="Сидоров Сидор", reason="Драка")
        service.block(session, actor, VAULT, block)
    good, listed = load(gate, "ФИО\nИванов\nСидоров Сидор\n")
    assert good.made is not None
    assert [(fault.column, fault.code) for fault in listed.faults] == [("holder", "blacklisted")]
    assert "Драка" in listed.faults[0].message


@pytest.mark.parametrize(
    ("from_", "until", "begins", "ends"),
    [
        ("05.12.2026", "", "2026-12-05T00:00:00+05:00", "2026-12-06T00:00:00+05:00"),
        ("05.12.2026 18:00", "", "2026-12-05T18:00:00+05:00", "2026-12-06T00:00:00+05:00"),
        ("2026-12-05", "06.12.2026", "2026-12-05T00:00:00+05:00", "2026-12-07T00:00:00+05:00"),
        ("05.12.26", "2026-12-05 23:30", "2026-12-05T00:00:00+05:00", "2026-12-05T23:30:00+05:00"),
    ],
)
def test_times_are_the_sites(gate: Gate, from_: str, until: str, begins: str, ends: str) -> None:
    (verdict,) = load(gate, f"ФИО;С;По\nИванов;{from_};{until}\n", valid_until=None)
    assert verdict.made is not None, verdict.faults
    with gate.company.work() as (session, _):
        row = session.get_one(Pass, verdict.made.id)
        zoned = [at.astimezone(NOON.tzinfo).timestamp() for at in (row.valid_from, row.valid_until) if at]
    assert zoned == [datetime.fromisoformat(begins).timestamp(), datetime.fromisoformat(ends).timestamp()]


def test_the_end_of_all_days_is_no_end_where_the_kind_has_none(gate: Gate) -> None:
    table = "ФИО;По\nПостоянный;31.12.9999\nТоже;9999-12-31 23:59\n"
    for verdict in load(gate, table, kind=PassKind.STAFF):
        assert verdict.made is not None, verdict.faults
        with gate.company.work() as (session, _):
            assert session.get_one(Pass, verdict.made.id).valid_until is None
    (refused,) = load(gate, "ФИО;По\nГость;31.12.9999\n")
    [fault] = refused.faults
    assert (refused.line, fault.column, fault.code) == (2, "valid_until", "too_long")
    assert "не больше чем на 31" in fault.message


@pytest.mark.parametrize("day", ["31.12.9999", "31.12.9999 23:59", "01.01.0001", "01.01.2101"])
def test_a_visit_of_no_possible_day_is_that_rows_fault(gate: Gate, day: str) -> None:
    good, bad = load(gate, f"ФИО;Дата визита\nИванов;05.12.2026\nПетров;{day}\n", valid_until=None)
    assert good.made is not None, good.faults
    assert (bad.line, bad.faults[0].column, bad.faults[0].code) == (3, "valid_from", "instant_out_of_range")
    assert "2100" in bad.faults[0].message


def test_an_end_before_all_days_is_that_rows_fault(gate: Gate) -> None:
    (verdict,) = load(gate, "ФИО;По\nИванов;01.01.0001\n")
    assert [fault.column for fault in verdict.faults] == ["valid_until"]


def test_rows_share_who_is_visited_and_a_code_each(gate: Gate) -> None:
    rows = [verdict.made for verdict in load(gate, "ФИО;К кому\nА;Иванов\nБ;Иванов\n", code=True)]
    ids = [row.id for row in rows if row]
    with gate.company.work() as (session, _):
        cards = [service.cards_of(session, UUID(str(pass_id))) for pass_id in ids]
        assert [service.get_pass(session, pass_id).host for pass_id in ids] == ["Иванов", "Иванов"]
    printed = {card.printed for found in cards for card in found}
    assert len(printed) == 2


def test_a_trial_leaves_nothing_behind(gate: Gate) -> None:
    fields = {"id": uuid4(), "site_id": gate.site_id, "valid_until": TODAY_END}
    before = told_in(gate.company)
    with gate.company.work() as (session, actor):
        with trial(session):
            lines = read_table("ФИО\nА\nБ\n".encode()).lines
            found = service.import_passes(session, actor, ImportDraft.model_validate(fields), lines)
            assert [verdict.made is not None for verdict in found] == [True, True]
        assert session.scalar(select(func.count()).select_from(Pass)) == 0
    assert gate.held() == []
    assert told_in(gate.company) == before
    assert gate.issue().number == 1


def test_what_narrows_the_passes_of_a_table_is_of_every_row(gate: Gate) -> None:
    weekend = {"days": [6, 7], "from_minute": 600, "until_minute": 1200}
    common = {"points": [gate.point_id], "schedule": [weekend], "direction": "in"}
    ticket = {"kind": "ticket", "text": "2022: Ремонт"}
    verdicts = load(gate, "ФИО\nА\nБ\n", **common, ticket=ticket, entries=None)
    assert [verdict.faults for verdict in verdicts] == [(), ()]
    for item in gate.held():
        assert isinstance(item, PassItem)
        assert (item.points, item.direction, item.ticket) == ([gate.point_id], "in", "2022: Ремонт")
        [window] = item.schedule
        assert (window.days, window.from_minute, window.until_minute) == ([6, 7], 600, 1200)
    with pytest.raises(FixInput) as refused:
        load(gate, "ФИО\nА\n", points=[gate.point_id, uuid4()])
    assert [(field.path, field.code) for field in refused.value.fields] == [("points.1", "point_elsewhere")]
