"""Guests' codes: keys that sign them, what a code says of a pass, and the link by which a guest gets to it.

The keys go to the site's boxes by the log, so that a code verifies there with the cloud away. A new key is made while
the old one has long to go, and codes are signed by the old one to its end: a box that was away still knows it.
"""

import base64
import binascii
import contextlib
import secrets
from datetime import datetime, timedelta
from typing import NamedTuple
from uuid import UUID
from zoneinfo import ZoneInfo

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from cloud.access.blacklist import passes_of_person
from cloud.access.hours import next_open
from cloud.access.items import block_item, key_item
from cloud.access.models import Blocked, CodeKey, Pass
from cloud.access.persons import code_persons, listed_persons
from cloud.access.types import PassState
from cloud.kernel.database import new_id, now
from cloud.kernel.secrets import SecretBox, SecretUnreadable
from cloud.sites import service as sites
from protocols import qr
from protocols.fields import Direction
from protocols.held import ItemKind
from protocols.qr import Token

KEY_LASTS = timedelta(days=400)
NEXT_KEY_BEFORE_END = timedelta(days=200)
_LONGEST = timedelta(minutes=qr.MOST_MINUTES)
_EARLIER = timedelta(minutes=5)  # a box's clock may be behind ours
_LINK_TAG = 12
_COMPANY = text("SELECT access_pass_company(:pass_id)")


class GuestCode(NamedTuple):
    """A code's characters, and until when it is good."""

    text: str
    until: datetime


def keep_key(session: Session, vault: SecretBox, site_id: UUID) -> None:
    """Make the site's next key when it is time, and tell the boxes. The site is locked by then, or is locked here."""
    at = now(session)
    if _keys_beyond(session, vault, site_id, at + NEXT_KEY_BEFORE_END):
        return
    sites.lock_sites(session, {site_id})
    if _keys_beyond(session, vault, site_id, at + NEXT_KEY_BEFORE_END):
        return  # somebody else's, meanwhile
    key = Ed25519PrivateKey.generate()
    made = CodeKey(
        id=new_id(session),
        organisation_id=sites.find_site(session, site_id).organisation_id,
        site_id=site_id,
        public_key=key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw),
        valid_from=at,
        valid_until=at + KEY_LASTS,
    )
    made.sealed = vault.seal(key.private_bytes_raw(), _place(made.id))
    session.add(made)
    session.flush()
    sites.append_item(session, site_id, key_item(made))
    _name_listed(session, vault, site_id)


def guest_code(session: Session, vault: SecretBox, row: Pass) -> GuestCode | None:
    """A code for the pass as it is now; None when it is good for nobody, or the site has no key."""
    at = now(session)
    begins, ends = _window(session, row, at)
    until = min(ends, max(begins, at) + _LONGEST)
    minutes = min(int((until - begins) / timedelta(minutes=1)), qr.MOST_MINUTES)
    keys = _signing(session, vault, row.site_id, at)
    if not keys or minutes < 1 or row.state in (PassState.REQUESTED, PassState.REVOKED, PassState.REFUSED):
        return None
    key, private = keys[0]
    token = Token(
        key=qr.key_tag(key.public_key),
        pass_id=row.id,
        begins=begins,
        minutes=minutes,
        uses=min(row.entries or qr.MOST_USES, qr.MOST_USES),
        direction=Direction(row.direction) if row.direction else None,
        zones=_zones(session, row),
        persons=code_persons(vault, row.organisation_id, row.holder, row.phone),
        plate=row.plates[0] if row.plates and len(row.plates[0]) <= qr.MOST_PLATE else "",
        nonce=secrets.randbelow(65_536),
    )
    return GuestCode(qr.write(token, row.site_id, private.sign), token.ends)


def signing_key(session: Session, vault: SecretBox, site_id: UUID) -> UUID | None:
    """The key that signs the site's codes now; None: it has none."""
    return next((key.id for key, _ in _signing(session, vault, site_id, now(session))), None)


def pass_of_code(session: Session, site_id: UUID, text: str) -> UUID | None:
    """The pass that a scanned code opens; None: it is none, or signed by no key that is good at the site now."""
    try:
        signed = qr.read(text)
    except qr.QrError:
        return None
    good = (CodeKey.site_id == site_id, CodeKey.valid_until > now(session), CodeKey.revoked_at.is_(None))
    keys = [
        key
        for key in session.scalars(select(CodeKey.public_key).where(*good))
        if qr.key_tag(key) == signed.token.key
    ]
    is_genuine = any(_has_signed(key, signed, site_id) for key in keys)
    return signed.token.pass_id if is_genuine else None


def _has_signed(key: bytes, signed: qr.Signed, site_id: UUID) -> bool:
    try:
        Ed25519PublicKey.from_public_bytes(key).verify(
            signed.signature, qr.signed_bytes(site_id, signed.payload)
        )
    except InvalidSignature:
        return False
    return True


def _window(session: Session, row: Pass, at: datetime) -> tuple[datetime, datetime]:
    """When the pass is good, now or next: a box that never heard of it knows the code alone, which has no weekdays."""
    begins = max(row.valid_from, at - _EARLIER).replace(second=0, microsecond=0)
    ends = row.valid_until or datetime.max.replace(tzinfo=at.tzinfo)
    if not row.schedule:
        return begins, ends
    zone = ZoneInfo(sites.find_site(session, row.site_id).time_zone)
    opens, closes = next_open(row.schedule, max(begins, at), zone) or (ends, ends)
    return max(begins, opens), min(ends, closes)


def link_of(vault: SecretBox, pass_id: UUID) -> str:
    """The secret part of a guest's link: nothing of it is stored, and nobody can make one up."""
    tag = vault.tag(pass_id.bytes, "guest link")[:_LINK_TAG]
    return base64.urlsafe_b64encode(pass_id.bytes + tag).decode().rstrip("=")


def pass_of_link(session: Session, vault: SecretBox, link: str) -> tuple[UUID, UUID] | None:
    """(company, pass) of a genuine link; None for any other."""
    try:
        data = base64.urlsafe_b64decode(link + "=" * (-len(link) % 4))
    except (binascii.Error, ValueError):
        return None
    if len(data) != 16 + _LINK_TAG:
        return None
    pass_id = UUID(bytes=data[:16])
    if not secrets.compare_digest(link, link_of(vault, pass_id)):
        return None
    company = session.execute(_COMPANY, {"pass_id": pass_id}).scalar_one_or_none()
    return None if company is None else (company, pass_id)


def _zones(session: Session, row: Pass) -> frozenset[int]:
    points = [UUID(point) for point in row.points]
    numbers = sites.zones_of_points(session, row.site_id, points)
    return frozenset({qr.NOWHERE}) if numbers is None else numbers


def _signing(
    session: Session, vault: SecretBox, site_id: UUID, at: datetime
) -> list[tuple[CodeKey, Ed25519PrivateKey]]:
    """Those that outlast any code that is made now; the first signs."""
    return _keys_beyond(session, vault, site_id, at + _LONGEST + _EARLIER)


def _keys_beyond(
    session: Session, vault: SecretBox, site_id: UUID, at: datetime
) -> list[tuple[CodeKey, Ed25519PrivateKey]]:
    """Keys that are valid beyond a moment, the oldest first; what was sealed with another key is of no use."""
    lasting = (CodeKey.site_id == site_id, CodeKey.valid_until > at, CodeKey.revoked_at.is_(None))
    found = []
    for row in session.scalars(select(CodeKey).where(*lasting).order_by(CodeKey.valid_until)):
        with contextlib.suppress(SecretUnreadable):
            found.append((row, Ed25519PrivateKey.from_private_bytes(vault.open(row.sealed, _place(row.id)))))
    return found


def _name_listed(session: Session, vault: SecretBox, site_id: UUID) -> None:
    """Persons who were listed before there were codes: from now on codes name them."""
    unnamed = (Blocked.site_id == site_id, Blocked.removed_at.is_(None), Blocked.persons == [])
    for row in session.scalars(select(Blocked).where(*unnamed, Blocked.person_key != "")):
        row.persons = listed_persons(vault, row.organisation_id, row.person, row.phone)
        session.flush()
        if sites.is_held(session, site_id, ItemKind.BLOCK, row.id):
            sites.append_item(session, site_id, block_item(row, passes_of_person(session, row)))


def _place(key_id: UUID) -> str:
    return f"code_key/{key_id}"
