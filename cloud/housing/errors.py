"""What can go wrong in the housing slice."""

from cloud.kernel.errors import Conflict, NotThere
from cloud.kernel.language import Text


class ComplexNotThere(NotThere):
    """No such complex, or not of this company."""

    code = "complex_not_found"
    text = Text("Комплекс не найден.", "No such complex.")


class BuildingNotThere(NotThere):
    """No such building, or not of this company."""

    code = "building_not_found"
    text = Text("Дом или участок не найден.", "No such building or plot.")


class EntranceNotThere(NotThere):
    """No such entrance in this building."""

    code = "entrance_not_found"
    text = Text("Подъезд не найден.", "No such entrance.")


class PremisesNotThere(NotThere):
    """No such premises, or not of this company."""

    code = "premises_not_found"
    text = Text("Помещение не найдено.", "No such premises.")


class NameTaken(Conflict):
    """Something of this name or number is there already."""

    code = "name_taken"
    text = Text("«{name}» здесь уже есть.", "“{name}” is already here.")
    example = {"name": "А2"}
