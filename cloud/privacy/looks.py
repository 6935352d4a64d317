"""The ledger of looks: who looked at whose data. Entries are only ever added, and go by their own retention."""

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import msgspec
from fastapi import Response
from sqlalchemy import insert
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.orm import Session

from cloud.guard import service as guard
from cloud.kernel.database import Database, Scope, new_id
from cloud.kernel.looks import Look
from cloud.kernel.text import search_text
from cloud.organisations import service as organisations
from cloud.privacy.models import LookRow
from cloud.sites.types import BoxOwner
from protocols.acts import SUBJECTS_MAX, Looked
from protocols.privacy import subjects_in

_ASKED_LENGTH, _MOST_ASKED = 200, 20
_ONCE_WITHIN = timedelta(minutes=1)
_KNOWN_MOST = 20_000


@dataclass
class _Seen:
    """What one company's part of an answer shows."""

    rows: int = 0
    subjects: dict[str, None] = field(default_factory=dict)


def writer(database: Database) -> Callable[[Sequence[Look]], None]:
    """What the ledger of a process writes by: a transaction for each company whose data was looked at.

    Whoever is shown the very same again within a minute, as a screen that keeps itself fresh is, stands there once.
    """
    recently = _Recently()

    def write(looks: Sequence[Look]) -> None:
        by_company: dict[UUID, list[tuple[Look, _Seen]]] = defaultdict(list)
        fresh = recently.new_of(looks)
        for look in fresh.values():
            for company, seen in _by_company(look).items():
                by_company[company].append((look, seen))
        for company, entries in by_company.items():
            with database.transaction(Scope.organisation(company)) as session:
                roles = organisations.role_names(session, {look.actor.account_id for look, _ in entries})
                rows = [_entry(session, company, look, seen, roles) for look, seen in entries]
                session.execute(insert(LookRow), rows)
        recently.remember(fresh)  # only what is written counts as known

    return write


class _Recently:
    """What was shown to whom within the last minute."""

    def __init__(self) -> None:
        self._known: dict[Hashable, datetime] = {}

    def new_of(self, looks: Sequence[Look]) -> dict[Hashable, Look]:
        """Those that say something new, by what makes them so."""
        found: dict[Hashable, Look] = {}
        for look in looks:
            key = _key(look)
            known = self._known.get(key)
            if known is None or look.at - known >= _ONCE_WITHIN:
                found.setdefault(key, look)
        return found

    def remember(self, looks: Mapping[Hashable, Look]) -> None:
        if len(self._known) > _KNOWN_MOST:
            self._known.clear()
        self._known |= {key: look.at for key, look in looks.items()}


def _key(look: Look) -> Hashable:
    """The same for what is the same to the byte; an answer that is no JSON yet is told by what it names."""
    body = getattr(look.answer, "body", None)
    shown = hash(body) if isinstance(body, bytes) else frozenset(subjects_in(look.answer, look.kind))
    asked = tuple(sorted(look.asked.items()))
    return look.actor.account_id, look.operation, look.screen, asked, look.companies, shown


def record_look(session: Session, box: BoxOwner, event: Looked) -> None:
    """What a guard looked at on a box's page within a minute."""
    who = guard.name_of(session, event.guard)
    entry = upsert(LookRow).values(
        id=event.id,
        organisation_id=box.organisation_id,
        at=event.at,
        kind=event.kind,
        account_id=None,
        guard_id=event.guard,
        who=who,
        role="",
        operation=event.screen,
        screen="/gate",
        asked={"q": event.asked} if event.asked else {},
        subjects=event.subjects,
        rows=event.rows,
        times=event.times,
        address=None,
        site_id=box.site_id,
        box_id=box.box_id,
        search=_words(who, event.asked, event.subjects),
    )
    session.execute(entry.on_conflict_do_nothing())


def _entry(
    session: Session, company: UUID, look: Look, seen: _Seen, roles: Mapping[UUID, str]
) -> dict[str, Any]:
    asked = {name[:50]: value[:_ASKED_LENGTH] for name, value in list(look.asked.items())[:_MOST_ASKED]}
    subjects = list(seen.subjects)[:SUBJECTS_MAX]
    account = look.actor.account_id
    return {
        "id": new_id(session),
        "organisation_id": company,
        "at": look.at,
        "kind": look.kind,
        "account_id": account,
        "guard_id": None,
        "who": look.actor.name,
        "role": roles.get(account, "") if account else "",
        "operation": look.operation,
        "screen": look.screen,
        "asked": asked,
        "subjects": subjects,
        "rows": seen.rows,
        "times": 1,
        "address": look.actor.address,
        "site_id": look.site_id,
        "box_id": None,
        "search": _words(look.actor.name, asked.get("q", ""), subjects),
    }


def _words(who: str, asked: str, subjects: Iterable[str]) -> str:
    plates = [subject.removeprefix("plate:") for subject in subjects if subject.startswith("plate:")]
    return search_text(who, asked, *plates)


def _by_company(look: Look) -> dict[UUID, _Seen]:
    """Each company learns who saw its own: rows say whose they are; where they do not, there is one company only."""
    only = next(iter(look.companies)) if len(look.companies) == 1 else None
    found: dict[UUID, _Seen] = defaultdict(_Seen)
    rows = list(_rows(look.answer))
    for row in rows:
        owner = _owner(row) or only
        for company in look.companies if owner is None else (owner,):
            found[company].rows += 1
            found[company].subjects |= dict.fromkeys(subjects_in(row, look.kind))
    if not rows:
        found |= {company: _Seen() for company in look.companies}
    for seen in found.values():
        seen.subjects |= dict.fromkeys(_named(look))
    return {company: seen for company, seen in found.items() if company in look.companies}


def _named(look: Look) -> Iterator[str]:
    """Whom the request itself names."""
    asked = {name: value for name, value in look.asked.items() if name != "id"}
    yield from subjects_in(asked, look.kind)
    own = {"passage_id": "passage", "visit_id": "visit", "violation_id": "violation", "sha256": "picture"}
    yield from (f"{own[name]}:{value}" for name, value in asked.items() if name in own)


def _rows(answer: Any) -> Iterator[Any]:
    """What was answered, row by row."""
    if isinstance(answer, Response):
        body = getattr(answer, "body", b"")
        is_json = (answer.media_type or "").startswith("application/json")
        answer = msgspec.json.decode(body) if is_json and body else None
    if isinstance(answer, Mapping) and isinstance(answer.get("items"), list):
        answer = answer["items"]
    if answer is None:
        return
    yield from answer if isinstance(answer, list | tuple) else (answer,)


def _owner(row: Any) -> UUID | None:
    found = row.get("organisation_id") if isinstance(row, Mapping) else getattr(row, "organisation_id", None)
    return UUID(str(found)) if found else None
