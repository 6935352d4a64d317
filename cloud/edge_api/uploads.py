"""Files from boxes: named by their SHA-256, resumable by offset, idempotent.

    HEAD /edge/files/<sha256>   Upload-Offset: bytes received so far; Upload-Complete: ?1 or ?0
    GET  /edge/files/<sha256>   a face that panels of the box's site are to know; 404 when it is none any more
    PUT  /edge/files/<sha256>   the whole file, or with `Content-Range: bytes <first>-<last>/<size>` what follows;
                                201 complete, 202 more is missing, 409 with Upload-Offset: continue there,
                                507 with Retry-After: the company has no room now; keep the file and come back

`File-Kind: violation` says that the picture is not to make room for others. The names of the other headers are those of
the IETF draft on resumable uploads; ?1 and ?0 are structured booleans (RFC 9651).
"""

import asyncio
import re
from dataclasses import dataclass
from datetime import timedelta
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Request, Response
from fastapi.responses import StreamingResponse

from cloud.access import service as access
from cloud.edge_api.house import EdgeHouse, edge_house_of
from cloud.edge_api.peer import peer_box
from cloud.kernel import claims, limits, outbox
from cloud.kernel.claims import MEGABYTE, FileKind, QuotaExceeded
from cloud.kernel.database import Scope
from cloud.kernel.errors import BadRequest, NotThere, RetryLater, TooMany
from cloud.kernel.files import OffsetMismatch
from cloud.kernel.http import TooLarge
from cloud.kernel.language import Text
from cloud.sites import errors, service
from cloud.sites.events import NoRoomForFiles
from cloud.sites.types import BoxOwner

MOST_FILE_BYTES = 64 * MEGABYTE
_COME_BACK_S = 600  # the worker makes room every few minutes
_TOLD_EVERY = timedelta(hours=1)
_PIECE_BYTES = 256 * 1024
_RANGE = re.compile(r"bytes (\d{1,12})-(\d{1,12})/(\d{1,12})")
_MEDIA_TYPES = frozenset({"image/jpeg", "image/png", "image/webp", "video/mp4", "application/json"})

router = APIRouter(prefix="/edge/files")
House = Annotated[EdgeHouse, Depends(edge_house_of)]


class ContentRangeInvalid(BadRequest):
    """The Content-Range, or the Content-Length in its place, does not make sense."""

    code = "content_range_invalid"
    text = Text("Неверный Content-Range: {given}", "Wrong Content-Range: {given}")


class NoRoom(RetryLater):
    """The company's files leave no room for this one now."""

    status = 507
    code = "no_room"
    text = Text(
        "Нет места: файлы компании занимают {quota_mb} МБ. Повторите через {retry_after_s} с.",
        "No room: the company's files take {quota_mb} MB. Try again in {retry_after_s} s.",
    )
    example = {"quota_mb": 10240, "retry_after_s": 600}


@dataclass(frozen=True, slots=True)
class Piece:
    """Which part of a file a request carries."""

    first: int
    size: int  # of the whole file


@router.head("/{sha256}")
def head(request: Request, house: House, sha256: str) -> Response:
    """How much of the file is here."""
    owner = _owner(request, house)
    size = _claimed_size(house, owner, sha256)
    offset = house.files.received(sha256, owner.box_id) if size is None else size
    return Response(headers=_progress(offset, complete=size is not None))


@router.get("/{sha256}")
def get(request: Request, house: House, sha256: str) -> StreamingResponse:
    """A face, for the panels of a site where a pass names it; nothing else that the company has is a box's to read."""
    owner = _owner(request, house)
    with house.database.transaction(Scope.organisation(owner.organisation_id)) as session:
        if not access.is_face_at(session, owner.site_id, sha256):
            raise NotThere
    return StreamingResponse(
        house.files.read(sha256), media_type="image/jpeg", headers={"Cache-Control": "no-store"}
    )


@router.put("/{sha256}")
async def put(request: Request, house: House, sha256: str) -> Response:
    """Take a file, or the rest of one; what has arrived stays when the line breaks."""
    owner = await asyncio.to_thread(_owner, request, house)
    size = await asyncio.to_thread(_claimed_size, house, owner, sha256)
    if size is not None:
        return Response(status_code=201, headers=_progress(size, complete=True))
    piece = read_range(request.headers.get("content-range"), request.headers.get("content-length"))
    await asyncio.to_thread(_check_room, house, owner, piece.size)
    try:
        offset = await _receive(request, house, owner.box_id, sha256, piece)
    except OffsetMismatch as error:
        offset = int(error.data["offset"])
        if offset < piece.size:
            return Response(status_code=409, headers=_progress(offset, complete=False))
    if offset < piece.size:
        return Response(status_code=202, headers=_progress(offset, complete=False))
    await asyncio.to_thread(_finish, house, owner, sha256, request)
    return Response(status_code=201, headers=_progress(offset, complete=True))


def read_range(content_range: str | None, content_length: str | None) -> Piece:
    """Raises ContentRangeInvalid, or TooLarge for a file that is not taken at all."""
    if content_range is None:
        if content_length is None or not content_length.isdecimal():
            raise ContentRangeInvalid(given="")
        piece = Piece(0, int(content_length))
    else:
        match = _RANGE.fullmatch(content_range)
        first, last, size = map(int, match.groups()) if match else (1, 0, 0)
        if not first <= last < size:
            raise ContentRangeInvalid(given=content_range[:100])
        piece = Piece(first, size)
    if piece.size > MOST_FILE_BYTES:
        raise TooLarge(limit_kb=MOST_FILE_BYTES // 1024)
    return piece


async def _receive(request: Request, house: EdgeHouse, box_id: UUID, sha256: str, piece: Piece) -> int:
    offset, waiting = piece.first, b""
    async for data in request.stream():
        waiting += data
        if offset + len(waiting) > piece.size:
            raise ContentRangeInvalid(given=request.headers.get("content-range", ""))
        if len(waiting) >= _PIECE_BYTES:
            offset = await asyncio.to_thread(house.files.append, sha256, box_id, offset, waiting)
            waiting = b""
    if waiting:
        offset = await asyncio.to_thread(house.files.append, sha256, box_id, offset, waiting)
    return offset


def _finish(house: EdgeHouse, owner: BoxOwner, sha256: str, request: Request) -> None:
    """Claim the file and put it in its place: both or neither, but for a file in its place that a sweep will find."""
    content_type = request.headers.get("content-type", "")
    try:
        with house.database.transaction(Scope.organisation(owner.organisation_id)) as session:
            claims.claim(
                session,
                sha256,
                kind=FileKind.VIOLATION
                if request.headers.get("file-kind") == "violation"
                else FileKind.STILL,
                size=house.files.received(sha256, owner.box_id),
                media_type=content_type if content_type in _MEDIA_TYPES else "application/octet-stream",
                name=sha256,
                quota_bytes=_quota_bytes(house),
            )
            house.files.finish(sha256, owner.box_id)
    except QuotaExceeded as error:
        raise _no_room(house, owner) from error


def _check_room(house: EdgeHouse, owner: BoxOwner, size: int) -> None:
    """Before the bytes come; the claim at the end has the last word. Raises NoRoom."""
    with house.database.transaction(Scope.organisation(owner.organisation_id)) as session:
        used = claims.used_bytes(session)
    if used + size > _quota_bytes(house):
        raise _no_room(house, owner)


def _no_room(house: EdgeHouse, owner: BoxOwner) -> NoRoom:
    """The refusal; people hear of it at most once an hour a box."""
    try:
        limits.take(house.database, f"no-room/{owner.box_id}", most=1, window=_TOLD_EVERY)
    except TooMany:
        pass
    else:
        with house.database.transaction(Scope.organisation(owner.organisation_id)) as session:
            outbox.add(session, NoRoomForFiles(box_id=owner.box_id, quota_mb=house.settings.files_quota_mb))
    return NoRoom(retry_after_s=_COME_BACK_S, quota_mb=house.settings.files_quota_mb)


def _quota_bytes(house: EdgeHouse) -> int:
    return house.settings.files_quota_mb * MEGABYTE


def _owner(request: Request, house: EdgeHouse) -> BoxOwner:
    box_id = peer_box(request)
    with house.database.transaction() as session:
        owner = service.owner_of(session, box_id) if box_id is not None else None
    if owner is None:
        raise errors.BoxUnknown
    if owner.revoked_at is not None:
        raise errors.BoxRevoked
    return owner


def _claimed_size(house: EdgeHouse, owner: BoxOwner, sha256: str) -> int | None:
    """Bytes of the file if the box's company has it; another company's copy is none of its business."""
    house.files.path(sha256)  # raises FixInput for what is no hash
    with house.database.transaction(Scope.organisation(owner.organisation_id)) as session:
        try:
            return claims.claimed(session, sha256).size
        except NotThere:
            return None


def _progress(offset: int, *, complete: bool) -> dict[str, str]:
    return {"Upload-Offset": str(offset), "Upload-Complete": "?1" if complete else "?0"}
