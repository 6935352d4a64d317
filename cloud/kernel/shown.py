"""Whose data an answer shows, company by company: what the ledger of looks keeps of it. Pure."""

import functools
import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import msgspec
from fastapi import Response

from protocols.acts import SUBJECTS_MAX
from protocols.privacy import LookKind, subjects_in

_NAME_LENGTH, _VALUE_LENGTH, _MOST_ASKED = 50, 200, 20
_MOST_KNOWN = 64
_NEVER_STORED = re.compile("[\x00-\x1f\x7f-\x9f\ud800-\udfff]")
_OWN_NAMES = {"passage_id": "passage", "visit_id": "visit", "violation_id": "violation", "sha256": "picture"}


@dataclass(frozen=True, slots=True)
class Seen:
    """What one answer shows of one company's, and what was asked for it."""

    rows: int
    subjects: tuple[str, ...]
    asked: Mapping[str, str]


def plain(text: str) -> str:
    """Without control characters and halves of characters: no database takes some of them."""
    return text if text.isprintable() else _NEVER_STORED.sub("", text)


def short(asked: Mapping[str, str]) -> dict[str, str]:
    """What was asked, as much of it as is kept."""
    some = list(asked.items())[:_MOST_ASKED]
    return {plain(name)[:_NAME_LENGTH]: plain(value)[:_VALUE_LENGTH] for name, value in some}


def seen_by_company(
    answer: Any,
    kind: LookKind,
    asked: Mapping[str, str],
    *,
    companies: frozenset[UUID],
    about: frozenset[UUID] = frozenset(),
) -> Mapping[UUID, Seen]:
    """Each of the companies learns who saw its own, and none of them what is another's.

    `answer`: what was answered, before or after it became JSON. `about`: whose the answer is, where its rows do not
    say so. Where nobody says so, each company learns that somebody looked, but neither at whom nor what was asked for:
    the words of a search name persons, too. So they go to those companies alone of which something was found.
    """
    if isinstance(answer, Response):
        body = bytes(getattr(answer, "body", b""))
        is_json = (answer.media_type or "").startswith("application/json")
        return _in_json(body if is_json else b"", kind, tuple(asked.items()), companies, about)
    return _seen(answer, kind, asked, companies, about)


@functools.lru_cache(_MOST_KNOWN)
def _in_json(
    body: bytes,
    kind: LookKind,
    asked: tuple[tuple[str, str], ...],
    companies: frozenset[UUID],
    about: frozenset[UUID],
) -> Mapping[UUID, Seen]:
    """The last ones are known: a screen that keeps itself fresh is shown the very same again and again."""
    return _seen(msgspec.json.decode(body) if body else None, kind, dict(asked), companies, about)


def _seen(
    answer: Any,
    kind: LookKind,
    asked: Mapping[str, str],
    companies: frozenset[UUID],
    about: frozenset[UUID],
) -> Mapping[UUID, Seen]:
    named = about & companies or (companies if len(companies) == 1 else frozenset())
    rows: dict[UUID, int] = defaultdict(int)
    subjects: dict[UUID, dict[str, None]] = {company: {} for company in named}
    for row in _rows(answer):
        owner = _owner(row)
        sure = frozenset({owner}) & companies if owner else named
        for company in sure:
            subjects.setdefault(company, {}).update(dict.fromkeys(subjects_in(row, kind)))
        for company in sure or (frozenset() if owner else companies):
            rows[company] += 1
    asked_of = dict.fromkeys(_asked_of(asked, kind))
    shown = rows.keys() | subjects.keys() or companies
    return {
        company: Seen(rows[company], _clipped(subjects[company] | asked_of), asked)
        if company in subjects
        else Seen(rows[company], (), {})
        for company in sorted(shown)
    }


def _clipped(subjects: Mapping[str, None]) -> tuple[str, ...]:
    return tuple(plain(subject) for subject in list(subjects)[:SUBJECTS_MAX])


def _asked_of(asked: Mapping[str, str], kind: LookKind) -> Iterator[str]:
    """Whom the request itself names."""
    others = {name: value for name, value in asked.items() if name != "id"}
    yield from subjects_in(others, kind)
    yield from (f"{_OWN_NAMES[name]}:{value}" for name, value in others.items() if name in _OWN_NAMES)


def _rows(answer: Any) -> Iterator[Any]:
    """What was answered, row by row."""
    if isinstance(answer, Mapping) and isinstance(answer.get("items"), list):
        answer = answer["items"]
    if answer is None:
        return
    yield from answer if isinstance(answer, list | tuple) else (answer,)


def _owner(row: Any) -> UUID | None:
    found = row.get("organisation_id") if isinstance(row, Mapping) else getattr(row, "organisation_id", None)
    return UUID(str(found)) if found else None
