"""HTTP of the keys that sign guests' codes."""

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from cloud.access import code_keys
from cloud.access.code_keys import CodeKeyState
from cloud.access.errors import CodeKeyNotThere
from cloud.kernel.api import Call, Router, reading, writing
from cloud.kernel.permissions import Permission
from cloud.kernel.problems import answers
from cloud.kernel.schemas import LINES
from cloud.sites.errors import SiteNotFound

router = Router(prefix="/api/access", tags=["access"])
Reading = Annotated[Call, reading(Permission.SITES_READ)]
Managing = Annotated[Call, writing(Permission.SITES_MANAGE)]


class CodeKeyOut(BaseModel):
    """A key that signs guests' codes of a site, without its private half."""

    model_config = ConfigDict(from_attributes=True)

    id: UUID
    organisation_id: UUID
    site_id: UUID
    tag: str = Field(description="as codes name it", examples=["1f0a9c3e"])
    state: CodeKeyState = Field(description="signs new codes; accepted by boxes; ended; revoked")
    valid_from: datetime
    valid_until: datetime
    revoked_at: datetime | None


class CodeKeyRevocation(BaseModel):
    """Why it is revoked."""

    model_config = ConfigDict(extra="forbid", str_strip_whitespace=True)

    reason: Annotated[str, StringConstraints(min_length=1, max_length=500), LINES] = Field(
        examples=["Ключ попал к постороннему"]
    )


@router.get(
    "/sites/{site_id}/code-keys",
    response_model=list[CodeKeyOut],
    responses=answers(SiteNotFound, one=True),
)
def list_code_keys(call: Reading, site_id: UUID) -> Any:
    """The keys of a site, newest first; a site gets its first one with its first pass."""
    return code_keys.list_code_keys(call.session, call.house.secrets, site_id)


@router.post(
    "/code-keys/{key_id}/revoke",
    response_model=list[CodeKeyOut],
    responses=answers(CodeKeyNotThere, one=True),
)
def revoke_code_key(call: Managing, key_id: UUID, body: CodeKeyRevocation) -> Any:
    """Revoke a key for good: boxes refuse its codes from the next version on. Another is made; the site's keys then.

    Guests whose code it signed get another one when they open their page again.
    """
    return code_keys.revoke_code_key(call.session, call.actor, call.house.secrets, key_id, body.reason)
