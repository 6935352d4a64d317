"""Files of a company over HTTP."""

import hashlib
from collections.abc import Callable, Sequence
from typing import Annotated, Any

from fastapi import File, UploadFile
from fastapi.responses import StreamingResponse
from pydantic import Field
from sqlalchemy.orm import Session

from cloud.kernel import audit, claims
from cloud.kernel.api import Call, Router, reading, writing
from cloud.kernel.claims import MEGABYTE, FileKept, FileKind, QuotaExceeded
from cloud.kernel.files import CHUNK_BYTES
from cloud.kernel.http import TooLarge
from cloud.kernel.looks import looks_at
from cloud.kernel.permissions import Permission
from cloud.kernel.problems import answers
from cloud.kernel.schemas import Output, example
from protocols.privacy import LookKind

router = Router(prefix="/api", tags=["files"])
_SAFE_INLINE = frozenset(
    {"image/jpeg", "image/png", "image/webp", "image/gif", "application/pdf", "video/mp4"}
)
CONTENT: dict[int | str, dict[str, Any]] = {
    200: {"description": "the file", "content": {"application/octet-stream": {"example": "…"}}}
}


class Uploaded(Output):
    """A file of the store, by its content."""

    model_config = example(sha256="9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08", size=4)

    sha256: str
    size: int = Field(description="bytes")


@router.get("/files/{sha256}", responses=answers(one=True) | CONTENT, response_class=StreamingResponse)
@looks_at(LookKind.PICTURES)
def download(call: Annotated[Call, reading(Permission.FILES_READ)], sha256: str) -> StreamingResponse:
    """A file that one of my companies holds; while a box still sends it, 404."""
    call.about.add(claims.claimed(call.session, sha256).organisation_id)
    return file_answer(call, sha256)


def file_answer(call: Call, sha256: str) -> StreamingResponse:
    """A file that the scope's companies hold, as browsers may show it. Raises NotThere."""
    row = claims.claimed(call.session, sha256)
    inline = row.media_type in _SAFE_INLINE
    return StreamingResponse(
        call.house.files.read(sha256),
        media_type=row.media_type if inline else "application/octet-stream",
        headers={
            "Content-Length": str(row.size),
            "Content-Disposition": "inline" if inline else "attachment",
            "Content-Security-Policy": "default-src 'none'; sandbox",
            "Cache-Control": "private, max-age=31536000, immutable",
            "ETag": f'"{sha256}"',
        },
    )


def private_answer(call: Call, sha256: str, size: int, media_type: str) -> StreamingResponse:
    """A picture that nobody's browser keeps, so that each look at it is asked for. Raises NotThere."""
    return StreamingResponse(
        call.house.files.read(sha256),
        media_type=media_type,
        headers={
            "Content-Length": str(size),
            "Content-Disposition": "inline",
            "Content-Security-Policy": "default-src 'none'; sandbox",
            "Cache-Control": "no-store",
        },
    )


def read_upload(file: UploadFile, most_bytes: int) -> bytes:
    """What was sent. Raises TooLarge."""
    data = file.file.read(most_bytes + 1)
    if len(data) > most_bytes:
        raise TooLarge(limit_kb=most_bytes // 1024)
    return data


InUse = Callable[[Session, str], bool]
"""Whether something of the current company names the file, so that it must stay."""


def removal_route(in_use: Sequence[InUse]) -> Router:
    """The route that removes a file, with the slices' own objections."""
    removing = Router(prefix="/api", tags=["files"])

    @removing.delete("/files/{sha256}", status_code=204, responses=answers(FileKept, one=True))
    def remove(call: Annotated[Call, writing(Permission.FILES_REMOVE)], sha256: str) -> None:
        """Remove a file that somebody of the company put there; other companies that have the same one keep it."""
        claims.claimed(call.session, sha256)
        if any(names(call.session, sha256) for names in in_use):
            raise FileKept
        gone = claims.give_up(call.session, sha256)
        told = {"name": gone.name, "size": gone.size, "sha256": sha256}
        audit.record(call.session, call.actor, "kernel.file.delete", "file", gone.id, told)

    return removing


@router.post("/files", status_code=201, responses=answers(QuotaExceeded, TooLarge))
def upload(
    call: Annotated[Call, writing(Permission.FILES_UPLOAD)], file: Annotated[UploadFile, File()]
) -> Uploaded:
    """Keep a file for the company; the same content is kept once."""
    digest = hashlib.sha256()
    while piece := file.file.read(CHUNK_BYTES):
        digest.update(piece)
    sha256, size = digest.hexdigest(), file.file.tell()
    quota = call.house.settings.files_quota_mb * MEGABYTE
    claims.claim(
        call.session,
        sha256,
        kind=FileKind.DOCUMENT,
        size=size,
        media_type=file.content_type or "application/octet-stream",
        name=(file.filename or "file")[:200],
        quota_bytes=quota,
    )
    file.file.seek(0)
    call.house.files.keep(sha256, file.file)
    named = claims.claimed(call.session, sha256)
    audit.record(
        call.session, call.actor, "kernel.file.upload", "file", named.id, {"name": named.name, "size": size}
    )
    return Uploaded(sha256=sha256, size=size)
