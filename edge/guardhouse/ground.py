"""What all parts of the guard's workplace stand on, and what a request brings."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from starlette.requests import Request

from edge.access.gate import Gate
from edge.access.holdings import Holdings
from edge.access.journal import Journal
from edge.access.marking import Marking
from edge.alarms import Alarms
from edge.clock import Clock
from edge.guardhouse.credentials import Credentials
from edge.guardhouse.hub import Hub
from edge.guardhouse.reading import Reading
from edge.guardhouse.searching import Searching
from edge.holds import Holds
from edge.ids import Ids
from edge.link.files import Pictures
from edge.running import Running
from edge.settings import GuardhouseSettings
from edge.store import Fault, Store, no_fault
from edge.video.studio import Studio
from edge.witness import Witness
from protocols.acts import SignInWay
from protocols.config import Point
from protocols.guard_api import ROOT
from protocols.guard_views import Guard


@dataclass(frozen=True, kw_only=True)
class Ground:
    """The agent's own parts, and those that the workplace's parts share."""

    box: UUID
    settings: GuardhouseSettings
    clock: Clock
    ids: Ids
    store: Store
    journal: Journal
    held: Holdings
    gate: Gate
    marking: Marking
    pictures: Pictures
    running: Running
    witness: Witness
    alarms: Alarms
    holds: Holds
    studio: Studio
    connected: Callable[[], bool]
    authority: bytes  # the cloud's CA, PEM
    reading: Reading
    searching: Searching
    hub: Hub
    fault: Fault = no_fault

    @property
    def cookie(self) -> str:
        """The session's. Browsers keep cookies by host, whatever the port: two boxes may stand behind one address."""
        return f"domovoy_gate_{self.box.hex[-8:]}"

    def alarms_at(self, point: Point) -> list[str]:
        """Kinds that last at the point, at its readers or at its camera."""
        devices = [reader.device for reader in point.readers] + ([point.camera] if point.camera else [])
        return sorted(self.alarms.kinds(point.id, *devices))

    @property
    def now(self) -> datetime:
        """The time of the box."""
        return self.clock.now().utc

    @property
    def now_ms(self) -> int:
        """The same, as the tables keep it."""
        return self.clock.now().unix_ms


class Session(NamedTuple):
    """A guard who is signed in. `token`: the SHA-256 of what the browser shows; `credentials`: by what, then."""

    token: bytes
    guard: Guard
    way: SignInWay
    station: str
    begun_ms: int
    credentials: Credentials


class Turn(NamedTuple):
    """A turn of duty that goes on."""

    id: UUID
    guard: Guard
    begun_ms: int


class Asked(NamedTuple):
    """A request that was let through. `id`: of the path; `body`, `query`: of the operation's types; `turn`: on duty."""

    request: Request
    session: Session | None
    turn: Turn | None
    id: str
    body: Any
    query: Any

    @property
    def who(self) -> Session:
        """Whoever is signed in; the operation asks for it."""
        assert self.session is not None  # noqa: S101  # the door has seen to it
        return self.session

    @property
    def on_duty(self) -> Turn:
        """Likewise, the shift."""
        assert self.turn is not None  # noqa: S101
        return self.turn


def picture_path(sha256_hex: str) -> str:
    """Where a picture is asked for."""
    return f"{ROOT}/pictures/{sha256_hex}"
