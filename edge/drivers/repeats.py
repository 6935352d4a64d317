"""The same card told again while it was not taken away."""


class Repeats:
    """Of one reader. `repeat_ms`: within this time it is the same presentation; each telling prolongs it."""

    def __init__(self, repeat_ms: int) -> None:
        self._within_ns = repeat_ms * 1_000_000
        self._last: tuple[str, int] | None = None  # what was told last, and when

    def take(self, raw: str, at_ns: int) -> bool:
        """Whether this is the one before."""
        before, self._last = self._last, (raw, at_ns)
        return before is not None and before[0] == raw and at_ns - before[1] < self._within_ns
