"""Lists of the organisations slice: columns, not entities."""

from typing import Any

from sqlalchemy import ColumnElement, case, func, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from cloud.kernel.lists import AnySelect, Column, ListQuery, fetch_page, matches
from cloud.organisations.models import Account, Membership, MembershipRole, RoleRow
from cloud.organisations.types import MembershipState

_HAS_ACCEPTED = Membership.invited_name.is_(None)


def _once_accepted(own: Column, typed: InstrumentedAttribute[str | None] | None = None) -> ColumnElement[Any]:
    """The account's own, once its person has accepted; before that what the company typed, or nothing.

    Else an invitation would tell whether an address has an account, and whose.
    """
    return case((_HAS_ACCEPTED, own), else_=typed)


_SORTABLE: dict[str, Column] = {
    "name": _once_accepted(Account.sort_name, Membership.invited_sort_name),
    "email": Account.email,
    "state": Membership.state,
    "created": Membership.created_at,
    "changed": Membership.changed_at,
}


def staff_rows() -> AnySelect:
    """Staff of the companies in scope, as a list shows them."""
    roles = (
        select(
            func.array_agg(
                func.jsonb_build_object("id", RoleRow.id, "code", RoleRow.code, "name", RoleRow.name)
            )
        )
        .where(MembershipRole.membership_id == Membership.id, RoleRow.id == MembershipRole.role_id)
        .scalar_subquery()
    )
    return select(
        Membership.id,
        Membership.organisation_id,
        _once_accepted(Membership.account_id).label("account_id"),
        Membership.state,
        Membership.created_at,
        Membership.changed_at,
        _once_accepted(Account.name, Membership.invited_name).label("name"),
        Account.email,  # as it was typed: who is invited was found by it
        _once_accepted(Account.totp_since.is_not(None)).label("has_totp"),
        func.coalesce(roles, []).label("roles"),
    ).join(Account, Account.id == Membership.account_id)


def list_staff(session: Session, query: ListQuery, states: list[MembershipState] | None) -> dict[str, Any]:
    """Page of `StaffRow`; unless states are named, without those who are gone."""
    shown = states or [state for state in MembershipState if state != MembershipState.ENDED]
    return fetch_page(
        session,
        staff_rows().where(Membership.state.in_(shown)),
        query,
        sortable=_SORTABLE,
        default_sort="name",
        tie=Membership.id,
        found=matches(_once_accepted(Account.search, Membership.invited_search), query.q),
    )
