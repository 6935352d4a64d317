"""On whose behalf something is done."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from uuid import UUID

from cloud.kernel.errors import NotAllowed, OrganisationRequired
from cloud.kernel.language import Language
from cloud.kernel.permissions import Permission


@dataclass(frozen=True, slots=True, kw_only=True)
class Actor:
    """A person, or the system itself, with what it may do in each company."""

    name: str
    account_id: UUID | None = None  # None: the system
    session_id: UUID | None = None
    is_operator: bool = False  # runs the installation: may make companies
    organisation_id: UUID | None = None  # the company that is written to
    permissions: Mapping[UUID, frozenset[Permission]] = field(default_factory=dict)
    withheld: Mapping[UUID, NotAllowed] = field(default_factory=dict)  # why a company grants nothing now
    language: Language = Language.RU
    correlation_id: str | None = None
    address: str | None = None  # where the request came from

    @classmethod
    def system(
        cls, organisation_id: UUID, *, name: str = "system", correlation_id: str | None = None
    ) -> "Actor":
        """The house itself, at work for one company."""
        return cls(
            name=name,
            organisation_id=organisation_id,
            permissions={organisation_id: frozenset(Permission)},
            correlation_id=correlation_id,
        )

    @property
    def current(self) -> UUID:
        """The company that is written to."""
        if self.organisation_id is None:
            raise OrganisationRequired
        return self.organisation_id

    def may(self, permission: Permission, organisation_id: UUID) -> bool:
        return permission in self.permissions.get(organisation_id, frozenset())

    def require(self, permission: Permission) -> UUID:
        """The current company, if the actor may do this there.

        Raises NotAllowed, or OrganisationRequired when no company is chosen.
        """
        if not self.may(permission, self.current):
            raise self.refusal(permission)
        return self.current

    def refusal(self, permission: Permission) -> NotAllowed:
        """Why the actor may not do this: the permission lacks, or all of a company's are withheld."""
        reasons = [
            reason for company, reason in self.withheld.items() if self.organisation_id in (company, None)
        ]
        return reasons[0] if reasons else NotAllowed(permission=permission.value)

    def organisations_with(self, permission: Permission) -> frozenset[UUID]:
        """The companies in which the actor may do this."""
        return frozenset(o for o, granted in self.permissions.items() if permission in granted)
