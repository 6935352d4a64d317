"""A person's document as guards and dispatchers type it → one canonical number, and how a blacklist names it to boxes.

A box must tell a listed document from others with no network, and must not tell anybody which are listed. There are
so few numbers (ten digits) that a plain hash, keyed or not, is undone by trying them all where the key lies beside it.
So the hash is slow: scrypt with the site's salt, of which all numbers of one country's passport take years.
"""

import hashlib
import re

SALT_BYTES = 16
_HASH_BYTES = 6
_N, _R, _P = 2**14, 8, 1  # 16 MiB, tens of milliseconds
_MOST_MEMORY = 64 * 2**20
_LEAST_DIGITS = 4
_LONGEST = 32
_SERIES_LETTERS = 3
_WORD = re.compile(r"[0-9A-ZА-ЯЁ]+")
_LATIN = str.maketrans("АВЕКМНОРСТУХ", "ABEKMHOPCTYX")
_REST = re.compile(r"\b(?:ВЫДАН|ВЫД|ДАТА|КЕМ|ОТ|ISSUED|DATE|BY)\b.*", re.DOTALL)
_NO_SERIES = {word.translate(_LATIN) for word in ("РФ", "ВУ", "N", "NO", "ID", "НОМ", "СЕР")}


def document_number(text: str) -> str | None:
    """The number with its series, without words about it: "Паспорт 45 08 № 123456, выдан …" is 4508123456.

    None: there is no number of a document in it.
    """
    typed = _REST.sub("", text.upper())
    words = (word.translate(_LATIN) for word in _WORD.findall(typed))
    number = "".join(word for word in words if _is_part(word))
    digits = sum(char.isdigit() for char in number)
    return number if digits >= _LEAST_DIGITS and len(number) <= _LONGEST else None


def document_hash(number: str, salt: str) -> str:
    """How a blacklist entry names a document: "<salt>.<hash>". `salt`: hexadecimal, the site's. It is slow."""
    found = hashlib.scrypt(
        number.encode(), salt=bytes.fromhex(salt), n=_N, r=_R, p=_P, maxmem=_MOST_MEMORY, dklen=_HASH_BYTES
    )
    return f"{salt}.{found.hex()}"


def salt_of(named: str) -> str:
    """The salt of a `document_hash`."""
    return named.partition(".")[0]


def _is_part(word: str) -> bool:
    """Digits, alone or with letters, and a series of a few letters; not what the document is called."""
    has_digits = any(char.isdigit() for char in word)
    return has_digits or (len(word) <= _SERIES_LETTERS and word not in _NO_SERIES)
