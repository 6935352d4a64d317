"""One-time enrolment codes: 80 random bits, then the CA's 128-bit fingerprint, in base32 groups of four.

The box pins the CA by the second part before it trusts anything; the cloud stores only a hash of the first.
A plain SHA-256 is enough: 80 bits from the system's generator cannot be guessed, unlike a password.
"""

import base64
import binascii
from dataclasses import dataclass
from datetime import timedelta
from hashlib import sha256

LIFE = timedelta(hours=24)
SECRET_BYTES = 10
_SECRET_CHARACTERS = 16
_GROUP = 4


class CodeError(ValueError):
    """The text is not of a code's form."""


@dataclass(frozen=True)
class Code:
    """What a person carries from the cloud to the box."""

    secret: bytes
    ca_fingerprint: bytes

    def text(self) -> str:
        """The code in dashed groups of four, the last one shorter."""
        plain = _base32(self.secret) + _base32(self.ca_fingerprint)
        return "-".join(plain[start : start + _GROUP] for start in range(0, len(plain), _GROUP))


def hash_of(text: str) -> bytes:
    """What is stored of a code; given the whole code or its secret alone. Raises CodeError."""
    plain = "".join(text.split()).replace("-", "").upper()
    if len(plain) < _SECRET_CHARACTERS:
        raise CodeError("an enrolment code has at least 16 characters before the fingerprint")
    try:
        secret = base64.b32decode(plain[:_SECRET_CHARACTERS])
    except binascii.Error as error:
        raise CodeError("an enrolment code consists of the letters A-Z and digits 2-7") from error
    return sha256(b"domovoy enrolment code " + secret).digest()


def _base32(data: bytes) -> str:
    return base64.b32encode(data).decode().rstrip("=")
