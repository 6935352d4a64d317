"""Text as people search and sort it: stored keys, free of any server's collation."""

import re
import unicodedata

from cloud.kernel import typed_phones

_DIGITS = re.compile(r"\d+")
_NOT_WORD = re.compile(r"[^\w+]+")
_LONG_NUMBER = re.compile(r"\+?[\d\s()‐-―-]{10,}")
_NO_DIGIT = re.compile(r"\D+")
_DIGITS_WIDTH = 10
# Letters and marks by their category that show nothing; a name of them alone would be no name.
_BLANK = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u2800\u3164\uffa0").union(
    *(
        map(chr, choices)
        for choices in (range(0x180B, 0x1810), range(0xFE00, 0xFE10), range(0xE0100, 0xE01F0))
    )
)
_LOOK_ALIKES = str.maketrans("авекмнорстух", "abekmhopctyx")


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


def fold(text: str) -> str:
    """Lower case, ё as е, one space between words, compatibility forms unified."""
    decomposed = unicodedata.normalize("NFKD", text).casefold()
    folded = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", decomposed).casefold())
    return " ".join(folded.replace("ё", "е").split())


def sort_key(text: str) -> str:
    """Orders as a person would: «кв. 2» before «кв. 10», «Ёлкин» beside «Елкин». Compare by code point."""
    return _DIGITS.sub(lambda run: run.group().lstrip("0").rjust(_DIGITS_WIDTH, "0"), fold(text))


def search_text(*parts: str | None) -> str:
    """What a search looks into: all parts folded, punctuation as spaces."""
    words = (_NOT_WORD.sub(" ", fold(part)) for part in parts if part)
    return " ".join(" ".join(words).split())


def search_words(query: str) -> list[tuple[str, ...]]:
    """The words of a query, each in its spellings: one of them is to be found somewhere in the `search_text`.

    At most ten words. What is written as a telephone number is one of them: as a phrase, without what stands between
    its digits, with the country's 7 for a national 8. A query of punctuation alone is a word that is nowhere.
    """
    told = search_text(query)
    if not told and query.strip():
        return [(fold(query),)]
    phones, rest = typed_phones.lift(fold(query))
    if not phones and _LONG_NUMBER.fullmatch(query.strip()):
        return [_different(told, _NO_DIGIT.sub("", query))]
    numbers = [
        _different(search_text(phone.text), _NO_DIGIT.sub("", phone.text), phone.digits) for phone in phones
    ]
    words = [_different(word, latin_look_alikes(word)) for word in search_text(rest).split()]
    return (numbers + words)[:10]


def _different(*spellings: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(spellings))


def latin_look_alikes(word: str) -> str:
    """A folded word as it stands on a vehicle's plate: «х711» → "x711". Plates are kept in Latin letters."""
    return word.translate(_LOOK_ALIKES)


def like_pattern(word: str) -> str:
    """A LIKE pattern that finds `word` anywhere; backslash is the escape character."""
    escaped = word.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    return f"%{escaped}%"
