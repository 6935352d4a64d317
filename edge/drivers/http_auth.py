"""HTTP sign-in as devices that push offer it: Basic, and Digest (RFC 7616, and RFC 2069 where a camera is that old).

Digest keeps the password off the wire and a header from being used twice; it does not cover the body.
"""

import base64
import hashlib
import hmac
import re
import secrets
from enum import Enum
from typing import Literal
from urllib.request import parse_http_list, parse_keqv_list

from edge.drivers.base import MonotonicNs

REALM = "domovoy"
NONCE_LASTS_NS = 300 * 1_000_000_000
NONCES_MAX = 256
_COUNT = re.compile("[0-9a-fA-F]{1,8}")
_HASHES = {"MD5": "md5", "SHA-256": "sha256"}


class Admitted(Enum):
    """What an `Authorization` header comes to. `STALE`: the password is right, the nonce is not any more."""

    YES = "yes"
    NO = "no"
    STALE = "stale"


class SignIn:
    """One user and one password."""

    def __init__(
        self, user: str, password: str, *, scheme: Literal["digest", "basic"], now_ns: MonotonicNs
    ) -> None:
        self._user = user
        self._password = password
        self._scheme = scheme
        self._now_ns = now_ns
        self._key = secrets.token_bytes(32)
        self._counts: dict[str, int] = {}  # by nonce, the highest count that was used

    def challenge(self, admitted: Admitted) -> str:
        """For `WWW-Authenticate`."""
        if self._scheme == "basic":
            return f'Basic realm="{REALM}", charset="UTF-8"'
        stale = ", stale=true" if admitted is Admitted.STALE else ""
        return f'Digest realm="{REALM}", nonce="{self._nonce()}", qop="auth", algorithm=MD5{stale}'

    def admits(self, method: str, target: str, header: str) -> Admitted:
        """`target`: path and query as they were asked for; `header`: of the request, empty when it has none."""
        scheme, _, value = header.partition(" ")
        if scheme.lower() != self._scheme:
            return Admitted.NO
        if self._scheme == "basic":
            wanted = base64.b64encode(f"{self._user}:{self._password}".encode())
            return Admitted.YES if _same(value.strip().encode(), wanted) else Admitted.NO
        try:
            fields = parse_keqv_list(parse_http_list(value))
        except (ValueError, IndexError):  # IndexError: nothing behind an equals sign
            return Admitted.NO
        return self._admits_digest(method, target, fields)

    def _admits_digest(self, method: str, target: str, fields: dict[str, str]) -> Admitted:
        hashing = _HASHES.get(fields.get("algorithm", "MD5").upper())
        nonce, qop = fields.get("nonce", ""), fields.get("qop", "")
        if hashing is None or qop not in {"", "auth"} or fields.get("uri") != target:
            return Admitted.NO
        one = _hash(hashing, f"{self._user}:{REALM}:{self._password}")
        two = _hash(hashing, f"{method}:{target}")
        middle = f"{fields.get('nc', '')}:{fields.get('cnonce', '')}:{qop}:" if qop else ""
        wanted = _hash(hashing, f"{one}:{nonce}:{middle}{two}")
        right = fields.get("realm") == REALM and fields.get("username") == self._user
        if not right or not _same(fields.get("response", "").lower().encode(), wanted.encode()):
            return Admitted.NO
        return Admitted.YES if self._is_fresh(nonce, fields.get("nc", "") if qop else "") else Admitted.STALE

    def _is_fresh(self, nonce: str, count: str) -> bool:
        """Ours, young, and not used with this count or a higher one; one without a count is used once."""
        issued, _, mark = nonce.rpartition(".")
        if not _same(mark.encode(), self._mark(issued).encode()):
            return False
        if self._now_ns() - int(issued.partition(".")[0], 16) > NONCE_LASTS_NS:
            return False
        number = int(count, 16) if _COUNT.fullmatch(count) else 1
        if number <= self._counts.get(nonce, 0):
            return False
        if len(self._counts) >= NONCES_MAX:  # to forget one alone would let it be used again
            self._counts.clear()
            self._key = secrets.token_bytes(32)
        self._counts[nonce] = number
        return True

    def _nonce(self) -> str:
        issued = f"{self._now_ns():x}.{secrets.token_hex(4)}"
        return f"{issued}.{self._mark(issued)}"

    def _mark(self, issued: str) -> str:
        return hmac.new(self._key, issued.encode(), hashlib.sha256).hexdigest()[:32]


def _hash(name: str, text: str) -> str:
    return hashlib.new(name, text.encode(), usedforsecurity=False).hexdigest()


def _same(given: bytes, wanted: bytes) -> bool:
    return hmac.compare_digest(given, wanted)
