"""Whether a box's points, devices and meters are as it was last told, by what lists say."""

import runpy
from collections.abc import Callable
from pathlib import Path
from uuid import UUID, uuid4

import pytest
from sqlalchemy import text, update

from cloud.kernel.language import Language
from cloud.kernel.lists import ListQuery
from cloud.kernel.secrets import SecretBox
from cloud.sites import queries, service
from cloud.sites.models import Box, Device
from cloud.sites.schemas import DeviceDraft, PointDraft, SiteDraft, StaleDraft, ZoneDraft
from protocols import config
from tests.cloud.sites.building import NOON, House

VERSIONS = Path(__file__).parents[3] / "cloud/migrations/versions"
VAULT = SecretBox(bytes(32))


def told(house: House, box: Box) -> tuple[bool, int]:
    """(is the box's, how many of the site's) by the lists of boxes and of sites; both agree with the preview."""
    query = ListQuery()
    with house.work() as session:
        listed = queries.list_boxes(
            session, query, complex_id=None, site_id=box.site_id, online=None, revoked=True
        )
        [of_box] = [each["unsent"] for each in listed["items"] if each["id"] == box.id]
        [of_site] = [
            each["boxes_unsent"]
            for each in queries.list_sites(session, query)["items"]
            if each["id"] == box.site_id
        ]
        _, _, differences = service.configuration_preview(session, VAULT, box.id, Language.RU)
    assert of_box == (differences != [])
    return of_box, of_site


def apply(house: House, box: Box) -> None:
    with house.work() as session:
        service.apply_configuration(session, house.actor, VAULT, box.id)


def device_draft(box: Box, host: str = "10.0.0.7", **more: object) -> DeviceDraft:
    draft = {"box_id": box.id, "driver": "modbus_tcp", "name": "Линия", "settings": {"host": host}}
    return DeviceDraft.model_validate(draft | more)


def camera_draft(box: Box, password: str) -> DeviceDraft:
    settings = {"url": "http://10.0.0.9/isapi", "user": "admin"}
    return device_draft(
        box, driver="http_camera", name="Камера", settings=settings, secrets={"password": password}
    )


@pytest.fixture
def box(house: House) -> Box:
    """Enrolled, told of a line and a point."""
    box = house.make_box()
    with house.work() as session:
        session.execute(update(Box).where(Box.id == box.id).values(enrolled_at=NOON))
        service.create_device(session, house.actor, VAULT, device_draft(box))
        service.create_point(session, house.actor, PointDraft(box_id=box.id, name="Въезд"))
    apply(house, box)
    return box


def test_a_box_that_was_told_nothing_yet(house: House) -> None:
    box = house.make_box()
    assert told(house, box) == (True, 0)  # none of the site's boxes is in service
    with house.work() as session:
        session.execute(update(Box).where(Box.id == box.id).values(enrolled_at=NOON))
    assert told(house, box) == (True, 1)
    apply(house, box)
    assert told(house, box) == (False, 0)


def test_a_revoked_box_is_told_nothing_more(house: House) -> None:
    box = house.make_box()
    with house.work() as session:
        session.execute(update(Box).where(Box.id == box.id).values(enrolled_at=NOON, revoked_at=NOON))
        assert queries.box_card(session, box.id)["unsent"] is False
        assert queries.site_card(session, box.site_id)["boxes_unsent"] == 0


def changes(house: House, box: Box) -> dict[str, Callable[[], object]]:
    def in_session(act: Callable[..., object], *arguments: object) -> Callable[[], object]:
        def done() -> object:
            with house.work() as session:
                return act(session, house.actor, *arguments)

        return done

    with house.work() as session:
        query = ListQuery()
        everywhere = {"complex_id": None, "site_id": None, "box_id": box.id}
        [device] = queries.list_devices(session, query, statuses=(), **everywhere)["items"]
        [point] = queries.list_points(session, query, **everywhere)["items"]
    meter = config.Meter(id=uuid4(), device=device["id"], profile="eastron_sdm120", unit=1, channels=[])
    return {
        "a site by another name": in_session(
            service.change_site, box.site_id, SiteDraft(name="Спарта", time_zone="Europe/Moscow")
        ),
        "a site in another zone": in_session(
            service.change_site, box.site_id, SiteDraft(name="к/п Афины", time_zone="Asia/Omsk")
        ),
        "a device changed": in_session(
            service.change_device, VAULT, device["id"], device_draft(box, "10.0.0.8")
        ),
        "a device gone": in_session(service.remove_device, device["id"]),
        "a device more": in_session(service.create_device, VAULT, camera_draft(box, "one")),
        "a point changed": in_session(
            service.change_point, point["id"], PointDraft(box_id=box.id, name="Въезд 1")
        ),
        "a point gone": in_session(service.archive_point, point["id"]),
        "a point more": in_session(service.create_point, PointDraft(box_id=box.id, name="Выезд")),
        "a meter more": lambda: poll(house, box, meter),
    }


@pytest.mark.parametrize(
    "change",
    [
        "a site by another name",
        "a site in another zone",
        "a device changed",
        "a device gone",
        "a device more",
        "a point changed",
        "a point gone",
        "a point more",
        "a meter more",
    ],
)
def test_a_change_is_told_until_it_is_sent(house: House, box: Box, change: str) -> None:
    assert told(house, box) == (False, 0)
    changes(house, box)[change]()
    assert told(house, box) == (True, 1)
    apply(house, box)
    assert told(house, box) == (False, 0)


def poll(house: House, box: Box, meter: config.Meter) -> None:
    with house.work() as session:
        service.set_meters(session, box.id, [meter], {meter.id: "Насосная"})


def test_what_was_sent_before_there_were_fingerprints_is_taken_as_sent(house: House, box: Box) -> None:
    poll(house, box, config.Meter(id=uuid4(), device=uuid4(), profile="eastron_sdm120", unit=1, channels=[]))
    with house.work() as session:
        service.create_device(session, house.actor, VAULT, camera_draft(box, "one"))
    apply(house, box)
    migration = runpy.run_path(str(VERSIONS / "0025_zones.py"))
    with house.work() as session:
        session.execute(update(Box).values(drafted_from=None))
        session.execute(text(migration["AS_SENT"]))
    assert told(house, box) == (False, 0)


def test_what_was_changed_back_is_as_it_was_sent(house: House, box: Box) -> None:
    def change(name: str) -> None:
        with house.work() as session:
            service.change_site(
                session, house.actor, box.site_id, SiteDraft(name=name, time_zone="Europe/Moscow")
            )

    change("Спарта")
    change("к/п Афины")
    assert told(house, box) == (False, 0)


def test_a_secret_counts_and_the_same_secret_again_does_not(house: House, box: Box) -> None:
    def save(camera: UUID | None, password: str) -> UUID:
        with house.work() as session:
            draft = camera_draft(box, password)
            if camera is None:
                return service.create_device(session, house.actor, VAULT, draft).id
            return service.change_device(session, house.actor, VAULT, camera, draft).id

    camera = save(None, "one")
    apply(house, box)
    save(camera, "one")
    assert told(house, box) == (False, 0)
    save(camera, "two")
    assert told(house, box) == (True, 1)


def test_what_a_device_says_of_itself_is_no_change(house: House, box: Box) -> None:
    with house.work() as session:
        session.execute(update(Device).values(status="offline", status_at=NOON, status_detail="no route"))
    assert told(house, box) == (False, 0)


def test_zones_and_the_rules_of_a_stale_list_are_told_to_boxes(house: House, box: Box) -> None:
    with house.work() as session:
        zone = service.create_zone(session, house.actor, box.site_id, ZoneDraft(name="Двор")).id
    assert told(house, box) == (True, 1)
    apply(house, box)
    assert told(house, box) == (False, 0)
    with house.work() as session:
        service.change_zone(session, house.actor, zone, ZoneDraft(name="Двор", capacity=10))
    assert told(house, box) == (True, 1)
    apply(house, box)
    with house.work() as session:
        stale = StaleDraft(after_s=3600)
        draft = SiteDraft(name="к/п Афины", time_zone="Europe/Moscow", stale=stale)
        service.change_site(session, house.actor, box.site_id, draft)
    assert told(house, box) == (True, 1)
