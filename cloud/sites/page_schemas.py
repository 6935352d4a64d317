"""What the API takes and gives about the certificate of a box's guard's page."""

from datetime import datetime
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from cloud.kernel.schemas import LINES_AS_TYPED
from protocols.config import PAGE_CHAIN_MAX, PAGE_KEY_MAX


class PageCertificateDraft(BaseModel):
    """A certificate for the guard's page. Its key goes in and never comes out."""

    model_config = ConfigDict(extra="forbid")

    certificate: Annotated[str, Field(min_length=1, max_length=PAGE_CHAIN_MAX), LINES_AS_TYPED] = Field(
        description="PEM: the server's, and its chain in any order",
        examples=["-----BEGIN CERTIFICATE-----\n…\n-----END CERTIFICATE-----\n"],
    )
    key: Annotated[str, Field(min_length=1, max_length=PAGE_KEY_MAX), LINES_AS_TYPED] = Field(
        description="PEM, not encrypted: PKCS#8, PKCS#1 or SEC1; RSA from 2048 bits, or ECDSA",
        examples=["-----BEGIN PRIVATE KEY-----\n…\n-----END PRIVATE KEY-----\n"],
    )
    other_names: bool = Field(
        default=False, description="it may be for names that the box does not know by its settings"
    )


class UploadedPage(BaseModel):
    """A certificate that was uploaded for the guard's page."""

    names: list[str] = Field(examples=[["gate.example.com"]])
    issuer: str
    fingerprint: str = Field(description="SHA-256 of its DER, hexadecimal")
    ends: datetime
    at: datetime = Field(description="when it was uploaded")


class ServedPage(BaseModel):
    """With which certificate a box serves the guard's page by HTTPS, as it says."""

    source: str = Field(
        default="",
        description="file (of the box's own settings), uploaded, authority (the cloud's CA), or empty",
    )
    names: list[str] = []
    own_names: list[str] = Field(default=[], description="under which the box is found by its settings")
    issuer: str = ""
    fingerprint: str | None = Field(default=None, description="null: there is none yet")
    begins: datetime | None = None
    ends: datetime | None = None
    refused: str = Field(
        default="",
        description="why the uploaded one does not serve: file_first, broken, not_yet_valid, expired, or empty",
    )
