"""Passages, lanes and the whole board, as the guard's page draws them."""

from functools import partial
from uuid import UUID

from edge.guardhouse import acts, chronicle
from edge.guardhouse.catalogue import Catalogue
from edge.guardhouse.chronicle import PassageRow
from edge.guardhouse.ground import Ground, picture_path
from edge.guardhouse.link_view import LinkView
from edge.guardhouse.moments import ms_of
from protocols.config import Point
from protocols.fields import Direction
from protocols.guard_api import ROOT, Show
from protocols.guard_views import (
    ACT_SHOWN_FOR,
    LEFT_TO_GUARD,
    NEAR_FOR,
    NEAR_MOST,
    NEAR_REASONS,
    OFFERED,
    Board,
    Counts,
    Decided,
    Lane,
    LaneHold,
    PassageCard,
    PassageView,
    PassRow,
)
from protocols.records import BarrierPosition, DeviceAlarm, DeviceStatus, Outcome


class Views:
    """Reads; changes nothing."""

    def __init__(self, ground: Ground, catalogue: Catalogue, link: LinkView) -> None:
        self._ground = ground
        self._catalogue = catalogue
        self._link = link

    async def board(self, visitors: int) -> Board:
        """The first screen, and the newest live event that is in it."""
        event = self._ground.hub.last
        points = list(self._ground.gate.site.points.values())
        since = ms_of(self._ground.now) - int(self._ground.settings.confirm_within_s * 1000)
        read = await self._ground.reading.ask(
            lambda store: {
                point.id: (
                    chronicle.last_at(store, point.id),
                    [row for row in chronicle.since(store, point.id, since) if self._waits(row)],
                )
                for point in points
            }
        )
        shown_ms = ms_of(self._ground.now - ACT_SHOWN_FOR)
        done = await self._ground.reading.ask(partial(acts.last_at, since_ms=shown_ms))
        rows = {row.passage.id: row for last, waiting in read.values() for row in (last, *waiting) if row}
        seen = {view.id: view for view in await self.passages(list(rows.values()))}
        lanes = [
            self._lane(
                point,
                seen[last.passage.id] if (last := read[point.id][0]) else None,
                [seen[row.passage.id] for row in read[point.id][1]],
                done.get(point.id),
            )
            for point in points
        ]
        counts = await self._catalogue.counts()
        return Board(
            now=self._ground.now,
            link=await self._link.now(),
            lanes=lanes,
            counts=Counts(
                today=counts[Show.TODAY],
                inside=counts[Show.INSIDE],
                overstayed=counts[Show.OVERSTAYED],
                blacklisted=counts[Show.BLACKLISTED],
                visitors=visitors,
            ),
            event=event,
        )

    async def whole(self, passage: UUID) -> PassageCard | None:
        """With what guards noted of it; None: it is not, or no longer, known."""
        row = await self._ground.reading.ask(partial(chronicle.one, passage=passage))
        if row is None:
            return None
        notes = await self._ground.reading.ask(partial(acts.about, subjects=[passage]))
        return PassageCard(passage=(await self.passages([row]))[0], notes=notes)

    async def passages(self, rows: list[PassageRow]) -> list[PassageView]:
        """With the passes that they name, as these are now."""
        near = {row.passage.id: self._near(row) for row in rows}
        wanted = [row.passage.pass_id for row in rows if row.passage.pass_id] + [
            each for some in near.values() for each in some
        ]
        passes = {row.id: row for row in await self._catalogue.rows(wanted)}
        return [self._passage(row, near[row.passage.id], passes) for row in rows]

    def _passage(self, row: PassageRow, near: list[UUID], passes: dict[UUID, PassRow]) -> PassageView:
        passage = row.passage
        point = self._ground.gate.site.points.get(passage.point)
        return PassageView(
            id=passage.id,
            at=passage.at,
            point=passage.point,
            point_name=point.name if point else "",
            direction=passage.direction,
            outcome=passage.outcome,
            reason=passage.reason,
            flags=passage.flags,
            read=passage.read,
            plate=passage.plate,
            held=passes.get(passage.pass_id) if passage.pass_id else None,
            near=[passes[each] for each in near if each in passes and passes[each].status in OFFERED][
                :NEAR_MOST
            ],
            still=picture_path(row.still) if row.still else None,
            opened=row.opened,
            waits=self._waits(row),
            decided=row.decided,
            video=self._video(point, passage.id, ms_of(passage.at)),
        )

    def _video(self, point: Point | None, passage: UUID, at_ms: int) -> str | None:
        """Nothing is looked for: of an hour that has some there may be none of that moment."""
        camera = point.camera if point else None
        has = camera is not None and self._ground.studio.has(camera, at_ms)
        return f"{ROOT}/passages/{passage}/video" if has else None

    def _waits(self, row: PassageRow) -> bool:
        """For the guard's decision, and not for too long."""
        age_s = (self._ground.now - row.passage.at).total_seconds()
        is_fresh = age_s <= self._ground.settings.confirm_within_s
        return row.passage.reason in LEFT_TO_GUARD and row.decided is None and is_fresh

    def _near(self, row: PassageRow) -> list[UUID]:
        """Only of what was refused a moment ago: later nobody stands there."""
        passage = row.passage
        if passage.outcome is Outcome.GRANTED or passage.reason not in NEAR_REASONS or passage.plate is None:
            return []
        if row.decided is not None or self._ground.now - passage.at > NEAR_FOR:
            return []
        return self._catalogue.near(passage.plate)

    def _is_gone(self, device: UUID) -> bool:
        """A reader whose housing is open goes on reading: that is an alarm, and nothing has failed."""
        status = self._ground.running.states.get(device)
        is_open = DeviceAlarm.READER_TAMPER in self._ground.alarms.kinds(device)
        return status is not DeviceStatus.ONLINE and not (status is DeviceStatus.FAULT and is_open)

    def _lane(
        self, point: Point, last: PassageView | None, waiting: list[PassageView], act: Decided | None
    ) -> Lane:
        position = self._ground.witness.positions.get(str(point.id))
        plan = self._ground.running.plan
        devices = [reader.device for reader in point.readers]
        devices += [point.barrier.device] if point.barrier else []
        devices += [point.camera] if point.camera else []
        names = {device.id: device.name for device in plan.configuration.devices} if plan else {}
        gone = [each for each in dict.fromkeys(devices) if self._is_gone(each)]
        held = self._ground.holds.of(point.id)
        directions = list(dict.fromkeys(reader.direction for reader in point.readers))
        return Lane(
            id=point.id,
            name=point.name,
            directions=directions or list(Direction),
            position=BarrierPosition(position) if position else None,
            can_open=point.barrier is not None,
            hold=LaneHold(person=held.person, reason=held.reason, until=held.until) if held else None,
            live=f"{ROOT}/lanes/{point.id}/still" if point.camera in self._ground.gate.site.cameras else None,
            last=last,
            waiting=waiting,
            alarms=self._ground.alarms_at(point),
            trouble=[names.get(each, str(each)) for each in gone],
            video=f"{ROOT}/lanes/{point.id}/video"
            if point.camera and self._ground.studio.shows(point.camera)
            else None,
            act=act,
        )
