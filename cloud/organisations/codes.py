"""One-time codes and tokens: TOTP (RFC 6238), recovery codes, and the tokens of links and sessions."""

import hashlib
import hmac
from base64 import b32encode
from datetime import datetime

import pyotp

STEP_S = 30
_TOTP_SECRET_BYTES = 20
RECOVERY_CODES = 10
_RECOVERY_BYTES = 10  # 80 bits: 16 characters of base32, in four groups


def totp_secret(randomness: bytes) -> str:
    """A new secret in base32, from 20 random bytes."""
    if len(randomness) != _TOTP_SECRET_BYTES:
        raise ValueError("a TOTP secret has 20 bytes")
    return b32encode(randomness).decode()


def totp_uri(secret: str, *, email: str, issuer: str = "Domovoy") -> str:
    """What the authenticator app scans."""
    return pyotp.TOTP(secret).provisioning_uri(name=email, issuer_name=issuer)


def accepted_step(secret: str, code: str, at: datetime, *, last_step: int) -> int | None:
    """The time step that a code belongs to, one step of clock drift allowed; None when wrong or used before."""
    totp, now_step = pyotp.TOTP(secret), int(at.timestamp()) // STEP_S
    digits = code.replace(" ", "")
    for step in (now_step, now_step - 1, now_step + 1):
        if step > last_step and hmac.compare_digest(totp.at(step * STEP_S).encode(), digits.encode()):
            return step
    return None


def recovery_codes(randomness: bytes) -> list[str]:
    """Ten codes like ABCD-EFGH-IJKL-MNOP, from 100 random bytes."""
    if len(randomness) != RECOVERY_CODES * _RECOVERY_BYTES:
        raise ValueError("recovery codes need 100 bytes")
    texts = [
        b32encode(randomness[start : start + _RECOVERY_BYTES]).decode()
        for start in range(0, len(randomness), _RECOVERY_BYTES)
    ]
    return ["-".join(text[i : i + 4] for i in range(0, 16, 4)) for text in texts]


def code_hash(code: str) -> bytes:
    """What is stored of a recovery code, however it was typed. High entropy: a plain hash is enough."""
    return token_hash(code.upper().replace("-", "").replace(" ", ""))


def token_hash(token: str) -> bytes:
    """What is stored of a session's or link's token."""
    return hashlib.sha256(token.encode()).digest()
