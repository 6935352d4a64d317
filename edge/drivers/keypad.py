"""Digits that are typed one by one, put together. Pure."""

TIMEOUT_NS = 10_000_000_000
DIGITS_MAX = 32
_DIGITS = frozenset(b"0123456789")
_ENTER = frozenset(b"#\r")  # OSDP sends # as return and * as delete; some readers send the signs themselves
_CLEAR = frozenset(b"*\x7f")


class Keypad:
    """What is typed at one reader. What was begun and left alone is forgotten: the next person types anew."""

    def __init__(self) -> None:
        self._typed = ""
        self._last_ns = 0

    def press(self, keys: bytes, at_ns: int) -> list[str]:
        """The codes that these keys complete."""
        if at_ns - self._last_ns > TIMEOUT_NS:
            self._typed = ""
        self._last_ns = at_ns
        codes = []
        for key in keys:
            if key in _DIGITS:
                self._typed += chr(key)
            elif key in _CLEAR:
                self._typed = ""
            elif key in _ENTER:
                if 0 < len(self._typed) <= DIGITS_MAX:
                    codes.append(self._typed)
                self._typed = ""
        self._typed = self._typed[: DIGITS_MAX + 1]
        return codes
