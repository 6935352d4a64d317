"""Passes from a table, each row judged by itself: what can be issued is, and of every other is told what is wrong."""

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from typing import NamedTuple
from uuid import UUID
from zoneinfo import ZoneInfo

from pydantic import ValidationError
from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from cloud.access import cards, passes, recognition, row_words, rules
from cloud.access.errors import AlreadyImported, OnBlacklist
from cloud.access.models import Pass
from cloud.access.tables import Line
from cloud.access.types import ImportDraft, PassDraft
from cloud.kernel.actor import Actor
from cloud.kernel.audit import record
from cloud.kernel.database import savepoint
from cloud.kernel.errors import FieldError, FixInput
from cloud.kernel.language import Language, Text
from cloud.kernel.permissions import Permission
from cloud.kernel.problems import field_error
from cloud.kernel.schemas import LATEST
from cloud.kernel.text import search_text
from cloud.sites import service as sites
from protocols.held import PassKind
from protocols.plates import PlateWarning

_NOT_A_DATE = Text(
    "«{typed}» не похоже на дату. Пример: 05.12.2026 или 05.12.2026 18:00.",
    "“{typed}” does not look like a date. Example: 05.12.2026 or 05.12.2026 18:00.",
)
_NOT_A_NUMBER = Text("«{typed}» не похоже на число.", "“{typed}” does not look like a number.")
_STRANGE_PLATE = Text(
    "Это не похоже на номер: «{typed}». Пример: А 123 ВС 72.",
    "This does not look like a plate: “{typed}”. Example: A 123 BC 72.",
)
_SAME = Text("То же, что в строке {line}.", "The same as row {line}.")
_FORMATS = ("%d.%m.%Y %H:%M", "%d.%m.%Y", "%d.%m.%y", "%Y-%m-%d %H:%M", "%Y-%m-%dT%H:%M", "%Y-%m-%d")


class _Place(NamedTuple):
    """Of the site: by which clock dates are read, and among whose premises numbers are looked for."""

    zone: ZoneInfo
    complex_id: UUID | None


class Fault(NamedTuple):
    """What is wrong with a row. `column`: the field that it was taken for."""

    column: str
    code: str
    message: str


class Verdict(NamedTuple):
    """Of one row. `made`: the pass, when it was issued, or would be."""

    line: int
    holder: str
    plate: str
    made: Pass | None
    faults: tuple[Fault, ...] = ()


def import_passes(session: Session, actor: Actor, draft: ImportDraft, lines: list[Line]) -> list[Verdict]:
    """Issue what can be issued, as one group. Raises AlreadyImported, SiteNotThere, FixInput for a strange point."""
    actor.require(Permission.PASSES_ISSUE)
    if session.scalar(select(exists().where(Pass.group_id == draft.id))):
        raise AlreadyImported
    cards.in_turn(session)
    site = sites.find_site(session, draft.site_id)
    place = _Place(ZoneInfo(site.time_zone), site.complex_id)
    # A point that is none of the site's is a mistake of the form, not of each row.
    rules.check_points(
        draft.points, {place.point_id for place in sites.points_of_site(session, draft.site_id)}
    )
    seen: dict[tuple[str, str, str], int] = {}
    verdicts = [_judged(session, actor, draft, line, place, seen) for line in lines]
    issued = sum(verdict.made is not None for verdict in verdicts)
    told = {"group": draft.group, "issued": issued, "refused": len(verdicts) - issued}
    record(session, actor, "access.pass.import", "pass_group", draft.id, told)
    return verdicts


def _judged(
    session: Session,
    actor: Actor,
    draft: ImportDraft,
    line: Line,
    place: _Place,
    seen: dict[tuple[str, str, str], int],
) -> Verdict:
    language = actor.language
    holder, plate = line.texts.get("holder", ""), line.texts.get("plate", "")
    who = (holder.casefold(), plate.casefold(), line.texts.get("card", ""))
    first = seen.setdefault(who, line.number)
    if first != line.number:
        same = Fault("holder" if holder else "plate", "row_twice", _SAME.in_language(language, line=first))
        return Verdict(line.number, holder, plate, None, (same,))
    try:
        with savepoint(session):
            made = passes.issue_pass(session, actor, _draft_of(session, draft, line, place))
            made.group_id, made.group = draft.id, draft.group
            made.search = search_text(made.search, draft.group)
            session.flush()
        return Verdict(line.number, holder, plate, made)
    except FixInput as error:
        faults = _faults(error.fields, language)
    except ValidationError as error:
        faults = _faults([field_error(each) for each in error.errors()], language)
    except OnBlacklist as error:
        faults = (Fault("holder", error.code, error.text.in_language(language, **error.data)),)
    return Verdict(line.number, holder, plate, None, faults)


def _draft_of(session: Session, draft: ImportDraft, line: Line, place: _Place) -> PassDraft:
    texts = line.texts
    kind = row_words.pass_kind(texts["kind"]) if "kind" in texts else draft.kind
    premises_id = draft.premises_id
    if "premises" in texts:
        premises_id = row_words.premises_named(session, texts["premises"], place.complex_id)
    begins, ends = _window(draft, kind, line, place.zone)
    fields = {
        "site_id": draft.site_id,
        "kind": kind,
        "service": texts.get("service", draft.service),
        "premises_id": premises_id,
        "host_id": draft.host_id,
        "host": "" if draft.host_id else texts.get("host", ""),
        "holder": texts.get("holder", ""),
        "vehicle": texts.get("vehicle", ""),
        "plates": [_plate(texts["plate"])] if "plate" in texts else [],
        "cards": [{"text": texts["card"]}] if "card" in texts else [],
        "phone": texts.get("phone"),
        "document": texts.get("document", ""),
        "note": texts.get("note", ""),
        "entries": _number(texts["entries"]) if "entries" in texts else _entries(draft, kind),
        "valid_from": begins,
        "valid_until": ends,
        "points": draft.points,
        "direction": draft.direction,
        "schedule": draft.schedule,
        "ticket": draft.ticket,
        "code": draft.code,
    }
    return PassDraft.model_validate(fields)


def _entries(draft: ImportDraft, kind: PassKind) -> int | None:
    """What all have in common was said of the common kind: a row's own kind comes with what is usual for it."""
    if kind is draft.kind:
        return draft.entries
    return 1 if kind is PassKind.GUEST else None


def _window(
    draft: ImportDraft, kind: PassKind, line: Line, zone: ZoneInfo
) -> tuple[datetime | None, datetime | None]:
    from_, until = _cell(line, "valid_from"), _cell(line, "valid_until")
    begins = draft.valid_from if from_ is None else _moment(from_, zone)
    if until is not None and until.year >= LATEST.year:  # 31.12.9999: «бессрочно»
        rules.check_endless(kind)
        return begins, None
    if until is not None:
        return begins, _moment(until, zone, is_end=True)
    if from_ is None or draft.valid_until is not None or from_.year > LATEST.year:
        return begins, draft.valid_until
    return begins, _end_of_day(_moment(from_, zone), zone)  # a visit's date alone is that day


def _cell(line: Line, field: str) -> datetime | date | None:
    if field in line.times:
        return line.times[field]
    typed = line.texts.get(field)
    return None if typed is None else _parsed(typed, field)


def _moment(cell: datetime | date, zone: ZoneInfo, *, is_end: bool = False) -> datetime:
    """On the site's clock. A date without a time is its beginning, or, as an end, the midnight after it."""
    if isinstance(cell, datetime):
        return cell.replace(tzinfo=zone)
    at = datetime.combine(cell, time(), zone)
    return _end_of_day(at, zone) if is_end else at


def _end_of_day(at: datetime, zone: ZoneInfo) -> datetime:
    return datetime.combine(at.astimezone(zone).date() + timedelta(days=1), time(), zone)


def _parsed(typed: str, field: str) -> datetime | date:
    for form in _FORMATS:
        try:
            parsed = datetime.strptime(typed, form)  # noqa: DTZ007  # the site's zone is put in by the caller
        except ValueError:
            continue
        return parsed if "%H" in form else parsed.date()
    raise FixInput.at(field, "not_a_date", _NOT_A_DATE, typed=typed)


def _plate(typed: str) -> str:
    """A form shows what a plate is taken for; of a table nobody looks at each, so what no plate has is refused."""
    plate = recognition.plate_readings(typed)
    if plate is None or PlateWarning.STRANGE_CHARACTERS in plate.warnings:
        raise FixInput.at("plates.0", "plate_unreadable", _STRANGE_PLATE, typed=typed)
    return typed


def _number(typed: str) -> int:
    if not typed.isascii() or not typed.isdigit():
        raise FixInput.at("entries", "not_a_number", _NOT_A_NUMBER, typed=typed)
    return int(typed)


def _faults(fields: Sequence[FieldError], language: Language) -> tuple[Fault, ...]:
    return tuple(
        Fault(_column(field.path), field.code, field.text.in_language(language, **(field.data or {})))
        for field in fields
    )


def _column(path: str) -> str:
    """`plates.0` → plate."""
    name = path.split(".", maxsplit=1)[0]
    return {"plates": "plate", "cards": "card", "premises_id": "premises"}.get(name, name)
