"""What can go wrong in the meters slice."""

from cloud.kernel.errors import NotThere
from cloud.kernel.language import Text


class MeterNotThere(NotThere):
    """No such meter, or not of this company."""

    code = "meter_not_found"
    text = Text("Прибор учёта не найден.", "No such meter.")
