"""The api process's app on a loopback port, and people who use it."""

import secrets
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx
import uvicorn
from fastapi import APIRouter
from sqlalchemy import select

from cloud.app import Server, create_app
from cloud.kernel.api import CSRF_HEADER
from cloud.kernel.clock import FixedClock
from cloud.kernel.database import Database, Ports
from cloud.kernel.files import FileStore
from cloud.kernel.house import House
from cloud.kernel.ids import Uuid7Ids
from cloud.kernel.looks import Ledger
from cloud.kernel.secrets import SecretBox
from cloud.kernel.settings import Settings
from cloud.kernel.stream import Hub
from cloud.kernel.tables import MailMessage
from cloud.kernel.tenancy import Role
from cloud.organisations import service as organisations
from cloud.organisations.types import FirstRunDraft
from cloud.privacy import service as privacy
from deploy.demo.servers.processes import free_port, wait_until
from tests.support.noon import NOON
from tests.support.postgres import Database as RealDatabase

PASSWORD = "verno-nadyozhno-7"


@dataclass
class Person:
    """Somebody with a browser."""

    client: httpx.Client
    email: str = ""
    company: UUID | None = None

    def sign_in(self, email: str, password: str = PASSWORD, **more: Any) -> httpx.Response:
        """Sign in and remember the proof that changes need."""
        answer = self.client.post("/api/session", json={"email": email, "password": password, **more})
        if answer.status_code == 200:
            self.email = email
            self.client.headers[CSRF_HEADER] = answer.json()["csrf_token"] or ""
        return answer

    def work_in(self, company: UUID | str) -> "Person":
        """Write in this company from now on."""
        self.company = UUID(str(company))
        self.client.headers["X-Organisation"] = str(company)
        return self

    def get(self, path: str, **more: Any) -> httpx.Response:
        return self.client.get(path, **more)

    def call(self, method: str, path: str, body: Any = None) -> httpx.Response:
        return self.client.request(method, path, json=body)


@dataclass
class Served:
    """A running app."""

    url: str
    house: House
    clock: FixedClock
    worker: Database
    clients: list[httpx.Client] = field(default_factory=list)

    def visitor(self, language: str = "en") -> Person:
        """Somebody not signed in."""
        client = httpx.Client(base_url=self.url, headers={"Accept-Language": language}, timeout=60)
        self.clients.append(client)
        return Person(client)

    def operator(self, email: str = "boss@example.org", company: str = "Афины") -> Person:
        """The first administrator of a fresh installation, signed in."""
        token = secrets.token_urlsafe(32)
        with self.house.database.transaction() as session:
            assert organisations.offer_first_run(session, token)
        draft = FirstRunDraft(email=email, name="Анна Ёлкина", password=PASSWORD, company=company)
        with self.house.database.transaction() as session:
            made = organisations.claim_first_run(session, token, draft)
        person = self.visitor()
        assert person.sign_in(email).status_code == 200
        return person.work_in(made.organisation_id)

    def colleague(self, inviter: Person, email: str, roles: Sequence[str], name: str = "Коллега") -> Person:
        """A person invited with built-in roles who accepted; signed in. The letter's link is read from the database."""
        listed = inviter.get("/api/roles", params={"company": str(inviter.company)}).json()["items"]
        known = {each["code"]: each["id"] for each in listed}
        invited = inviter.call(
            "POST", "/api/staff", {"email": email, "name": name, "role_ids": [known[role] for role in roles]}
        )
        assert invited.status_code == 201, invited.text
        person = self.visitor()
        body = {"token": self.letter_token(email), "password": PASSWORD}
        accepted = person.call("POST", "/api/invitation/accept", body)
        assert accepted.status_code == 200, accepted.text
        assert person.sign_in(email).status_code == 200
        assert inviter.company is not None
        return person.work_in(inviter.company)

    def letter_token(self, email: str) -> str:
        """The one-time token in the newest letter to an address."""
        return self._letters(email.lower())[-1].rpartition("#")[2].split()[0]

    def _letters(self, email: str) -> list[str]:
        with self.worker.transaction() as session:
            rows = session.scalars(
                select(MailMessage.body).where(MailMessage.recipient == email).order_by(MailMessage.id)
            )
            return [body.decode() for body in rows]


@contextmanager
def served(
    database: RealDatabase,
    folder: Path,
    *,
    extra: APIRouter | None = None,
    hub: Hub | None = None,
    pool_size: int = 6,
    **settings: Any,
) -> Iterator[Served]:
    """Run the app under uvicorn in a thread, its clock standing at NOON."""
    port, clock = free_port(), FixedClock(NOON)
    ports = Ports(clock, Uuid7Ids(clock))
    url = database.url(Role.API)
    database_of_api = Database(url, ports=ports, pool_size=pool_size)
    house = House(
        settings=Settings(public_url=f"http://127.0.0.1:{port}", **settings),
        database=database_of_api,
        authenticate=organisations.authenticate,
        secrets=SecretBox(bytes(range(32))),
        files=FileStore(folder / "files"),
        hub=hub or Hub(url),
        ledger=Ledger(privacy.writer(database_of_api)),
    )
    app = create_app(house)
    if extra is not None:
        app.include_router(extra)
    config = uvicorn.Config(app, host="127.0.0.1", port=port, log_config=None, access_log=False)
    server = Server(config, house.hub.close)
    thread = threading.Thread(target=server.run, name="api")
    thread.start()
    worker = Database(database.url(Role.WORKER), ports=ports, pool_size=2)
    running = Served(f"http://127.0.0.1:{port}", house, clock, worker)
    try:
        assert wait_until(lambda: server.started, timeout_s=60)
        yield running
    finally:
        for client in running.clients:
            client.close()
        server.should_exit = True
        thread.join(timeout=60)
        worker.close()
