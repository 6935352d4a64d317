"""What the contract's tests need of a server of the guard's API, beside the API itself."""

from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from datetime import datetime, timedelta
from typing import Any, Protocol
from uuid import UUID, uuid4

import httpx
import msgspec

from protocols.guard_api import ROOT
from protocols.held import BlockItem, PassItem

LISTED_DOCUMENT = "4511123456"
"""What every entry of the blacklist with a document names: it is held as a hash, and the cloud keeps the number."""

LISTED_PHONE = "+79123456789"
"""Likewise, every entry with a phone."""


class GuardServer(Protocol):
    """A running server with a site, a lane in, and two guards.

    What is held, and what comes to the lane, it gets as it gets it in life.
    """

    url: str  # without a slash at its end
    lane: UUID  # leads in, and can be opened
    provisional: bool  # a pass that is made here waits for the cloud
    by_pin: bool  # guards sign in by PIN; else by an account

    async def sign_in(self, client: httpx.AsyncClient, guard: int) -> None:
        """The client's browser is guard 0 or 1 from now on, signed in as this server does it."""

    async def change_pin(self, guard: int) -> None:
        """The guard has another PIN from now on; returns when this server knows it."""

    async def hold(self, *items: PassItem | BlockItem) -> None:
        """Passes and blacklist entries are in force."""

    async def car(self, plate: str) -> None:
        """A car with this plate is read at the lane; returns when it was judged."""

    async def open_from_afar(self, why: str) -> None:
        """A dispatcher opens the lane; returns when the box has answered."""

    async def force(self) -> None:
        """Somebody opens the lane's barrier by a key or a crank."""

    async def refuse(self, pass_id: UUID, why: str) -> None:
        """The company does not let a pass stand that was made here."""

    async def later(self, by: timedelta) -> None:
        """By the server's clock so much time passes."""

    async def refuse_by_rule(self, plate: str) -> None:
        """A car of a pass that is good is refused at the lane since the list is stale, by the site's rule."""

    async def hold_open(self, person: str, reason: str, until: datetime) -> None:
        """A person has the lane held open."""

    async def break_barrier(self) -> None:
        """From now on the lane's barrier does not open."""

    async def open_reader(self) -> None:
        """The housing of the lane's reader is opened; it reads on."""

    async def leave_guests_to_guard(self) -> None:
        """From now on guests wait for the guard's decision."""


class Browser:
    """A guard's page, as far as HTTP goes."""

    def __init__(self, server: GuardServer, client: httpx.AsyncClient) -> None:
        self.server = server
        self.client = client

    async def get(self, path: str, **query: Any) -> Any:
        """The answer's JSON; anything but 200 fails the test."""
        answer = await self.client.get(path, params=query)
        assert answer.status_code == 200, answer.text
        return answer.json()

    async def send(self, method: str, path: str, body: Any = None) -> httpx.Response:
        """As the page sends it."""
        content = msgspec.json.encode({} if body is None else body)
        return await self.client.request(
            method, path, content=content, headers={"Content-Type": "application/json"}
        )

    async def done(self, method: str, path: str, body: Any = None) -> Any:
        """The answer's JSON; anything but 200 fails the test."""
        answer = await self.send(method, path, body)
        assert answer.status_code == 200, answer.text
        return answer.json()

    async def on_duty(self, guard: int = 0) -> str:
        """Signed in, with a shift. Returns its id."""
        await self.server.sign_in(self.client, guard)
        return str((await self.done("POST", "/shifts", {"id": new_id()}))["id"])

    async def decide(self, **order: Any) -> httpx.Response:
        """At the lane."""
        return await self.send(
            "POST", f"/lanes/{self.server.lane}/decide", {"id": new_id(), "direction": "in"} | order
        )


Serve = Callable[[], AbstractAsyncContextManager[GuardServer]]


def browser_of(url: str) -> httpx.AsyncClient:
    """A client that behaves as a browser on the server's own page."""
    return httpx.AsyncClient(base_url=url + ROOT, headers={"Origin": url}, timeout=30)


def new_id() -> str:
    """As a page makes one."""
    return str(uuid4())
