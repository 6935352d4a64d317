"""To which functions a unit is deaf: what its answers and silences tell, and what they do not.

A unit that is off is silent to everything, so only a silence between two answers tells of a function: asked while the
unit lives, it alone was met by nothing. Pure.
"""


class Functions:
    """What is known of one unit."""

    def __init__(self) -> None:
        self.answered: set[int] = set()  # ever
        self.doubted: set[int] = set()  # may be heard, as far as is known: to be asked while the unit lives
        self._deaf: set[int] = set()
        self._silent: set[int] = set()  # since the last answer
        self._is_off = False  # what was asked again was silent again

    def may_answer(self, function: int) -> bool:
        """Worth asking; what was never answered is tried once in a silence."""
        return function in self.answered or (function not in self._deaf and function not in self._silent)

    def was_silent(self, function: int) -> None:
        """For a whole timeout."""
        self._is_off = self._is_off or function in self._silent
        self._silent.add(function)

    def doubt(self, function: int) -> None:
        """Nobody knows whether it would have answered."""
        self.doubted |= {function} - self.answered - self._deaf

    def did_answer(self, function: int) -> None:
        """The unit lives, and hears this."""
        self.answered.add(function)
        if self._is_off:
            self._deaf.clear()  # who knows what comes back
        elif len(self._silent) == 1:
            self._deaf |= self._silent
        self._deaf -= self.answered
        self.doubted = (self.doubted | self._silent) - self.answered - self._deaf
        self._silent, self._is_off = set(), False
