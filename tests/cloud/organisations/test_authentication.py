"""Who a session's token opens: the companies, the permissions there, and the scope that the transaction is left in."""

from uuid import UUID

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from cloud.kernel.api import SESSION_COOKIE
from cloud.kernel.database import Scope, enter, scope_of
from cloud.kernel.errors import SignIn
from cloud.kernel.house import CredentialKind, Credentials
from cloud.organisations.authentication import SignedIn, look_up
from tests.cloud.organisations.test_invitations import second_company
from tests.cloud.serving import Person, Served

pytestmark = pytest.mark.usefixtures("cheap_passwords")


def shown_by(person: Person, kind: CredentialKind = CredentialKind.COOKIE) -> Credentials:
    return Credentials(token=person.client.cookies[SESSION_COOKIE], kind=kind)


def looked_up(api: Served, person: Person) -> SignedIn:
    with api.house.database.transaction() as session:
        return look_up(session, shown_by(person))


def told_to_database(session: Session) -> Scope:
    """The scope as the database has it."""
    names = ("app.allowed", "app.current", "app.account")
    allowed, current, account = (
        session.scalar(text("SELECT current_setting(:name, true)"), {"name": name}) or "" for name in names
    )
    return Scope(
        allowed=frozenset(UUID(each) for each in allowed.strip("{}").split(",") if each),
        current=UUID(current) if current else None,
        account=UUID(account) if account else None,
    )


def test_the_transaction_and_the_database_agree_on_the_scope(api: Served) -> None:
    boss = api.operator()
    second_company(api, boss)
    with api.house.database.transaction() as session:
        found = look_up(session, shown_by(boss))
        assert len(found.companies) == 2
        members = frozenset(each.organisation_id for each in found.companies)
        assert scope_of(session) == told_to_database(session)
        assert scope_of(session) == Scope(allowed=members, account=found.account_id)
        enter(session, Scope(account=found.account_id))
        assert told_to_database(session) == Scope(account=found.account_id)


def test_whoever_is_nobody_leaves_no_scope(api: Served) -> None:
    boss = api.operator()
    stranger = Credentials(token="made-up", kind=CredentialKind.COOKIE)
    with api.house.database.transaction() as session:
        with pytest.raises(SignIn):
            look_up(session, stranger)
        assert scope_of(session) == told_to_database(session) == Scope()
        with pytest.raises(SignIn):
            look_up(session, shown_by(boss, CredentialKind.BEARER))
        assert scope_of(session) == told_to_database(session)


def test_roles_of_one_company_are_one_belonging(api: Served) -> None:
    boss = api.operator()
    both = api.colleague(boss, "both@example.org", ["guard", "dispatcher"])
    guard = looked_up(api, api.colleague(boss, "guard@example.org", ["guard"])).companies
    dispatcher = looked_up(api, api.colleague(boss, "dispatcher@example.org", ["dispatcher"])).companies
    [company] = looked_up(api, both).companies
    assert sorted(company.roles) == ["dispatcher", "guard"]
    assert company.permissions == guard[0].permissions | dispatcher[0].permissions
    assert company.name == "Афины"


def test_companies_come_in_the_order_of_their_names(api: Served) -> None:
    boss = api.operator()
    second_company(api, boss)
    assert [each.name for each in looked_up(api, boss).companies] == ["Афины", "Спарта"]
