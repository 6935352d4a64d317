"""From a read to a decision: what is asked, what is held of it, where its pass is, and then the rules."""

from collections import deque
from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple, Protocol
from uuid import UUID

from edge.access import codes, decision, presence
from edge.access.blacklist import NOBODY, Visitor
from edge.access.decision import Area, Decision, Held, Question
from edge.access.holdings import Holdings
from edge.access.points import Lane, Site
from edge.access.presence import ON_FOOT, Place
from edge.clock import Clock, Moment
from edge.drivers.base import Read
from protocols import faces
from protocols.cards import Lookup, lookups
from protocols.config import Point, Zone
from protocols.fields import Direction
from protocols.held import BlockItem
from protocols.qr import Token
from protocols.records import Outcome, PassageFlag, Reason

NS_PER_S = 1_000_000_000
WRONG_TRIES = 5
TRIES_WITHIN_NS = 60 * NS_PER_S
LOCKED_NS = 180 * NS_PER_S
SAME_CAR_NS = 30 * NS_PER_S
"""A card shown this soon after a plate was read at the lane is shown from that car."""


class Asked(NamedTuple):
    """What a read asks for, and what of it is held. `carrier`: its plate, or "" on foot; `reason`: no need to look."""

    matched: tuple[Held, ...] = ()
    blocked: bool = False
    lookups: tuple[Lookup, ...] = ()
    carrier: str = ON_FOOT
    token: Token | None = None
    readable: bool = True
    reason: Reason | None = None


class Judgement(NamedTuple):
    """A decision and all that follows from it. `moves`: whose place changes to what, the pass's own first."""

    asked: Asked
    decided: Decision
    zone: Zone | None = None
    moves: tuple[tuple[UUID, Place], ...] = ()
    list_age_s: int | None = None


class Way(Protocol):
    """Through which point, and in which direction."""

    @property
    def point(self) -> Point:
        """The point."""

    @property
    def direction(self) -> Direction:
        """Which way."""


class Named(NamedTuple):
    """A pass that a guard names at a point, and by what its holder comes: a plate, or on foot.

    `token`: the guest's code that was shown there.
    """

    pass_id: UUID
    point: Point
    direction: Direction
    carrier: str = ON_FOOT
    token: Token | None = None


class Judge:
    """Looks things up and asks `decision`. It changes nothing that is held."""

    def __init__(self, clock: Clock, held: Holdings) -> None:
        self._clock = clock
        self._held = held
        self._tries: dict[UUID, deque[int]] = {}
        self._locked_until: dict[UUID, int] = {}
        self._cars: dict[tuple[UUID, Direction], tuple[str, int]] = {}

    def judge(self, read: Read, site: Site, lane: Lane, moment: Moment) -> Judgement:
        """The one answer to a read at a lane."""
        zone = site.zones.by_id.get(lane.point.zone) if lane.point.zone else None
        asked = self._ask(read, site, moment)
        if zone is not None and zone.vehicles_only and asked.carrier == ON_FOOT:
            zone = None
        if zone is not None:
            asked = asked._replace(matched=self._placed(asked, site, zone, lane.direction, moment))
        age_s = self._held.age_s(moment.unix_ms)
        is_stale = site.stale.after_s is not None and age_s >= site.stale.after_s
        decided = self._decide(read, site, lane, moment, asked, zone, is_stale=is_stale)
        self._note_try(read, decided)
        moves = tuple(self._moves(asked, decided, site, zone, lane, moment))
        if len(moves) > 1:
            decided = decided._replace(flags=(*decided.flags, PassageFlag.WITH_OTHER_PASS))
        if read.plate is not None:
            self._cars[lane.point.id, lane.direction] = read.plate, read.at_ns
        return Judgement(asked, decided, zone, moves, age_s if is_stale else None)

    def judge_named(self, named: Named, site: Site, moment: Moment) -> Judgement | None:
        """What the rules say of a pass that a guard names, and what follows if it is let through, as a guard may.

        None: no such pass is held, and no code of it was shown.
        """
        held = self._held_named(named)
        if held is None:
            return None
        plates = [named.carrier] if named.carrier != ON_FOOT else []
        blocked = self.blocking(held, plates, moment.utc) is not None
        asked = Asked((held,), blocked, carrier=named.carrier, token=named.token)
        zone = site.zones.by_id.get(named.point.zone) if named.point.zone else None
        if zone is not None and zone.vehicles_only and named.carrier == ON_FOOT:
            zone = None
        if zone is not None:
            asked = asked._replace(matched=self._placed(asked, site, zone, named.direction, moment))
        age_s = self._held.age_s(moment.unix_ms)
        is_stale = site.stale.after_s is not None and age_s >= site.stale.after_s
        question = self._question(
            site, named, moment, zone, is_plate=named.carrier != ON_FOOT, is_stale=is_stale
        )
        decided = decision.decide(question, asked.matched, blocked=blocked)
        let_through = Decision(Outcome.GRANTED, decided.reason, asked.matched[0])
        moves = tuple(self._moves(asked, let_through, site, zone, named, moment))
        return Judgement(asked, decided, zone, moves)

    def blocking(self, held: Held | None, plates: Sequence[str], at: datetime) -> BlockItem | None:
        """The blacklist's entry that names the pass, what is on it, the code by which it matched, or a plate."""
        passes = self._held.passes
        if held is None:
            return passes.blocking((), plates, None, at)
        item, token = held.item, held.token
        visitor = Visitor(coded=token.persons) if token is not None else NOBODY
        own = [*item.plates, *([token.plate] if token is not None else []), *plates]
        return passes.blocking(item.keys, own, item.id, at, visitor)

    def forget_tries(self) -> None:
        """Another configuration."""
        self._tries.clear()
        self._locked_until.clear()
        self._cars.clear()

    def _held_named(self, named: Named) -> Held | None:
        passes, uses = self._held.passes, self._held.uses
        if named.token is not None:
            return passes.match_code(named.token, uses)
        item = passes.find_pass(named.pass_id)
        return None if item is None else Held(item, uses.of(item.id.bytes))

    def _decide(
        self,
        read: Read,
        site: Site,
        lane: Lane,
        moment: Moment,
        asked: Asked,
        zone: Zone | None,
        *,
        is_stale: bool,
    ) -> Decision:
        if asked.reason is not None and not asked.blocked:
            return Decision(Outcome.DENIED, asked.reason)
        is_plate = read.plate is not None
        question = self._question(
            site, lane, moment, zone, is_plate=is_plate, is_stale=is_stale, readable=asked.readable
        )
        return decision.decide(question, asked.matched, blocked=asked.blocked)

    def _question(
        self,
        site: Site,
        way: Way,
        moment: Moment,
        zone: Zone | None,
        *,
        is_plate: bool,
        is_stale: bool,
        readable: bool = True,
    ) -> Question:
        return Question(
            point=way.point.id,
            direction=way.direction,
            at=moment.utc,
            clock=moment.state,
            zone=site.zone,
            policy=site.policy,
            is_plate=is_plate,
            readable=readable,
            area=self._area(site, zone),
            stale=site.stale if is_stale else None,
        )

    def _ask(self, read: Read, site: Site, moment: Moment) -> Asked:
        passes, uses = self._held.passes, self._held.uses
        if read.plate is not None:
            matched = passes.match_plate(read.plate, uses)
            blocked = passes.blocked_plate(read.plate, matched, moment.utc)
            return Asked(tuple(matched), blocked, carrier=read.plate)
        if read.face is not None:
            return self._ask_face(read.face, moment)
        if read.code is None:
            return self._ask_card(lookups(read.credentials), moment)
        typed = codes.look_at(read.code, site.id, lambda tag: passes.code_key(tag, moment.utc))
        if typed.guessable and self._is_locked(read):
            return Asked(reason=Reason.TOO_MANY_TRIES, lookups=typed.asked)
        if typed.token is None:
            return self._ask_card(typed.asked, moment)._replace(reason=typed.reason)
        token = typed.token
        blocked = passes.blocked_code(token, moment.utc)
        return Asked((passes.match_code(token, uses),), blocked, carrier=token.plate or ON_FOOT, token=token)

    def _ask_face(self, picture: str, moment: Moment) -> Asked:
        """Whoever the panel knows and the box does not is a stranger."""
        if not picture:
            return Asked(reason=Reason.UNKNOWN_CREDENTIAL)
        return self._ask_card((Lookup(faces.key_of(picture), weak=False),), moment)

    def _ask_card(self, asked: tuple[Lookup, ...], moment: Moment) -> Asked:
        passes = self._held.passes
        matched = passes.match_card(asked, self._held.uses)
        blocked = passes.blocked_card(asked, matched, moment.utc)
        return Asked(tuple(matched), blocked, asked, readable=bool(asked))

    def _placed(
        self, asked: Asked, site: Site, zone: Zone, direction: Direction, moment: Moment
    ) -> tuple[Held, ...]:
        """The same passes, and where they are."""
        where = self._held.presence
        since_ms = presence.last_amnesty_ms(zone, moment.utc, site.zone)
        return tuple(
            held._replace(
                standing=where.standing(site.zones, zone, held.item.id, asked.carrier, direction, since_ms),
                vehicles=where.vehicles(held.item.household, but=asked.carrier) if held.item.household else 0,
            )
            for held in asked.matched
        )

    def _area(self, site: Site, zone: Zone | None) -> Area | None:
        if zone is None:
            return None
        full = zone.capacity is not None and self._held.presence.inside(site.zones, zone) >= zone.capacity
        return Area(zone.number, zone.anti_passback, full)

    def _moves(
        self, asked: Asked, decided: Decision, site: Site, zone: Zone | None, lane: Way, moment: Moment
    ) -> list[tuple[UUID, Place]]:
        held = decided.held
        if zone is None or held is None or not decided.granted:
            return []
        behind = site.zones.behind(zone, lane.direction)
        left = held.standing.left_carrier
        carrier = asked.carrier if left is None else left
        moves = [(held.item.id, Place(carrier, behind, moment.unix_ms, held.item.household))]
        other = self._other_car(held.item.id, asked, site, zone, lane)
        if other is not None:
            pass_id, place = other
            moves.append((pass_id, place._replace(zone=behind, since_ms=moment.unix_ms)))
        return moves

    def _other_car(
        self, pass_id: UUID, asked: Asked, site: Site, zone: Zone, lane: Way
    ) -> tuple[UUID, Place] | None:
        """The car out of which this was shown, where it had come in by another pass and now leaves."""
        if lane.direction is Direction.IN:
            return None
        plate, seen_ns = self._cars.get((lane.point.id, lane.direction), ("", 0))
        if asked.carrier not in (ON_FOOT, plate) or self._clock.monotonic_ns() - seen_ns > SAME_CAR_NS:
            return None
        holder = self._held.presence.holder(plate)
        if holder is None or holder == pass_id:
            return None
        place = self._held.presence.of(holder)[plate]
        return (holder, place) if site.zones.within(place.zone, zone.id) else None

    def _is_locked(self, read: Read) -> bool:
        return read.at_ns < self._locked_until.get(read.device, 0)

    def _note_try(self, read: Read, decided: Decision) -> None:
        """Somebody who tries out short codes is stopped for a while."""
        if read.code is None or decided.reason is not Reason.UNKNOWN_CREDENTIAL:
            return
        tries = self._tries.setdefault(read.device, deque(maxlen=WRONG_TRIES))
        tries.append(read.at_ns)
        if len(tries) == WRONG_TRIES and read.at_ns - tries[0] <= TRIES_WITHIN_NS:
            self._locked_until[read.device] = read.at_ns + LOCKED_NS
            tries.clear()
