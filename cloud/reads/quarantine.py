"""What was set aside of what boxes sent, with the names of the boxes."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from cloud.kernel.lists import ListQuery, fetch_page, matches
from cloud.sites.models import Box, Site
from cloud.telemetry.models import Quarantine

PREVIEW_BYTES = 4096


@dataclass(frozen=True, slots=True, kw_only=True)
class QuarantineFilter:
    """Which items a list shows; empty: all."""

    site_id: UUID | None = None
    box_id: UUID | None = None
    reasons: Sequence[str] = ()


def list_quarantine(session: Session, query: ListQuery, wanted: QuarantineFilter) -> dict[str, Any]:
    """Page of `QuarantineRow`. Sorts: last, first, times, reason."""
    statement = (
        select(
            *_COLUMNS,
            func.substr(Quarantine.content, 1, PREVIEW_BYTES).label("content"),
            Box.name.label("box_name"),
            Box.site_id,
            Site.name.label("site_name"),
        )
        .join(Box, Box.id == Quarantine.box_id)
        .join(Site, Site.id == Box.site_id)
    )
    found = or_(
        matches(func.lower(Quarantine.detail), query.q),
        matches(func.concat(Box.search_name, " ", Site.search_name), query.q),
    )
    if wanted.site_id is not None:
        statement = statement.where(Box.site_id == wanted.site_id)
    if wanted.box_id is not None:
        statement = statement.where(Quarantine.box_id == wanted.box_id)
    if wanted.reasons:
        statement = statement.where(Quarantine.reason.in_(wanted.reasons))
    page = fetch_page(
        session,
        statement,
        query,
        sortable={
            "last": Quarantine.last_at,
            "first": Quarantine.first_at,
            "times": Quarantine.times,
            "reason": Quarantine.reason,
        },
        default_sort="-last",
        tie=Quarantine.id,
        found=found,
    )
    return page | {"items": [_shown(item) for item in page["items"]]}


_COLUMNS = (
    Quarantine.id,
    Quarantine.organisation_id,
    Quarantine.box_id,
    Quarantine.stream_id,
    Quarantine.sequence,
    Quarantine.channel,
    Quarantine.reason,
    Quarantine.detail,
    Quarantine.size,
    Quarantine.times,
    Quarantine.first_at,
    Quarantine.last_at,
)


def _shown(item: dict[str, Any]) -> dict[str, Any]:
    """The bytes as text where they are text, else in hex."""
    content = bytes(item.pop("content"))
    text = as_text(content, whole=len(content) == item["size"])
    return item | {"text": text, "hex": content.hex() if text is None else None}


def as_text(content: bytes, *, whole: bool) -> str | None:
    """UTF-8 without control characters, or None. Of a part, a character that the end has cut is left out."""
    try:
        text = content.decode()
    except UnicodeDecodeError as error:
        if whole or error.start < len(content) - 3:
            return None
        text = content[: error.start].decode()
    return text if all(char.isprintable() or char in "\t\r\n" for char in text) else None
