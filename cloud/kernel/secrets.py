"""Secrets at rest (reader keys, camera passwords, TOTP): sealed with a key that the database does not hold."""

import hmac
import secrets
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

KEY_BYTES = 32
REDACTED = "•••"
_NONCE_BYTES = 12
_VERSION = b"\x01"


class SecretUnreadable(Exception):
    """A sealed secret does not open: another key, another place, or damage."""


class SecretBox:
    """AES-256-GCM; the place a secret belongs to is authenticated, so that it cannot be moved to another row."""

    def __init__(self, key: bytes) -> None:
        if len(key) != KEY_BYTES:
            raise ValueError(f"the secrets key has {len(key)} bytes instead of {KEY_BYTES}")
        self._cipher = AESGCM(key)
        self._tag_key = hmac.digest(key, b"domovoy tags", "sha256")

    @classmethod
    def from_file(cls, path: Path) -> "SecretBox":
        """Read the key's raw bytes. Raises ValueError naming the file when they are not a key."""
        key = path.read_bytes()
        if len(key) != KEY_BYTES:
            raise ValueError(f"{path}: {len(key)} bytes instead of {KEY_BYTES}")
        return cls(key)

    def seal(self, secret: bytes, place: str) -> bytes:
        """Encrypt for a place ("device/<id>/password"): version, nonce, ciphertext."""
        nonce = secrets.token_bytes(_NONCE_BYTES)
        return _VERSION + nonce + self._cipher.encrypt(nonce, secret, place.encode())

    def open(self, sealed: bytes, place: str) -> bytes:
        """Decrypt what was sealed for this place. Raises SecretUnreadable."""
        if sealed[:1] != _VERSION:
            raise SecretUnreadable(f"{place}: unknown version")
        nonce, ciphertext = sealed[1 : 1 + _NONCE_BYTES], sealed[1 + _NONCE_BYTES :]
        try:
            return self._cipher.decrypt(nonce, ciphertext, place.encode())
        except InvalidTag as error:
            raise SecretUnreadable(place) from error

    def tag(self, data: bytes, place: str) -> bytes:
        """A keyed hash (HMAC-SHA-256, 32 bytes): tells equal from other without telling what."""
        return hmac.digest(self._tag_key, place.encode() + b"\0" + data, "sha256")

    def signing_key(self, place: str) -> Ed25519PrivateKey:
        """An Ed25519 key of this installation for a purpose: always the same, stored nowhere."""
        return Ed25519PrivateKey.from_private_bytes(self.tag(b"Ed25519", place))


def write_new_key(path: Path) -> None:
    """Make a key file of mode 0600. Raises FileExistsError rather than replace one."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.touch(mode=0o600, exist_ok=False)
    path.write_bytes(secrets.token_bytes(KEY_BYTES))
