"""What a resident sees: where they live, their passes, passages by those, calls and notices.

The scope is narrowed to their premises; what is of a household's other people is left out here.
"""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, and_, case, false, func, or_, select, true
from sqlalchemy.orm import Session

from cloud.access import service as access
from cloud.access.errors import PassNotThere
from cloud.access.models import Pass, PassageRow, PassCard, PassHistory, PassWatch
from cloud.access.types import TOLD, PassState
from cloud.calls.models import CallRow
from cloud.housing.models import Building, Premises
from cloud.kernel.database import now
from cloud.kernel.lists import AnySelect, ListQuery, fetch_page, matches
from cloud.kernel.tables import Organisation
from cloud.reads.calls import CallFilter, list_calls, one_call
from cloud.residents import service as residents
from cloud.residents.models import Notice
from cloud.residents.service import AtHome
from cloud.residents.types import EndedBy, KeyKind
from cloud.sites.models import Point, Site
from protocols.held import PassKind

_ENDS = (PassState.REVOKED.value, PassState.REFUSED.value)  # and so are the changes called that led there
_TYPED = {"PIN": KeyKind.PIN, "CODE": KeyKind.CODE}
_LAPSES = (PassState.REQUESTED.value, PassState.ISSUED.value, PassState.LEFT.value)


def list_premises(home: AtHome) -> list[dict[str, Any]]:
    """`PremisesOfMine`, by address."""
    query = (
        select(
            Premises.id,
            Premises.organisation_id.label("company_id"),
            Organisation.name.label("company"),
            Premises.kind,
            Premises.number,
            Premises.address,
            Building.complex_id,
        )
        .join(Building, Building.id == Premises.building_id)
        .join(Organisation, Organisation.id == Premises.organisation_id)
        .where(Premises.id.in_(home.premises))
        .order_by(Premises.sort_key, Premises.id)
    )
    found = [dict(row) for row in home.session.execute(query).mappings()]
    sites = _sites(home.session, {row["complex_id"] for row in found})
    return [
        row | {"sites": [site for site in sites if site["complex_id"] == row["complex_id"]]} for row in found
    ]


def list_passes(home: AtHome, query: ListQuery, states: Sequence[PassState]) -> dict[str, Any]:
    """Page of `PassOfMine`, the newest first."""
    statement = _passes(home)
    if states:
        statement = statement.where(_state(home.session).in_([state.value for state in states]))
    sortable = {"number": Pass.number, "visit": Pass.valid_from, "changed": Pass.changed_at}
    page = fetch_page(
        home.session,
        statement,
        query,
        sortable=sortable,
        default_sort="-number",
        tie=Pass.id,
        found=matches(Pass.search, query.q),
    )
    return page | {"items": _shown(home, page["items"])}


def one_pass(home: AtHome, pass_id: UUID) -> dict[str, Any]:
    """Raises PassNotThere."""
    row = home.session.execute(_passes(home).where(Pass.id == pass_id)).mappings().one_or_none()
    if row is None:
        raise PassNotThere
    return _shown(home, [dict(row)])[0]


def list_passages(home: AtHome, query: ListQuery, pass_id: UUID) -> dict[str, Any]:
    """Page of `PassageOfMine` of one pass, newest first. Raises PassNotThere."""
    one_pass(home, pass_id)
    statement = (
        select(
            PassageRow.id,
            PassageRow.at,
            PassageRow.direction,
            PassageRow.outcome,
            PassageRow.reason,
            PassageRow.plate,
            PassageRow.opened,
            Site.name.label("site"),
            func.coalesce(Point.name, "").label("point"),
        )
        .join(Site, Site.id == PassageRow.site_id)
        .outerjoin(Point, Point.id == PassageRow.point_id)
        .where(PassageRow.pass_id == pass_id)
    )
    return fetch_page(
        home.session, statement, query, sortable={"at": PassageRow.at}, default_sort="-at", tie=PassageRow.id
    )


def list_calls_of_mine(home: AtHome, query: ListQuery, wanted: CallFilter) -> dict[str, Any]:
    """Page of `CallOfMine`, newest first."""
    page = list_calls(home.session, query, wanted, _since_they_live_there(home))
    return page | {"items": _as_mine(home, page["items"])}


def one_call_of_mine(home: AtHome, call_id: UUID) -> dict[str, Any] | None:
    """`CallOfMine`, and the picture's name."""
    row = one_call(home.session, call_id) if home.homes else None
    if row is None or not home.lived_there(row["premises_id"], row["started_at"]):
        return None
    return _as_mine(home, [row])[0]


def list_notices(home: AtHome, query: ListQuery, *, unread_only: bool) -> dict[str, Any]:
    """Page of `NoticeOfMine` with the count of unread ones, newest first."""
    statement = (
        select(
            Notice.id,
            Notice.kind,
            Notice.at,
            Notice.pass_id,
            Pass.number,
            func.coalesce(func.nullif(Pass.holder, ""), Pass.vehicle).label("holder"),
            Notice.passage_id,
            *(
                func.nullif(said, "").label(said.key)
                for said in (Notice.outcome, Notice.reason, Notice.direction)
            ),
            Notice.point,
            case((PassHistory.data.has_key(TOLD), PassHistory.reason), else_="").label("why"),
            Notice.read_at,
        )
        .join(Pass, Pass.id == Notice.pass_id)
        .outerjoin(PassHistory, PassHistory.id == Notice.change_id)
        .where(Notice.account_id == home.account_id, Pass.host_id.in_(home.persons))
    )
    if unread_only:
        statement = statement.where(Notice.read_at.is_(None))
    page = fetch_page(
        home.session, statement, query, sortable={"at": Notice.at}, default_sort="-at", tie=Notice.id
    )
    told = [row | {"why": residents.why_of(row["why"])} for row in page["items"]]
    return page | {"items": told, "unread": count_unread(home)}


def count_unread(home: AtHome) -> int:
    """How many notices of passes that are still theirs were not read."""
    query = select(func.count()).select_from(Notice).join(Pass, Pass.id == Notice.pass_id)
    mine = (
        Notice.account_id == home.account_id,
        Notice.read_at.is_(None),
        Pass.host_id.in_(home.persons),
    )
    return home.session.scalar(query.where(*mine)) or 0


def _since_they_live_there(home: AtHome) -> ColumnElement[bool]:
    """The household before them had its own calls."""
    lives = [each for one in home.homes for each in one.lives.items()]
    mine = [
        and_(CallRow.premises_id == premises_id, CallRow.started_at >= since if since else true())
        for premises_id, since in lives
    ]
    return or_(false(), *mine)


def _as_mine(home: AtHome, rows: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    doors = residents.doors_by_premises(home, {row["premises_id"] for row in rows})
    mine = set(
        home.session.scalars(
            select(CallRow.id).where(
                CallRow.id.in_([row["id"] for row in rows]), CallRow.account_id == home.account_id
            )
        )
    )
    return [
        row
        | {
            "has_still": row["still_state"] == "here",
            "may_open": row["point_id"] in doors[row["premises_id"]],
            "order_id": row["command_id"] if row["id"] in mine else None,
        }
        for row in rows
    ]


def _sites(session: Session, complex_ids: Collection[UUID]) -> list[dict[str, Any]]:
    query = select(Site.id, Site.name, Site.time_zone, Site.complex_id).where(
        Site.complex_id.in_(complex_ids)
    )
    return [dict(row) for row in session.execute(query.order_by(Site.sort_name, Site.id)).mappings()]


def _passes(home: AtHome) -> AnySelect:
    code = (
        select(PassCard.printed)
        .where(PassCard.pass_id == Pass.id, PassCard.format == "CODE")
        .limit(1)
        .scalar_subquery()
    )
    mine = (PassWatch.account_id == home.account_id, PassWatch.key == "")
    watch = and_(PassWatch.pass_id == Pass.id, *mine)
    return (
        select(
            Pass.id,
            Pass.number,
            Pass.kind,
            _state(home.session).label("state"),
            Pass.premises_id,
            Pass.address,
            Pass.site_id,
            Site.name.label("site"),
            Pass.holder,
            Pass.vehicle,
            Pass.plates,
            Pass.phone,
            Pass.valid_from,
            Pass.valid_until,
            Pass.schedule,
            Pass.left_out,
            Pass.entries,
            Pass.uses,
            Pass.note,
            code.label("code"),
            Pass.version,
            Pass.created_at,
            PassWatch.id.is_not(None).label("watched"),
            func.coalesce(PassWatch.by_email, False).label("watched_by_email"),
        )
        .join(Site, Site.id == Pass.site_id)
        .outerjoin(PassWatch, watch)
        .where(Pass.host_id.in_(home.persons), Pass.premises_id.in_(home.premises))
    )


def _shown(home: AtHome, rows: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    passes = [row["id"] for row in rows]
    keys, ends = _keys(home, passes), _ends(home, passes)
    return [_with_leave(row) | {"keys": keys[row["id"]], "ended": ends.get(row["id"])} for row in rows]


def _ends(home: AtHome, passes: Sequence[UUID]) -> Mapping[UUID, dict[str, Any]]:
    """`EndOfPass` by pass."""
    line = PassHistory
    ends = (line.pass_id.in_(passes), line.change.in_(_ENDS), Pass.erased_at.is_(None))
    query = select(line).join(Pass, Pass.id == line.pass_id).where(*ends).order_by(line.at)
    found = {}
    for row in home.session.scalars(query):
        is_mine = row.account_id == home.account_id or row.reason == residents.BY_RESIDENT
        by = EndedBy.ME if is_mine else EndedBy.COMPANY
        found[row.pass_id] = {"at": row.at, "by": by, "why": residents.why_of(row.told_reason)}
    return found


def _keys(home: AtHome, passes: Sequence[UUID]) -> Mapping[UUID, list[dict[str, Any]]]:
    """`KeyOfMine` by pass, in the order in which they were given."""
    mine = (PassWatch.account_id == home.account_id, PassWatch.pass_id.in_(passes), PassWatch.key != "")
    watched = {
        (row.pass_id, row.key): row.by_email
        for row in home.session.execute(
            select(PassWatch.pass_id, PassWatch.key, PassWatch.by_email).where(*mine)
        )
    }
    found: dict[UUID, list[dict[str, Any]]] = defaultdict(list)
    cards = select(PassCard).where(PassCard.pass_id.in_(passes)).order_by(PassCard.id)
    for card in home.session.scalars(cards):
        key, kind = access.key_of(card), _TYPED.get(card.format, KeyKind.CARD)
        found[card.pass_id].append(
            {
                "id": key,
                "kind": kind,
                "printed": card.printed if kind is KeyKind.CARD else "",
                "watched": (card.pass_id, key) in watched,
                "watched_by_email": watched.get((card.pass_id, key), False),
            }
        )
    return found


def _with_leave(row: dict[str, Any]) -> dict[str, Any]:
    stands = row["state"] not in _ENDS
    return row | {"may_change": stands and residents.may_change(PassKind(row["kind"]))}


def _state(session: Session) -> ColumnElement[str]:
    """As `access.rules.shown_state`."""
    lapsed = and_(Pass.valid_until <= now(session), Pass.state.in_(_LAPSES))
    return case((lapsed, PassState.EXPIRED.value), else_=Pass.state)
