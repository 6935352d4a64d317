"""Text as people search and sort it: stored keys, free of any server's collation."""

import re
from collections.abc import Iterator

from protocols import typed_phones
from protocols.persons import fold
from protocols.phones import begun

_DIGITS = re.compile(r"\d+")
_NOT_WORD = re.compile(r"[^\w+]+")
_NUMERO = "№"  # compatibility forms would make a word "no" of it
_LONG_NUMBER = re.compile(r"\+?[\d\s()‐-―-]{10,}")
_NO_DIGIT = re.compile(r"\D+")
_DIGITS_WIDTH = 10
_LOOK_ALIKES = str.maketrans("авекмнорстух", "abekmhopctyx")


def sort_key(text: str) -> str:
    """Orders as a person would: «кв. 2» before «кв. 10», «Ёлкин» beside «Елкин». Compare by code point."""
    return _DIGITS.sub(lambda run: run.group().lstrip("0").rjust(_DIGITS_WIDTH, "0"), fold(text))


def search_text(*parts: str | None) -> str:
    """What a search looks into: all parts folded, punctuation as spaces, «№ 9» as 9."""
    words = (_NOT_WORD.sub(" ", _without_numero(part)) for part in parts if part)
    return " ".join(" ".join(words).split())


def search_words(query: str) -> list[tuple[str, ...]]:
    """The words of a query, each in its spellings: one of them is to be found somewhere in the `search_text`.

    What is written as a telephone number is one of them: as a phrase, without what stands between its digits, with the
    country's 7 for a national 8. One that is only begun, «8 912 3», is looked for as words, too. A query of punctuation
    alone is a word that is nowhere.
    """
    told = search_text(query)
    if not told and query.strip():
        return [(query.strip(),)]
    folded = _without_numero(query)
    phones, rest = typed_phones.lift(folded)
    if not phones and _LONG_NUMBER.fullmatch(query.strip()):
        return [_different(told, _NO_DIGIT.sub("", query), *_kept(query))]
    numbers = [
        _different(search_text(phone.text), _NO_DIGIT.sub("", phone.text), phone.digits, *_kept(phone.text))
        for phone in phones
    ]
    return list(dict.fromkeys([*numbers, *_words(rest)]))


def _words(folded: str) -> Iterator[tuple[str, ...]]:
    """Each as it is and in Latin letters; those of a telephone number that is begun also as that number is kept."""
    at = 0
    for part in begun(folded):
        yield from _spelled(folded[at : part.begin])
        yield from _spelled(folded[part.begin : part.end], part.kept)
        at = part.end
    yield from _spelled(folded[at:])


def _spelled(text: str, *more: str) -> Iterator[tuple[str, ...]]:
    for word in search_text(text).split():
        yield _different(word, latin_look_alikes(word), *more)


def _kept(text: str) -> list[str]:
    return [part.kept for part in begun(text)]


def _without_numero(text: str) -> str:
    return fold(text.replace(_NUMERO, " "))


def _different(*spellings: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(spellings))


def latin_look_alikes(word: str) -> str:
    """A folded word as it stands on a vehicle's plate: «х711» → "x711". Plates are kept in Latin letters."""
    return word.translate(_LOOK_ALIKES)


def like_pattern(word: str) -> str:
    """A LIKE pattern that finds `word` anywhere; backslash is the escape character."""
    escaped = word.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    return f"%{escaped}%"
