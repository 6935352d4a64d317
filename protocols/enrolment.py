"""How a box becomes the cloud's: the one-time code, and what is said over HTTPS at `/edge/…`. Pure.

    GET  /edge/ca            the CA's certificate (PEM), checked against the code before anything is trusted
    POST /edge/enrol         EnrolRequest → EnrolAnswer; the same request again gets the same answer
    POST /edge/renew         RenewRequest → RenewAnswer, with the client certificate
    POST /edge/renew-lapsed  LapsedRequest → RenewAnswer, without one: the old key proves itself
    POST /edge/page          PageRequest → RenewAnswer, with the client certificate: for the guard's page on the box
    GET  /edge/crl           the revocation list (PEM)
    PUT  /edge/files/<sha256>, HEAD likewise, with the client certificate

A refusal is problem+json (RFC 9457); its `code` is one of RefusalCode or of the house's general ones.
"""

import base64
import ipaddress
import re
from dataclasses import dataclass
from enum import StrEnum
from hashlib import sha256
from typing import Annotated
from uuid import UUID

import msgspec
from msgspec import Meta

from protocols.fields import Base64, Part, Text, Utc

SECRET_BYTES = 10
FINGERPRINT_BYTES = 16
_SECRET_CHARACTERS = 16
_FINGERPRINT_CHARACTERS = 26
_GROUP = 4
# Read out by telephone or typed with the Russian layout on, a letter may be the Cyrillic one that looks alike.
_FOLD = str.maketrans("АВЕКМНОРСТУХ", "ABEKMHOPCTYX")

Pem = Annotated[str, Meta(min_length=1, max_length=8192)]


class RefusalCode(StrEnum):
    """Why the cloud said no."""

    CODE_UNKNOWN = "code_unknown"
    CODE_EXPIRED = "code_expired"
    CODE_USED = "code_used"
    CSR_INVALID = "csr_invalid"
    RATE_LIMITED = "rate_limited"
    BOX_REVOKED = "box_revoked"
    NAME_REFUSED = "name_refused"


class CodeError(ValueError):
    """The text is not of a code's form; `russian`: the same for the installer."""

    def __init__(self, english: str, russian: str) -> None:
        super().__init__(english)
        self.russian = russian


@dataclass(frozen=True)
class Code:
    """What a person carries from the cloud to the box: 80 random bits and the CA's 128-bit fingerprint."""

    secret: bytes
    ca_fingerprint: bytes

    def text(self) -> str:
        """The code in dashed groups of four, the last one shorter."""
        plain = _base32(self.secret) + _base32(self.ca_fingerprint)
        return "-".join(plain[start : start + _GROUP] for start in range(0, len(plain), _GROUP))


def parse_code(text: str) -> Code:
    """Inverse of `Code.text`; spaces, dashes, case and the alphabet of look-alikes do not matter. Raises CodeError."""
    plain = "".join(text.split()).replace("-", "").upper().translate(_FOLD)
    if len(plain) != _SECRET_CHARACTERS + _FINGERPRINT_CHARACTERS:
        expected = _SECRET_CHARACTERS + _FINGERPRINT_CHARACTERS
        raise CodeError(
            f"an enrolment code has {expected} letters and digits, this has {len(plain)}",
            f"в коде подключения {expected} букв и цифр, а здесь {len(plain)}",
        )
    try:
        secret = base64.b32decode(plain[:_SECRET_CHARACTERS])
        fingerprint = base64.b32decode(plain[_SECRET_CHARACTERS:] + "======")
    except ValueError as error:  # binascii.Error among them
        raise CodeError(
            "an enrolment code consists of the letters A-Z and the digits 2-7",
            "код подключения состоит из латинских букв A–Z и цифр 2–7",
        ) from error
    return Code(secret, fingerprint)


def fingerprint(certificate_der: bytes) -> bytes:
    """What a code carries of the CA: SHA-256 of its certificate's DER, cut to 128 bits."""
    return sha256(certificate_der).digest()[:FINGERPRINT_BYTES]


class EnrolRequest(Part, frozen=True, kw_only=True):
    """`csr`: PKCS #10 in PEM, P-256. `proof`: Ed25519 by `journal_key` over `journal_proof(DER of the CSR)`."""

    code: Text
    csr: Pem
    journal_key: Base64  # 32 raw bytes
    proof: Base64


class Broker(Part, frozen=True, kw_only=True):
    """Where the box finds the broker."""

    host: Text
    port: Annotated[int, Meta(ge=1, le=65535)]


class CommandKey(Part, frozen=True, kw_only=True):
    """The Ed25519 key by which the cloud signs commands and configuration."""

    id: UUID
    public_key: Base64  # 32 raw bytes


class EnrolAnswer(Part, frozen=True, kw_only=True):
    """`certificate` and `ca` in PEM; `files_url` ends without a slash: `<files_url>/<sha256>`."""

    box: UUID
    certificate: Pem
    ca: Pem
    mqtt: Broker
    command_key: CommandKey
    files_url: Text


class RenewRequest(Part, frozen=True, kw_only=True):
    """A new request by an old or a new key; who asks is said by the client certificate."""

    csr: Pem


PAGE_NAMES_MAX = 10
PageName = Annotated[str, Meta(min_length=1, max_length=253)]


class PageRequest(Part, frozen=True, kw_only=True):
    """A server's certificate for the names and addresses under which browsers on the site's network find the box."""

    csr: Pem
    names: Annotated[list[PageName], Meta(min_length=1, max_length=PAGE_NAMES_MAX)]


class LapsedRequest(Part, frozen=True, kw_only=True):
    """For a certificate that lapsed: `proof` is ECDSA-SHA256 by its key over `lapsed_proof(…)`, DER-coded."""

    box: UUID
    csr: Pem
    timestamp: Utc
    proof: Base64


class RenewAnswer(Part, frozen=True, kw_only=True):
    """`certificate` and `ca` in PEM."""

    certificate: Pem
    ca: Pem


def journal_proof(csr_der: bytes) -> bytes:
    """What the journal key signs, so that both keys are known to be of one box."""
    return sha256(csr_der).digest()


class TimeAnswer(Part, frozen=True, kw_only=True):
    """The cloud's time, for a box whose own clock cannot be trusted."""

    now: Utc


def lapsed_proof(csr_der: bytes, timestamp: Utc) -> bytes:
    """What the lapsed certificate's key signs; the timestamp in ISO 8601 as Python writes it."""
    return b"domovoy/1 renew-lapsed\x00" + csr_der + timestamp.isoformat().encode()


def encode(
    message: EnrolRequest
    | EnrolAnswer
    | RenewRequest
    | LapsedRequest
    | PageRequest
    | RenewAnswer
    | TimeAnswer,
) -> bytes:
    """JSON bytes."""
    return msgspec.json.encode(message)


def _base32(data: bytes) -> str:
    return base64.b32encode(data).decode().rstrip("=")


_LABEL = re.compile(r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?")
_LOCAL_ENDS = ("local", "lan", "home", "internal", "localdomain", "home.arpa", "test")


def is_local_name(name: str) -> bool:
    """Whether a box may be known by it: a private address, or a DNS name that means something on its network alone.

    A name of the Internet is somebody's, and whoever has it gets its certificate elsewhere.
    """
    try:
        address = ipaddress.ip_address(name)
    except ValueError:
        labels = name.lower().split(".")
        is_name = all(_LABEL.fullmatch(label) for label in labels) and not labels[-1].isdecimal()
        return is_name and (
            len(labels) == 1 or name.lower().endswith(tuple(f".{end}" for end in _LOCAL_ENDS))
        )
    return address.is_private and not address.is_unspecified
