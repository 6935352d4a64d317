"""The guard's workplace put together: its parts, its tasks, the server."""

import asyncio
import logging
from collections.abc import Sequence
from pathlib import Path
from typing import Any
from uuid import UUID

from edge.access.drafts import Drafts
from edge.drivers.http_server import listen, serve
from edge.guardhouse.catalogue import Catalogue, Change
from edge.guardhouse.certificate import Certificate
from edge.guardhouse.chronicle import Chronicle, Noted
from edge.guardhouse.decisions import Decisions
from edge.guardhouse.desk import Desk
from edge.guardhouse.doors import Doors, Handler, make_app
from edge.guardhouse.drafting import Drafting
from edge.guardhouse.ground import Ground
from edge.guardhouse.leaving import Leaving
from edge.guardhouse.link_view import LinkView
from edge.guardhouse.looking import Looking
from edge.guardhouse.pace import Pace
from edge.guardhouse.photos import Photos
from edge.guardhouse.remarks import Remarks
from edge.guardhouse.shifts import Shifts
from edge.guardhouse.sign_in import SignIns
from edge.guardhouse.videos import Videos
from edge.guardhouse.views import Views
from edge.guardhouse.visits import Visits
from edge.guardhouse.web_files import WebFiles
from edge.supervisor import Supervisor
from protocols.config import Configuration
from protocols.guard_views import LiveKind
from protocols.messages import ServedPage

log = logging.getLogger(__name__)
CONNECTIONS_MAX = 150
LOOK_S = 0.5
REVIEW_S = 30.0


class Guardhouse:
    """One per box. `start` begins its tasks; `close` ends what they leave."""

    def __init__(
        self,
        ground: Ground,
        made_here: Drafts,
        *,
        web: Path,
        certificate: Certificate | None,
        port_file: Path,
    ) -> None:
        self._ground = ground
        self._drafts = made_here
        self._certificate = certificate
        self._port_file = port_file
        self._review_due = asyncio.Event()
        self._preparing = asyncio.Lock()
        self._is_prepared = False
        self.sign_ins = SignIns(ground)
        self.shifts = Shifts(ground, self.sign_ins)
        self.catalogue = Catalogue(ground, made_here)
        self.link = LinkView(ground)
        self.decisions = Decisions(ground, self.catalogue.items, ground.fault)
        self.views = Views(ground, self.catalogue, self.link)
        self.chronicle = Chronicle(ground.store, self._noted)
        self.looking = Looking(ground.journal)
        ground.marking.told = self._left
        self._seen: object = None
        names = list(ground.settings.names)
        pace = Pace(ground.clock.monotonic_ns)
        is_name = certificate.is_name if certificate is not None else lambda _: False
        doors = Doors(names, ground.cookie, pace, self.sign_ins.of, self.shifts.of, is_name)
        self.app = make_app(doors, self._handlers(), WebFiles(web), self.looking.note)

    async def prepare(self) -> None:
        """Before anything is served: a store that cannot be read is this task's trouble, never the gate's."""
        async with self._preparing:
            if not self._is_prepared:
                await self.sign_ins.load()
                await self.shifts.load()
                self._is_prepared = True

    def start(self, supervisor: Supervisor) -> None:
        """Begin all tasks."""
        supervisor.start("guardhouse", self.serve)
        if self._certificate is not None:
            supervisor.start("guardhouse certificate", self._certificate.run)
            if self._ground.settings.local_port is not None:
                supervisor.start("guardhouse local", self.serve_here)
        supervisor.start("guardhouse chronicle", self.chronicle.run)
        supervisor.start("guardhouse index", self.catalogue.run)
        supervisor.start("guardhouse look", self._look)
        supervisor.start("guardhouse ledger", self.looking.run)
        supervisor.start("guardhouse sessions", self._review)

    @property
    def page(self) -> ServedPage | None:
        """With which certificate it is served; None: without HTTPS."""
        return self._certificate.state if self._certificate is not None else None

    def configured(self, configuration: Configuration) -> None:
        """Another configuration is in force."""
        if self._certificate is not None:
            self._certificate.take(configuration.page)

    async def serve(self) -> None:
        """Serve until cancelled, by HTTPS where there are names for it."""
        settings = self._ground.settings
        assert settings.port is not None  # noqa: S101  # else there is no guardhouse
        if self._certificate is not None:
            await self._certificate.ready.wait()
        await self._serve(settings.host, settings.port, self._certificate)

    async def serve_here(self) -> None:
        """The same without HTTPS, on loopback alone."""
        port = self._ground.settings.local_port
        assert port is not None  # noqa: S101
        await self._serve("127.0.0.1", port, None)

    async def _serve(self, host: str, port: int, certificate: Certificate | None) -> None:
        await self.prepare()
        tls = certificate.context if certificate is not None else None
        file = self._port_file if certificate is self._certificate else self._port_file.with_suffix(".local")
        with listen(host, port) as listener:
            port = listener.getsockname()[1]
            await asyncio.to_thread(file.write_text, f"{port}\n")
            log.info("the guard's page is served on %s:%s%s", host, port, " by HTTPS" if tls else "")
            await serve(
                self.app,
                listener,
                most_connections=CONNECTIONS_MAX,
                tls=tls,
                ending=self._ground.hub.close,
            )

    def changed(self, changes: Sequence[Change] | None) -> None:
        """The list of passes has changed; None: it is another one."""
        self.catalogue.changed(changes)
        self._review_due.set()

    def close(self) -> None:
        """After the tasks have ended."""
        self._ground.searching.close()
        self._ground.reading.close()

    def _handlers(self) -> dict[str, Handler]:
        desk = Desk(
            self._ground,
            sign_ins=self.sign_ins,
            shifts=self.shifts,
            catalogue=self.catalogue,
            views=self.views,
        )
        making, remarks = Drafting(self._ground, self.catalogue), Remarks(self._ground)
        videos = Videos(self._ground)
        visits = Visits(self._ground, self.catalogue, making)
        return {
            "me": desk.me,
            "sign_in": desk.sign_in,
            "sign_in_by_card": desk.sign_in_by_card,
            "sign_out": desk.sign_out,
            "join_post": desk.join_post,
            "board": desk.board,
            "live": desk.live,
            "live_still": desk.live_still,
            "passages": desk.passages,
            "passage": desk.passage,
            "picture": desk.picture,
            "passes": desk.passes,
            "pass_card": desk.pass_card,
            "authority": desk.authority,
            "live_video": videos.live,
            "passage_video": videos.of_passage,
            "camera_video": videos.of_camera,
            "video_playlist": videos.playlist,
            "video_segment": videos.segment,
            "decide": self.decisions.decide,
            "draft_pass": making.draft,
            "withdraw_pass": making.withdraw,
            "mark_left": Leaving(self._ground, self.catalogue).left,
            "add_note": remarks.note,
            "violations": remarks.violations,
            "add_violation": remarks.violation,
            "visits": visits.page,
            "put_visit": visits.put,
            "add_photo": Photos(self._ground).add,
            "shifts": self.shifts.page,
            "begin_shift": self.shifts.begin,
            "end_shift": self.shifts.end,
            "shift_report": self.shifts.report,
            "shift_report_pdf": self.shifts.report_pdf,
        }

    def _noted(self, noted: list[Noted]) -> None:
        for each in noted:
            self._ground.hub.publish(LiveKind.PASSAGE, each.passage)
        self._ground.hub.publish(LiveKind.BOARD)

    def _left(self, pass_id: UUID) -> None:
        self._ground.hub.publish(LiveKind.PASSES, pass_id)
        self._ground.hub.publish(LiveKind.BOARD)  # which counts them

    async def _look(self) -> None:
        """What nobody tells of by itself: where barriers stand, which devices are gone, whether the cloud is there."""
        while True:
            if self.link.look():
                self._ground.hub.publish(LiveKind.LINK)
            seen = self._glance()
            if seen != self._seen:
                self._seen = seen
                self._ground.hub.publish(LiveKind.BOARD)
            await asyncio.sleep(LOOK_S)

    def _glance(self) -> Any:
        ground = self._ground
        points = ground.gate.site.points
        alarms = [ground.alarms_at(point) for point in points.values()]
        holds = [ground.holds.of(point) for point in points]
        return dict(ground.witness.positions), dict(ground.running.states), alarms, holds, list(points)

    async def _review(self) -> None:
        """Guards who were disabled are out at the next version of the list."""
        await self.prepare()
        while True:
            self._review_due.clear()
            await self.sign_ins.review()
            await self.shifts.end_of_others(self.sign_ins.guards())
            try:
                async with asyncio.timeout(REVIEW_S):
                    await self._review_due.wait()
            except TimeoutError:
                continue
