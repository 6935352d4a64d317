"""Whoever asks, as the people they are where they live; and how they act there: by a few rights, in one company."""

from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from cloud.kernel.actor import Actor
from cloud.kernel.api import Call
from cloud.kernel.database import Scope, enter, scope_of
from cloud.kernel.permissions import Permission
from cloud.people import service as people
from cloud.people.types import Home
from cloud.residents.errors import NotAtHome

_RIGHTS = frozenset({Permission.PASSES_ISSUE, Permission.PASSES_REVOKE, Permission.GATES_OPEN})
"""What the services ask for; what of whose may be touched, this slice has seen to before."""


@dataclass(frozen=True, slots=True)
class AtHome:
    """A resident's request. The transaction sees the rows of their premises alone, except within `acting`."""

    session: Session
    actor: Actor
    account_id: UUID
    homes: list[Home]
    narrowed: Scope

    @property
    def premises(self) -> frozenset[UUID]:
        """Where they live today."""
        return frozenset[UUID]().union(*(home.premises for home in self.homes))

    @property
    def persons(self) -> frozenset[UUID]:
        """Who they are, company by company."""
        return frozenset(home.person_id for home in self.homes)

    def lived_there(self, premises_id: UUID, at: datetime) -> bool:
        """Whether they lived at premises of theirs already: what was before is another household's."""
        known = [home.lives[premises_id] for home in self.homes if premises_id in home.lives]
        return any(since is None or since <= at for since in known)

    def home_of(self, premises_id: UUID) -> Home:
        """Raises NotAtHome."""
        found = next((home for home in self.homes if premises_id in home.premises), None)
        if found is None:
            raise NotAtHome
        return found

    def acting(self, organisation_id: UUID, *more: Permission) -> Actor:
        """The actor at work in a company of theirs, whose services see what they must; `looking` again afterwards.

        `more`: rights for this act alone.
        """
        if all(home.organisation_id != organisation_id for home in self.homes):
            raise NotAtHome
        enter(self.session, Scope.organisation(organisation_id, account=self.account_id))
        self.session.expire_all()  # what was looked at before is read anew, under the locks of the services
        return replace(
            self.actor,
            organisation_id=organisation_id,
            permissions={organisation_id: _RIGHTS.union(more)},
            withheld={},
        )

    def looking(self) -> None:
        """See the rows of their premises alone."""
        enter(self.session, self.narrowed)


def at_home(call: Call) -> AtHome:
    """Who asks, where they live. Whoever lives nowhere sees nothing, and is not refused."""
    assert call.actor.account_id is not None  # noqa: S101  # a signed-in actor has one
    homes = people.homes_of(call.session, call.actor.account_id)
    return AtHome(call.session, call.actor, call.actor.account_id, homes, scope_of(call.session))
