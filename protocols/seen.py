"""What of a text can be seen."""

import unicodedata

# Letters and marks by their category that show nothing; a name of them alone would be no name.
_BLANK = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u2800\u3164\uffa0")


def without_unseen_edges(text: str) -> str:
    """A text from its first to its last character that can be seen; empty when there is none."""
    seen = [at for at, char in enumerate(text) if not _is_unseen(char)]
    if all(
        unicodedata.category(text[at]).startswith("M") for at in seen
    ):  # an accent, and nothing that it is on
        return ""
    return text[seen[0] : seen[-1] + 1]


def _is_unseen(char: str) -> bool:
    return char.isspace() or char in _BLANK or unicodedata.category(char) == "Cf"
