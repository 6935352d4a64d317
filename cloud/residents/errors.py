"""What can go wrong in the residents slice."""

from cloud.kernel.errors import Conflict, NotThere
from cloud.kernel.language import Text


class NotAtHome(NotThere):
    """The caller does not live there, or nowhere by this account."""

    code = "not_at_home"
    text = Text("Это не ваше помещение.", "These are not your premises.")


class DoorNotThere(NotThere):
    """No such door, or none that the caller may open."""

    code = "door_not_found"
    text = Text("Такой двери среди ваших нет.", "This is none of your doors.")


class OrderNotThere(NotThere):
    """No such order of the caller's."""

    code = "order_not_found"
    text = Text("Такой команды вы не отдавали.", "You gave no such order.")


class KeyNotThere(NotThere):
    """No such key on the pass, or no more."""

    code = "key_not_found"
    text = Text("Такого ключа у пропуска нет.", "The pass has no such key.")


class PassChanged(Conflict):
    """The company, or somebody at home, changed it since the caller looked. Who it was is the company's own affair."""

    code = "pass_changed"
    text = Text(
        "Пропуск № {number} за это время изменили. Посмотрите, что в нём теперь, и сохраните снова.",
        "Pass {number} was changed meanwhile. See what stands there now, and save again.",
    )
    example = {"number": 1042}


class NotAdmitted(Conflict):
    """The guest, the car or the card is on the site's blacklist. What its entry says is the company's affair."""

    code = "not_admitted"
    text = Text(
        "Этого гостя или эту машину на объект не пускают. Спросите управляющую компанию.",
        "This guest or this car is not admitted to the site. Ask the company.",
    )


class PassNotYours(Conflict):
    """The company issued it for good: it changes and revokes it, too."""

    code = "pass_not_yours"
    text = Text(
        "Пропуск № {number} выдала управляющая компания: изменить его может только она.",
        "Pass {number} was issued by the company, which alone can change it.",
    )
    example = {"number": 1042}
