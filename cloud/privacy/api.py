"""HTTP of retention: the rules, and the proof that they are kept."""

from collections import defaultdict
from typing import Annotated, Any
from uuid import UUID

from cloud.kernel.api import Call, Router, reading, writing
from cloud.kernel.database import now
from cloud.kernel.permissions import Permission
from cloud.kernel.problems import answers
from cloud.privacy import queries, retention, rules
from cloud.privacy.schemas import BoxStandingOut, RetentionChange, RetentionOut, RunOut, StandingOut
from cloud.privacy.types import BoxReport, Standing

router = Router(prefix="/api/retention", tags=["privacy"])
Reading = Annotated[Call, reading(Permission.AUDIT_READ)]
Setting = Annotated[Call, writing(Permission.ORGANISATION_MANAGE)]


@router.get("", responses=answers())
def get_retention(call: Reading) -> RetentionOut:
    """How long each kind of personal data is kept, what the last run erased, and whether anything too old is left.

    The journal's records count from when the cloud got them, so the bytes of a box that was away stay longer.
    """
    return _told(call)


@router.put("", responses=answers())
def set_retention(call: Setting, change: RetentionChange) -> RetentionOut:
    """Keep kinds for so many days from now on. What is older goes within the hour, in the cloud and on the boxes.

    A box drops its records whole, by the shortest rule that one of them has, though after 3 days at the soonest: so
    long at least a cloud restored from a backup can ask for them again.
    """
    retention.set_rules(call.session, call.actor, change.days)
    return _told(call)


def _told(call: Call) -> RetentionOut:
    standings = retention.standings(call.session)
    days: dict[UUID, dict[str, int]] = defaultdict(dict)
    for standing in standings:
        days[standing.organisation_id][standing.rule.kind.value] = standing.rule.days
    boxes = []
    for company, each in queries.box_reports(call.session):
        wanted = rules.box_days(each.kind, days[company])
        is_late = rules.is_box_late(each, wanted, now(call.session))
        boxes.append(BoxStandingOut(**_fields(each), wanted=wanted, is_late=is_late))
    return RetentionOut(kinds=[_shown(call, each) for each in standings], boxes=boxes)


def _fields(report: BoxReport) -> dict[str, Any]:
    return {name: value for name, value in report._asdict().items() if name != "since"}


def _shown(call: Call, standing: Standing) -> StandingOut:
    return StandingOut(
        organisation_id=standing.organisation_id,
        **standing.rule._asdict(),
        oldest=standing.oldest,
        cutoff=rules.cutoff_of(now(call.session), standing.rule.days),
        overdue=standing.overdue,
        run=RunOut.model_validate(standing.run) if standing.run else None,
    )
