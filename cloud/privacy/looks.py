"""The ledger of looks: who looked at whose data. Entries are only ever added, and go by their own retention."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import insert
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.orm import Session

from cloud.guard import service as guard
from cloud.kernel.database import Database, Scope, new_id
from cloud.kernel.looks import Look
from cloud.kernel.shown import Seen
from cloud.kernel.text import search_text
from cloud.organisations import service as organisations
from cloud.privacy.models import LookRow
from cloud.privacy.owners import with_owners
from cloud.sites.types import BoxOwner
from protocols.acts import Looked

_ONCE_WITHIN = timedelta(minutes=1)
_KNOWN_MOST = 20_000


def writer(database: Database) -> Callable[[Sequence[Look]], None]:
    """What the ledger of a process writes by: a transaction for each company whose data was looked at.

    Whoever is shown the very same again within a minute, as a screen that keeps itself fresh is, stands there once.
    """
    recently = _Recently()

    def write(looks: Sequence[Look]) -> None:
        by_company: dict[UUID, dict[int, tuple[Look, Seen]]] = defaultdict(dict)
        for look in looks:
            for company, seen in look.seen.items():
                key = _key(look, company, seen)
                if recently.is_new(key, look.at):
                    by_company[company].setdefault(key, (look, seen))
        for company, entries in by_company.items():
            with database.transaction(Scope.organisation(company)) as session:
                accounts = {look.account_id for look, _ in entries.values()}
                roles = organisations.role_names(session, accounts)
                rows = [_entry(session, company, look, seen, roles) for look, seen in entries.values()]
                session.execute(insert(LookRow), rows)
            # Only what is written counts as known, and that at once: what comes next may fail, and all comes again.
            recently.remember({key: look.at for key, (look, _) in entries.items()})

    return write


class _Recently:
    """What was shown to whom within the last minute."""

    def __init__(self) -> None:
        self._known: dict[int, datetime] = {}

    def is_new(self, key: int, at: datetime) -> bool:
        known = self._known.get(key)
        return known is None or at - known >= _ONCE_WITHIN

    def remember(self, written: Mapping[int, datetime]) -> None:
        if len(self._known) > _KNOWN_MOST:
            self._known.clear()
        self._known |= written


def _key(look: Look, company: UUID, seen: Seen) -> int:
    """The same for what would stand in the ledger with the same words."""
    asked = tuple(sorted(seen.asked.items()))
    shown = (seen.rows, seen.subjects, look.site_id)
    return hash((company, look.account_id, look.operation, look.screen, look.address, asked, shown))


def record_look(session: Session, box: BoxOwner, event: Looked) -> None:
    """What a guard looked at on a box's page within a minute."""
    who = guard.name_of(session, event.guard)
    subjects = with_owners(session, event.kind, event.subjects)
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
        subjects=subjects,
        rows=event.rows,
        times=event.times,
        address=None,
        site_id=box.site_id,
        box_id=box.box_id,
        search=_words(who, event.asked, subjects),
    )
    session.execute(entry.on_conflict_do_nothing())


def _entry(
    session: Session, company: UUID, look: Look, seen: Seen, roles: Mapping[UUID, str]
) -> dict[str, Any]:
    subjects = with_owners(session, look.kind, seen.subjects)
    return {
        "id": new_id(session),
        "organisation_id": company,
        "at": look.at,
        "kind": look.kind,
        "account_id": look.account_id,
        "guard_id": None,
        "who": look.who,
        "role": roles.get(look.account_id, "") if look.account_id else "",
        "operation": look.operation,
        "screen": look.screen,
        "asked": seen.asked,
        "subjects": subjects,
        "rows": seen.rows,
        "times": 1,
        "address": look.address,
        "site_id": look.site_id,
        "box_id": None,
        "search": _words(look.who, seen.asked.get("q", ""), subjects),
    }


def _words(who: str, asked: str, subjects: Iterable[str]) -> str:
    plates = [subject.removeprefix("plate:") for subject in subjects if subject.startswith("plate:")]
    return search_text(who, asked, *plates)
