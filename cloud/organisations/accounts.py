"""A person's own account: signing in and out, password, authenticator app, sessions."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, cast
from uuid import UUID

from sqlalchemy import CursorResult, delete, select, text, update
from sqlalchemy.orm import Session

from cloud.kernel import mail
from cloud.kernel.database import Scope, enter, new_id, now
from cloud.kernel.errors import Conflict, NotThere
from cloud.kernel.language import Language
from cloud.kernel.secrets import SecretBox
from cloud.kernel.tables import Organisation
from cloud.kernel.text import search_text, sort_key
from cloud.organisations import codes, letters, passwords
from cloud.organisations.errors import TotpRequired, TotpWrong, WrongCredentials
from cloud.organisations.links import Link, issue_link, look_at_link, spend_links, use_link
from cloud.organisations.models import Account, AccountSecret, AccountSession, Membership, RecoveryCode
from cloud.organisations.types import SessionKind, TokenPurpose

SESSION_LIFE = {SessionKind.WEB: timedelta(days=14), SessionKind.APP: timedelta(days=180)}
RESET_LIFE = timedelta(hours=2)
_AGENT_LENGTH = 300
_AUTH_ACCOUNT = text("SELECT auth_account(:email)")


@dataclass(frozen=True, slots=True, kw_only=True)
class TotpProof:
    """The password, and the second factor where there is one."""

    password: str
    code: str | None = None  # TOTP
    recovery_code: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SignInAttempt(TotpProof):
    """What somebody who wants in shows."""

    email: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Device:
    """Where a session lives."""

    kind: SessionKind
    address: str | None
    user_agent: str | None


def normal_email(email: str) -> str:
    """The form in which addresses are stored and compared."""
    return email.strip().lower()


def name_keys(name: str, email: str) -> tuple[str, str]:
    """What a person is sorted by, and what a search looks into."""
    return sort_key(name), search_text(name, email)


def rename(account: Account, name: str) -> None:
    account.name = name
    account.sort_name, account.search = name_keys(name, account.email)


def find_account(session: Session, email: str) -> UUID | None:
    """The account of an address, unless it is disabled."""
    found = session.scalar(_AUTH_ACCOUNT, {"email": normal_email(email)})
    assert found is None or isinstance(found, UUID)  # noqa: S101  # the function returns one
    return found


def sign_in(session: Session, attempt: SignInAttempt, device: Device, *, token: str, box: SecretBox) -> UUID:
    """Open a session under a new token; returns the account.

    Raises WrongCredentials, TotpRequired, TotpWrong.
    """
    account_id = find_account(session, attempt.email)
    enter(session, Scope(account=account_id))
    secret = (
        session.get(AccountSecret, account_id, with_for_update={"key_share": True}) if account_id else None
    )
    if not passwords.fits(attempt.password, secret.password_hash if secret else None) or secret is None:
        raise WrongCredentials
    if passwords.is_outdated(secret.password_hash):
        secret.password_hash = passwords.hash_password(attempt.password)
    passed = _second_factor(session, secret, attempt, box)
    open_session(session, secret.account_id, device, token=token, totp_passed=passed)
    return secret.account_id


def open_session(
    session: Session, account_id: UUID, device: Device, *, token: str, totp_passed: bool
) -> None:
    """A session whose token is now good."""
    session.add(
        AccountSession(
            id=new_id(session),
            account_id=account_id,
            token_hash=codes.token_hash(token),
            kind=device.kind,
            created_at=now(session),
            seen_at=now(session),
            expires_at=now(session) + SESSION_LIFE[device.kind],
            address=device.address,
            user_agent=(device.user_agent or "")[:_AGENT_LENGTH] or None,
            totp_passed=totp_passed,
        )
    )


def end_session(session: Session, session_id: UUID) -> None:
    """End one of the caller's sessions. Raises NotThere."""
    if not _end(session, AccountSession.id == session_id):
        raise NotThere


def end_other_sessions(session: Session, keep: UUID | None) -> int:
    """End all of the caller's sessions but one; returns how many."""
    return _end(session, AccountSession.id != keep) if keep else _end(session)


def open_sessions(session: Session) -> Sequence[Any]:
    """The caller's sessions that still hold, the newest first."""
    return session.execute(
        select(
            AccountSession.id,
            AccountSession.kind,
            AccountSession.created_at,
            AccountSession.seen_at,
            AccountSession.expires_at,
            AccountSession.address,
            AccountSession.user_agent,
        )
        .where(AccountSession.ended_at.is_(None), AccountSession.expires_at > now(session))
        .order_by(AccountSession.created_at.desc())
    ).all()


def change_password(
    session: Session, account_id: UUID, *, current: str, new: str, keep_session: UUID | None
) -> None:
    """Raises WrongCredentials, PasswordWeak. Ends the other sessions, and links to set it anew."""
    secret = session.get(AccountSecret, account_id, with_for_update={"key_share": True})
    account = session.get(Account, account_id)
    if secret is None or account is None or not passwords.fits(current, secret.password_hash):
        raise WrongCredentials
    companies = _companies_of(session, account_id)
    passwords.check_strength(new, email=account.email, name=account.name, companies=companies, path="new")
    secret.password_hash = passwords.hash_password(new)
    spend_links(session, account_id, TokenPurpose.PASSWORD_RESET)
    end_other_sessions(session, keep_session)


def set_password(
    session: Session, account_id: UUID, password: str, *, email: str, name: str, company: str = ""
) -> None:
    """Give an account its password, whatever it was; links to set it anew are spent. Raises PasswordWeak.

    `company`: that whose link leads here, or that is about to be made.
    """
    companies = [company, *_companies_of(session, account_id)]
    passwords.check_strength(password, email=email, name=name, companies=companies)
    secret = session.get(AccountSecret, account_id, with_for_update={"key_share": True})
    if secret is None:
        secret = AccountSecret(account_id=account_id, password_hash="", totp_last_step=0)
        session.add(secret)
    secret.password_hash = passwords.hash_password(password)
    spend_links(session, account_id, TokenPurpose.PASSWORD_RESET)


def _companies_of(session: Session, account_id: UUID) -> Sequence[str]:
    """Names of the companies that a person belongs to: who guesses their password begins with those, too."""
    of = Membership.organisation_id == Organisation.id
    query = select(Organisation.name).join(Membership, of).where(Membership.account_id == account_id)
    return session.scalars(query.limit(20)).all()


def request_password_reset(session: Session, email: str, *, token: str, public_url: str) -> UUID | None:
    """Send a link, if the address has an account; returns that. Nothing may tell who asked whether it has."""
    account_id = find_account(session, email)
    if account_id is None:
        return None
    enter(session, Scope(account=account_id))
    account = session.get_one(Account, account_id)
    issue_link(session, account_id, TokenPurpose.PASSWORD_RESET, token=token, life=RESET_LIFE)
    letter = letters.password_reset(Language(account.language), f"{public_url}/password-reset#{token}")
    mail.send(session, account.email, letter.subject, letter.body)
    return account_id


def reset_password(session: Session, token: str, password: str) -> Link:
    """Set a new password by a link from a letter; ends all sessions. Raises LinkDead, PasswordWeak."""
    link = look_at_link(session, token, TokenPurpose.PASSWORD_RESET)
    use_link(session, link)
    set_password(session, link.account_id, password, email=link.email, name=link.name)
    end_other_sessions(session, None)
    return link


def begin_totp(session: Session, account_id: UUID, *, randomness: bytes, box: SecretBox) -> str:
    """Keep a new secret, not in force until `confirm_totp`; returns it. Raises Conflict when one is in force."""
    account = session.get_one(Account, account_id)
    if account.totp_since is not None:
        raise Conflict
    secret = codes.totp_secret(randomness)
    row = session.get_one(AccountSecret, account_id, with_for_update={"key_share": True})
    row.totp_sealed, row.totp_last_step = box.seal(secret.encode(), _place(account_id)), 0
    return secret


def confirm_totp(
    session: Session,
    account_id: UUID,
    session_id: UUID | None,
    code: str,
    *,
    randomness: bytes,
    box: SecretBox,
) -> list[str]:
    """Put the secret in force by its first code; returns the recovery codes, shown this once. Raises TotpWrong."""
    row = session.get_one(AccountSecret, account_id, with_for_update={"key_share": True})
    account = session.get_one(Account, account_id)
    if row.totp_sealed is None or account.totp_since is not None:
        raise Conflict
    _check_code(session, row, code, box)
    account.totp_since = now(session)
    session.execute(update(AccountSession).where(AccountSession.id == session_id).values(totp_passed=True))
    session.execute(delete(RecoveryCode))  # the policy leaves the caller's own
    fresh = codes.recovery_codes(randomness)
    session.add_all(
        RecoveryCode(id=new_id(session), account_id=account_id, code_hash=codes.code_hash(each))
        for each in fresh
    )
    return fresh


def remove_totp(session: Session, account_id: UUID, proof: TotpProof, *, box: SecretBox) -> None:
    """Sign in without an app again. Raises WrongCredentials, TotpRequired, TotpWrong."""
    row = session.get_one(AccountSecret, account_id, with_for_update={"key_share": True})
    if not passwords.fits(proof.password, row.password_hash):
        raise WrongCredentials
    _second_factor(session, row, proof, box)
    session.get_one(Account, account_id).totp_since = None
    row.totp_sealed = None
    session.execute(delete(RecoveryCode))
    session.execute(update(AccountSession).values(totp_passed=False))


def _second_factor(session: Session, secret: AccountSecret, attempt: TotpProof, box: SecretBox) -> bool:
    if session.get_one(Account, secret.account_id).totp_since is None:
        return False
    if attempt.recovery_code:
        _use_recovery_code(session, attempt.recovery_code)
    elif attempt.code:
        _check_code(session, secret, attempt.code, box)
    else:
        raise TotpRequired
    return True


def _check_code(session: Session, secret: AccountSecret, code: str, box: SecretBox) -> None:
    assert secret.totp_sealed is not None  # noqa: S101  # callers checked that there is one
    plain = box.open(secret.totp_sealed, _place(secret.account_id)).decode()
    step = codes.accepted_step(plain, code, now(session), last_step=secret.totp_last_step)
    if step is None:
        raise TotpWrong
    secret.totp_last_step = step


def _use_recovery_code(session: Session, code: str) -> None:
    used = session.execute(
        update(RecoveryCode)
        .where(RecoveryCode.code_hash == codes.code_hash(code), RecoveryCode.used_at.is_(None))
        .values(used_at=now(session))
    )
    if cast("CursorResult[Any]", used).rowcount != 1:
        raise TotpWrong


def _end(session: Session, *which: Any) -> int:
    ended = session.execute(
        update(AccountSession).where(AccountSession.ended_at.is_(None), *which).values(ended_at=now(session))
    )
    return cast("CursorResult[Any]", ended).rowcount


def _place(account_id: UUID) -> str:
    return f"account/{account_id}/totp"
