"""HTTP of the journal on paper; the extract that proves itself stands in `telemetry`."""

import subprocess
import sys
import tempfile
from datetime import timedelta
from typing import Annotated, Any
from uuid import UUID

import msgspec
import psycopg
from fastapi import Query, Response

from cloud.kernel.api import Call, Router, reading
from cloud.kernel.database import now
from cloud.kernel.errors import RetryLater
from cloud.kernel.looks import looks_at
from cloud.kernel.permissions import Permission
from cloud.kernel.problems import answers
from cloud.kernel.schemas import Instant
from cloud.reads.journal_names import names_at
from cloud.reads.journal_pdf import Order
from cloud.sites import service as sites
from cloud.sites.errors import BoxNotFound
from cloud.telemetry import service as telemetry
from cloud.telemetry.errors import PeriodInvalid, TooMuchForPaper
from protocols.privacy import LookKind

router = Router(prefix="/api/journal", tags=["journal"])
Reading = Annotated[Call, reading(Permission.AUDIT_READ)]
MOST_RECORDS = 5000
_LONGEST = timedelta(days=31)
_WITHIN_S = 50.0
_PAPER: dict[int | str, dict[str, Any]] = {
    200: {"content": {"application/pdf": {"example": "%PDF-1.3…"}}, "description": "A4 pages"}
}


@router.get(
    "/boxes/{box_id}/pdf",
    response_class=Response,
    responses=answers(BoxNotFound, PeriodInvalid, TooMuchForPaper, one=True) | _PAPER,
)
@looks_at(LookKind.JOURNAL)
def print_journal(
    call: Reading,
    box_id: UUID,
    begin: Annotated[Instant | None, Query(description="default: a day before `end`")] = None,
    end: Annotated[Instant | None, Query(description="exclusive; default: now")] = None,
) -> Response:
    """What a box's journal took in within a period, in words, with what came of checking it; at most a month at once.

    In the caller's language, on the site's clock. Who doubts the paper asks for the signed extract of the same period.
    """
    end = end or now(call.session)
    begin = begin or end - timedelta(days=1)
    if not begin < end <= begin + _LONGEST:
        raise PeriodInvalid(days=_LONGEST.days)
    box = sites.find_box(call.session, box_id)
    call.about.add(box.organisation_id)
    site = sites.find_site(call.session, box.site_id)
    connection = call.session.connection().connection.driver_connection
    assert isinstance(connection, psycopg.Connection)  # noqa: S101  # the engine is psycopg's
    with tempfile.NamedTemporaryFile() as file:
        signer = call.house.secrets.signing_key(telemetry.EXPORT_KEY)
        title, at = (box_id, box.name), now(call.session)
        count = telemetry.write_extract(
            connection, file.file, signer, box=title, begin=begin, end=end, made_at=at
        )
        if count > MOST_RECORDS:
            raise TooMuchForPaper(most=MOST_RECORDS, found=count)
        file.flush()
        order = Order(
            file=file.name,
            site=site.name,
            time_zone=site.time_zone,
            language=call.actor.language,
            names=names_at(call.session, box.site_id),
            keys=[key.hex() for key, _since in sites.journal_keys(call.session, box_id)],
        )
        made = _print(order)
    name = f"journal-{box_id}-{begin:%Y%m%d}-{end:%Y%m%d}.pdf"
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"}
    return Response(made, media_type="application/pdf", headers=headers)


def _print(order: Order) -> bytes:
    """In a process of its own: neither fonts nor layout stay here. Raises RetryLater when it takes too long."""
    command = [sys.executable, "-m", "cloud.reads.journal_pdf"]
    try:
        done = subprocess.run(  # noqa: S603  # our own module
            command, input=msgspec.json.encode(order), capture_output=True, timeout=_WITHIN_S, check=False
        )
    except subprocess.TimeoutExpired:
        raise RetryLater(retry_after_s=30) from None
    if done.returncode:
        raise RuntimeError(f"cloud.reads.journal_pdf: {done.stderr.decode(errors='replace')[-2000:]}")
    return done.stdout
