"""Companies and their roles; the first run of an installation."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID
from zoneinfo import available_timezones

from sqlalchemy import ColumnElement, delete, func, select, text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from cloud.kernel import audit
from cloud.kernel.actor import Actor
from cloud.kernel.database import Scope, current_organisation, enter, new_id, now, savepoint
from cloud.kernel.errors import FixInput, NotAllowed, NotThere
from cloud.kernel.language import Language, Text
from cloud.kernel.permissions import DEFAULT_ROLES, ROLE_NAMES, Permission, RoleCode
from cloud.kernel.tables import Organisation
from cloud.kernel.text import sort_key
from cloud.organisations import accounts, codes
from cloud.organisations.errors import FirstRunOver, OperatorOnly, RoleInUse, RoleNameTaken
from cloud.organisations.models import Membership, MembershipRole, RoleRow
from cloud.organisations.rules import known_permissions
from cloud.organisations.types import FirstRun, FirstRunDraft, MembershipState

_ENSURE = text("SELECT auth_account_ensure(:id, :email, :name, :sort_name, :search, :language, :now)")
_OFFER = text("SELECT platform_offer(:hash)")
_CLAIM = text("SELECT platform_claim(:hash, :account, :now)")
_CLAIMED = text("SELECT platform_claimed()")
_UNKNOWN_ZONE = Text("Неизвестный часовой пояс.", "Unknown time zone.")
_INN = Text("Неверная контрольная сумма ИНН.", "The INN's check digit is wrong.")


@dataclass(frozen=True, slots=True, kw_only=True)
class CompanyDraft:
    """What a company is to be."""

    name: str
    inn: str | None = None
    language: Language = Language.RU
    time_zone: str = "Europe/Moscow"
    administrators_need_totp: bool = False


def offer_first_run(session: Session, token: str) -> bool:
    """Make a token good for the first run; False when the installation has its operator already."""
    return bool(session.scalar(_OFFER, {"hash": codes.token_hash(token)}))


def is_first_run_over(session: Session) -> bool:
    return bool(session.scalar(_CLAIMED))


def claim_first_run(session: Session, token: str, draft: FirstRunDraft) -> FirstRun:
    """Make the operator with a first company. Raises FirstRunOver, PasswordWeak, FixInput."""
    account_id = ensure_account(session, draft.email, name=draft.name, language=Language(draft.language))
    claim = {"hash": codes.token_hash(token), "account": account_id, "now": now(session)}
    if not session.scalar(_CLAIM, claim):
        raise FirstRunOver
    enter(session, Scope(account=account_id))
    accounts.set_password(
        session, account_id, draft.password, email=draft.email, name=draft.name, company=draft.company
    )
    operator = Actor(name=draft.name, account_id=account_id, is_operator=True)
    company = CompanyDraft(name=draft.company, language=Language(draft.language), time_zone=draft.time_zone)
    return FirstRun(account_id, create_company(session, operator, company).id)


def ensure_account(session: Session, email: str, *, name: str, language: Language) -> UUID:
    """The account of an address, made when there is none; an existing one keeps its name."""
    address = accounts.normal_email(email)
    sort_name, search = accounts.name_keys(name, address)
    values = {
        "id": new_id(session),
        "email": address,
        "name": name,
        "sort_name": sort_name,
        "search": search,
        "language": language,
        "now": now(session),
    }
    found = session.scalar(_ENSURE, values)
    assert isinstance(found, UUID)  # noqa: S101  # the function returns one
    return found


def create_company(session: Session, actor: Actor, draft: CompanyDraft) -> Organisation:
    """A company with the roles that every company has; its maker is its first administrator.

    Raises OperatorOnly, FixInput. The transaction is in the new company's scope afterwards.
    """
    if not actor.is_operator or actor.account_id is None:
        raise OperatorOnly
    company_id = new_id(session)
    enter(session, Scope.organisation(company_id, account=actor.account_id))
    company = Organisation(id=company_id, created_at=now(session), **_checked(draft))
    session.add(company)
    session.flush()
    roles = {code: _built_in_role(session, code, draft.language) for code in RoleCode}
    session.add_all(roles.values())
    member = Membership(
        id=new_id(session),
        organisation_id=company_id,
        account_id=actor.account_id,
        state=MembershipState.ACTIVE,
        created_at=now(session),
        changed_at=now(session),
    )
    session.add(member)
    session.flush()
    administrator = roles[RoleCode.ADMINISTRATOR]
    session.add(MembershipRole(organisation_id=company_id, membership_id=member.id, role_id=administrator.id))
    acting = replace(actor, organisation_id=company_id)
    audit.record(session, acting, "organisations.company.create", "company", company_id, {"name": draft.name})
    return company


def change_company(
    session: Session, actor: Actor, company_id: UUID, change: Mapping[str, Any]
) -> Organisation:
    """Change the named fields of a `CompanyDraft`; the others stay as they are. Raises NotThere, FixInput."""
    company = session.get(Organisation, company_id, with_for_update={"key_share": True})
    if company is None:
        raise NotThere
    after = _checked(replace(_draft_of(company), **change))
    before = {name: getattr(company, name) for name in after}
    for name, value in after.items():
        setattr(company, name, value)
    told = audit.difference(before, after)
    told.pop("sort_name", None)  # it follows from the name
    audit.record(session, actor, "organisations.company.change", "company", company_id, told)
    return company


def companies(session: Session) -> Sequence[Organisation]:
    """The companies in scope, by name."""
    return session.scalars(select(Organisation).order_by(Organisation.sort_name, Organisation.id)).all()


def roles(session: Session) -> Sequence[Any]:
    """The roles of the companies in scope with how many people have each."""
    people = (
        select(func.count())
        .where(MembershipRole.role_id == RoleRow.id, MembershipRole.membership_id == Membership.id)
        .where(Membership.state != MembershipState.ENDED)
        .scalar_subquery()
    )
    columns = (RoleRow.id, RoleRow.organisation_id, RoleRow.code, RoleRow.name, RoleRow.permissions)
    return session.execute(
        select(*columns, people.label("people")).order_by(
            RoleRow.organisation_id, RoleRow.created_at, RoleRow.id
        )
    ).all()


def create_role(session: Session, actor: Actor, name: str, permissions: frozenset[Permission]) -> RoleRow:
    """A role of the company's own. Raises RoleNameTaken, NotAllowed for more than the actor may do itself."""
    require_grantable(actor, permissions)
    role = RoleRow(
        id=new_id(session),
        organisation_id=current_organisation(session),
        name=name,
        permissions=sorted(permissions),
        created_at=now(session),
    )
    _save_role(session, role)
    audit.record(session, actor, "organisations.role.create", "role", role.id, {"name": name})
    return role


def change_role(
    session: Session, actor: Actor, role_id: UUID, name: str, permissions: frozenset[Permission]
) -> RoleRow:
    """Raises NotThere, RoleNameTaken, NotAllowed; the administrator's role keeps all permissions."""
    role = session.get(RoleRow, role_id, with_for_update={"key_share": True})
    if role is None:
        raise NotThere
    if role.code == RoleCode.ADMINISTRATOR and permissions != frozenset(Permission):
        raise NotAllowed(permission=Permission.ROLES_MANAGE.value)
    require_grantable(actor, permissions - known_permissions(role.permissions))
    before = {"name": role.name, "permissions": role.permissions}
    role.name, role.permissions = name, sorted(permissions)
    _save_role(session, role)
    after = {"name": role.name, "permissions": role.permissions}
    audit.record(
        session, actor, "organisations.role.change", "role", role_id, audit.difference(before, after)
    )
    return role


def delete_role(session: Session, actor: Actor, role_id: UUID) -> None:
    """Raises NotThere, RoleInUse, NotAllowed for a built-in one."""
    role = session.get(RoleRow, role_id, with_for_update={"key_share": False})  # nobody is given it meanwhile
    if role is None:
        raise NotThere
    if role.code is not None:
        raise NotAllowed(permission=Permission.ROLES_MANAGE.value)
    having: ColumnElement[bool] = MembershipRole.role_id == role_id
    people = session.scalar(
        select(func.count())
        .select_from(MembershipRole)
        .join(Membership, Membership.id == MembershipRole.membership_id)
        .where(having, Membership.state != MembershipState.ENDED)
    )
    if people:
        raise RoleInUse(people=people)
    session.execute(delete(MembershipRole).where(having))
    session.delete(role)
    audit.record(session, actor, "organisations.role.delete", "role", role_id, {"name": role.name})


def require_grantable(actor: Actor, permissions: frozenset[Permission]) -> None:
    """Nobody grants what they may not do themselves. Raises NotAllowed naming the first such permission."""
    for permission in sorted(permissions):
        actor.require(permission)


def _draft_of(company: Organisation) -> CompanyDraft:
    return CompanyDraft(
        name=company.name,
        inn=company.inn,
        language=Language(company.language),
        time_zone=company.time_zone,
        administrators_need_totp=company.administrators_need_totp,
    )


def _checked(draft: CompanyDraft) -> dict[str, Any]:
    if draft.time_zone not in available_timezones():
        raise FixInput.at("time_zone", "unknown_time_zone", _UNKNOWN_ZONE)
    if draft.inn and not is_inn(draft.inn):
        raise FixInput.at("inn", "inn_checksum", _INN)
    return {
        "name": draft.name,
        "sort_name": sort_key(draft.name),
        "inn": draft.inn or None,
        "language": draft.language.value,
        "time_zone": draft.time_zone,
        "administrators_need_totp": draft.administrators_need_totp,
    }


def is_inn(inn: str) -> bool:
    """Whether a Russian taxpayer number has its length and check digits (tax service's order ED-7-14/559@)."""
    if not inn.isascii() or not inn.isdigit():
        return False
    digits = [int(char) for char in inn]
    if len(digits) == 10:
        return _check_digit(digits, (2, 4, 10, 3, 5, 9, 4, 6, 8)) == digits[9]
    if len(digits) == 12:
        eleventh = _check_digit(digits, (7, 2, 4, 10, 3, 5, 9, 4, 6, 8))
        twelfth = _check_digit(digits, (3, 7, 2, 4, 10, 3, 5, 9, 4, 6, 8))
        return (eleventh, twelfth) == (digits[10], digits[11])
    return False


def _check_digit(digits: list[int], weights: tuple[int, ...]) -> int:
    return sum(w * d for w, d in zip(weights, digits, strict=False)) % 11 % 10


def _built_in_role(session: Session, code: RoleCode, language: Language) -> RoleRow:
    return RoleRow(
        id=new_id(session),
        organisation_id=current_organisation(session),
        code=code,
        name=ROLE_NAMES[code].in_language(language),
        permissions=sorted(DEFAULT_ROLES[code]),
        created_at=now(session),
    )


def _save_role(session: Session, role: RoleRow) -> None:
    try:
        with savepoint(session):
            session.add(role)
            session.flush()
    except IntegrityError as error:
        raise RoleNameTaken from error
