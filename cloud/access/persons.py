"""Persons as guests' codes and blacklists name them: keyed hashes, of which nobody learns a name or a phone."""

from uuid import UUID

from cloud.kernel.secrets import SecretBox
from protocols.documents import SALT_BYTES, document_hash
from protocols.persons import fold, phone_hash
from protocols.qr import PERSON_BYTES


def code_persons(vault: SecretBox, company: UUID, name: str, phone: str | None) -> tuple[bytes, ...]:
    """All by which somebody may be on a list: the phone, and the name."""
    found = [_hash(vault, company, "phone", phone)] if phone else []
    return (*found, _hash(vault, company, "name", fold(name))) if fold(name) else tuple(found)


def listed_persons(vault: SecretBox, company: UUID, name: str, phone: str | None) -> list[str]:
    """How a blacklist entry names a person: by the phone, which tells namesakes apart, else by the name."""
    if phone:
        return [_hash(vault, company, "phone", phone).hex()]
    return [_hash(vault, company, "name", fold(name)).hex()] if fold(name) else []


def listed_documents(vault: SecretBox, site_id: UUID, number: str) -> list[str]:
    """How a blacklist entry names a document to the site's boxes. It is slow (`protocols.documents`)."""
    salt = vault.tag(site_id.bytes, "document salt")[:SALT_BYTES].hex()
    return [document_hash(number, salt)] if number else []


def listed_phones(entry: UUID, phone: str | None) -> list[str]:
    """How a blacklist entry names a phone to the site's boxes. It is slow (`protocols.documents`)."""
    return [phone_hash(phone, entry)] if phone else []


def _hash(vault: SecretBox, company: UUID, kind: str, value: str) -> bytes:
    return vault.tag(value.encode(), f"person/{company}/{kind}")[:PERSON_BYTES]
