"""How texts and what is searched in them are made alike: case, ё, punctuation, Cyrillic and Latin look-alikes."""

import codecs
import re
import unicodedata
from collections.abc import Sequence

from protocols import typed_phones
from protocols.phones import begun

_TYPED_PHONE = re.compile(r"\+?[\d\s()-]{10,}")
_NO_DIGIT = re.compile(r"\D+")
# One alphabet for all, so that a plate is found by either, and "C065" and "С065" are one word. What is neither letter
# nor digit goes; a space stays.
_FOLD: dict[int, str | None] = {ord(a): b for a, b in zip("авекмнорстухё", "abekmhopctyxe", strict=True)}
_FOLD |= dict.fromkeys(code for code in range(0x21, 0x7F) if not chr(code).isalnum())
_FOLD |= dict.fromkeys(map(ord, "«»„“”‘’–—№…·•"))
_FOLD |= {ord(character): " " for character in "\t\n\r\u00a0\u2009\u202f"}
_OF_A_DOCUMENT = 10  # digits of a Russian passport
_NOWHERE = b"\n"  # in no folded text
_CODE = "cp1251"  # a byte a letter
_STRAY = "domovoy.nearest"


def _nearest(error: UnicodeError) -> tuple[str, int]:
    """Of characters beyond the code page: signs go, accents go, others look like one another."""
    assert isinstance(error, UnicodeEncodeError)  # noqa: S101  # the only one that an encoder raises
    return "".join(map(_without_accent, error.object[error.start : error.end])), error.end


def _without_accent(character: str) -> str:
    kind = unicodedata.category(character)
    if kind[0] != "L":
        return " " if kind[0] == "Z" else "?" if kind[0] == "N" else ""
    plain = unicodedata.normalize("NFKD", character)[0]
    return plain if plain.isascii() else "?"


codecs.register_error(_STRAY, _nearest)


def folded(text: str) -> bytes:
    """Its words, a space between them."""
    text = text.lower()
    if not text.isascii() and not unicodedata.is_normalized("NFKC", text):
        text = unicodedata.normalize("NFKC", text.replace("№", " ")).lower()  # else № would be "no"
    return text.translate(_FOLD).encode(_CODE, _STRAY)


Word = tuple[bytes, ...]  # its spellings: one of them is to be found


def words_of(query: str) -> list[Word]:
    """What must be found, each. A telephone number is one word; with the national 8 it is looked for with 7, too.

    One that is only begun, «8 912 3», is looked for as words, too. A query of punctuation alone is nowhere.
    """
    query = query.lower()
    phones, rest = typed_phones.lift(query)
    if not phones and _TYPED_PHONE.fullmatch(query.strip()):
        return [_number(query.strip(), _NO_DIGIT.sub("", query))]
    words: list[Word] = [_number(phone.text, phone.digits) for phone in phones]
    at = 0
    for part in begun(rest):
        words += [(word,) for word in folded(rest[at : part.begin]).split()]
        words += [(word, _kept(part.kept)) for word in folded(rest[part.begin : part.end]).split()]
        at = part.end
    words += [(word,) for word in folded(rest[at:]).split()]
    return list(dict.fromkeys(words)) or [(_NOWHERE,)] * bool(query.strip())


def are_in(text: bytes, words: Sequence[Word]) -> bool:
    """Each of the words stands in a folded text."""
    return all(any(spelling in text for spelling in word) for word in words)


def _number(typed: str, digits: str) -> Word:
    """Ten digits in two groups may as well be those of a document, which is kept as it was typed."""
    as_typed = [folded(typed)] if len(digits) == _OF_A_DOCUMENT else []
    return tuple(dict.fromkeys((folded(digits), *as_typed, *(_kept(part.kept) for part in begun(typed)))))


def _kept(phone: str) -> bytes:
    """Where a word begins: no number of anything else ends with it."""
    return b" " + folded(phone)
