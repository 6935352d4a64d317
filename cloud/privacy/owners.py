"""Whose a picture is that somebody looked at: the passes, plates and premises of what it was taken for."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from cloud.access import service as access
from cloud.calls import service as calls
from cloud.guard import service as guard
from protocols.acts import SUBJECTS_MAX
from protocols.privacy import LookKind, subjects_in

_PICTURE, _PASSAGE = "picture:", "passage:"


def with_owners(session: Session, kind: str, subjects: Iterable[str]) -> list[str]:
    """The subjects of a look at pictures, or at a passage's video, with those whom they show; of others as they are."""
    named = list(subjects)
    if kind != LookKind.PICTURES:
        return named
    pictures = [each.removeprefix(_PICTURE) for each in named if each.startswith(_PICTURE)]
    passages = [UUID(each.removeprefix(_PASSAGE)) for each in named if _is_passage(each)]
    if not pictures and not passages:
        return named
    whose = [subject for row in _shown_by(session, pictures, passages) for subject in _subjects(row)]
    return list(dict.fromkeys([*named, *whose]))[:SUBJECTS_MAX]


def _shown_by(session: Session, pictures: list[str], passages: list[UUID]) -> list[dict[str, Any]]:
    """A picture is of a passage, of a call, or of what guards did; a box tells of a whole minute's at once."""
    return [
        *access.shown_by(session, pictures, passages),
        *calls.shown_by(session, pictures),
        *guard.shown_by(session, pictures),
    ]


def _subjects(row: dict[str, Any]) -> Iterable[str]:
    yield from subjects_in(row, LookKind.PICTURES)
    if "violation" in row:
        yield f"violation:{row['violation']}"


def _is_passage(subject: str) -> bool:
    try:
        return subject.startswith(_PASSAGE) and bool(UUID(subject.removeprefix(_PASSAGE)))
    except ValueError:
        return False
