"""What the cloud keeps of a one-time enrolment code.

A plain SHA-256 is enough: 80 bits from the system's generator cannot be guessed, unlike a password.
"""

from datetime import timedelta
from hashlib import sha256

from protocols.enrolment import Code

LIFE = timedelta(hours=24)


def hash_of(code: Code) -> bytes:
    """Of the secret part; the fingerprint is public."""
    return sha256(b"domovoy enrolment code " + code.secret).digest()
