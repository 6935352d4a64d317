"""What guests see without signing in: the page behind a link."""

from datetime import datetime, timedelta
from typing import Annotated
from uuid import UUID
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Header, Path, Request
from fastapi.responses import HTMLResponse
from sqlalchemy.orm import Session

from cloud.access import guest_page, rules, service, typed
from cloud.access.guest_page import GuestView
from cloud.access.hours import next_open
from cloud.access.models import Pass
from cloud.access.types import PassState
from cloud.kernel import limits
from cloud.kernel.api import HouseOf, origins_of
from cloud.kernel.database import Scope, now
from cloud.kernel.house import House
from cloud.kernel.language import preferred_language
from cloud.kernel.schemas import ONE_LINE
from cloud.sites import service as sites

router = APIRouter(tags=["guests"])
_HEADERS = {"Cache-Control": "no-store", "Referrer-Policy": "no-referrer", "Vary": "Accept-Language"}
_FEW_POINTS = 5
_MOST, _WINDOW = 60, timedelta(minutes=1)  # of one address: a family behind one, not a search for links


@router.get(guest_page.PATH, response_class=HTMLResponse, include_in_schema=False)
def show_guest_page(
    house: HouseOf,
    request: Request,
    link: Annotated[str, ONE_LINE, Path(max_length=100)],
    accept_language: Annotated[str | None, Header(max_length=500)] = None,
) -> HTMLResponse:
    """A guest's pass: the code to be shown at the gate, when and where it is good. HTML without script."""
    limits.take(house.database, f"guest-page:{origins_of(request)[0]}", most=_MOST, window=_WINDOW)
    language = preferred_language(accept_language)
    with house.database.transaction() as session:
        found = service.pass_of_link(session, house.secrets, link)
    if found is None:
        return HTMLResponse(guest_page.not_found(language), status_code=404, headers=_HEADERS)
    company, pass_id = found
    with house.database.transaction(Scope.organisation(company)) as session:
        view = _view(session, house, pass_id)
        return HTMLResponse(guest_page.page(view, language, now(session)), headers=_HEADERS)


def _view(session: Session, house: House, pass_id: UUID) -> GuestView:
    row = service.get_pass(session, pass_id)
    site = sites.find_site(session, row.site_id)
    secrets = {card.format: card.printed for card in service.cards_of(session, row.id)}
    return GuestView(
        number=row.number,
        site=site.name,
        points=_points(session, row),
        time_zone=site.time_zone,
        address=row.address,
        state=rules.shown_state(PassState(row.state), row.valid_until, now(session)),
        begins=row.valid_from,
        ends=row.valid_until,
        schedule=row.schedule,
        opens=_opens(row, ZoneInfo(site.time_zone), now(session)),
        entries_left=_left(row),
        plates=list(row.plates),
        pin=secrets.get(typed.PIN),
        typed=secrets.get(typed.CODE),
        code=service.guest_code(session, house.secrets, row),
    )


def _left(row: Pass) -> int | None:
    return None if row.entries is None else max(row.entries - row.uses, 0)


def _points(session: Session, row: Pass) -> list[str] | None:
    """By name; None: the pass opens every one of its site's, and they are more than help to find the way."""
    places = sites.points_of_site(session, row.site_id)
    opened = [place.name for place in places if not row.points or str(place.point_id) in row.points]
    is_whole = not row.points or 0 < len(opened) == len(places)
    return None if is_whole and not 0 < len(places) <= _FEW_POINTS else opened


def _opens(row: Pass, zone: ZoneInfo, at: datetime) -> datetime | None:
    """When its week lets in next, within its time; None: now, or no more."""
    first = max(row.valid_from, at)
    stretch = next_open(row.schedule, first, zone) if row.schedule else None
    opens = max(first, stretch[0]) if stretch is not None else first
    is_over = row.valid_until is not None and opens >= row.valid_until
    return None if stretch is None or opens <= at or is_over else opens
