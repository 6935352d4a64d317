"""Zones: what may lie within what, and that one box counts who is inside."""

from uuid import UUID, uuid4

import pytest

from cloud.kernel.errors import FixInput
from cloud.kernel.secrets import SecretBox
from cloud.sites import errors, service
from cloud.sites.models import Box, Zone
from cloud.sites.schemas import PointDraft, ZoneDraft
from protocols.config import AntiPassback
from protocols.qr import MOST_ZONES
from tests.cloud.sites.building import House


class Yard:
    """A site's zones, each act in a transaction of its own."""

    def __init__(self, house: House) -> None:
        self.house = house
        self.site = house.make_site()
        self.box = house.make_box(self.site)

    def make(self, name: str, **fields: object) -> Zone:
        with self.house.work() as session:
            draft = ZoneDraft(name=name, **fields)  # type: ignore[arg-type]
            return service.create_zone(session, self.house.actor, self.box.site_id, draft)

    def change(self, zone: Zone, **fields: object) -> None:
        with self.house.work() as session:
            draft = ZoneDraft(**({"name": zone.name} | fields))  # type: ignore[arg-type]
            service.change_zone(session, self.house.actor, zone.id, draft)

    def point(self, zone: Zone | None, box: Box | None = None) -> UUID:
        with self.house.work() as session:
            box_id = (box or self.box).id
            draft = PointDraft(box_id=box_id, name="Въезд", zone_id=zone.id if zone else None)
            return service.create_point(session, self.house.actor, draft).id

    def second_box(self) -> Box:
        return self.house.make_box(self.site, "КПП 2")


@pytest.fixture
def yard(house: House) -> Yard:
    return Yard(house)


def wrong(error: pytest.ExceptionInfo[FixInput]) -> tuple[str, str]:
    [fault] = error.value.fields
    return fault.path, fault.code


def test_numbers_are_given_from_0_and_a_freed_one_again(yard: Yard) -> None:
    first, second = yard.make("Территория"), yard.make("Паркинг")
    assert (first.number, second.number) == (0, 1)
    with yard.house.work() as session:
        service.remove_zone(session, yard.house.actor, first.id)
    assert yard.make("Двор").number == 0


def test_there_are_as_many_as_a_code_can_name(yard: Yard) -> None:
    for number in range(MOST_ZONES):
        yard.make(f"Зона {number}")
    with pytest.raises(FixInput) as error:
        yard.make("Лишняя")
    assert wrong(error) == ("name", "too_many_zones")


def test_a_zone_lies_in_no_zone_that_lies_in_it(yard: Yard) -> None:
    outer = yard.make("Территория")
    inner = yard.make("Паркинг", parent_id=outer.id)
    with pytest.raises(FixInput) as error:
        yard.change(outer, parent_id=inner.id)
    assert wrong(error) == ("parent_id", "zone_within_itself")
    with pytest.raises(FixInput) as error:
        yard.change(outer, parent_id=outer.id)
    assert wrong(error) == ("parent_id", "unknown_zone")
    with pytest.raises(FixInput) as error:
        yard.change(inner, parent_id=uuid4())
    assert wrong(error) == ("parent_id", "unknown_zone")


def test_a_zone_that_others_lie_in_stays(yard: Yard) -> None:
    outer = yard.make("Территория")
    yard.make("Паркинг", parent_id=outer.id)
    with yard.house.work() as session, pytest.raises(errors.InUse):
        service.remove_zone(session, yard.house.actor, outer.id)


@pytest.mark.parametrize("counting", [{"anti_passback": AntiPassback.SOFT}, {"capacity": 3}])
def test_what_is_counted_is_counted_by_one_box(yard: Yard, counting: dict[str, object]) -> None:
    outer = yard.make("Территория")
    inner = yard.make("Паркинг", parent_id=outer.id)
    other = yard.second_box()
    yard.point(outer)
    yard.point(inner, other)  # nothing is counted yet
    with pytest.raises(FixInput) as error:
        yard.change(outer, **counting)
    assert wrong(error) == ("anti_passback", "zone_spread")


def test_no_point_of_another_box_leads_into_what_is_counted(yard: Yard) -> None:
    zone = yard.make("Территория", anti_passback=AntiPassback.HARD)
    yard.point(zone)
    with pytest.raises(FixInput) as error:
        yard.point(zone, yard.second_box())
    assert wrong(error) == ("zone_id", "zone_spread")
    yard.point(zone)


def test_a_point_may_move_with_what_it_alone_counts(yard: Yard) -> None:
    zone = yard.make("Территория", capacity=5)
    point, other = yard.point(zone), yard.second_box()
    with yard.house.work() as session:
        draft = PointDraft(box_id=other.id, name="Въезд", zone_id=zone.id)
        service.change_point(session, yard.house.actor, point, draft)


def test_boxes_are_told_of_all_zones_and_where_points_lead(yard: Yard) -> None:
    outer = yard.make("Территория")
    inner = yard.make("Паркинг", parent_id=outer.id, capacity=120, vehicles_only=True, amnesty_minute=240)
    yard.point(inner)
    with yard.house.work() as session:
        drafted = service.draft_configuration(session, SecretBox(bytes(32)), yard.box.id)
    assert [(zone.number, zone.name, zone.parent) for zone in drafted.zones] == [
        (0, "Территория", None),
        (1, "Паркинг", outer.id),
    ]
    told = drafted.zones[1]
    assert (told.capacity, told.vehicles_only, told.amnesty_minute) == (120, True, 240)
    assert drafted.points[0].zone == inner.id
