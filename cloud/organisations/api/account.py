"""My own account."""

import secrets
from typing import Annotated
from uuid import UUID

from fastapi import Path

from cloud.kernel.api import Call, Router, signed_in
from cloud.kernel.database import after_commit
from cloud.kernel.errors import Conflict, TooMany
from cloud.kernel.problems import answers
from cloud.kernel.schemas import ONE_LINE
from cloud.organisations import accounts, codes, preferences, schemas, security, staff, tries
from cloud.organisations.errors import (
    LastAdministrator,
    PasswordWeak,
    PreferencesFull,
    TotpRequired,
    TotpWrong,
    WrongCredentials,
)
from cloud.organisations.models import Account

router = Router(tags=["account"])
Mine = Annotated[Call, signed_in()]
Proving = Annotated[Call, signed_in(tries.PROOFS)]
Liking = Annotated[Call, signed_in(tries.PREFERENCES)]
PreferenceKey = Annotated[str, Path(pattern=preferences.KEY, examples=["columns.passes"]), ONE_LINE]


@router.patch("/account", status_code=204, responses=answers())
def change_account(call: Mine, body: schemas.AccountChange) -> None:
    """Change my name or language."""
    account = call.session.get_one(Account, call.actor.account_id)
    accounts.rename(account, body.name or account.name)
    account.language = body.language or account.language
    security.note(call.session, call.actor, "organisations.account.change")


@router.post("/account/password", status_code=204, responses=answers(WrongCredentials, PasswordWeak, TooMany))
def change_password(call: Proving, body: schemas.PasswordChange) -> None:
    """Change my password; my other sessions end."""
    accounts.change_password(
        call.session, _me(call), current=body.current, new=body.new, keep_session=call.actor.session_id
    )
    _proved(call)
    security.note(call.session, call.actor, "organisations.account.change_password")


@router.get("/account/sessions", responses=answers())
def my_sessions(call: Mine) -> schemas.Sessions:
    """Where I am signed in, the newest first."""
    items = [
        schemas.SessionOfMine(**row._mapping, is_this=row.id == call.actor.session_id)
        for row in accounts.open_sessions(call.session)
    ]
    return schemas.Sessions(items=items)


@router.delete("/account/sessions", status_code=204, responses=answers())
def end_other_sessions(call: Mine) -> None:
    """Sign out everywhere else."""
    accounts.end_other_sessions(call.session, call.actor.session_id)
    security.note(call.session, call.actor, "organisations.account.end_sessions")


@router.delete("/account/sessions/{session_id}", status_code=204, responses=answers(one=True))
def end_session(call: Mine, session_id: UUID) -> None:
    """Sign out there."""
    accounts.end_session(call.session, session_id)
    security.note(call.session, call.actor, "organisations.account.end_session")


@router.post("/account/totp", responses=answers(Conflict))
def begin_totp(call: Mine) -> schemas.TotpSecret:
    """Get a secret for the authenticator app; it is not in force until confirmed."""
    account = call.session.get_one(Account, call.actor.account_id)
    secret = accounts.begin_totp(
        call.session, account.id, randomness=secrets.token_bytes(20), box=call.house.secrets
    )
    return schemas.TotpSecret(secret=secret, uri=codes.totp_uri(secret, email=account.email))


@router.post("/account/totp/confirm", responses=answers(TotpWrong, Conflict))
def confirm_totp(call: Mine, body: schemas.TotpCode) -> schemas.RecoveryCodes:
    """Put the app in force by its first code. The recovery codes are shown this once."""
    shown = accounts.confirm_totp(
        call.session,
        _me(call),
        call.actor.session_id,
        body.code,
        randomness=secrets.token_bytes(100),
        box=call.house.secrets,
    )
    security.note(call.session, call.actor, "organisations.account.set_up_totp")
    return schemas.RecoveryCodes(codes=shown)


@router.post(
    "/account/totp/remove",
    status_code=204,
    responses=answers(WrongCredentials, TotpRequired, TotpWrong, TooMany),
)
def remove_totp(call: Proving, body: schemas.TotpRemoval) -> None:
    """Sign in without the app again. Asks for a current code, or a recovery code."""
    proof = accounts.TotpProof(**body.model_dump())
    accounts.remove_totp(call.session, _me(call), proof, box=call.house.secrets)
    _proved(call)
    security.note(call.session, call.actor, "organisations.account.remove_totp")


@router.delete(
    "/account/companies/{organisation_id}", status_code=204, responses=answers(LastAdministrator, one=True)
)
def leave_company(call: Mine, organisation_id: UUID) -> None:
    """Leave a company. Its last administrator stays; what I did stays in its audit."""
    staff.leave(call.session, call.actor, organisation_id)


@router.get("/account/preferences", responses=answers())
def my_preferences(call: Mine) -> schemas.Preferences:
    """How I like what I see, as the faces have kept it: columns of lists, theme, language."""
    return schemas.Preferences(items=preferences.preferences_of(call.session))


@router.put("/account/preferences/{key}", status_code=204, responses=answers(PreferencesFull, TooMany))
def set_preference(call: Liking, key: PreferenceKey, body: schemas.PreferenceInput) -> None:
    """Keep one instead of what was there; at most 100 of a person."""
    preferences.set_preference(call.session, _me(call), key, body.value)


@router.delete("/account/preferences/{key}", status_code=204, responses=answers(TooMany, one=True))
def forget_preference(call: Liking, key: PreferenceKey) -> None:
    """Forget one."""
    preferences.forget_preference(call.session, key)


def _proved(call: Call) -> None:
    """Proofs of who I am may fail only so often, by whichever of my sessions: this one did not."""
    account_id = _me(call)
    after_commit(call.session, lambda: tries.forget_proofs(call.house.database, account_id))


def _me(call: Call) -> UUID:
    assert call.actor.account_id is not None  # noqa: S101  # a signed-in actor has one
    return call.actor.account_id
