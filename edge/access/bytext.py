"""An index from texts to ids, in as little memory as a hundred thousand passes ask for."""


class ByText:
    """Texts (match keys or plates) to the ids of those who hold them; almost always one."""

    __slots__ = ("_ids",)

    def __init__(self) -> None:
        self._ids: dict[str, bytes | tuple[bytes, ...]] = {}

    def add(self, text: str, owner: bytes) -> None:
        held = self._ids.get(text)
        if held is None:
            self._ids[text] = owner
        elif owner not in (held if isinstance(held, tuple) else (held,)):
            self._ids[text] = (*held, owner) if isinstance(held, tuple) else (held, owner)

    def remove(self, text: str, owner: bytes) -> None:
        held = self._ids.get(text)
        if held == owner:
            del self._ids[text]
        elif isinstance(held, tuple) and owner in held:
            rest = tuple(other for other in held if other != owner)
            self._ids[text] = rest if len(rest) > 1 else rest[0]

    def find(self, text: str) -> tuple[bytes, ...]:
        held = self._ids.get(text)
        if held is None:
            return ()
        return held if isinstance(held, tuple) else (held,)
