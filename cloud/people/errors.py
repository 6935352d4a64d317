"""What can go wrong in the people slice."""

from cloud.kernel.errors import Conflict, NotThere
from cloud.kernel.language import Text


class PersonNotThere(NotThere):
    """No such person, or not of this company."""

    code = "person_not_found"
    text = Text("Человек не найден.", "No such person.")


class ResidencyNotThere(NotThere):
    """The person does not live there."""

    code = "residency_not_found"
    text = Text("Человек не числится в этом помещении.", "The person is not listed at these premises.")


class ResidentNotThere(NotThere):
    """The person was not invited to the resident's app."""

    code = "resident_not_found"
    text = Text("Доступа жителя у этого человека нет.", "This person has no resident's access.")


class AlreadyResident(Conflict):
    """The person has an account already; end it before another is invited."""

    code = "already_resident"
    text = Text(
        "У этого человека уже есть доступ жителя. Чтобы сменить адрес, сначала закройте его.",
        "This person has a resident's access already. To change the address, end it first.",
    )


class AccountIsAnothers(Conflict):
    """The address belongs to another person's access in this company."""

    code = "account_is_anothers"
    text = Text(
        "По этому адресу в доступ жителя уже приглашён другой человек: {name}.",
        "Another person has been invited by this address already: {name}.",
    )
    example = {"name": "Иванов Пётр"}
