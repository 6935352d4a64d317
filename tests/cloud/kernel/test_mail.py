"""Letters go out, whatever one of them is like."""

from collections.abc import Iterator
from uuid import UUID

import pytest

from cloud.kernel import mail
from cloud.kernel.clock import FixedClock
from cloud.kernel.database import Database, Ports
from cloud.kernel.ids import Uuid7Ids
from cloud.kernel.jobs import Tools
from cloud.kernel.settings import Settings
from cloud.kernel.tables import MailMessage
from cloud.kernel.tenancy import Role
from tests.support.mail import Mailbox
from tests.support.noon import NOON
from tests.support.postgres import Database as RealDatabase


@pytest.fixture
def tools(database: RealDatabase, mailbox: Mailbox) -> Iterator[Tools]:
    clock = FixedClock(NOON)
    opened = Database(database.url(Role.WORKER), ports=Ports(clock, Uuid7Ids(clock)), pool_size=2)
    yield Tools(opened, Settings(smtp_url=mailbox.url, _env_file=None))  # type: ignore[call-arg, arg-type]
    opened.close()


def written(database: Database, recipient: str, subject: str = "Приглашение") -> UUID:
    with database.transaction() as session:
        return mail.send(session, recipient, subject, "Здравствуйте!")


def letter(tools: Tools, letter_id: UUID) -> MailMessage:
    with tools.database.transaction() as session:
        return session.get_one(MailMessage, letter_id)


def test_a_letter_that_cannot_be_written_does_not_hold_up_the_next(
    api_database: Database, tools: Tools, mailbox: Mailbox
) -> None:
    poisoned = written(api_database, "a@b.c\nBcc: x@y.z")
    good = written(api_database, "anna@example.org")
    mail.deliver_due(tools)
    assert mailbox.receive()["To"] == "anna@example.org"
    assert mailbox.is_empty()
    stuck = letter(tools, poisoned)
    assert (stuck.attempts, stuck.sent_at) == (1, None)
    assert "ValueError" in (stuck.failure or "")
    assert stuck.due_at > NOON
    assert letter(tools, good).sent_at == NOON


def test_a_line_feed_in_a_subject_makes_no_header(
    api_database: Database, tools: Tools, mailbox: Mailbox
) -> None:
    written(api_database, "anna@example.org", "Приглашение в «Афины\r\nBcc: x@y.z»")
    mail.deliver_due(tools)
    received = mailbox.receive()
    assert received["Subject"] == "Приглашение в «Афины Bcc: x@y.z»"
    assert received["Bcc"] is None


def test_a_letter_whose_worker_died_is_counted_and_put_off(
    api_database: Database, tools: Tools, mailbox: Mailbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    deadly, good = written(api_database, "boris@example.org"), written(api_database, "anna@example.org")

    def die(*_: object) -> None:
        raise SystemExit

    with monkeypatch.context() as patched:
        patched.setattr(mail, "_hand_over", die)
        with pytest.raises(SystemExit):
            mail.deliver_due(tools)
    mail.deliver_due(tools)
    assert mailbox.receive()["To"] == "anna@example.org"
    assert (letter(tools, deadly).attempts, letter(tools, deadly).sent_at) == (1, None)
    assert letter(tools, good).sent_at == NOON
