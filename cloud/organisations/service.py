"""The slice's face: what other slices and the processes may call."""

from uuid import UUID

from sqlalchemy.orm import Session

from cloud.kernel.errors import NotThere
from cloud.kernel.tables import Organisation
from cloud.organisations.accounts import end_session
from cloud.organisations.authentication import authenticate
from cloud.organisations.companies import claim_first_run, is_first_run_over, offer_first_run
from cloud.organisations.residences import (
    ResidenceLink,
    language_of,
    look_at_offer,
    offer_account,
    take_offer,
    withdraw_offers,
)
from cloud.organisations.staff import membership_of, role_names, staff_member
from cloud.organisations.tries import count_link
from cloud.organisations.types import FirstRun, FirstRunDraft

__all__ = [
    "FirstRun",
    "FirstRunDraft",
    "ResidenceLink",
    "authenticate",
    "claim_first_run",
    "company_time_zone",
    "count_link",
    "end_session",
    "is_first_run_over",
    "language_of",
    "look_at_offer",
    "membership_of",
    "offer_account",
    "offer_first_run",
    "role_names",
    "staff_member",
    "take_offer",
    "withdraw_offers",
]


def company_time_zone(session: Session, organisation_id: UUID) -> str:
    """The IANA name of the company's time zone. Raises NotThere."""
    company = session.get(Organisation, organisation_id)
    if company is None:
        raise NotThere
    return company.time_zone
