"""What a driver's settings are made of, read off its types: enough to draw a form, and to say what is wrong in it."""

from collections.abc import Iterator, Mapping
from enum import StrEnum
from functools import cache
from typing import Any, NamedTuple, get_args

import msgspec
from msgspec import inspect

from protocols.drivers import SETTINGS, DeviceRole, SettingError


class FieldKind(StrEnum):
    """What is typed or chosen."""

    TEXT = "text"
    INTEGER = "integer"
    NUMBER = "number"
    FLAG = "flag"
    CHOICE = "choice"
    INTEGERS = "integers"
    DEVICE = "device"  # the id of another device of the box
    GROUP = "group"  # settings within a setting


class Field(msgspec.Struct, frozen=True, kw_only=True):
    """One setting. `default` is what counts when it is left out; `has_pattern`: not every text will do."""

    name: str
    kind: FieldKind
    required: bool
    default: Any = None
    minimum: float | None = None
    maximum: float | None = None
    max_length: int | None = None
    has_pattern: bool = False
    choices: tuple[Any, ...] = ()
    unit: str | None = None
    secret: bool = False
    device: DeviceRole | None = None
    catalogue: str | None = None
    one_of: str | None = None
    instead_of: str | None = None
    fields: tuple["Field", ...] = ()


_PLAIN: dict[type[inspect.Type], FieldKind] = {
    inspect.BoolType: FieldKind.FLAG,
    inspect.UUIDType: FieldKind.DEVICE,
    inspect.IntType: FieldKind.INTEGER,
    inspect.FloatType: FieldKind.NUMBER,
}  # a type that stands nowhere needs a kind of field first


class Fault(NamedTuple):
    """`path`: the setting, dots between levels, empty when it is about all of them together.

    `code`: `missing`, `unknown`, `unfit` (not what the field is), or that of a SettingError.
    """

    path: str
    code: str
    reason: str


@cache
def fields_of(driver: str) -> tuple[Field, ...]:
    """The settings of a driver in their order. Raises KeyError."""
    return _fields(SETTINGS[driver])


def find_field(driver: str, path: str) -> Field | None:
    """The setting at a path, dots between levels; None when there is none."""
    fields, found = fields_of(driver), None
    for name in path.split("."):
        found = next((field for field in fields if field.name == name), None)
        fields = found.fields if found else ()
    return found


def every_field(driver: str) -> Iterator[tuple[str, Field]]:
    """All settings of a driver with their paths, groups before what is in them."""
    yield from _walk("", fields_of(driver))


def settings_faults(driver: str, settings: Mapping[str, Any]) -> list[Fault]:
    """All that the driver would refuse, secrets being settings like others. Raises KeyError: no driver."""
    model = SETTINGS[driver]
    faults = list(_faults("", model, settings))
    if not faults:
        try:
            msgspec.convert(dict(settings), model)
        except msgspec.ValidationError as error:
            faults.append(_of_all(error))
    return faults


def _walk(at: str, fields: tuple[Field, ...]) -> Iterator[tuple[str, Field]]:
    for field in fields:
        path = f"{at}.{field.name}" if at else field.name
        yield path, field
        yield from _walk(path, field.fields)


def _faults(at: str, model: type[msgspec.Struct], settings: Mapping[str, Any]) -> Iterator[Fault]:
    types = {field.name: field for field in msgspec.structs.fields(model)}
    for name in sorted(settings.keys() - types.keys()):
        yield Fault(f"{at}{name}", "unknown", "there is no such setting")
    for name, field in types.items():
        if name not in settings:
            if field.required:
                yield Fault(f"{at}{name}", "missing", "it is needed")
            continue
        inner = _struct(field.type)
        if inner is not None and isinstance(settings[name], Mapping):
            yield from _faults(f"{at}{name}.", inner, settings[name])
            continue
        try:
            msgspec.convert(settings[name], field.type)
        except msgspec.ValidationError as error:
            yield Fault(f"{at}{name}", "unfit", str(error))


def _of_all(error: msgspec.ValidationError) -> Fault:
    """What the settings together do not fit; msgspec tells where within, the error itself the rest of the path."""
    text, cause = str(error), error.__cause__
    at = text.partition(" - at `$.")[2].rstrip("`")
    path, code = (cause.path, cause.code) if isinstance(cause, SettingError) else ("", "unfit")
    return Fault(".".join(part for part in (at, path) if part), code, text.partition(" - at `")[0])


def _fields(model: type[msgspec.Struct]) -> tuple[Field, ...]:
    described = inspect.type_info(model)
    assert isinstance(described, inspect.StructType)  # noqa: S101  # for the type checker
    return tuple(_field(field) for field in described.fields)


def _field(field: inspect.Field) -> Field:
    extra: dict[str, Any] = {}
    kind = field.type
    if isinstance(kind, inspect.UnionType):  # "or None": it may be left out
        [kind] = [each for each in kind.types if not isinstance(each, inspect.NoneType)]
    while isinstance(kind, inspect.Metadata):
        extra |= kind.extra or {}
        kind = kind.type
    has_factory = field.default_factory is not msgspec.NODEFAULT
    default = field.default_factory() if has_factory else field.default
    return Field(
        name=field.name,
        required=field.required,
        default=None if default is msgspec.NODEFAULT else default,
        **_shape(kind),
        **extra,
    )


def _shape(kind: inspect.Type) -> dict[str, Any]:
    match kind:
        case inspect.IntType(ge=minimum, le=maximum) | inspect.FloatType(ge=minimum, le=maximum):
            return {"kind": _PLAIN[type(kind)], "minimum": minimum, "maximum": maximum}
        case inspect.StrType(max_length=longest, pattern=pattern):
            return {"kind": FieldKind.TEXT, "max_length": longest, "has_pattern": pattern is not None}
        case inspect.LiteralType(values=values):
            return {"kind": FieldKind.CHOICE, "choices": tuple(values)}
        case inspect.ListType(item_type=inspect.IntType(), max_length=longest):
            return {"kind": FieldKind.INTEGERS, "max_length": longest}
        case inspect.StructType(cls=model):
            return {"kind": FieldKind.GROUP, "fields": _fields(model)}
    return {"kind": _PLAIN[type(kind)]}


def _struct(annotation: Any) -> type[msgspec.Struct] | None:
    """The group behind an annotation such as `Annotated[OsdpTcp, …] | None`."""
    if isinstance(annotation, type):
        return annotation if issubclass(annotation, msgspec.Struct) else None
    return next((found for each in get_args(annotation) if (found := _struct(each)) is not None), None)


SECRET_SETTINGS = frozenset(
    path for driver in SETTINGS for path, field in every_field(driver) if field.secret
)
