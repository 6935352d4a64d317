"""Guards sign in: by a PIN or by their card, as the cloud's list says; what they try stands in the journal.

A session is the box's own: a random token of which the box keeps the hash, so that it outlives a restart and a copied
store lets nobody in.
"""

import asyncio
import secrets
import sqlite3
from collections import OrderedDict, deque
from functools import partial
from hashlib import sha256
from http import HTTPStatus
from uuid import UUID

from argon2 import PasswordHasher
from argon2.exceptions import Argon2Error, InvalidHashError
from starlette.requests import Request

from edge.guardhouse import credentials
from edge.guardhouse.ground import Asked, Ground, Session
from edge.guardhouse.moments import utc
from edge.guardhouse.problems import Trouble
from protocols.acts import SignIn, SignInOutcome, SignInWay
from protocols.guard_api import PIN_LOCKED_S, PIN_TRIES
from protocols.guard_cards import holder_of
from protocols.guard_views import Guard, LiveKind, SessionEnd
from protocols.held import GuardItem

TOKEN_BYTES = 32
SESSION_MS = 26 * 3_600_000  # a day's turn, and the time to hand it over
SESSIONS_OF_ONE = 5
SESSIONS_MAX = 50
TRIES_OF_STATION = 20
TRIES_WITHIN_NS = 120 * 1_000_000_000
STATIONS_MAX = 1000


class Tries:
    """How often a station tried of late; the oldest stations are forgotten."""

    def __init__(self, ground: Ground) -> None:
        self._clock = ground.clock
        self._by_station: OrderedDict[str, deque[int]] = OrderedDict()
        self._waiting: set[str] = set()

    def take(self, station: str) -> tuple[int, bool]:
        """For how many seconds a station that tries too often waits (0: it does not), and whether that begins now."""
        now = self._clock.monotonic_ns()
        tries = self._by_station.setdefault(station, deque(maxlen=TRIES_OF_STATION))
        self._by_station.move_to_end(station)
        while len(self._by_station) > STATIONS_MAX:
            self._waiting.discard(self._by_station.popitem(last=False)[0])
        if len(tries) == TRIES_OF_STATION and now - tries[0] < TRIES_WITHIN_NS:
            begins = station not in self._waiting
            self._waiting.add(station)
            return (TRIES_WITHIN_NS - now + tries[0]) // 1_000_000_000 + 1, begins
        self._waiting.discard(station)
        tries.append(now)
        return 0, False


class SignIns:
    """Who is signed in. In memory, and in the store for the next start."""

    def __init__(self, ground: Ground) -> None:
        self._ground = ground
        self._sessions: dict[bytes, Session] = {}
        self._ended: OrderedDict[bytes, SessionEnd] = OrderedDict()
        self._wrong: dict[UUID, tuple[int, int]] = {}  # tries, locked until (Unix ms)
        self._tries = Tries(ground)
        self._hasher = PasswordHasher()
        self._nobodys: str | None = None
        self._turn = asyncio.Lock()  # a hash takes 64 MB, too

    async def load(self) -> None:
        """Before the first request."""
        sessions, wrong = await self._ground.reading.ask(_load)
        guards = self.guards()
        for token, guard, way, station, begun_ms, kept in sessions:
            if guard in guards:
                seen = Guard(id=guard, name=guards[guard].name)
                began_with = credentials.read(kept, guards[guard])
                self._sessions[token] = Session(token, seen, way, station, begun_ms, began_with)
        self._wrong = wrong

    def guards(self) -> dict[UUID, GuardItem]:
        """Those who may sign in."""
        return {item.id: item for item in self._ground.held.passes.guards() if item.enabled}

    def of(self, token: str) -> Session | None:
        """The session that a browser shows, if it is one and goes on."""
        session = self._sessions.get(_hash(token))
        if session is None or self._ground.now_ms - session.begun_ms >= SESSION_MS:
            return None
        guard = self.guards().get(session.guard.id)
        return session if guard is not None and _stands(session, guard) else None

    def why_ended(self, token: str) -> SessionEnd | None:
        """Why the session that a browser shows goes on no more, as long as the agent remembers."""
        session = self._sessions.get(_hash(token))
        guard = self.guards().get(session.guard.id) if session is not None else None
        if session is not None and guard is not None and not _stands(session, guard):
            return SessionEnd.CREDENTIALS  # about to be reviewed
        return self._ended.get(_hash(token))

    def goes_on(self, token: bytes) -> bool:
        """Whether a session has not ended."""
        return token in self._sessions

    async def by_pin(self, asked: Asked) -> str:
        """The token of a new session. Raises Trouble."""
        guard_id, station = asked.body.guard, station_of(asked.request)
        await self._admit(SignInWay.PIN, station)
        guard = next((each for each in self._ground.held.passes.guards() if each.id == guard_id), None)
        async with self._turn:  # one at a time, so that five tries at once are five tries
            await self._refuse_locked(guard, SignInWay.PIN, station)
            is_right = await asyncio.to_thread(self._verify, guard.pin_hash if guard else "", asked.body.pin)
            if guard is None or not is_right:
                raise await self._wrong_pin(guard, station)
        await self._refuse_disabled(guard, SignInWay.PIN, station)
        return await self._begin(guard, SignInWay.PIN, station)

    async def by_card(self, asked: Asked) -> str:
        """The same by what a reader at the desk typed. Raises Trouble."""
        station = station_of(asked.request)
        await self._admit(SignInWay.CARD, station)
        guard = self._holder(asked.body.card)
        if guard is None:
            await self._tell(None, SignInWay.CARD, SignInOutcome.WRONG, station)
            raise Trouble(HTTPStatus.UNAUTHORIZED, "unknown_card")
        await self._refuse_locked(guard, SignInWay.CARD, station)
        await self._refuse_disabled(guard, SignInWay.CARD, station)
        return await self._begin(guard, SignInWay.CARD, station)

    async def end(self, session: Session, outcome: SignInOutcome = SignInOutcome.SIGNED_OUT) -> None:
        """The session is over."""
        if self._sessions.pop(session.token, None) is None:
            return
        await self._tell(
            session.guard.id, session.way, outcome, session.station, partial(_forget, token=session.token)
        )

    async def review(self) -> None:
        """Another list, another hour: whoever was disabled, removed or stayed too long is out.

        So is whoever signed in before the PIN was changed, or a card taken away.
        """
        guards, now_ms = self.guards(), self._ground.now_ms
        for session in list(self._sessions.values()):
            guard = guards.get(session.guard.id)
            if guard is not None and not _stands(session, guard):
                self._remember(session.token)
            elif guard is not None and now_ms - session.begun_ms < SESSION_MS:
                continue
            await self.end(session, SignInOutcome.EXPIRED)

    def _remember(self, token: bytes) -> None:
        self._ended[token] = SessionEnd.CREDENTIALS
        while len(self._ended) > SESSIONS_MAX:
            self._ended.popitem(last=False)

    async def _admit(self, way: SignInWay, station: str) -> None:
        """Raises Trouble for a station that tries too often; that it has to wait is told once, when that begins."""
        wait_s, begins = self._tries.take(station)
        if begins:
            await self._tell(None, way, SignInOutcome.LOCKED, station)
        if wait_s:
            raise Trouble(HTTPStatus.TOO_MANY_REQUESTS, "too_many", retry_after_s=wait_s)

    async def _refuse_locked(self, guard: GuardItem | None, way: SignInWay, station: str) -> None:
        until = self._wrong.get(guard.id, (0, 0))[1] if guard is not None else 0
        if guard is not None and self._ground.now_ms < until:
            await self._tell(guard.id, way, SignInOutcome.LOCKED, station)
            raise Trouble(HTTPStatus.LOCKED, "locked", until=utc(until))

    def _verify(self, pin_hash: str, pin: str) -> bool:
        """In a thread, and as long for a guard whom nobody knows, or who has no PIN."""
        if self._nobodys is None:
            self._nobodys = self._hasher.hash(secrets.token_hex(8))
        try:
            return self._hasher.verify(pin_hash or self._nobodys, pin) and bool(pin_hash)
        except (Argon2Error, InvalidHashError):
            return False

    async def _wrong_pin(self, guard: GuardItem | None, station: str) -> Trouble:
        """Counted by guard; after the fifth the guard is locked for minutes, at any station."""
        if guard is None:
            await self._tell(None, SignInWay.PIN, SignInOutcome.WRONG, station)
            return Trouble(HTTPStatus.UNAUTHORIZED, "wrong_pin", left=PIN_TRIES - 1)
        tries = self._wrong.get(guard.id, (0, 0))[0] + 1
        is_locked = tries >= PIN_TRIES
        until = self._ground.now_ms + PIN_LOCKED_S * 1000 if is_locked else 0
        self._wrong[guard.id] = (0 if is_locked else tries, until)
        outcome = SignInOutcome.LOCKED if is_locked else SignInOutcome.WRONG
        count = partial(_count, guard=guard.id, wrong=self._wrong[guard.id])
        await self._tell(guard.id, SignInWay.PIN, outcome, station, count)
        if is_locked:
            return Trouble(HTTPStatus.LOCKED, "locked", until=utc(until))
        return Trouble(HTTPStatus.UNAUTHORIZED, "wrong_pin", left=PIN_TRIES - tries)

    def _holder(self, card: str) -> GuardItem | None:
        guards = {guard.id: guard for guard in self._ground.held.passes.guards()}
        found = holder_of(card, ((guard.id, guard.keys) for guard in guards.values()))
        return guards[found] if found is not None else None

    async def _refuse_disabled(self, guard: GuardItem, way: SignInWay, station: str) -> None:
        if not guard.enabled:
            await self._tell(guard.id, way, SignInOutcome.DISABLED, station)
            raise Trouble(HTTPStatus.FORBIDDEN, "disabled")

    async def _begin(self, guard: GuardItem, way: SignInWay, station: str) -> str:
        await self._make_room(guard.id)
        token = secrets.token_urlsafe(TOKEN_BYTES)
        seen = Guard(id=guard.id, name=guard.name)
        began_with = credentials.credentials_of(guard)
        session = Session(_hash(token), seen, way, station, self._ground.now_ms, began_with)
        self._wrong.pop(guard.id, None)
        keep = partial(_keep, session=session)
        await self._tell(guard.id, way, SignInOutcome.SIGNED_IN, station, keep)
        self._sessions[session.token] = session
        return token

    async def _make_room(self, guard: UUID) -> None:
        """The oldest session of the guard goes, or the oldest of all."""
        every = sorted(self._sessions.values(), key=lambda session: session.begun_ms)
        own = [session for session in every if session.guard.id == guard]
        if len(own) >= SESSIONS_OF_ONE:
            await self.end(own[0], SignInOutcome.EXPIRED)
        elif len(every) >= SESSIONS_MAX:
            await self.end(every[0], SignInOutcome.EXPIRED)

    async def _tell(
        self,
        guard: UUID | None,
        way: SignInWay,
        outcome: SignInOutcome,
        station: str,
        also: partial[None] | None = None,
    ) -> None:
        """One transaction with its record."""
        journal = self._ground.journal
        event = SignIn(**journal.stamp(), guard=guard, way=way, outcome=outcome, station=station)
        await journal.add(event, also)
        if outcome in {SignInOutcome.SIGNED_IN, SignInOutcome.SIGNED_OUT, SignInOutcome.EXPIRED}:
            self._ground.hub.publish(LiveKind.SHIFT, guard=guard)


def station_of(request: Request) -> str:
    """The address from which it came."""
    return request.client.host if request.client is not None else "-"


def _stands(session: Session, guard: GuardItem) -> bool:
    return session.credentials.stand(credentials.credentials_of(guard))


def _hash(token: str) -> bytes:
    return sha256(token.encode()).digest()


def _load(
    connection: sqlite3.Connection,
) -> tuple[list[tuple[bytes, UUID, SignInWay, str, int, bytes | None]], dict[UUID, tuple[int, int]]]:
    ways = {way.value: way for way in SignInWay}
    sessions = [
        (token, UUID(bytes=guard), ways[way], station, begun_ms, kept)
        for token, guard, way, station, begun_ms, kept in connection.execute(
            "SELECT token, guard, way, station, begun_ms, credentials FROM guard_session"
        )
        if way in ways  # else of a newer agent: that guard signs in again
    ]
    wrong = {
        UUID(bytes=guard): (count, until)
        for guard, count, until in connection.execute("SELECT guard, wrong, until_ms FROM guard_try")
    }
    return sessions, wrong


def _keep(connection: sqlite3.Connection, session: Session) -> None:
    connection.execute(
        "INSERT INTO guard_session (token, guard, way, station, begun_ms, credentials) VALUES (?, ?, ?, ?, ?, ?)",
        (
            session.token,
            session.guard.id.bytes,
            session.way,
            session.station,
            session.begun_ms,
            credentials.written(session.credentials),
        ),
    )
    connection.execute("DELETE FROM guard_try WHERE guard = ?", (session.guard.id.bytes,))


def _forget(connection: sqlite3.Connection, token: bytes) -> None:
    connection.execute("DELETE FROM guard_session WHERE token = ?", (token,))


def _count(connection: sqlite3.Connection, guard: UUID, wrong: tuple[int, int]) -> None:
    connection.execute("INSERT OR REPLACE INTO guard_try VALUES (?, ?, ?)", (guard.bytes, *wrong))
