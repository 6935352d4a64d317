"""What follows from what: for every domain event, the handlers that a worker calls at least once.

A handler is `def handler(session, actor, event)`; it runs in a savepoint of the worker's transaction in the company,
and is idempotent. An event that is not listed is kept as a record and nothing follows from it.
"""

from sqlalchemy.orm import Session

from cloud.access.events import Listed, PassDecided, PassUsed
from cloud.guard import service as guard
from cloud.guard.events import PassMade, PassWithdrawn, VisitTold
from cloud.kernel.actor import Actor
from cloud.kernel.outbox import Reactions
from cloud.meters import service as meters
from cloud.organisations.events import StaffChanged
from cloud.privacy import service as privacy
from cloud.residents import service as residents
from cloud.sites import service as sites
from cloud.sites.events import BoxReplaced, CommandAnswered, NoRoomForFiles, SiteCreated
from cloud.sites.types import AlarmKind
from cloud.telemetry.events import RecordQuarantined, StreamForked, StreamGapFound
from protocols.records import Severity


def alarm_of_fork(session: Session, _actor: Actor, event: StreamForked) -> None:
    """A box restored from a copy, or somebody who forges its history."""
    detail = f"stream {event.stream_id} at {event.sequence}"
    sites.raise_notice(
        session, event.box_id, AlarmKind.STREAM_FORKED, severity=Severity.CRITICAL, detail=detail
    )


def alarm_of_gap(session: Session, _actor: Actor, event: StreamGapFound) -> None:
    """Records that nobody holds any more."""
    detail = f"stream {event.stream_id} from {event.first} to {event.last}"
    sites.raise_notice(session, event.box_id, AlarmKind.STREAM_GAP, severity=Severity.WARNING, detail=detail)


def alarm_of_quarantine(session: Session, _actor: Actor, event: RecordQuarantined) -> None:
    """Something of a box was set aside; GET /api/quarantine shows it."""
    detail = f"{event.reason}: {event.quarantine_id}"
    sites.raise_notice(
        session, event.box_id, AlarmKind.RECORD_QUARANTINED, severity=Severity.WARNING, detail=detail
    )


def alarm_of_no_room(session: Session, _actor: Actor, event: NoRoomForFiles) -> None:
    """Nothing is lost yet: the box keeps what it may."""
    detail = f"quota {event.quota_mb} MB"
    sites.raise_notice(
        session, event.box_id, AlarmKind.NO_ROOM_FOR_FILES, severity=Severity.WARNING, detail=detail
    )


def guard_of_staff(session: Session, _actor: Actor, event: StaffChanged) -> None:
    """Whoever left, or lost the role, signs in at no box any more."""
    guard.follow_member(session, event.membership_id)


def guards_of_site(session: Session, _actor: Actor, _event: SiteCreated) -> None:
    """Guards of the whole company sign in there, too."""
    guard.follow_all(session)


def rules_of_site(session: Session, _actor: Actor, _event: SiteCreated) -> None:
    """Its boxes are to keep personal data no longer than the company allows."""
    privacy.send_rules(session)


def verdict_on_pass(session: Session, _actor: Actor, event: PassMade) -> None:
    """What a guard made at a gate is taken over, or becomes a conflict that the desk sees and the boxes obey."""
    guard.judge(session, event.pass_id)


def verdict_on_visit(session: Session, _actor: Actor, event: VisitTold) -> None:
    """Whom a guard let in and the blacklist names is a conflict that the desk sees."""
    guard.judge_visit(session, event.visit_id)


def verdict_on_those_inside(session: Session, _actor: Actor, event: Listed) -> None:
    """Whoever is listed may be inside already."""
    guard.judge_inside(session, event.site_id)


def answer_to_guard(session: Session, _actor: Actor, event: CommandAnswered) -> None:
    """What a guard decided at the cloud's page was done, or not."""
    guard.follow_command(session, event.command_id, event.outcome)


def tell_of_withdrawal(session: Session, _actor: Actor, event: PassWithdrawn) -> None:
    """The site's other boxes refuse it, too."""
    guard.follow_withdrawal(session, event.pass_id)


def notice_of_use(session: Session, _actor: Actor, event: PassUsed) -> None:
    """Residents who watch the pass are told."""
    residents.tell_of_use(session, event)


def notice_of_decision(session: Session, _actor: Actor, event: PassDecided) -> None:
    """The resident in whose name it is learns that it was approved, refused or revoked, and why."""
    residents.tell_of_decision(session, event)


REACTIONS: Reactions = {
    BoxReplaced: (meters.follow_replacement,),
    CommandAnswered: (answer_to_guard,),
    Listed: (verdict_on_those_inside,),
    PassDecided: (notice_of_decision,),
    PassMade: (verdict_on_pass,),
    PassUsed: (notice_of_use,),
    PassWithdrawn: (tell_of_withdrawal,),
    NoRoomForFiles: (alarm_of_no_room,),
    SiteCreated: (guards_of_site, rules_of_site),
    StaffChanged: (guard_of_staff,),
    VisitTold: (verdict_on_visit,),
    StreamForked: (alarm_of_fork,),
    StreamGapFound: (alarm_of_gap,),
    RecordQuarantined: (alarm_of_quarantine,),
}
