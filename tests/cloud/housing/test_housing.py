from decimal import Decimal
from uuid import UUID, uuid4

import pytest
from pydantic import ValidationError

from cloud.housing import queries, service
from cloud.housing.errors import BuildingNotThere, ComplexNotThere, EntranceNotThere, NameTaken
from cloud.housing.types import (
    BuildingDraft,
    BuildingKind,
    ComplexDraft,
    ComplexKind,
    EntranceDraft,
    PremisesDraft,
    PremisesKind,
)
from cloud.kernel.errors import FixInput, NotAllowed
from cloud.kernel.lists import ListQuery
from tests.support.companies import Company

SETTLEMENT = ComplexDraft(name="к/п Афины", kind=ComplexKind.SETTLEMENT, address="Тюмень")


def make_complex(company: Company, name: str = "к/п Афины") -> UUID:
    with company.work() as (session, actor):
        return service.create_complex(session, actor, SETTLEMENT.model_copy(update={"name": name})).id


def make_building(company: Company, complex_id: UUID, name: str = "А2", **more: object) -> UUID:
    draft = BuildingDraft.model_validate(
        {"complex_id": complex_id, "name": name, "kind": BuildingKind.TOWER, **more}
    )
    with company.work() as (session, actor):
        return service.create_building(session, actor, draft).id


def make_premises(company: Company, building_id: UUID, number: str, **more: object) -> UUID:
    draft = PremisesDraft.model_validate(
        {"building_id": building_id, "kind": PremisesKind.FLAT, "number": number, **more}
    )
    with company.work() as (session, actor):
        return service.create_premises(session, actor, draft).id


def test_a_name_is_taken_once_in_a_company(company: Company, other_company: Company) -> None:
    make_complex(company)
    with pytest.raises(NameTaken, match="к/п Афины"):
        make_complex(company)
    assert make_complex(other_company)


def test_a_taken_name_is_no_name_to_change_to(company: Company) -> None:
    complex_id = make_complex(company)
    other = make_complex(company, "к/п Спарта")
    taken, building = make_building(company, complex_id), make_building(company, complex_id, "А3")
    make_premises(company, building, "1")
    premises = make_premises(company, building, "2")
    named = BuildingDraft(complex_id=complex_id, name="А2", kind=BuildingKind.TOWER)
    flat = PremisesDraft(building_id=building, kind=PremisesKind.FLAT, number="1")
    with pytest.raises(NameTaken, match="А2"), company.work() as (session, actor):
        service.change_building(session, actor, building, named)
    with pytest.raises(NameTaken, match="к/п Афины"), company.work() as (session, actor):
        service.change_complex(session, actor, other, SETTLEMENT)
    with pytest.raises(NameTaken, match="1"), company.work() as (session, actor):
        service.change_premises(session, actor, premises, flat)
    with company.work() as (session, actor):
        service.change_building(session, actor, taken, named.model_copy(update={"name": "А4"}))


def test_flats_order_by_number_not_by_letters(company: Company) -> None:
    building = make_building(company, make_complex(company))
    for number in ("10", "2", "1", "2а"):
        make_premises(company, building, number)
    with company.work() as (session, _):
        page = queries.list_premises(session, ListQuery(), complex_id=None, building_id=building, kind=None)
    assert [row["number"] for row in page["items"]] == ["1", "2", "2а", "10"]
    assert page["total"] == 4
    assert page["items"][0]["address"] == "к/п Афины, А2, кв. 1"


def test_a_search_folds_yo_and_case(company: Company) -> None:
    building = make_building(company, make_complex(company), name="Берёзовая 5")
    make_premises(company, building, "7", kind=PremisesKind.OFFICE)
    with company.work() as (session, _):
        page = queries.list_premises(
            session, ListQuery(q="БЕРЕЗОВАЯ оф"), complex_id=None, building_id=None, kind=PremisesKind.OFFICE
        )
    assert [row["number"] for row in page["items"]] == ["7"]


def test_a_building_that_moves_takes_its_premises_addresses_along(company: Company) -> None:
    complex_id = make_complex(company)
    building = make_building(company, complex_id)
    flat = make_premises(company, building, "17", floor=4, area_m2=Decimal("54.30"))
    draft = BuildingDraft(
        complex_id=complex_id, name="А3", kind=BuildingKind.TOWER, address="ул. Кифису, д. А3"
    )
    with company.work() as (session, actor):
        service.change_building(session, actor, building, draft)
    with company.work() as (session, _):
        assert service.get_premises(session, flat).address == "ул. Кифису, д. А3, кв. 17"


def test_an_entrance_of_another_building_is_refused(company: Company) -> None:
    complex_id = make_complex(company)
    first, second = (make_building(company, complex_id, name) for name in ("1", "2"))
    with company.work() as (session, actor):
        entrance = service.create_entrance(session, actor, EntranceDraft(building_id=first, name="1")).id
    with pytest.raises(EntranceNotThere):
        make_premises(company, second, "1", entrance_id=entrance)


def test_another_company_sees_and_uses_nothing(company: Company, other_company: Company) -> None:
    complex_id = make_complex(company)
    building = make_building(company, complex_id)
    with other_company.work() as (session, actor):
        assert queries.list_complexes(session, ListQuery())["total"] == 0
        with pytest.raises(ComplexNotThere):
            service.change_complex(session, actor, complex_id, SETTLEMENT)
    with pytest.raises(ComplexNotThere):
        make_building(other_company, complex_id)
    with pytest.raises(BuildingNotThere):
        make_premises(other_company, building, "1")


def test_who_may_not_manage_housing_may_not(company: Company) -> None:
    stranger = company.actor.__class__(name="Гость", organisation_id=company.id)
    with company.work() as (session, _), pytest.raises(NotAllowed):
        service.create_complex(session, stranger, SETTLEMENT)


def test_an_unknown_sort_names_the_known_ones(company: Company) -> None:
    with company.work() as (session, _), pytest.raises(FixInput) as caught:
        queries.list_complexes(session, ListQuery(sort="colour"))
    assert caught.value.fields[0].data == {"given": "colour", "known": "kind, name"}


@pytest.mark.parametrize("zone", ["Mars/Olympus", "", "../etc/passwd"])
def test_a_zone_must_be_known(zone: str) -> None:
    with pytest.raises(ValidationError, match="time_zone"):
        ComplexDraft(name="x", kind=ComplexKind.SETTLEMENT, time_zone=zone)


def test_missing_things_are_named(company: Company) -> None:
    with company.work() as (session, _), pytest.raises(ComplexNotThere):
        service.get_complex(session, uuid4())
