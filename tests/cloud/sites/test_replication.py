"""The replication log on a real PostgreSQL: versions without gaps in commit order, digests, what a box lacks."""

import threading
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import select

from cloud.kernel.errors import FixInput
from cloud.kernel.tenancy import Role
from cloud.sites import service
from cloud.sites.errors import SiteNotFound
from cloud.sites.models import HeldChange, HeldItem
from cloud.sites.types import Changes, SnapshotNeeded, UpToDate
from protocols.chain import DIGEST_MODULUS, item_digest
from protocols.fields import Direction
from protocols.held import ItemKind, encode_item
from protocols.messages import Uses
from tests.cloud.sites.building import House, make_pass


def digest_of(*bodies: bytes) -> bytes:
    return (sum(map(item_digest, bodies)) % DIGEST_MODULUS).to_bytes(32, "big")


def test_items_come_change_and_go(house: House) -> None:
    site = house.make_site()
    first, second = make_pass("1"), make_pass("2")
    changed = make_pass("1", id=first.id, revoked=True)
    with house.work() as session:
        assert service.append_item(session, site.id, first) == 1
        assert service.append_item(session, site.id, second) == 2
        assert service.append_item(session, site.id, changed) == 3
        assert service.remove_item(session, site.id, ItemKind.PASS, second.id) == 4
    with house.work() as session:
        state = service.held_state(session, site.id)
        copy = service.snapshot(session, site.id)
    assert state.version == 4
    assert state.digest == digest_of(encode_item(changed))
    assert copy.items == [encode_item(changed)]


@pytest.mark.parametrize(
    ("more", "path"),
    [
        ({"keys": [f"EM:{number:08X}" for number in range(101)]}, "cards"),
        ({"plates": ["A123BC72", "A" * 101]}, "plates"),
        ({"address": "я" * 501}, "address"),
        ({"points": [uuid4() for _ in range(201)]}, "points"),
        ({"holder": "Пётр\x00"}, "holder"),
    ],
)
def test_what_no_box_could_read_is_the_asker_s_fault(house: House, more: dict[str, Any], path: str) -> None:
    site = house.make_site()
    with pytest.raises(FixInput) as caught, house.work() as session:
        service.append_item(session, site.id, make_pass("1", **more))
    (field,) = caught.value.fields
    assert (field.path, field.code) == (path, "not_for_boxes")
    with house.work() as session:
        assert service.held_state(session, site.id).version == 0


def test_the_same_bytes_again_change_nothing(house: House) -> None:
    site = house.make_site()
    item = make_pass()
    with house.work() as session:
        service.append_item(session, site.id, item)
    with house.work() as session:
        assert service.append_item(session, site.id, item) == 1
        assert service.remove_item(session, site.id, ItemKind.PASS, uuid4()) == 1
        assert session.scalars(select(HeldChange.version)).all() == [1]


def test_a_batch_may_name_an_item_twice(house: House) -> None:
    site = house.make_site()
    first = make_pass("1")
    again = make_pass("1", id=first.id, holder="Иван")
    with house.work() as session:
        assert service.append_items(session, site.id, [first, again]) == 2
    with house.work() as session:
        assert session.scalars(select(HeldItem.body)).all() == [encode_item(again)]
        assert service.held_state(session, site.id).digest == digest_of(encode_item(again))


def test_concurrent_writers_leave_no_gap_and_keep_commit_order(house: House) -> None:
    """Whoever sees version n committed sees every version below it, at any moment."""
    site = house.make_site()
    stop, holes = threading.Event(), []

    def write(_worker: int) -> None:
        for _ in range(15):
            with house.work() as session:
                service.append_item(session, site.id, make_pass())

    def watch() -> None:
        while not stop.is_set():
            with house.work(Role.DOWNLINK) as session:
                seen = session.scalars(select(HeldChange.version).order_by(HeldChange.version)).all()
            if seen != list(range(1, len(seen) + 1)):
                holes.append(seen)

    with ThreadPoolExecutor(5) as pool:
        watcher = pool.submit(watch)
        list(pool.map(write, range(3)))
        stop.set()
        watcher.result()
    assert holes == []
    with house.work() as session:
        state, copy = service.held_state(session, site.id), service.snapshot(session, site.id)
    assert state.version == 45
    assert state.digest == digest_of(*copy.items)


def test_writers_of_two_sites_do_not_deadlock(house: House) -> None:
    sites = [house.make_site(name).id for name in ("A", "B")]

    def write(order: list) -> None:
        for _ in range(10):
            with house.work() as session:
                service.lock_sites(session, order)
                for site_id in order:
                    service.append_item(session, site_id, make_pass())

    with ThreadPoolExecutor(2) as pool:
        list(pool.map(write, [sites, sites[::-1]]))
    with house.work() as session:
        assert [service.held_state(session, site_id).version for site_id in sites] == [20, 20]


def test_a_rolled_back_change_takes_no_version(house: House) -> None:
    site = house.make_site()
    with pytest.raises(ZeroDivisionError), house.work() as session:  # noqa: PT012  # raised on purpose
        service.append_item(session, site.id, make_pass())
        raise ZeroDivisionError
    with house.work() as session:
        assert service.append_item(session, site.id, make_pass()) == 1


def test_what_a_box_lacks(house: House) -> None:
    site = house.make_site()
    items = [make_pass(str(number)) for number in range(3)]
    with house.work() as session:
        service.append_items(session, site.id, items)
    with house.work(Role.DOWNLINK) as session:
        state = service.held_state(session, site.id)
        lacks = service.difference(
            session, site.id, epoch=state.epoch, version=1, digest=digest_of(encode_item(items[0]))
        )
        assert isinstance(lacks, Changes)
        assert [change.version for change in lacks.changes] == [2, 3]
        assert lacks.state == state
        same = service.difference(session, site.id, epoch=state.epoch, version=3, digest=state.digest)
        assert isinstance(same, UpToDate)


@pytest.mark.parametrize(
    ("epoch", "version", "digest", "cause"),
    [
        (None, 0, bytes(32), "nothing held"),
        (uuid4(), 2, None, "another epoch"),
        ("own", 9, None, "ahead of the cloud"),
        ("own", 2, bytes(32), "another digest"),
        ("own", 1, bytes(32), "another digest"),
    ],
)
def test_when_a_snapshot_is_needed(
    house: House, epoch: object, version: int, digest: bytes | None, cause: str
) -> None:
    site = house.make_site()
    with house.work() as session:
        service.append_items(session, site.id, [make_pass("1"), make_pass("2")])
    with house.work() as session:
        own = service.held_state(session, site.id).epoch
        wanted = own if epoch == "own" else epoch
        lacks = service.difference(session, site.id, epoch=wanted, version=version, digest=digest)  # type: ignore[arg-type]
    assert isinstance(lacks, SnapshotNeeded)
    assert lacks.cause == cause


def test_a_new_epoch_makes_every_box_take_a_snapshot(house: House) -> None:
    site = house.make_site()
    with house.work() as session:
        service.append_item(session, site.id, make_pass())
        before = service.held_state(session, site.id)
        service.start_epoch(session, site.id)
    with house.work() as session:
        after = service.held_state(session, site.id)
        lacks = service.difference(session, site.id, epoch=before.epoch, version=1, digest=before.digest)
    assert (after.version, after.digest) == (before.version, before.digest)
    assert isinstance(lacks, SnapshotNeeded)


def test_a_snapshot_gives_uses_back_and_they_only_grow(house: House) -> None:
    site, item = house.make_site(), make_pass(entries=3)
    with house.work() as session:
        service.append_item(session, site.id, item)
    with house.work(Role.INGEST) as session:
        service.record_uses(session, site.id, item.id, Direction.IN, 2)
        service.record_uses(session, site.id, item.id, Direction.IN, 1)
    with house.work(Role.DOWNLINK) as session:
        assert service.snapshot(session, site.id).uses == [Uses(pass_id=item.id, entries=2)]


def test_another_companys_site_is_not_there(house: House) -> None:
    site = house.make_site()
    other = house.make_company("Спарта")
    with pytest.raises(SiteNotFound), house.work(company=other) as session:
        service.append_item(session, site.id, make_pass())
    with pytest.raises(SiteNotFound), house.work(company=other) as session:
        service.snapshot(session, site.id)
