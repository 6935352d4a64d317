"""What the slice's endpoints take and give."""

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from pydantic import Field, StringConstraints

from cloud.kernel.language import Language
from cloud.kernel.permissions import Permission
from cloud.kernel.schemas import ONE_LINE, ONE_LINE_AS_TYPED, FreeObject, Input, Output, example
from cloud.organisations.types import MembershipState, SessionKind

EMAIL = r"^[^@\s]{1,64}@[^@\s]{1,189}$"
Email = Annotated[str, StringConstraints(pattern=EMAIL, max_length=254, strip_whitespace=True), ONE_LINE]
Name = Annotated[str, StringConstraints(min_length=1, max_length=200, strip_whitespace=True), ONE_LINE]
Password = Annotated[
    str, StringConstraints(min_length=1, max_length=1000, strip_whitespace=False), ONE_LINE_AS_TYPED
]
Token = Annotated[str, StringConstraints(min_length=20, max_length=100), ONE_LINE]
Line = Annotated[str, StringConstraints(max_length=100), ONE_LINE]
Days = Annotated[int, Field(ge=1, le=3650)]
_ID = "019abf2e-6d1c-7c3a-9a51-3f7b1c0a9e11"
_TOKEN = "V8r0aXQ3c2VjcmV0X2xpbmtfb2ZfYV9tYWls"
_AT = "2026-11-22T09:30:00Z"


class SignIn(Input):
    """Who wants in. `kind` web sets a cookie, app answers a bearer token."""

    model_config = example(email="anna@example.org", password="длинный пароль", kind="web")

    email: Email
    password: Password
    code: Annotated[str, StringConstraints(max_length=10), ONE_LINE] | None = Field(
        default=None, description="TOTP, 6 digits", examples=["492039"]
    )
    recovery_code: Annotated[str, StringConstraints(max_length=40), ONE_LINE] | None = None
    kind: SessionKind = SessionKind.WEB


class CompanyOfMine(Output):
    """A company that I belong to and what I may do there."""

    id: UUID
    name: str = Field(examples=["Афины"])
    roles: list[str] = Field(description="codes of the built-in roles")
    permissions: list[Permission]
    needs_totp: bool = Field(description="permissions are withheld until an authenticator app is set up")


class Me(Output):
    """The signed-in person."""

    model_config = example(
        account_id=_ID,
        email="anna@example.org",
        name="Анна Ёлкина",
        language="ru",
        is_operator=False,
        session_id=_ID,
        totp=True,
        csrf_token="3f5a…",
        companies=[
            {
                "id": _ID,
                "name": "Афины",
                "roles": ["dispatcher"],
                "permissions": ["passes.read"],
                "needs_totp": False,
            }
        ],
    )

    account_id: UUID
    email: str
    name: str
    language: Language
    is_operator: bool
    session_id: UUID
    totp: bool = Field(description="this session passed the authenticator app")
    csrf_token: str | None = Field(
        description="send it back as X-CSRF-Token with every change; null for bearers"
    )
    companies: list[CompanyOfMine]


class SignedIn(Output):
    """The new session; `token` for apps alone."""

    model_config = example(token=None, csrf_token="3f5a9c…")

    token: str | None
    csrf_token: str | None


class SessionOfMine(Output):
    """Where I am signed in."""

    model_config = example(
        id=_ID,
        kind="web",
        created_at=_AT,
        seen_at=_AT,
        expires_at=_AT,
        address="203.0.113.7",
        user_agent="Firefox",
        is_this=True,
    )

    id: UUID
    kind: SessionKind
    created_at: datetime
    seen_at: datetime
    expires_at: datetime
    address: str | None
    user_agent: str | None
    is_this: bool


class Sessions(Output):
    """All of them."""

    model_config = example(items=[])

    items: list[SessionOfMine]


class AccountChange(Input):
    """Fields that are left out stay."""

    model_config = example(name="Анна Ёлкина", language="ru")

    name: Name | None = None
    language: Language | None = None


class PasswordChange(Input):
    """The current password proves that it is me."""

    model_config = example(current="старый пароль", new="новый длинный пароль")

    current: Password
    new: Password


class TotpRemoval(Input):
    """The password and a current code, or a recovery code: whoever found a session open has neither."""

    model_config = example(password="длинный пароль", code="492039")

    password: Password
    code: Annotated[str, StringConstraints(max_length=10), ONE_LINE] | None = Field(
        default=None, description="TOTP, 6 digits", examples=["492039"]
    )
    recovery_code: Annotated[str, StringConstraints(max_length=40), ONE_LINE] | None = None


class TotpSecret(Output):
    """Scan the URI, then confirm with the first code."""

    model_config = example(secret="JBSWY3DPEHPK3PXP", uri="otpauth://totp/Domovoy:anna…")

    secret: str
    uri: str


class TotpCode(Input):
    model_config = example(code="492039")

    code: Annotated[str, StringConstraints(min_length=6, max_length=10), ONE_LINE]


class RecoveryCodes(Output):
    """Shown once; each is good once."""

    model_config = example(codes=["ABCD-EFGH-IJKL-MNOP"])

    codes: list[str]


class ResetRequest(Input):
    model_config = example(email="anna@example.org")

    email: Email


class Reset(Input):
    model_config = example(token=_TOKEN, password="новый длинный пароль")

    token: Token
    password: Password


class InvitationLook(Input):
    model_config = example(token=_TOKEN)

    token: Token


class InvitationSeen(Output):
    """Whether a password is still to be chosen decides the form."""

    model_config = example(email="anna@example.org", name="Анна Ёлкина", company="Афины", has_password=False)

    email: str
    name: str
    company: str
    has_password: bool


class InvitationAccept(Input):
    model_config = example(token=_TOKEN, name="Анна Ёлкина", password="новый длинный пароль")

    token: Token
    name: Name | None = None
    password: Password | None = None


class FirstRunState(Output):
    model_config = example(is_over=True)

    is_over: bool


class FirstRunInput(Input):
    """The token is in the server's output."""

    model_config = example(
        token=_TOKEN,
        email="anna@example.org",
        name="Анна Ёлкина",
        password="длинный пароль",
        company="Афины",
    )

    token: Token
    email: Email
    name: Name
    password: Password
    company: Name
    language: Language = Language.RU
    time_zone: Line = "Europe/Moscow"


class Made(Output):
    """The id of what was made."""

    model_config = example(id=_ID)

    id: UUID


class CompanyInput(Input):
    model_config = example(name="Афины", inn="7707083893", time_zone="Europe/Moscow")

    name: Name
    inn: Line | None = None
    language: Language = Language.RU
    time_zone: Line = Field(default="Europe/Moscow", description="IANA name")
    administrators_need_totp: bool = False


class CompanyChange(Input):
    """Fields that are left out stay. `inn` null: it has none; any other null: as it is."""

    model_config = example(name="Афины", administrators_need_totp=True)

    name: Name | None = None
    inn: Line | None = None
    language: Language | None = None
    time_zone: Line | None = Field(default=None, description="IANA name")
    administrators_need_totp: bool | None = None

    def named(self) -> dict[str, Any]:
        """What is to change, by name."""
        given = self.model_dump(exclude_unset=True)
        return {name: value for name, value in given.items() if value is not None or name == "inn"}


class Company(Output):
    model_config = example(
        id=_ID,
        name="Афины",
        inn="7707083893",
        language="ru",
        time_zone="Europe/Moscow",
        administrators_need_totp=False,
        created_at=_AT,
    )

    id: UUID
    name: str
    inn: str | None
    language: Language
    time_zone: str
    administrators_need_totp: bool
    created_at: datetime


class Companies(Output):
    model_config = example(items=[])

    items: list[Company]


class Preferences(Output):
    """All that is kept of mine, by key."""

    model_config = example(items={"columns.passes": {"hidden": ["phone", "uses"]}})

    items: dict[str, dict[str, Any]]


class PreferenceInput(Input):
    model_config = example(value={"hidden": ["phone", "uses"]})

    value: FreeObject = Field(description="at most 4096 bytes of JSON")


class RoleOfStaff(Output):
    id: UUID
    code: str | None
    name: str = Field(examples=["Диспетчер"])


class StaffRow(Output):
    model_config = example(
        id=_ID,
        organisation_id=_ID,
        account_id=_ID,
        name="Анна Ёлкина",
        email="anna@example.org",
        state="active",
        has_totp=True,
        roles=[{"id": _ID, "code": "dispatcher", "name": "Диспетчер"}],
        created_at=_AT,
        changed_at=_AT,
    )

    id: UUID = Field(description="of the membership")
    organisation_id: UUID
    account_id: UUID | None = Field(description="null: has not accepted the invitation")
    name: str = Field(description="the person's own once they have accepted, before that the inviter's word")
    email: str
    state: MembershipState
    has_totp: bool | None = Field(description="null: has not accepted the invitation")
    roles: list[RoleOfStaff]
    created_at: datetime
    changed_at: datetime


class Invite(Input):
    model_config = example(email="anna@example.org", name="Анна Ёлкина", role_ids=[_ID])

    email: Email
    name: Name
    role_ids: Annotated[set[UUID], Field(max_length=50)]
    language: Language = Language.RU


class StaffChange(Input):
    """Fields that are left out stay. `state` suspends, restores or (`ended`) lets go; who is invited accepts alone."""

    model_config = example(role_ids=[_ID], state="active")

    role_ids: Annotated[set[UUID], Field(max_length=50)] | None = None
    state: MembershipState | None = None


class RoleInput(Input):
    model_config = example(name="Старший смены", permissions=["passes.read", "gates.open"])

    name: Name
    permissions: set[Permission]


class Role(Output):
    model_config = example(
        id=_ID, organisation_id=_ID, code=None, name="Старший смены", permissions=["passes.read"], people=2
    )

    id: UUID
    organisation_id: UUID
    code: str | None = Field(description="of a built-in role")
    name: str
    permissions: list[str]
    people: int


class Roles(Output):
    model_config = example(items=[], permissions=["passes.read"])

    items: list[Role]
    permissions: list[Permission] = Field(description="all that there are")
