"""A real SMTP server for tests; it keeps what it received."""

import queue
from collections.abc import Iterator
from email import message_from_bytes, policy
from email.message import EmailMessage

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from deploy.demo.servers.processes import free_port


class Mailbox:
    """Where every letter lands, whoever it is for."""

    def __init__(self, port: int) -> None:
        self.url = f"smtp://127.0.0.1:{port}"
        self._letters: queue.Queue[EmailMessage] = queue.Queue()

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        """The server's hook: keep the letter and accept it."""
        letter = message_from_bytes(envelope.original_content or b"", policy=policy.default)
        self._letters.put(letter)
        return "250 OK"

    def receive(self, timeout_s: float = 60) -> EmailMessage:
        """The next letter; `queue.Empty` when none comes."""
        return self._letters.get(timeout=timeout_s)

    def is_empty(self) -> bool:
        """Whether no letter waits."""
        return self._letters.empty()


@pytest.fixture
def mailbox() -> Iterator[Mailbox]:
    """An SMTP server on a free loopback port."""
    port = free_port()
    mailbox = Mailbox(port)
    controller = Controller(mailbox, hostname="127.0.0.1", port=port, ready_timeout=60)
    controller.start()
    try:
        yield mailbox
    finally:
        controller.stop()
