"""What can go wrong in the people slice."""

from cloud.kernel.errors import NotThere
from cloud.kernel.language import Text


class PersonNotThere(NotThere):
    """No such person, or not of this company."""

    code = "person_not_found"
    text = Text("Человек не найден.", "No such person.")


class ResidencyNotThere(NotThere):
    """The person does not live there."""

    code = "residency_not_found"
    text = Text("Человек не числится в этом помещении.", "The person is not listed at these premises.")
