"""Tokens by which a page asks for video: for one camera and one time, for one session, for some minutes. Pure."""

import base64
import binascii
import hmac
from hashlib import sha256
from uuid import UUID

import msgspec

VALID_MS = 10 * 60 * 1000


class Leave(msgspec.Struct, frozen=True, kw_only=True, array_like=True):
    """What may be seen. `until_ms` None: live. `expires_ms`: of the token; all Unix time."""

    camera: UUID
    from_ms: int = 0
    until_ms: int | None = None
    expires_ms: int


def issue(leave: Leave, session: bytes, key: bytes) -> str:
    """The token of a session. `key`: of this run of the agent, so that a restart ends all."""
    body = msgspec.json.encode(leave)
    return f"{_text(body)}.{_text(_proof(body, session, key))}"


def take(token: str, session: bytes, key: bytes, now_ms: int) -> Leave | None:
    """What it allows; None: forged, of another session, or expired."""
    body_text, _, proof_text = token.partition(".")
    try:
        body, proof = _bytes(body_text), _bytes(proof_text)
    except (binascii.Error, UnicodeEncodeError):
        return None
    if not hmac.compare_digest(proof, _proof(body, session, key)):
        return None
    leave = msgspec.json.decode(body, type=Leave)
    return leave if now_ms < leave.expires_ms else None


def _proof(body: bytes, session: bytes, key: bytes) -> bytes:
    return hmac.digest(key, body + b"\0" + session, sha256)


def _text(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def _bytes(text: str) -> bytes:
    return base64.b64decode(text.encode("ascii") + b"=" * (-len(text) % 4), altchars=b"-_", validate=True)
