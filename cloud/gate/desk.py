"""Who is at the guard's page, where, and within which transaction: what every handler stands on."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from cloud.gate.problems import Trouble, conflict, not_found
from cloud.guard import service as guards
from cloud.guard.models import Guard, ShiftRow
from cloud.guard.types import Where
from cloud.kernel.actor import Actor
from cloud.kernel.database import Scope, enter, now
from cloud.kernel.house import House
from cloud.kernel.permissions import Permission
from cloud.organisations import service as organisations
from cloud.sites import service as sites
from cloud.sites.models import Site
from protocols import guard_views as views
from protocols.acts import Act


@dataclass(frozen=True, slots=True)
class Asked:
    """What was asked: the path's id, the query, the body."""

    id: str = ""
    query: Any = None
    body: Any = None

    @property
    def uuid(self) -> UUID:
        """The path's id. Raises Trouble: what is no id is nothing's."""
        try:
            return UUID(self.id)
        except ValueError:
            raise not_found() from None


@dataclass(frozen=True, slots=True)
class Desk:
    """A guard at a site's page, within one transaction of the company."""

    house: House
    session: Session
    actor: Actor
    guard: views.Guard
    site: Site
    sites: Sequence[Site]
    post: str = ""  # the name of the one that it is at
    post_session: UUID | None = None

    @property
    def where(self) -> Where:
        return Where(self.site.organisation_id, self.site.id)

    @property
    def shift(self) -> ShiftRow | None:
        """The guard's own, which has begun here and not ended."""
        mine = (
            ShiftRow.guard_id == self.guard.id,
            ShiftRow.site_id == self.site.id,
            ShiftRow.ended_at.is_(None),
        )
        return self.session.scalars(select(ShiftRow).where(*mine).order_by(ShiftRow.begun_at.desc())).first()

    def act(self, kind_of_act: type[Act], act_id: UUID, /, **fields: Any) -> Any:
        """An act of this guard, now. Raises Trouble for one without a shift."""
        shift = self.shift
        if shift is None:
            raise conflict("not_on_duty")
        return kind_of_act(id=act_id, at=now(self.session), guard=self.guard.id, shift=shift.id, **fields)


Handler = Callable[[Desk, Asked], Any]


def open_desk(house: House, session: Session, actor: Actor, chosen: UUID | None) -> Desk:
    """The account's desk at the chosen site, or at its only one. Raises Trouble."""
    every = sites_of(session, actor)
    here = [site for site in every if site.id == chosen] or (every if len(every) == 1 else [])
    if not here:
        raise conflict("no_site") if every else Trouble(403, "not_allowed")
    return _desk(house, session, actor, here[0], every)


def open_desk_at_post(
    house: House, session: Session, post: str, token: str, address: str | None
) -> Desk | None:
    """The desk of whoever signed in at a post, by the tokens of both; None: that is over."""
    here = guards.at_post(session, post, token, address)
    if here is None:
        return None
    site = sites.find_site(session, here.post.site_id)
    guard = views.Guard(id=here.guard.id, name=here.guard.name)
    return Desk(house, session, here.actor, guard, site, [site], here.post.name, here.session_id)


def sites_of(session: Session, actor: Actor) -> list[Site]:
    """Where the account may keep watch. A guard who was disabled may nowhere in that company."""
    companies = actor.organisations_with(Permission.GATE_WORK)
    enter(session, Scope(allowed=companies, account=actor.account_id))
    every = session.scalars(select(Site).order_by(Site.sort_name, Site.id)).all()
    mine = {guard.organisation_id: guard for guard in _guards(session, actor, companies)}
    return [site for site in every if _may_work_at(site, mine.get(site.organisation_id))]


def _may_work_at(site: Site, guard: Guard | None) -> bool:
    """`guard` None: nothing was said of this member of the staff beside the role."""
    return guard is None or (guard.enabled and (not guard.site_ids or site.id in guard.site_ids))


def _guards(session: Session, actor: Actor, companies: frozenset[UUID]) -> Sequence[Guard]:
    mine = [organisations.membership_of(session, actor.account_id, company) for company in companies]
    return session.scalars(select(Guard).where(Guard.id.in_([each for each in mine if each]))).all()


def _desk(house: House, session: Session, actor: Actor, site: Site, every: Sequence[Site]) -> Desk:
    company = site.organisation_id
    member = organisations.membership_of(session, actor.account_id, company)
    if member is None:
        raise Trouble(403, "not_allowed")
    enter(session, Scope.organisation(company, account=actor.account_id))
    working = replace(actor, organisation_id=company)
    return Desk(house, session, working, views.Guard(id=member, name=actor.name), site, every)
