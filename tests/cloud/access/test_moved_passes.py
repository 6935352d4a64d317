"""A pass that moves to another site: its codes of before open nothing at the old one, a box without a link included."""

from dataclasses import replace
from datetime import timedelta
from uuid import UUID

import pytest

from cloud.access import service
from cloud.access.guest_codes import GuestCode
from cloud.access.jobs import release_moved
from cloud.access.models import Pass
from cloud.kernel.database import Database
from cloud.kernel.jobs import Tools
from cloud.kernel.settings import Settings
from cloud.kernel.tenancy import Role
from cloud.sites import service as sites
from cloud.sites.schemas import SiteDraft
from edge.access.decision import decide
from edge.access.uses import Uses
from protocols.held import ItemKind, KeyItem, PassItem
from protocols.records import Reason
from tests.cloud.access.test_access import Gate, gate
from tests.cloud.access.test_guest_codes import box_of, code_of, read_by
from tests.edge.world import question
from tests.support.noon import NOON
from tests.support.postgres import Database as RealDatabase

__all__ = ["gate"]


@pytest.fixture
def other(gate: Gate) -> UUID:
    with gate.company.work() as (session, actor):
        return sites.create_site(session, actor, SiteDraft(name="Спарта", time_zone="Europe/Moscow")).id


def move(gate: Gate, made: Pass, site_id: UUID) -> None:
    with gate.company.work() as (session, actor):
        draft = gate.draft(site_id=site_id, phone="89123456789", plates=["Х 711 ТТ 90"])
        service.change_pass(session, actor, made.id, draft)


def shown_at(gate: Gate, code: GuestCode) -> Reason:
    """What a box at the site says that has all the log, or that was replaced."""
    held = box_of(gate, KeyItem, PassItem)
    token = read_by(held, gate, code).token
    assert token is not None
    blocked = held.blocked_code(token, NOON)
    asked = question(at=NOON + timedelta(minutes=5), is_plate=False)
    return decide(asked, [held.match_code(token, Uses())], blocked=blocked).reason


def test_its_code_of_before_is_refused_at_the_old_site(gate: Gate, other: UUID) -> None:
    made = gate.issue(phone="89123456789", plates=["Х 711 ТТ 90"])
    code = code_of(gate, made)
    assert code is not None
    assert shown_at(gate, code) is Reason.GRANTED
    move(gate, made, other)
    assert shown_at(gate, code) is Reason.REVOKED
    left = [item for item in gate.held() if isinstance(item, PassItem)][-1]
    assert (left.holder, left.phone, left.guest_phone, left.plates, left.keys) == ("", None, None, [], [])
    (there,) = [item for item in replace(gate, site_id=other).held() if isinstance(item, PassItem)]
    assert (there.id, there.revoked, there.plates) == (made.id, False, ["X711TT90"])


def test_it_may_come_back(gate: Gate, other: UUID) -> None:
    made = gate.issue()
    code = code_of(gate, made)
    assert code is not None
    move(gate, made, other)
    move(gate, made, gate.site_id)
    assert shown_at(gate, code) is Reason.GRANTED
    left = replace(gate, site_id=other).held()[-1]
    assert isinstance(left, PassItem)
    assert left.revoked


def test_the_old_site_forgets_it_when_no_code_is_good(
    gate: Gate, other: UUID, database: RealDatabase
) -> None:
    moved, stayed = (gate.issue(kind="resident", valid_until=None) for _ in range(2))
    move(gate, moved, other)
    worker = Database(database.url(Role.WORKER), ports=gate.company.database.ports)
    left = []
    for later in (timedelta(hours=25), timedelta(hours=25)):
        gate.company.clock.advance(later)
        release_moved(Tools(worker, Settings()))
        with gate.company.work() as (session, _):
            where = [(gate.site_id, moved.id), (gate.site_id, stayed.id), (other, moved.id)]
            left.append([sites.is_held(session, site_id, ItemKind.PASS, each) for site_id, each in where])
    worker.close()
    assert left == [[True, True, True], [False, True, True]]
