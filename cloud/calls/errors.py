"""What can go wrong in the calls slice."""

from cloud.kernel.errors import Conflict, NotThere
from cloud.kernel.language import Text


class CallNotThere(NotThere):
    """No such call, or not of one's own premises or company."""

    code = "call_not_found"
    text = Text("Звонок не найден.", "No such call.")


class CallOver(Conflict):
    """Whoever rang has gone, or was let in."""

    code = "call_over"
    text = Text("Звонок закончился в {when}.", "The call was over at {when}.")
    example = {"when": "14:05:12", "at": "2026-11-22T09:05:12Z"}


class CallAnswered(Conflict):
    """Somebody else of the household was faster; or one answered already."""

    code = "call_answered"
    text = Text(
        "На звонок уже ответили: {who}, в {when}.", "The call was answered already: {who}, at {when}."
    )
    example = {"who": "Иванов Пётр", "when": "14:05:12", "at": "2026-11-22T09:05:12Z", "answer": "open"}


class DoorNotForResidents(Conflict):
    """The company does not let residents open this door; the call can be refused."""

    code = "door_not_for_residents"
    text = Text(
        "Эту дверь управляющая компания не разрешает открывать из приложения.",
        "The company does not let this door be opened from the app.",
    )
