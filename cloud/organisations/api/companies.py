"""Companies and their roles."""

from typing import Annotated
from uuid import UUID

from cloud.kernel.api import Call, Router, reading, signed_in, writing
from cloud.kernel.database import Scope, enter
from cloud.kernel.errors import NotThere
from cloud.kernel.permissions import Permission
from cloud.kernel.problems import answers
from cloud.organisations import companies, schemas
from cloud.organisations.companies import CompanyDraft
from cloud.organisations.errors import OperatorOnly, RoleInUse, RoleNameTaken

router = Router(tags=["companies"])


@router.get("/companies", responses=answers())
def list_companies(call: Annotated[Call, signed_in()]) -> schemas.Companies:
    """The companies that I belong to, by name."""
    mine = frozenset(call.actor.permissions)
    enter(call.session, Scope(allowed=mine, account=call.actor.account_id))
    return schemas.Companies(
        items=[schemas.Company.model_validate(row) for row in companies.companies(call.session)]
    )


@router.post("/companies", status_code=201, responses=answers(OperatorOnly))
def create_company(call: Annotated[Call, signed_in()], body: schemas.CompanyInput) -> schemas.Company:
    """Make a company, with me as its first administrator. For the installation's operator."""
    made = companies.create_company(call.session, call.actor, CompanyDraft(**body.model_dump()))
    return schemas.Company.model_validate(made)


@router.put("/companies/{company_id}", responses=answers(one=True))
def change_company(
    call: Annotated[Call, writing(Permission.ORGANISATION_MANAGE)],
    company_id: UUID,
    body: schemas.CompanyChange,
) -> schemas.Company:
    """Change the company that X-Organisation names. What is left out stays as it is."""
    if company_id != call.actor.current:
        raise NotThere
    changed = companies.change_company(call.session, call.actor, company_id, body.named())
    return schemas.Company.model_validate(changed)


@router.get("/roles", responses=answers())
def list_roles(call: Annotated[Call, reading(Permission.STAFF_READ)]) -> schemas.Roles:
    """All roles with what each allows."""
    items = [schemas.Role.model_validate(row) for row in companies.roles(call.session)]
    return schemas.Roles(items=items, permissions=list(Permission))


@router.post("/roles", status_code=201, responses=answers(RoleNameTaken))
def create_role(
    call: Annotated[Call, writing(Permission.ROLES_MANAGE)], body: schemas.RoleInput
) -> schemas.Made:
    """Make a role of the company's own."""
    made = companies.create_role(call.session, call.actor, body.name, frozenset(body.permissions))
    return schemas.Made(id=made.id)


@router.put("/roles/{role_id}", status_code=204, responses=answers(RoleNameTaken, one=True))
def change_role(
    call: Annotated[Call, writing(Permission.ROLES_MANAGE)], role_id: UUID, body: schemas.RoleInput
) -> None:
    """Change a role's name and what it allows."""
    companies.change_role(call.session, call.actor, role_id, body.name, frozenset(body.permissions))


@router.delete("/roles/{role_id}", status_code=204, responses=answers(RoleInUse, one=True))
def delete_role(call: Annotated[Call, writing(Permission.ROLES_MANAGE)], role_id: UUID) -> None:
    """Remove a role that nobody has."""
    companies.delete_role(call.session, call.actor, role_id)
