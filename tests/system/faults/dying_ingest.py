"""`domovoy ingest` that kills itself between a commit and its acknowledgement: then a box must send again."""

import os
import signal
from collections.abc import Sequence

from cloud.ingest import process
from cloud.ingest.unit import Answer, Intake, Message
from cloud.kernel.settings import Settings


class DyingIntake(Intake):
    """Dies as soon as something new is committed; nothing is answered."""

    def take(self, messages: Sequence[Message]) -> list[Answer]:
        answers = super().take(messages)
        if answers:
            os.kill(os.getpid(), signal.SIGKILL)
        return answers


if __name__ == "__main__":
    vars(process)["Intake"] = DyingIntake
    process.main(Settings(), [])
