"""Values of the slice that others may hold."""

from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

from cloud.kernel.permissions import Permission


class MembershipState(StrEnum):
    """What a person is in a company."""

    INVITED = "invited"
    ACTIVE = "active"
    SUSPENDED = "suspended"
    ENDED = "ended"


class SessionKind(StrEnum):
    """How a session's token travels."""

    WEB = "web"
    APP = "app"


class TokenPurpose(StrEnum):
    """What a one-time link is for."""

    INVITATION = "invitation"
    PASSWORD_RESET = "password_reset"
    RESIDENCE = "residence"  # a resident is invited


@dataclass(frozen=True, slots=True, kw_only=True)
class StaffMember:
    """A person as a company's staff; the name as the company may see it."""

    id: UUID
    organisation_id: UUID
    name: str
    state: MembershipState
    permissions: frozenset[Permission]

    @property
    def is_active(self) -> bool:
        return self.state is MembershipState.ACTIVE

    @property
    def has_left(self) -> bool:
        return self.state is MembershipState.ENDED


@dataclass(frozen=True, slots=True, kw_only=True)
class FirstRunDraft:
    """The first administrator and company."""

    email: str
    name: str
    password: str
    company: str
    language: str = "ru"
    time_zone: str = "Europe/Moscow"


@dataclass(frozen=True, slots=True)
class FirstRun:
    """What the first run made."""

    account_id: UUID
    organisation_id: UUID
