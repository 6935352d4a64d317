"""What can go wrong in the guard slice."""

from cloud.kernel.errors import Conflict, NotThere
from cloud.kernel.language import Text


class GuardNotThere(NotThere):
    """No such member of staff, or not of this company."""

    code = "guard_not_found"
    text = Text("Охранник не найден.", "No such guard.")


class GuardCardNotThere(NotThere):
    """The guard has no such card."""

    code = "guard_card_not_found"
    text = Text("Такой карты у охранника нет.", "The guard has no such card.")


class NoGuard(Conflict):
    """The person's roles do not let them keep watch."""

    code = "no_guard"
    text = Text(
        "Роли сотрудника не дают права «Работать на посту охраны». Добавьте роль охранника.",
        "The person's roles do not allow “Keep watch at the gate”. Add the guard's role.",
    )


class CardTaken(Conflict):
    """Another guard signs in by this card."""

    code = "guard_card_taken"
    text = Text("Эта карта уже у охранника: {name}.", "This card is already of the guard {name}.")
    example = {"name": "Мартынов Сергей Юрьевич"}


class ViolationNotThere(NotThere):
    """No such violation, or not of this company."""

    code = "violation_not_found"
    text = Text("Нарушение не найдено.", "No such violation.")


class WrongStep(Conflict):
    """The case is not where one could bring it there; `now` is its state."""

    code = "wrong_step"
    text = Text(
        "Дело уже изменилось. Посмотрите, что с ним сейчас.",
        "The case has changed meanwhile. See how it stands.",
    )
    example = {"now": "dismissed", "wanted": "charged"}


class DraftNotThere(NotThere):
    """No such pass was made at a gate, or it is no conflict."""

    code = "gate_pass_not_found"
    text = Text("Такого пропуска с поста нет.", "No such pass was made at a gate.")


class VisitNotThere(NotThere):
    """No such visit, or the blacklist has nothing against it."""

    code = "gate_visit_not_found"
    text = Text("Такого посетителя нет.", "No such visitor.")


class ShiftNotThere(NotThere):
    """No such shift, or not of this company."""

    code = "shift_not_found"
    text = Text("Смена не найдена.", "No such shift.")


class PostNotThere(NotThere):
    """No such post, or not of this company."""

    code = "gate_post_not_found"
    text = Text("Пост не найден.", "No such post.")
