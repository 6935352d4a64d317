"""HTTP of the access slice. The list of passages stands in `reads`: it shows points' and passes' names."""

from collections.abc import Sequence
from dataclasses import asdict
from typing import Annotated, Any
from uuid import UUID

from fastapi import Depends, Query, Request, Response

from cloud.access import queries, recognition, rules, service
from cloud.access.bulk import BulkResult, Refusal
from cloud.access.errors import (
    BlockNotThere,
    OnBlacklist,
    PassIsFinal,
    PassIssuedAlready,
    PassNeedsApproval,
    PassNotRequested,
    PassNotThere,
)
from cloud.access.models import Pass
from cloud.access.schemas import (
    Approval,
    Approved,
    BlockedOut,
    BulkChanged,
    BulkVerdict,
    CardOut,
    GuestLinkOut,
    HistoryOut,
    Marking,
    Ordered,
    PassOut,
    PassRow,
    PlateOut,
    PointPolicyOut,
    PolicyOut,
    RecogniseIn,
    RecogniseOut,
    Refused,
    Revocation,
    Revoked,
)
from cloud.access.types import (
    BlockDraft,
    BulkDraft,
    ChangedPass,
    NewPass,
    PassState,
    PointPolicyDraft,
    PolicyDraft,
)
from cloud.housing.errors import PremisesNotThere
from cloud.kernel.api import Call, Router, reading, writing
from cloud.kernel.database import now, trial
from cloud.kernel.errors import ChangedMeanwhile, FixInput, IdTaken
from cloud.kernel.language import Language
from cloud.kernel.listing import as_answer
from cloud.kernel.lists import ListParams, Page
from cloud.kernel.looks import looks_at
from cloud.kernel.permissions import Permission
from cloud.kernel.problems import answers, language_of
from cloud.kernel.schemas import Instant
from cloud.people.errors import PersonNotThere
from cloud.sites import service as sites
from cloud.sites.errors import (
    BoxNotEnrolled,
    BoxRevoked,
    NobodyCounts,
    NotInside,
    PointNotFound,
    SiteNotFound,
)
from protocols.held import PassKind
from protocols.privacy import LookKind

router = Router(prefix="/api/access", tags=["access"])
Reading = Annotated[Call, reading(Permission.PASSES_READ)]
Issuing = Annotated[Call, writing(Permission.PASSES_ISSUE)]
Showing = Annotated[Call, reading(Permission.PASSES_ISSUE)]
Setting = Annotated[Call, writing(Permission.ORGANISATION_MANAGE)]
Approving = Annotated[Call, writing(Permission.PASSES_APPROVE)]
Opening = Annotated[Call, writing(Permission.GATES_OPEN)]
Revoking = Annotated[Call, writing(Permission.PASSES_REVOKE)]
ReadingList = Annotated[Call, reading(Permission.BLACKLIST_READ)]
Blocking = Annotated[Call, writing(Permission.BLACKLIST_MANAGE)]
OfComplex = Annotated[UUID | None, Query(description="only at the sites of this complex")]
_OF_A_DRAFT = (OnBlacklist, SiteNotFound, PersonNotThere, PremisesNotThere)


async def _wanted(
    state: Annotated[list[PassState] | None, Query()] = None,
    kind: Annotated[list[PassKind] | None, Query()] = None,
    complex_id: OfComplex = None,
    site_id: Annotated[UUID | None, Query()] = None,
    premises_id: Annotated[UUID | None, Query()] = None,
    group_id: Annotated[UUID | None, Query(description="those that came with one table")] = None,
    visit_from: Annotated[Instant | None, Query(description="the visit ends after this moment")] = None,
    visit_until: Annotated[Instant | None, Query(description="the visit begins before it")] = None,
    overstayed: Annotated[bool | None, Query(description="inside after the end")] = None,
) -> queries.PassFilter:
    return queries.PassFilter(
        states=tuple(state or ()),
        kinds=tuple(kind or ()),
        complex_id=complex_id,
        site_id=site_id,
        premises_id=premises_id,
        group_id=group_id,
        valid_on_from=visit_from,
        valid_on_until=visit_until,
        is_overstayed=overstayed,
    )


WantedPasses = Annotated[queries.PassFilter, Depends(_wanted)]


@router.get("/passes", response_model=Page[PassRow], responses=answers())
@looks_at(LookKind.PASSES)
def list_passes(call: Reading, query: ListParams, wanted: WantedPasses) -> Response:
    """Passes. Sorts: number, visit, changed, created, holder, host, address."""
    return as_answer(queries.list_passes(call.session, query, wanted, now(call.session)))


@router.get("/passes/counts", response_model=dict[PassState, int], responses=answers())
def count_passes(call: Reading, complex_id: OfComplex = None) -> Any:
    """How many passes stand in each state."""
    return queries.count_by_state(call.session, now(call.session), complex_id)


@router.post(
    "/passes",
    status_code=201,
    response_model=PassOut,
    responses=answers(PassIssuedAlready, IdTaken, *_OF_A_DRAFT),
)
def issue_pass(call: Issuing, draft: NewPass) -> PassOut:
    """Issue a pass; the site's boxes hold it a moment later. An ambiguous card is asked about (`card_ambiguous`)."""
    made = service.issue_pass(call.session, call.actor, draft, pass_id=draft.id)
    service.keep_key(call.session, call.house.secrets, made.site_id)
    return _shown(call, made)


@router.get("/passes/{pass_id}", response_model=PassOut, responses=answers(PassNotThere, one=True))
@looks_at(LookKind.PASSES)
def get_pass(call: Reading, pass_id: UUID) -> PassOut:
    """One pass with its cards and history."""
    return _shown(call, service.get_pass(call.session, pass_id))


@router.get("/passes/{pass_id}/link", response_model=GuestLinkOut, responses=answers(PassNotThere, one=True))
@looks_at(LookKind.PASSES)
def get_guest_link(call: Showing, pass_id: UUID) -> GuestLinkOut:
    """The page that a guest opens, and its code: whoever has it comes in, so it takes the right to issue."""
    row = service.get_pass(call.session, pass_id)
    call.about.add(row.organisation_id)
    shown = service.shown_link(call.session, call.house.secrets, call.house.settings.public_url, row)
    return GuestLinkOut(**shown._asdict())


@router.put(
    "/passes/{pass_id}",
    response_model=PassOut,
    responses=answers(PassNotThere, PassIsFinal, ChangedMeanwhile, PassNeedsApproval, *_OF_A_DRAFT, one=True),
)
def change_pass(call: Issuing, pass_id: UUID, draft: ChangedPass) -> PassOut:
    """Change a pass that still stands."""
    changed = service.change_pass(
        call.session, call.actor, pass_id, draft, version=draft.version, reason=draft.reason
    )
    return _shown(call, changed)


@router.post("/passes/revoke", response_model=Revoked, responses=answers(PassNotThere, PassIsFinal, one=True))
def revoke_passes(call: Revoking, body: Revocation) -> Revoked:
    """Revoke one or many: all or none."""
    return Revoked(revoked=len(service.revoke_passes(call.session, call.actor, body.ids, body.reason)))


@router.post(
    "/passes/approve",
    response_model=Approved,
    responses=answers(PassNotThere, PassIsFinal, PassNotRequested, OnBlacklist, one=True),
)
def approve_passes(call: Approving, body: Approval) -> Approved:
    """Issue what was requested, one or many: all or none."""
    made = service.approve_passes(call.session, call.actor, body.ids)
    for site_id in {row.site_id for row in made}:
        service.keep_key(call.session, call.house.secrets, site_id)
    return Approved(approved=len(made))


@router.post(
    "/passes/refuse",
    response_model=Refused,
    responses=answers(PassNotThere, PassIsFinal, PassNotRequested, one=True),
)
def refuse_passes(call: Approving, body: Revocation) -> Refused:
    """Refuse what was requested, one or many: all or none."""
    return Refused(refused=len(service.refuse_passes(call.session, call.actor, body.ids, body.reason)))


@router.post(
    "/inside/left",
    status_code=201,
    response_model=Ordered,
    responses=answers(NotInside, NobodyCounts, BoxNotEnrolled, BoxRevoked, one=True),
)
def mark_left(call: Opening, body: Marking) -> Ordered:
    """Ask the boxes to mark that these have left, one or many: all are asked, or none. Nothing opens."""
    return Ordered(commands=service.mark_left(call.session, call.actor, body.whom, body.reason))


@router.post("/passes/change", response_model=BulkChanged, responses=answers(PassNotThere, one=True))
def change_passes(
    call: Issuing,
    request: Request,
    draft: BulkDraft,
    dry_run: Annotated[bool, Query(description="judge each, change none")] = False,  # a query flag
) -> BulkChanged:
    """Extend many passes, give them other points or other hours: what is refused stays as it is, and says why."""
    language = language_of(request)
    if dry_run:
        with trial(call.session):
            return _verdicts(service.change_passes(call.session, call.actor, draft), language)
    return _verdicts(service.change_passes(call.session, call.actor, draft), language)


@router.get("/policies", response_model=Page[PolicyOut], responses=answers())
def list_policies(call: Reading, query: ListParams) -> dict[str, Any]:
    """What is allowed of each kind of pass; one that is not named has no limits of the company's own. Sorts: kind."""
    return queries.list_policies(call.session, query)


@router.put("/policies", response_model=PolicyOut, responses=answers())
def set_policy(call: Setting, draft: PolicyDraft) -> Any:
    """Say what is allowed of a kind from now on; passes that were issued stay as they are."""
    return service.set_policy(call.session, call.actor, draft)


@router.put(
    "/point-policies/{point_id}", response_model=PointPolicyOut, responses=answers(PointNotFound, one=True)
)
def set_point_policy(call: Setting, point_id: UUID, draft: PointPolicyDraft) -> Any:
    """Say which passes may open a point from now on; passes that were issued stay as they are."""
    return service.set_point_policy(call.session, call.actor, point_id, draft)


@router.post("/recognise", response_model=RecogniseOut, responses=answers())
def recognise(_call: Reading, body: RecogniseIn) -> RecogniseOut:
    """What a typed text is as a plate and as a card: every reading, never a guess."""
    plate = recognition.plate_readings(body.text)
    readings = [recognition.CardReading.of(card) for card in recognition.card_readings(body.text)]
    shown = plate and PlateOut(
        canonical=plate.canonical,
        kinds=[kind.value for kind in plate.kinds],
        country=plate.country,
        warnings=[warning.value for warning in plate.warnings],
    )
    return RecogniseOut.model_validate({"plate": shown, "cards": [asdict(reading) for reading in readings]})


@router.get("/blacklist", response_model=Page[BlockedOut], responses=answers())
@looks_at(LookKind.BLACKLIST)
def list_blacklist(
    call: ReadingList,
    query: ListParams,
    complex_id: OfComplex = None,
    site_id: Annotated[UUID | None, Query()] = None,
    removed: Annotated[bool, Query(description="entries that no longer stand")] = False,
) -> dict[str, Any]:
    """The blacklist. Sorts: created, until, person."""
    at = now(call.session)
    return queries.list_blocked(
        call.session, query, complex_id=complex_id, site_id=site_id, is_removed=removed, at=at
    )


@router.post("/blacklist", status_code=201, response_model=BlockedOut, responses=answers(SiteNotFound))
def block(call: Blocking, draft: BlockDraft) -> Any:
    """Put a plate, a card or a person on the blacklist of a site."""
    return service.block(call.session, call.actor, call.house.secrets, draft)


@router.delete("/blacklist/{block_id}", response_model=BlockedOut, responses=answers(BlockNotThere, one=True))
def unblock(call: Blocking, block_id: UUID) -> Any:
    """Take an entry off the blacklist; it stays on record."""
    return service.unblock(call.session, call.actor, block_id)


def _verdicts(results: Sequence[BulkResult], language: Language) -> BulkChanged:
    verdicts = [
        BulkVerdict(
            pass_id=result.row.id,
            number=result.row.number,
            refused=_words(result.refusal, language) if result.refusal is not None else None,
        )
        for result in results
    ]
    return BulkChanged(changed=sum(each.refused is None for each in verdicts), verdicts=verdicts)


def _words(refusal: Refusal, language: Language) -> str:
    if isinstance(refusal, FixInput):
        told = [field.text.in_language(language, **(field.data or {})) for field in refusal.fields]
        return " ".join(dict.fromkeys(told))
    return refusal.text.in_language(language, **refusal.data)


def _shown(call: Call, row: Pass) -> PassOut:
    columns = {name: getattr(row, name) for name in PassOut.model_fields if hasattr(row, name)}
    state = rules.shown_state(PassState(row.state), row.valid_until, now(call.session))
    cards = [CardOut.model_validate(card) for card in service.cards_of(call.session, row.id)]
    history = [HistoryOut.model_validate(line) for line in service.history_of(call.session, row.id)]
    places = sites.points_of_site(call.session, row.site_id)
    shown = {
        "state": state,
        "cards": cards,
        "history": history,
        "point_names": rules.names_of(row.points, places),
    }
    return PassOut.model_validate(columns | shown)
