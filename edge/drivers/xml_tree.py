"""Small XML from strangers as plain dicts. Pure.

No DTD is taken, since with it come entities that grow without end; depth and number of elements are bounded.
"""

from typing import Any
from xml.parsers import expat

_DEPTH_MAX = 32
_ELEMENTS_MAX = 2000


class XmlError(ValueError):
    """It is no XML, or none that is taken."""


class _Builder:
    def __init__(self) -> None:
        self.root: dict[str, Any] = {}
        self._open: list[tuple[str, dict[str, Any], list[str]]] = [("", self.root, [])]
        self._count = 0

    def start(self, name: str, _attributes: Any) -> None:
        self._count += 1
        if len(self._open) > _DEPTH_MAX or self._count > _ELEMENTS_MAX:
            raise XmlError("too deep or too long")
        self._open.append((name.rpartition(":")[2], {}, []))

    def text(self, data: str) -> None:
        self._open[-1][2].append(data)

    def end(self, _name: str) -> None:
        name, children, texts = self._open.pop()
        value: Any = children or "".join(texts).strip()
        siblings = self._open[-1][1]
        if not value:
            return
        if name in siblings:
            before = siblings[name]
            siblings[name] = [*before, value] if isinstance(before, list) else [before, value]
        else:
            siblings[name] = value

    def doctype(self, *_: Any) -> None:
        raise XmlError("a document type is not taken")


def tree(data: bytes, root: str) -> dict[str, Any]:
    """The children of the root element: texts, dicts, and lists of what stands several times; nothing that is empty.

    Names come without their namespace. Raises XmlError, also when the root has another name.
    """
    builder = _Builder()
    parser = expat.ParserCreate()
    parser.StartElementHandler = builder.start
    parser.EndElementHandler = builder.end
    parser.CharacterDataHandler = builder.text
    parser.StartDoctypeDeclHandler = builder.doctype
    try:
        parser.Parse(data, True)
    except (expat.ExpatError, LookupError) as error:  # LookupError: an encoding that nobody knows
        raise XmlError(str(error)) from error
    found = builder.root.get(root)
    if not isinstance(found, dict):
        raise XmlError(f"no {root}")
    return found
