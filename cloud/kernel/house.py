"""What an HTTP process holds for its whole life, and the port by which requests are authenticated."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from fastapi import Request
from sqlalchemy.orm import Session

from cloud.kernel.actor import Actor
from cloud.kernel.database import Database
from cloud.kernel.files import FileStore
from cloud.kernel.looks import Ledger
from cloud.kernel.secrets import SecretBox
from cloud.kernel.settings import Settings
from cloud.kernel.stream import Hub


class CredentialKind(StrEnum):
    """How a caller shows who it is."""

    COOKIE = "cookie"
    BEARER = "bearer"


@dataclass(frozen=True, slots=True, kw_only=True)
class Credentials:
    """What a caller showed, not yet believed."""

    token: str
    kind: CredentialKind
    address: str | None = None


Authenticate = Callable[[Session, Credentials], Actor]
"""Say who shows these credentials; raises SignIn for those that are worth nothing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class House:
    """Everything that endpoints reach through their request."""

    settings: Settings
    database: Database
    authenticate: Authenticate
    secrets: SecretBox
    files: FileStore
    hub: Hub
    ledger: Ledger


def house_of(request: Request) -> House:
    """The house that serves this request."""
    house = request.app.state.house
    assert isinstance(house, House)  # noqa: S101  # the app's factory put it there
    return house
