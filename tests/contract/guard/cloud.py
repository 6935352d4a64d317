"""The cloud as a server of the guard's API. Its site's box is stood in for: it judges simply, opens what it is ordered,
and reports by ingest's own handlers.
"""

import asyncio
import threading
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import httpx
from sqlalchemy import select, update

from cloud.access.models import Blocked, Pass, PassCard
from cloud.access.types import PassState
from cloud.guard.models import GateDraft
from cloud.guard.types import DraftState
from cloud.ingest.handlers import HANDLERS
from cloud.kernel.database import Database, Scope
from cloud.kernel.tenancy import Role
from cloud.kernel.text import search_text
from cloud.sites import service as sites
from cloud.sites.models import Box, Command
from cloud.sites.types import BoxOwner
from protocols import messages
from protocols.fields import Direction
from protocols.held import BlockItem, PassItem
from protocols.messages import CommandKind, State
from protocols.persons import fold
from protocols.records import (
    Alarm,
    BarrierAlarm,
    CommandOutcome,
    CommandResult,
    DeviceAlarm,
    DeviceReason,
    DeviceState,
    DeviceStatus,
    Outcome,
    Passage,
    PlaceMarked,
    PointHold,
    Reason,
    Severity,
)
from tests.cloud.serving import PASSWORD, Person, Served, served
from tests.contract.guard.server import LISTED_DOCUMENT, LISTED_PHONE, GuardServer
from tests.support.noon import NOON
from tests.support.postgres import Database as RealDatabase

_TICK = timedelta(milliseconds=100)
PIN = "407318"


class CloudServer:
    """A company with a site, a lane and two guards who have accounts."""

    provisional = by_pin = False

    def __init__(self, api: Served, ingest: Database) -> None:
        self.url, self._api, self._ingest = api.url, api, ingest
        api.clock.advance(datetime.now(UTC) - NOON)
        self._boss = api.operator()
        assert self._boss.company is not None
        self._scope = Scope.organisation(self._boss.company)
        self._site = UUID(self._made("/api/sites", {"name": "Афины", "time_zone": "Europe/Moscow"})["id"])
        box = self._made("/api/boxes", {"site_id": str(self._site), "name": "КПП"})["id"]
        self._zone = UUID(self._made(f"/api/sites/{self._site}/zones", {"name": "Посёлок"})["id"])
        self._box, self.lane = UUID(box), self._lane(box)
        self._owner = BoxOwner(self._box, self._boss.company, self._site, None, None, None)
        for number in (0, 1):
            api.colleague(self._boss, _mail(number), ["guard"], f"Охранник {number}")
        self._reason, self._outcome = Reason.GRANTED, CommandOutcome.DONE
        self.connect(True)

    async def sign_in(self, client: httpx.AsyncClient, guard: int) -> None:
        body = {"email": _mail(guard), "password": PASSWORD}
        answer = await client.post(f"{self.url}/api/session", json=body)
        assert answer.status_code == 200, answer.text

    async def change_pin(self, guard: int) -> None:
        await asyncio.to_thread(self.with_pin, guard, "580214")

    async def hold(self, *items: PassItem | BlockItem) -> None:
        await asyncio.to_thread(self._hold, items)

    async def car(self, plate: str) -> None:
        await asyncio.to_thread(self._judge, plate)

    async def open_from_afar(self, why: str) -> None:
        self._api.clock.advance(_TICK)
        order = await asyncio.to_thread(self._made, f"/api/points/{self.lane}/open", {"reason": why})
        async with asyncio.timeout(30):
            while True:
                if await asyncio.to_thread(self._is_answered, UUID(order["id"])):
                    return
                await asyncio.sleep(0.05)

    async def force(self) -> None:
        self._api.clock.advance(_TICK)
        at, kind = self._api.clock.now(), BarrierAlarm.FORCED
        alarm = Alarm(id=uuid4(), at=at, alarm=uuid4(), kind=kind, raised=True, source=self.lane)
        await asyncio.to_thread(self._report, alarm)

    async def refuse(self, pass_id: UUID, why: str) -> None:
        await asyncio.to_thread(self._refuse, pass_id, why)

    async def later(self, by: timedelta) -> None:
        self._api.clock.advance(by)

    async def refuse_by_rule(self, plate: str) -> None:
        self._reason = Reason.STALE_LIST
        await self.car(plate)

    async def hold_open(self, person: str, reason: str, until: datetime) -> None:
        at = self._api.clock.now()
        held = PointHold(
            id=uuid4(), at=at, hold=uuid4(), point=self.lane, until=until, person=person, reason=reason
        )
        await asyncio.to_thread(self._report, held)

    async def break_barrier(self) -> None:
        self._outcome = CommandOutcome.FAILED

    async def open_reader(self) -> None:
        at, device = self._api.clock.now(), self._reader
        alarm = Alarm(
            id=uuid4(),
            at=at,
            alarm=uuid4(),
            kind=DeviceAlarm.READER_TAMPER,
            raised=True,
            severity=Severity.WARNING,
            source=device,
        )
        status, why = DeviceStatus.FAULT, DeviceReason.TAMPERED
        await asyncio.to_thread(self._report, alarm)
        state = DeviceState(id=uuid4(), at=at, device=device, status=status, reason=why)
        await asyncio.to_thread(self._report, state)

    def connect(self, online: bool) -> None:
        """The lane's box is there, or not."""
        with self._api.house.database.transaction(self._scope) as session:
            told = State(online=online, at=self._api.clock.now(), software="1")
            sites.record_state(session, self._owner, told)

    async def leave_guests_to_guard(self) -> None:
        self._reason = Reason.GUARD_CONFIRMATION

    def with_pin(self, guard: int, pin: str = PIN) -> str:
        """The guard's id."""
        staff = self._boss.call("GET", "/api/staff?page_size=50").json()["items"]
        member = next(each["id"] for each in staff if each["email"] == _mail(guard))
        self._made(f"/api/guards/{member}/pin", {"pin": pin})
        return str(member)

    @contextmanager
    def box_at_work(self) -> Iterator[None]:
        """Opens what it is ordered, as long as this lasts."""
        over = threading.Event()

        def serve() -> None:
            while not over.wait(0.05):
                with self._ingest.transaction(self._scope) as session:
                    waiting = sites.pending_commands(session, self._box, unsent_only=False)
                for order in waiting:
                    if order.kind is CommandKind.MARK_LEFT:
                        self._mark(order)
                    reason = "ok" if self._outcome is CommandOutcome.DONE else "device"
                    told: dict[str, Any] = {"command": order.id, "outcome": self._outcome, "reason": reason}
                    self._report(CommandResult(id=uuid4(), at=order.issued_at, **told))

        box = threading.Thread(target=serve)
        box.start()
        try:
            yield
        finally:
            over.set()
            box.join()

    def _lane(self, box: str) -> UUID:
        bus = {
            "box_id": box,
            "driver": "modbus_tcp",
            "name": "Шина",
            "settings": {"host": "::1", "port": 5020},
        }
        settings = {"bus": self._made("/api/devices", bus)["id"], "unit": 1, "profile": "wb_mr6c_v2"}
        relay = self._made(
            "/api/devices", bus | {"driver": "modbus_relay", "name": "Реле", "settings": settings}
        )
        reader = self._made("/api/devices", {"box_id": box, "driver": "pcsc_reader", "name": "Считыватель"})
        self._reader = UUID(reader["id"])
        lane = {
            "box_id": box,
            "name": "Въезд 1",
            "zone_id": str(self._zone),
            "barrier": {"device": relay["id"], "output": 0},
        }
        made = self._made("/api/points", lane | {"readers": [{"device": reader["id"]}]})["id"]
        with self._api.house.database.transaction(self._scope) as session:
            session.execute(update(Box).where(Box.id == UUID(box)).values(enrolled_at=NOON))
        return UUID(made)

    def _made(self, path: str, body: Any) -> Any:
        boss: Person = self._boss
        answer = boss.call("POST", path, body)
        assert answer.is_success, answer.text
        return answer.json()

    def _is_answered(self, order: UUID) -> bool:
        with self._api.house.database.transaction(self._scope) as session:
            return session.get_one(Command, order).answered_at is not None

    def _report(self, event: Any) -> None:
        with self._ingest.transaction(self._scope) as session:
            HANDLERS[type(event)](session, self._owner, event)

    def _mark(self, order: messages.Command) -> None:
        self._api.clock.advance(_TICK)
        assert order.target is not None
        self._report(
            PlaceMarked(
                id=uuid4(),
                at=self._api.clock.now(),
                pass_id=order.target,
                carrier=order.carrier or "",
                command=order.id,
                person=order.person,
                why=order.reason,
            )
        )

    def _hold(self, items: tuple[PassItem | BlockItem, ...]) -> None:
        with self._api.house.database.transaction(self._scope) as session:
            for item in items:
                session.add_all(
                    self._pass_rows(item) if isinstance(item, PassItem) else [self._block_row(item)]
                )

    def _refuse(self, pass_id: UUID, why: str) -> None:
        with self._api.house.database.transaction(self._scope) as session:
            draft = session.get_one(GateDraft, pass_id)
            draft.state, draft.reason = DraftState.CONFLICT, why
            session.get_one(Pass, pass_id).state = PassState.REFUSED

    def _pass_rows(self, item: PassItem) -> list[Any]:
        at, company = self._api.clock.now(), self._owner.organisation_id
        row = Pass(id=item.id, organisation_id=company, site_id=self._site, state="issued", uses=0)
        row.number, row.kind, row.holder, row.vehicle = int(item.number), item.kind, item.holder, item.vehicle
        row.plates, row.host, row.host_phone, row.address = item.plates, item.host, item.phone, item.address
        row.service, row.ticket, row.note, row.points, row.schedule = item.service, item.ticket, "", [], []
        row.valid_from, row.valid_until, row.entries = item.valid_from, item.valid_until, item.entries
        row.created_at = row.changed_at = at
        row.search = search_text(
            item.number,
            item.holder,
            item.vehicle,
            *item.plates,
            item.host,
            item.address,
            item.service,
            item.ticket,
        )
        card = PassCard(
            id=uuid4(), organisation_id=company, pass_id=item.id, format="RAW", printed="", keys=item.keys
        )
        return [row, card] if item.keys else [row]

    def _block_row(self, item: BlockItem) -> Blocked:
        row = Blocked(
            id=item.id, organisation_id=self._owner.organisation_id, site_id=self._site, card="", persons=[]
        )
        row.keys, row.plates, row.person, row.person_key = item.keys, item.plates, item.name, fold(item.name)
        row.document_key = LISTED_DOCUMENT if item.documents else ""
        row.phone, row.until = LISTED_PHONE if item.phones else None, item.until
        row.reason, row.created_by, row.created_at, row.search = item.reason, "", self._api.clock.now(), ""
        return row

    def _judge(self, plate: str) -> None:
        self._api.clock.advance(_TICK)
        with self._api.house.database.transaction(self._scope) as session:
            held = session.scalars(select(Pass).where(Pass.plates.contains([plate]))).first()
        reason = Reason.UNKNOWN_PLATE if held is None else Reason.GRANTED
        if held is not None and held.state in {"revoked", "refused"}:
            reason = Reason.REVOKED
        elif held is not None:
            reason = self._reason
        is_granted = reason is Reason.GRANTED
        passage = Passage(
            id=uuid4(),
            at=self._api.clock.now(),
            point=self.lane,
            direction=Direction.IN,
            outcome=Outcome.GRANTED if is_granted else Outcome.DENIED,
            reason=reason,
            pass_id=held.id if held is not None else None,
            use=held.uses + 1 if held is not None and is_granted else None,
            plate=plate,
            read=plate,
            zone=self._zone,
            behind=self._zone if is_granted else None,
            carrier=plate,
        )
        self._report(passage)


class PostServer(CloudServer):
    """The same, where guards sign in by PIN at a computer that is a post."""

    by_pin = True

    async def sign_in(self, client: httpx.AsyncClient, guard: int) -> None:
        if (await client.get("/me")).json()["by"] != "pin":
            code = await asyncio.to_thread(self.post_code)
            answer = await client.post("/post", json={"code": code})
            assert answer.status_code == 200, answer.text
        pin = {"guard": await asyncio.to_thread(self.with_pin, guard), "pin": PIN}
        answer = await client.post("/sign-in", json=pin)
        assert answer.status_code == 200, answer.text

    def post_code(self) -> str:
        """Of a post that no computer is yet."""
        return str(self._made(f"/api/sites/{self._site}/gate-posts", {"name": "КПП"})["code"])


def _mail(guard: int) -> str:
    return f"guard{guard}@example.org"


@asynccontextmanager
async def serve(
    database: RealDatabase, folder: Path, kind: type[CloudServer] = CloudServer
) -> AsyncIterator[GuardServer]:
    """The app on a port of its own, and the box behind the lane."""
    with served(database, folder) as api:
        ingest = Database(database.url(Role.INGEST), ports=api.house.database.ports, pool_size=2)
        made = await asyncio.to_thread(kind, api, ingest)
        with made.box_at_work():
            yield made
        ingest.close()
