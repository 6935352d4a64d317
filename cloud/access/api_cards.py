"""HTTP of the company's cards: what there is, with whom, and what becomes of it."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import Query, Request

from cloud.access import card_lists, cards, service
from cloud.access.card_imports import Verdict
from cloud.access.errors import CardIsElsewhere, CardNotThere, OnBlacklist, PassIsFinal, PassNotThere
from cloud.access.schemas import CardLine, RowFault, Stocked, StockedRow, StockOut, StockRow
from cloud.access.types import CardMove, CardState, GiveDraft, LabelDraft, StockDraft, StockList
from cloud.housing.errors import PremisesNotThere
from cloud.kernel.api import Call, Router, reading, writing
from cloud.kernel.database import now, trial
from cloud.kernel.language import Language
from cloud.kernel.lists import ListParams, Page
from cloud.kernel.looks import looks_at
from cloud.kernel.permissions import Permission
from cloud.kernel.problems import answers, language_of
from cloud.people.errors import PersonNotThere
from cloud.sites.errors import SiteNotFound
from protocols.privacy import LookKind

router = Router(prefix="/api/access/cards", tags=["access"])
Reading = Annotated[Call, reading(Permission.PASSES_READ)]
OfComplex = Annotated[
    UUID | None,
    Query(description="only with holders at the sites of this complex, and those that nobody has"),
]
Issuing = Annotated[Call, writing(Permission.PASSES_ISSUE)]
DryRun = Annotated[bool, Query(description="judge the lines, add nothing")]


@router.get("", response_model=Page[StockRow], responses=answers())
@looks_at(LookKind.PASSES)
def list_cards(
    call: Reading,
    query: ListParams,
    state: Annotated[list[CardState] | None, Query()] = None,
    complex_id: OfComplex = None,
    pass_id: Annotated[UUID | None, Query(description="with the holder of this pass")] = None,
) -> dict[str, Any]:
    """Cards and fobs. Sorts: card, label, state, since, due, holder."""
    at = now(call.session)
    return card_lists.list_cards(
        call.session, query, tuple(state or ()), complex_id=complex_id, pass_id=pass_id, at=at
    )


@router.get("/counts", response_model=dict[CardState, int], responses=answers())
def count_cards(call: Reading, complex_id: OfComplex = None) -> Any:
    """How many cards are in each state."""
    return card_lists.count_cards(call.session, complex_id, now(call.session))


@router.post("", status_code=201, response_model=StockOut, responses=answers())
def add_card(call: Issuing, draft: StockDraft) -> StockOut:
    """A card for the stock. One that is known already is refused (`card_known`), however it is typed."""
    return _shown(call, service.add_card(call.session, call.actor, draft).id)


@router.post("/import", response_model=Stocked, responses=answers())
def import_cards(call: Issuing, draft: StockList, request: Request, dry_run: DryRun = False) -> Stocked:
    """A box of cards for the stock, a verdict a line: what can be added is; the rest says what is wrong.

    Sent again, as when an answer was lost, it adds nothing twice: each card is known by then.
    """
    language = language_of(request)
    if not dry_run:
        return _stocked(service.import_cards(call.session, call.actor, draft), language, is_dry=False)
    with trial(call.session):
        return _stocked(service.import_cards(call.session, call.actor, draft), language, is_dry=True)
    raise AssertionError("a trial ends within")


@router.get("/{card_id}", response_model=StockOut, responses=answers(CardNotThere, one=True))
@looks_at(LookKind.PASSES)
def get_card(call: Reading, card_id: UUID) -> StockOut:
    """One card with its history."""
    return _shown(call, card_id)


@router.put("/{card_id}", response_model=StockOut, responses=answers(CardNotThere, one=True))
def label_card(call: Issuing, card_id: UUID, draft: LabelDraft) -> StockOut:
    """What the company calls it."""
    return _shown(call, service.label_card(call.session, call.actor, card_id, draft).id)


@router.post(
    "/{card_id}/give",
    response_model=StockOut,
    responses=answers(
        *(CardNotThere, CardIsElsewhere, PassNotThere, PassIsFinal, OnBlacklist),
        *(SiteNotFound, PersonNotThere, PremisesNotThere),
        one=True,
    ),
)
def give_card(call: Issuing, card_id: UUID, draft: GiveDraft) -> StockOut:
    """Give a card that is in stock; the site's boxes open by it a moment later."""
    given = service.give_card(call.session, call.actor, card_id, draft)
    shown = _shown(call, given.id)
    if draft.new_pass is not None:
        service.keep_key(call.session, call.house.secrets, draft.new_pass.site_id)
    return shown


@router.post(
    "/{card_id}/move", response_model=StockOut, responses=answers(CardNotThere, CardIsElsewhere, one=True)
)
def move_card(call: Issuing, card_id: UUID, draft: CardMove) -> StockOut:
    """Take a card back, or write down that it is lost or destroyed: it stops opening with that."""
    return _shown(call, service.move_card(call.session, call.actor, card_id, draft).id)


def _stocked(verdicts: list[Verdict], language: Language, *, is_dry: bool) -> Stocked:
    rows = [
        StockedRow(
            line=verdict.line,
            text=verdict.typed.text,
            label=verdict.typed.label,
            card_id=verdict.made.id if verdict.made is not None and not is_dry else None,
            key=verdict.made.key if verdict.made is not None else None,
            format=verdict.made.format if verdict.made is not None else None,
            faults=[
                RowFault(
                    column=fault.path,
                    code=fault.code,
                    message=fault.text.in_language(language, **(fault.data or {})),
                )
                for fault in verdict.faults
            ],
        )
        for verdict in verdicts
    ]
    added = sum(verdict.made is not None for verdict in verdicts)
    choices = dict.fromkeys(way for verdict in verdicts for way in verdict.ways)
    return Stocked(added=added, faulty=len(rows) - added, choices=list(choices), rows=rows)


def _shown(call: Call, card_id: UUID) -> StockOut:
    row = card_lists.card_row(call.session, card_id, now(call.session))
    history = [CardLine.model_validate(line) for line in cards.history_of(call.session, card_id)]
    return StockOut.model_validate(row | {"history": history})
