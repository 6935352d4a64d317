"""Getting in: sign-in and out, links from letters, the first run."""

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from typing import Annotated

from fastapi import Request, Response

from cloud.kernel.api import (
    CSRF_COOKIE,
    SESSION_COOKIE,
    Call,
    HouseOf,
    Router,
    Shown,
    address_of,
    csrf_token,
    origins_of,
    signed_in,
)
from cloud.kernel.errors import SignIn as SignInAgain
from cloud.kernel.errors import TooMany
from cloud.kernel.house import CredentialKind, Credentials, House
from cloud.kernel.problems import answers
from cloud.organisations import accounts, companies, invitations, schemas, security, tries
from cloud.organisations.authentication import authenticate, look_up
from cloud.organisations.errors import (
    FirstRunOver,
    LinkDead,
    PasswordWeak,
    TotpRequired,
    TotpWrong,
    WrongCredentials,
)
from cloud.organisations.security import Failure
from cloud.organisations.types import FirstRunDraft, SessionKind

router = Router(tags=["entry"])
_CREDENTIAL_OF = {SessionKind.WEB: CredentialKind.COOKIE, SessionKind.APP: CredentialKind.BEARER}


@router.post("/session", responses=answers(WrongCredentials, TotpRequired, TotpWrong, TooMany, anyone=True))
def sign_in(body: schemas.SignIn, request: Request, response: Response, house: HouseOf) -> schemas.SignedIn:
    """Sign in. After `totp_required`, send the same again with `code` (or `recovery_code`)."""
    with _noted_failures(house, request, body.email):
        token = _sign_in(house, request, body)
    tries.forget_sign_ins(house.database, body.email, origins_of(request))
    return _welcome(response, house, token, body.kind)


def _sign_in(house: House, request: Request, body: schemas.SignIn) -> str:
    """Returns the new session's token."""
    token = secrets.token_urlsafe(32)
    attempt = accounts.SignInAttempt(
        email=body.email, password=body.password, code=body.code, recovery_code=body.recovery_code
    )
    with house.database.transaction() as session:
        accounts.sign_in(session, attempt, _device(request, body.kind), token=token, box=house.secrets)
        session.flush()
        shown = Credentials(token=token, kind=_CREDENTIAL_OF[body.kind], address=address_of(request))
        security.note(session, authenticate(session, shown), "organisations.account.sign_in")
    return token


@contextmanager
def _noted_failures(house: House, request: Request, email: str) -> Iterator[None]:
    """Within: a sign-in that fails is noted. Raises TooMany."""
    account = accounts.normal_email(email)

    def note(reason: Failure) -> None:
        security.note_failure(house.database, account, reason, address=address_of(request))

    locked = partial(note, Failure.LOCKED)
    tries.count_sign_in(house.database, account, origins_of(request), on_lock=locked)
    try:
        yield
    except WrongCredentials:
        note(Failure.WRONG_PASSWORD)
        raise
    except TotpWrong:
        note(Failure.WRONG_CODE)
        raise


@router.get("/session", responses=answers())
def me(shown: Shown, house: HouseOf) -> schemas.Me:
    """Who I am and what I may do where."""
    if shown is None:
        raise SignInAgain
    with house.database.transaction() as session:
        found = look_up(session, shown)
    mine = [
        schemas.CompanyOfMine(
            id=each.organisation_id,
            name=each.name,
            roles=list(each.roles),
            permissions=sorted(each.permissions),
            needs_totp=each.lacks_totp,
        )
        for each in found.companies
    ]
    return schemas.Me(
        account_id=found.account_id,
        email=found.email,
        name=found.name,
        language=found.language,
        is_operator=found.is_operator,
        session_id=found.session_id,
        totp=found.totp_passed,
        csrf_token=csrf_token(shown.token) if shown.kind is CredentialKind.COOKIE else None,
        companies=mine,
    )


@router.delete("/session", status_code=204, responses=answers())
def sign_out(call: Annotated[Call, signed_in()], response: Response) -> None:
    """End this session."""
    assert call.actor.session_id is not None  # noqa: S101  # a signed-in actor has one
    accounts.end_session(call.session, call.actor.session_id)
    security.note(call.session, call.actor, "organisations.account.sign_out")
    response.delete_cookie(SESSION_COOKIE, path="/")
    response.delete_cookie(CSRF_COOKIE, path="/")


@router.post("/password-reset", status_code=204, responses=answers(TooMany, anyone=True))
def request_password_reset(body: schemas.ResetRequest, request: Request, house: HouseOf) -> None:
    """Ask for a link by mail. The answer is the same for an address that nobody has."""
    email = accounts.normal_email(body.email)
    tries.count_letter(house.database, email, origins_of(request))
    token, public_url = secrets.token_urlsafe(32), house.settings.public_url
    with house.database.transaction() as session:
        account_id = accounts.request_password_reset(session, email, token=token, public_url=public_url)
        if account_id is not None:
            action = "organisations.account.request_password_reset"
            security.note_from_outside(session, account_id, action, address=address_of(request))


@router.post(
    "/password-reset/confirm",
    status_code=204,
    responses=answers(LinkDead, PasswordWeak, TooMany, anyone=True),
)
def reset_password(body: schemas.Reset, request: Request, house: HouseOf) -> None:
    """Set a new password by the link; ends all sessions."""
    tries.count_link(house.database, origins_of(request))
    with house.database.transaction() as session:
        link = accounts.reset_password(session, body.token, body.password)
        security.note_from_outside(
            session,
            link.account_id,
            "organisations.account.reset_password",
            address=address_of(request),
            name=link.name,
        )
    tries.forget_account(house.database, link.account_id, link.email, origins_of(request))


@router.post("/invitation", responses=answers(LinkDead, TooMany, anyone=True))
def look_at_invitation(
    body: schemas.InvitationLook, request: Request, house: HouseOf
) -> schemas.InvitationSeen:
    """What a link invites to, without using it."""
    tries.count_link(house.database, origins_of(request))
    with house.database.transaction() as session:
        return schemas.InvitationSeen.model_validate(invitations.look_at_invitation(session, body.token))


@router.post("/invitation/accept", responses=answers(LinkDead, PasswordWeak, TooMany, anyone=True))
def accept_invitation(body: schemas.InvitationAccept, request: Request, house: HouseOf) -> schemas.Made:
    """Join the company; then sign in. Answers the account's id."""
    tries.count_link(house.database, origins_of(request))
    with house.database.transaction() as session:
        account_id = invitations.accept_invitation(
            session, body.token, name=body.name, password=body.password
        )
    return schemas.Made(id=account_id)


@router.get("/first-run", responses=answers(anyone=True))
def first_run_state(house: HouseOf) -> schemas.FirstRunState:
    """Whether the installation still waits for its first administrator."""
    with house.database.transaction() as session:
        return schemas.FirstRunState(is_over=companies.is_first_run_over(session))


@router.post(
    "/first-run", status_code=201, responses=answers(FirstRunOver, PasswordWeak, TooMany, anyone=True)
)
def first_run(body: schemas.FirstRunInput, request: Request, house: HouseOf) -> schemas.Made:
    """Make the first administrator and company. Answers the company's id."""
    tries.count_link(house.database, origins_of(request))
    draft = FirstRunDraft(**body.model_dump(exclude={"token"}))
    with house.database.transaction() as session:
        made = companies.claim_first_run(session, body.token, draft)
    return schemas.Made(id=made.organisation_id)


def _device(request: Request, kind: SessionKind) -> accounts.Device:
    return accounts.Device(
        kind=kind, address=address_of(request), user_agent=request.headers.get("user-agent")
    )


def _welcome(response: Response, house: House, token: str, kind: SessionKind) -> schemas.SignedIn:
    if kind is SessionKind.APP:
        return schemas.SignedIn(token=token, csrf_token=None)
    life_s = int(accounts.SESSION_LIFE[kind].total_seconds())
    secure = house.settings.is_https
    proof = csrf_token(token)
    response.set_cookie(
        SESSION_COOKIE, token, max_age=life_s, path="/", secure=secure, httponly=True, samesite="lax"
    )
    response.set_cookie(
        CSRF_COOKIE, proof, max_age=life_s, path="/", secure=secure, httponly=False, samesite="lax"
    )
    return schemas.SignedIn(token=None, csrf_token=proof)
