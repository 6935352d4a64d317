"""Letters: a row in the transaction that causes them, sent by a worker over SMTP at least once."""

import logging
import random
import smtplib
import ssl
from datetime import timedelta
from email.message import EmailMessage
from email.utils import format_datetime
from urllib.parse import unquote, urlsplit
from uuid import UUID

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from cloud.kernel.database import new_id, now, send_after_commit
from cloud.kernel.jobs import Tools
from cloud.kernel.metrics import MAIL
from cloud.kernel.settings import Settings
from cloud.kernel.tables import MailMessage

DELIVER = "kernel.mail.deliver"
_SMTP_TIMEOUT_S = 15
_MOST_ATTEMPTS = 15
_BATCH = 50
_LONGEST_WAIT_S = 3600.0
_IN_HAND = timedelta(minutes=5)  # longer than any try; then a worker that died has let go of it
_KEPT = timedelta(days=30)
_log = logging.getLogger(__name__)


def send(session: Session, recipient: str, subject: str, body: str) -> UUID:
    """Have a letter sent once the transaction commits."""
    message_id = new_id(session)
    session.add(
        MailMessage(
            id=message_id,
            recipient=recipient,
            subject=subject,
            body=body.encode(),
            at=now(session),
            due_at=now(session),
            attempts=0,
        )
    )
    send_after_commit(session, DELIVER)
    return message_id


def deliver_due(tools: Tools) -> None:
    """Send what is due. Each is counted and put off before it is tried: a letter that fails is never first again."""
    if tools.settings.smtp_url is None:
        return  # no post office: the letters wait
    for _ in range(_BATCH):
        with tools.database.transaction() as session:
            letter_id = _take_next(session)
        if letter_id is None:
            return
        with tools.database.transaction() as session:
            _deliver(session, letter_id, tools.settings)


def forget_old(tools: Tools) -> None:
    """Drop letters sent or given up long ago."""
    with tools.database.transaction() as session:
        session.execute(delete(MailMessage).where(MailMessage.at < now(session) - _KEPT))


def _take_next(session: Session) -> UUID | None:
    message = session.scalars(
        select(MailMessage)
        .where(
            MailMessage.sent_at.is_(None),
            MailMessage.due_at <= now(session),
            MailMessage.attempts < _MOST_ATTEMPTS,
        )
        .order_by(MailMessage.due_at, MailMessage.id)
        .limit(1)
        .with_for_update(skip_locked=True, key_share=True)
    ).first()
    if message is None:
        return None
    message.attempts += 1
    message.due_at = now(session) + _IN_HAND
    return message.id


def _deliver(session: Session, letter_id: UUID, settings: Settings) -> None:
    message = session.get_one(MailMessage, letter_id)
    try:
        _hand_over(message, settings)
    except (smtplib.SMTPException, OSError, ValueError) as error:  # ValueError: what no header can hold
        wait_s = min(2.0**message.attempts, _LONGEST_WAIT_S) * random.uniform(0.5, 1.0)  # noqa: S311  # jitter
        message.due_at = now(session) + timedelta(seconds=wait_s)
        message.failure = f"{type(error).__name__}: {error}"[:500]
        MAIL.labels("failed").inc()
        _log.warning("a letter was not sent", extra={"letter": str(message.id), "error": message.failure})
    else:
        message.sent_at, message.failure, message.body = now(session), None, b""
        MAIL.labels("sent").inc()


def _hand_over(message: MailMessage, settings: Settings) -> None:
    letter = EmailMessage()
    letter["From"], letter["To"] = settings.mail_from, message.recipient
    letter["Subject"] = " ".join(message.subject.split())  # of one line, whatever a name in it holds
    letter["Date"] = format_datetime(message.at)
    letter["Message-ID"] = f"<{message.id}@domovoy>"  # the same when it is sent again
    letter.set_content(message.body.decode())
    assert settings.smtp_url is not None  # noqa: S101  # checked before
    with _connect(settings.smtp_url.get_secret_value()) as server:
        server.send_message(letter)


def _connect(url: str) -> smtplib.SMTP:
    """smtp:// (STARTTLS when a user is given), smtps://."""
    parts = urlsplit(url)
    host = parts.hostname or "127.0.0.1"
    context = ssl.create_default_context()
    server: smtplib.SMTP
    if parts.scheme == "smtps":
        server = smtplib.SMTP_SSL(host, parts.port or 465, timeout=_SMTP_TIMEOUT_S, context=context)
    else:
        server = smtplib.SMTP(host, parts.port or 25, timeout=_SMTP_TIMEOUT_S)
    if parts.username:
        if parts.scheme == "smtp":
            server.starttls(context=context)
        server.login(unquote(parts.username), unquote(parts.password or ""))
    return server
