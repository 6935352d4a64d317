from datetime import date

import pytest

from cloud.housing import service as housing
from cloud.housing.errors import PremisesNotThere
from cloud.housing.types import (
    BuildingDraft,
    BuildingKind,
    ComplexDraft,
    ComplexKind,
    PremisesDraft,
    PremisesKind,
)
from cloud.kernel.lists import ListQuery
from cloud.people import service
from cloud.people.errors import PersonNotThere, ResidencyNotThere
from cloud.people.types import PersonDraft, ResidencyDraft, ResidencyRole
from cloud.reads import people
from tests.support.companies import Company, told_in

MARIA = PersonDraft(name="Ёлкина Мария", phones=["8 (912) 345-67-89"], email="maria@example.org")


def make_flat(company: Company, number: str = "17"):
    with company.work() as (session, actor):
        place = housing.create_complex(session, actor, ComplexDraft(name="ЖК", kind=ComplexKind.APARTMENTS))
        house = BuildingDraft(complex_id=place.id, name="1", kind=BuildingKind.TOWER)
        building = housing.create_building(session, actor, house)
        flat = PremisesDraft(building_id=building.id, kind=PremisesKind.FLAT, number=number)
        return housing.create_premises(session, actor, flat).id


def test_a_person_is_found_by_any_way_of_writing(company: Company) -> None:
    with company.work() as (session, actor):
        person = service.create_person(session, actor, MARIA)
        assert person.phones == ["+79123456789"]
    for words in ("елкина", "ЁЛКИНА мар", "9123456789", "maria@example"):
        with company.work() as (session, _):
            found = people.list_people(session, ListQuery(q=words), None)["items"]
        assert [row["name"] for row in found] == ["Ёлкина Мария"], words


def test_a_residency_shows_in_the_list_and_goes_away(company: Company) -> None:
    flat = make_flat(company)
    with company.work() as (session, actor):
        person = service.create_person(session, actor, MARIA).id
        draft = ResidencyDraft(premises_id=flat, role=ResidencyRole.OWNER, since=date(2020, 5, 1))
        residency = service.add_residency(session, actor, person, draft).id
    with company.work() as (session, _):
        assert people.list_people(session, ListQuery(), flat)["items"][0]["premises"] == ["ЖК, 1, кв. 17"]
        assert people.residencies(session, person_id=None, premises_id=flat)[0]["person"] == "Ёлкина Мария"
    with company.work() as (session, actor):
        service.remove_residency(session, actor, person, residency)
        with pytest.raises(ResidencyNotThere):
            service.remove_residency(session, actor, person, residency)
    with company.work() as (session, _):
        assert people.list_people(session, ListQuery(), flat)["total"] == 0
        assert people.list_people(session, ListQuery(), None)["items"][0]["premises"] == []


def found(company: Company, q: str) -> list[str]:
    with company.work() as (session, _):
        return [row["name"] for row in people.list_people(session, ListQuery(q=q), None)["items"]]


def test_a_person_is_found_by_each_address_in_any_mix_of_words(company: Company) -> None:
    with company.work() as (session, actor):
        athens = housing.create_complex(
            session, actor, ComplexDraft(name="Афинская", kind=ComplexKind.SETTLEMENT)
        )
        house = BuildingDraft(
            complex_id=athens.id, name="А2", kind=BuildingKind.HOUSE, address="к/п Афины, ул. Кифису, д. А2"
        )
        building = housing.create_building(session, actor, house)
        flats = [
            housing.create_premises(
                session, actor, PremisesDraft(building_id=building.id, kind=PremisesKind.FLAT, number=number)
            ).id
            for number in ("31", "57")
        ]
        maria, olga, _nowhere = (
            service.create_person(session, actor, PersonDraft(name=name)).id
            for name in ("Иванова Мария", "Орлова Ольга", "Соколова Анна")
        )
        living = [
            service.add_residency(
                session, actor, person, ResidencyDraft(premises_id=flat, role=ResidencyRole.OWNER)
            ).id
            for person, flat in ((maria, flats[0]), (maria, flats[1]), (olga, flats[1]))
        ]
    both = ["Иванова Мария", "Орлова Ольга"]
    for q in ("А2", "Кифису", "Афинская", "к/п Афины", "кв. 57", "афинская а2"):
        assert found(company, q) == both, q
    for q in ("кв. 31", "А2 Иванова", "мария кифису 57", "Иванова, ул. Кифису, д. А2, кв. 31"):
        assert found(company, q) == ["Иванова Мария"], q
    for q in ("31 57", "Орлова 31", "Соколова Кифису"):
        assert found(company, q) == [], q
    assert found(company, "Соколова") == ["Соколова Анна"]
    with company.work() as (session, actor):
        housing.change_complex(
            session, actor, athens.id, ComplexDraft(name="Спарта", kind=ComplexKind.SETTLEMENT)
        )
        renamed = house.model_copy(update={"name": "Б7", "address": "ул. Пирей, д. Б7"})
        housing.change_building(session, actor, building.id, renamed)
        service.remove_residency(session, actor, maria, living[1])
    for q in ("А2", "Кифису", "Афинская"):
        assert found(company, q) == [], q
    assert found(company, "Спарта") == found(company, "Пирей Б7") == both
    assert found(company, "кв. 57") == ["Орлова Ольга"]


def test_what_changes_is_told_to_those_who_watch(company: Company) -> None:
    flat = make_flat(company)
    with company.work() as (session, actor):
        person = service.create_person(session, actor, MARIA).id
    with company.work() as (session, actor):
        service.change_person(session, actor, person, MARIA)
    with company.work() as (session, actor):
        draft = ResidencyDraft(premises_id=flat, role=ResidencyRole.OWNER)
        residency = service.add_residency(session, actor, person, draft).id
    with company.work() as (session, actor):
        service.remove_residency(session, actor, person, residency)
    told = told_in(company)
    assert {event.kind for event in told} == {"complex", "building", "premises", "person"}
    assert [event.object_id for event in told if event.kind == "person"] == [person] * 4
    assert {event.permission for event in told} == {"people.read", "housing.read"}


def test_people_and_flats_of_others_are_not_there(company: Company, other_company: Company) -> None:
    flat = make_flat(company)
    with company.work() as (session, actor):
        mine = service.create_person(session, actor, MARIA).id
    with other_company.work() as (session, actor):
        theirs = service.create_person(session, actor, MARIA).id
        draft = ResidencyDraft(premises_id=flat, role=ResidencyRole.TENANT)
        with pytest.raises(PremisesNotThere):
            service.add_residency(session, actor, theirs, draft)
        with pytest.raises(PersonNotThere):
            service.change_person(session, actor, mine, MARIA)
        assert people.list_people(session, ListQuery(), None)["total"] == 1


def test_a_wrong_phone_and_a_period_that_runs_backwards_are_refused() -> None:
    with pytest.raises(ValueError, match="telephone"):
        PersonDraft(name="Иванов", phones=["12"])
    with pytest.raises(ValueError, match="until is before since"):
        ResidencyDraft(
            premises_id="00000000-0000-0000-0000-000000000001",
            role=ResidencyRole.OWNER,
            since=date(2026, 2, 1),
            until=date(2026, 1, 1),
        )


def test_the_number_of_a_flat_is_no_part_of_another_s_or_of_a_telephone(company: Company) -> None:
    with company.work() as (session, actor):
        athens = housing.create_complex(
            session, actor, ComplexDraft(name="Афины", kind=ComplexKind.APARTMENTS)
        )
        building = housing.create_building(
            session,
            actor,
            BuildingDraft(complex_id=athens.id, name="7", kind=BuildingKind.TOWER, address="ул. Афинская, 7"),
        )
        for name, number, phone in (
            ("Первая Анна", "1", "+79193456770"),
            ("Четвёртая Вера", "4", "+79123456701"),
            ("Семнадцатая Инна", "17", "+79193456780"),
            ("Литерная Ольга", "1а", "+79193456790"),
        ):
            flat = housing.create_premises(
                session, actor, PremisesDraft(building_id=building.id, kind=PremisesKind.FLAT, number=number)
            )
            person = service.create_person(session, actor, PersonDraft(name=name, phones=[phone]))
            service.add_residency(
                session, actor, person.id, ResidencyDraft(premises_id=flat.id, role=ResidencyRole.OWNER)
            )
    assert found(company, "кв. 1") == ["Литерная Ольга", "Первая Анна"]
    assert (
        found(company, "афинская 7, кв. 17") == found(company, "афинская 7 семнадц") == ["Семнадцатая Инна"]
    )
    assert (
        found(company, "вера 4")
        == found(company, "вера 7")
        == found(company, "вера 912")
        == ["Четвёртая Вера"]
    )
    assert found(company, "17") == ["Семнадцатая Инна"]
    with company.work() as (session, actor):
        service.create_person(session, actor, PersonDraft(name="ООО Ромашка 2", phones=["+79123456714"]))
    for typed in ("афинская 8 912", "афинская 8 (912) 345", "7 912 вера", "вера 7 912"):
        assert found(company, typed) == ["Четвёртая Вера"], typed
    assert found(company, "кв 4 8 912") == ["Четвёртая Вера"]
    assert found(company, "ромашка 2") == ["ООО Ромашка 2"]
    assert found(company, "ромашка 1") == found(company, "ромашка 45") == []
