"""HTTP of the journal: an extract for a period, which proves itself."""

import tempfile
from collections.abc import Iterator
from datetime import timedelta
from typing import IO, Annotated, Any
from uuid import UUID

import psycopg
from fastapi import Query
from fastapi.responses import StreamingResponse

from cloud.kernel.api import Call, Router, reading
from cloud.kernel.database import now
from cloud.kernel.looks import looks_at
from cloud.kernel.permissions import Permission
from cloud.kernel.problems import answers
from cloud.kernel.schemas import Instant
from cloud.sites import service as sites
from cloud.sites.errors import BoxNotFound
from cloud.telemetry import extracts
from cloud.telemetry.errors import PeriodInvalid
from cloud.telemetry.schemas import JournalKey, JournalKeys
from protocols.privacy import LookKind

router = Router(prefix="/api/journal", tags=["journal"])
_MONTH = timedelta(days=31)
_LONGEST = timedelta(days=366)
_CHUNK = 256 * 1024
_CONTENT: dict[int | str, dict[str, Any]] = {
    200: {"content": {"application/jsonl": {"example": '{"kind":"header",…}'}}, "description": "JSON Lines"}
}
Reading = Annotated[Call, reading(Permission.AUDIT_READ)]


@router.get(
    "/boxes/{box_id}",
    response_class=StreamingResponse,
    responses=answers(BoxNotFound, PeriodInvalid, one=True) | _CONTENT,
)
@looks_at(LookKind.JOURNAL)
def export_journal(
    call: Reading,
    box_id: UUID,
    begin: Annotated[Instant | None, Query(description="default: a month before `end`")] = None,
    end: Annotated[Instant | None, Query(description="exclusive; default: now")] = None,
) -> StreamingResponse:
    """What a box's journal took in within a period, signed by the box and by the cloud; at most a year at once.

    `domovoy journal verify FILE` proves it, also where nothing else of the cloud is at hand.
    """
    end = end or now(call.session)
    begin = begin or end - _MONTH
    if not begin < end <= begin + _LONGEST:
        raise PeriodInvalid(days=_LONGEST.days)
    box = sites.find_box(call.session, box_id)
    call.about.add(box.organisation_id)
    connection = call.session.connection().connection.driver_connection
    assert isinstance(connection, psycopg.Connection)  # noqa: S101  # the engine is psycopg's
    file = tempfile.TemporaryFile()  # noqa: SIM115  # closed when it was sent
    extracts.write(
        connection,
        file,
        call.house.secrets.signing_key(extracts.EXPORT_KEY),
        box=(box_id, box.name),
        begin=begin,
        end=end,
        made_at=now(call.session),
    )
    name = f"journal-{box_id}-{begin:%Y%m%d}-{end:%Y%m%d}.jsonl"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return StreamingResponse(_sent(file), media_type="application/jsonl", headers=headers)


@router.get("/boxes/{box_id}/keys", responses=answers(BoxNotFound, one=True))
def show_journal_keys(call: Reading, box_id: UUID) -> JournalKeys:
    """The public keys (Ed25519) that an extract of this box's journal must be signed by.

    Whoever relies on extracts notes these apart from the installation, and proves them by
    `domovoy journal verify FILE --box-key … --cloud-key …`.
    """
    box = sites.find_box(call.session, box_id)
    call.about.add(box.organisation_id)
    cloud = call.house.secrets.signing_key(extracts.EXPORT_KEY).public_key().public_bytes_raw()
    keys = sites.journal_keys(call.session, box_id)
    return JournalKeys(cloud=cloud.hex(), box=[JournalKey(key=key.hex(), since=since) for key, since in keys])


def _sent(file: IO[bytes]) -> Iterator[bytes]:
    with file:
        file.seek(0)
        while chunk := file.read(_CHUNK):
            yield chunk
