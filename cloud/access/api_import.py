"""HTTP of passes that come as a table."""

from dataclasses import replace
from typing import Annotated
from uuid import UUID

from fastapi import File, Form, Query, Request, UploadFile
from pydantic import Json

from cloud.access import service
from cloud.access.errors import AlreadyImported
from cloud.access.imports import Verdict
from cloud.access.schemas import Imported, ImportedRow, RowFault
from cloud.access.tables import BYTES_MAX, read_table
from cloud.access.types import ImportDraft, PassState
from cloud.housing.errors import PremisesNotThere
from cloud.kernel.api import Call, Router, writing
from cloud.kernel.database import trial
from cloud.kernel.permissions import Permission
from cloud.kernel.problems import answers, language_of
from cloud.people.errors import PersonNotThere
from cloud.sites.errors import SiteNotFound

router = Router(prefix="/api/access", tags=["access"])
Issuing = Annotated[Call, writing(Permission.PASSES_ISSUE)]
DryRun = Annotated[bool, Query(description="judge the rows, issue nothing")]


@router.post(
    "/passes/import",
    response_model=Imported,
    responses=answers(AlreadyImported, SiteNotFound, PersonNotThere, PremisesNotThere),
)
def import_passes(
    call: Issuing,
    file: Annotated[UploadFile, File(description="CSV, XLSX, XLS or ODS; the first row names the columns")],
    draft: Annotated[Json[ImportDraft], Form(description="what all of them have in common, as JSON")],
    request: Request,
    dry_run: DryRun = False,
) -> Imported:
    """Passes from a table, a verdict a row: what can be issued is, as one group; the rest says what is wrong."""
    lines, columns = read_table(file.file.read(BYTES_MAX + 1))
    language = language_of(request)
    unknown = [column.told(language) for column in columns]
    actor = replace(call.actor, language=language)
    if dry_run:
        with trial(call.session):
            verdicts = service.import_passes(call.session, actor, draft, lines)
            return _told(draft.id, verdicts, unknown, is_dry=True)
    verdicts = service.import_passes(call.session, actor, draft, lines)
    if any(verdict.made for verdict in verdicts):
        service.keep_key(call.session, call.house.secrets, draft.site_id)
    return _told(draft.id, verdicts, unknown, is_dry=False)


def _told(group_id: UUID, verdicts: list[Verdict], unknown: list[str], *, is_dry: bool) -> Imported:
    rows = [
        ImportedRow(
            line=verdict.line,
            holder=verdict.holder,
            plate=verdict.plate,
            pass_id=verdict.made.id if verdict.made and not is_dry else None,
            number=verdict.made.number if verdict.made and not is_dry else None,
            is_good=verdict.made is not None,
            waits=verdict.made is not None and verdict.made.state == PassState.REQUESTED,
            left_out=verdict.made.left_out if verdict.made else [],
            faults=[RowFault(**fault._asdict()) for fault in verdict.faults],
        )
        for verdict in verdicts
    ]
    good = sum(row.is_good for row in rows)
    return Imported(
        group_id=group_id, issued=good, faulty=len(rows) - good, unknown_columns=unknown, rows=rows
    )
