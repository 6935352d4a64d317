from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from uuid import UUID, uuid4

import pytest

from cloud.housing import service as housing
from cloud.housing.types import (
    BuildingDraft,
    BuildingKind,
    ComplexDraft,
    ComplexKind,
    PremisesDraft,
    PremisesKind,
)
from cloud.kernel import outbox
from cloud.kernel.database import Database
from cloud.kernel.errors import FixInput
from cloud.kernel.lists import ListQuery
from cloud.kernel.secrets import SecretBox
from cloud.kernel.tenancy import Role
from cloud.meters import service
from cloud.meters.errors import MeterNotThere
from cloud.meters.types import MeterDraft, Resource
from cloud.reactions import REACTIONS
from cloud.reads.meters import list_meters
from cloud.sites import service as sites
from cloud.sites.errors import BoxNotFound, DeviceNotFound
from cloud.sites.schemas import BoxDraft, DeviceDraft, SiteDraft
from cloud.telemetry import service as telemetry
from protocols.meters import METERS, load_meter
from tests.support.companies import Company
from tests.support.postgres import Database as RealDatabase

VAULT = SecretBox(bytes(range(32)))


def make_bus(company: Company) -> tuple[UUID, UUID]:
    """A box and a Modbus line of it."""
    with company.work() as (session, actor):
        site = sites.create_site(session, actor, SiteDraft(name="Башня", time_zone="Asia/Yekaterinburg"))
        box = sites.create_box(session, actor, BoxDraft(site_id=site.id, name="Подвал"))
        line = DeviceDraft(
            box_id=box.id, driver="modbus_tcp", name="Линия 1", settings={"host": "127.0.0.1", "port": 5020}
        )
        device = sites.create_device(session, actor, VAULT, line)
        return box.id, device.id


def make_draft(bus: tuple[UUID, UUID], **more: object) -> MeterDraft:
    box_id, device_id = bus
    fields = {
        "name": "Ввод 1",
        "serial": "24130077",
        "resource": Resource.ELECTRICITY,
        "box_id": box_id,
        "device_id": device_id,
        "profile": "eastron_sdm120",
        "unit": 1,
        "channels": [channel.name for channel in load_meter("eastron_sdm120").channels][:2],
        **more,
    }
    return MeterDraft.model_validate(fields)


def test_a_meter_becomes_series_and_a_line_of_the_configuration(company: Company) -> None:
    bus = make_bus(company)
    with company.work() as (session, actor):
        meter = service.create_meter(session, actor, make_draft(bus))
        series = {row.channel: row.id for row in telemetry.series_of_meter(session, meter.id)}
        (configured,) = sites.draft_configuration(session, VAULT, bus[0]).meters
    assert (configured.profile, configured.unit, configured.device) == ("eastron_sdm120", 1, bus[1])
    assert {channel.channel: channel.series for channel in configured.channels} == series
    with company.work() as (session, _):
        (row,) = list_meters(session, ListQuery(q="24130077"), site_id=None, box_id=bus[0], resource=None)[
            "items"
        ]
    assert {each["channel"]: each["id"] for each in row["series"]} == series
    assert (row["box"], row["site"]) == ("Подвал", "Башня")


def test_a_meter_is_found_by_the_address_that_its_row_shows(company: Company) -> None:
    bus = make_bus(company)
    with company.work() as (session, actor):
        athens = ComplexDraft(name="к/п Афины", kind=ComplexKind.SETTLEMENT)
        of = housing.create_complex(session, actor, athens)
        house = BuildingDraft(
            complex_id=of.id, name="А2", kind=BuildingKind.HOUSE, address="к/п Афины, ул. Кифису, д. А2"
        )
        building = housing.create_building(session, actor, house)
        flat = housing.create_premises(
            session, actor, PremisesDraft(building_id=building.id, kind=PremisesKind.FLAT, number="17")
        )
        service.create_meter(session, actor, make_draft(bus, name="Ввод", building_id=building.id))
        service.create_meter(session, actor, make_draft(bus, name="Вода", unit=2, premises_id=flat.id))
        service.create_meter(session, actor, make_draft(bus, name="Котельная", unit=3))

    def found(q: str) -> list[str]:
        with company.work() as (session, _):
            page = list_meters(session, ListQuery(q=q), site_id=None, box_id=None, resource=None)
        return [row["name"] for row in page["items"]]

    assert found("Кифису") == found("кифису а2") == ["Ввод", "Вода"]
    assert found("вода кв. 17 кифису") == ["Вода"]
    assert found("котельная") == ["Котельная"]
    assert found("котельная кифису") == []


def test_a_removed_meter_leaves_the_configuration_and_keeps_its_series(company: Company) -> None:
    bus = make_bus(company)
    with company.work() as (session, actor):
        meter = service.create_meter(session, actor, make_draft(bus)).id
    with company.work() as (session, actor):
        service.remove_meter(session, actor, meter)
        assert sites.draft_configuration(session, VAULT, bus[0]).meters == []
        assert len(telemetry.series_of_meter(session, meter)) == 2
        with pytest.raises(MeterNotThere):
            service.remove_meter(session, actor, meter)


def test_a_pulse_counter_knows_where_it_wraps(company: Company) -> None:
    bus = make_bus(company)
    draft = make_draft(bus, profile="wb_mcm8", channels=["counter_1"], resource=Resource.COLD_WATER)
    with company.work() as (session, actor):
        meter = service.create_meter(session, actor, draft)
        (series,) = telemetry.series_of_meter(session, meter.id)
    assert (series.modulus, series.kind) == (Decimal(2**32), "counter")


@pytest.mark.parametrize(
    ("more", "expected"),
    [
        ({"profile": "perpetuum"}, [("profile", "profile_unknown")]),
        ({"channels": ["heat"]}, [("channels.0", "channel_unknown")]),
        ({"channels": ["voltage", "voltage"]}, [("channels.1", "channel_twice")]),
    ],
)
def test_wrong_fields_are_named(company: Company, more: dict[str, object], expected: object) -> None:
    bus = make_bus(company)
    with pytest.raises(FixInput) as caught, company.work() as (session, actor):
        service.create_meter(session, actor, make_draft(bus, **more))
    assert [(field.path, field.code) for field in caught.value.fields] == expected


def test_boxes_and_lines_of_others_are_not_there(company: Company, other_company: Company) -> None:
    bus = make_bus(company)
    with pytest.raises(BoxNotFound), other_company.work() as (session, actor):
        service.create_meter(session, actor, make_draft(bus))
    with pytest.raises(DeviceNotFound), company.work() as (session, actor):
        service.create_meter(session, actor, make_draft((bus[0], uuid4())))


@pytest.mark.parametrize("profile", METERS)
def test_every_model_can_be_added_whole(company: Company, profile: str) -> None:
    bus = make_bus(company)
    channels = [channel.name for channel in load_meter(profile).channels]
    with company.work() as (session, actor):
        meter = service.create_meter(session, actor, make_draft(bus, profile=profile, channels=channels))
        assert len(telemetry.series_of_meter(session, meter.id)) == len(channels)


def test_meters_follow_a_box_that_is_replaced(company: Company, database: RealDatabase) -> None:
    bus = make_bus(company)
    with company.work() as (session, actor):
        meter = service.create_meter(session, actor, make_draft(bus))
        sites.revoke_box(session, actor, bus[0], "украден")
        new = sites.replace_box(session, actor, bus[0]).id
    worker = Database(database.url(Role.WORKER), pool_size=1)
    with worker.transaction() as session:  # by the real clock, long after the company's
        due = outbox.due(session)
    for event_id, organisation_id in due:
        outbox.Deliverer(worker, REACTIONS).deliver(organisation_id, event_id)
    worker.close()
    with company.work() as (session, _):
        assert service.get_meter(session, meter.id).box_id == new
        assert [each.id for each in sites.draft_configuration(session, VAULT, new).meters] == [meter.id]
        assert {row.box_id for row in telemetry.series_of_meter(session, meter.id)} == {new}


def test_meters_added_at_once_to_one_box_are_all_polled(company: Company) -> None:
    """Each changes what the box polls: they wait for each other, and none writes over another."""
    bus = make_bus(company)

    def add(number: int) -> UUID:
        with company.work() as (session, actor):
            return service.create_meter(
                session, actor, make_draft(bus, name=f"Ввод {number}", unit=number)
            ).id

    with ThreadPoolExecutor(4) as pool:
        made = set(pool.map(add, range(1, 9)))
    with company.work() as (session, _):
        assert {meter.id for meter in sites.draft_configuration(session, VAULT, bus[0]).meters} == made

    def remove(meter_id: UUID) -> None:
        with company.work() as (session, actor):
            service.remove_meter(session, actor, meter_id)

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(remove, made))
    with company.work() as (session, _):
        assert sites.draft_configuration(session, VAULT, bus[0]).meters == []
