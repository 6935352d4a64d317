"""What is told over HTTP about retention."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from pydantic import Field

from cloud.kernel.schemas import Input, Output, example
from cloud.privacy.types import RunOutcome
from protocols.privacy import KeptKind

Days = Annotated[int, Field(ge=1, le=36_500)]
_ID = "0193514c-8a00-7000-8000-000000000001"
_AT = "2026-11-22T10:00:00Z"


class RetentionChange(Input):
    """Kinds that are left out stay. null: as long as the installation's standard says."""

    model_config = example(days={"visitors": 14, "stills": None})

    days: dict[KeptKind, Days | None]


class RunOut(Output):
    """What the job's last run over a kind came to: what was made before `cutoff` is gone."""

    model_config = example(
        at=_AT, cutoff="2026-10-23T00:00:00Z", erased=12, oldest=_AT, outcome="done", failure=""
    )

    at: datetime
    cutoff: datetime
    erased: int
    oldest: datetime | None = Field(description="of what stayed")
    outcome: RunOutcome
    failure: str = Field(description="why it did not succeed; else empty")


class StandingOut(Output):
    """A kind's rule and its proof, asked of the tables themselves at this moment."""

    model_config = example(
        organisation_id=_ID,
        kind="visitors",
        days=30,
        own=None,
        least=1,
        standard=30,
        most=365,
        oldest=_AT,
        overdue=0,
        cutoff="2026-10-23T00:00:00Z",
        run=None,
    )

    organisation_id: UUID
    kind: KeptKind
    days: int = Field(description="how long it is kept")
    own: int | None = Field(description="what the company has set; null: the standard holds")
    least: int = Field(description="the installation lets no company keep it for less")
    standard: int
    most: int
    oldest: datetime | None = Field(description="when the oldest that is here was made")
    cutoff: datetime = Field(description="what was made before is too old by the rule")
    overdue: int = Field(description="how many are here that are too old, counted up to 10 000 a table")
    run: RunOut | None = Field(description="null: the job has not been there yet")


class BoxStandingOut(Output):
    """What a box told last of a kind that it holds itself, judged now; every enrolled box is here."""

    model_config = example(
        box_id=_ID,
        box="КПП 1",
        site_id=_ID,
        site="Афины",
        kind="visitors",
        days=30,
        wanted=30,
        erased=4,
        erased_until="2026-10-23T00:00:00Z",
        oldest=_AT,
        at=_AT,
        is_late=False,
    )

    box_id: UUID
    box: str
    site_id: UUID
    site: str
    kind: str
    days: int | None = Field(description="by which rule it last went; null: it has told nothing yet")
    wanted: int | None = Field(
        description="the company's; of `records` the shortest that one of them has, of `video` the stills'; null: none"
    )
    erased: int
    erased_until: datetime | None = Field(
        description="nothing of that was made later; null: nothing, or not told"
    )
    oldest: datetime | None = Field(description="of what it still held then")
    at: datetime | None = Field(description="null: it has told nothing since it was enrolled")
    is_late: bool = Field(
        description="it may hold something older than the company allows: it did when it told last, or is silent since"
    )


class RetentionOut(Output):
    """All kinds of all companies that the caller may see, and their boxes."""

    model_config = example(kinds=[], boxes=[])

    kinds: list[StandingOut]
    boxes: list[BoxStandingOut]
