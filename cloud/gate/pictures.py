"""Pictures at the guard's page: those that are here, and photographs that guards take."""

import io
from hashlib import sha256

from starlette.responses import Response, StreamingResponse

from cloud.gate.desk import Asked, Desk
from cloud.gate.problems import Trouble, conflict
from cloud.kernel import claims
from cloud.kernel.claims import MEGABYTE, FileKind
from protocols.guard_views import Photo
from protocols.photos import remade


def picture(desk: Desk, asked: Asked) -> Response:
    """A picture of the company by its hash. Raises NotThere."""
    row = claims.claimed(desk.session, asked.id)
    headers = {"Cache-Control": "private, max-age=86400, immutable", "Content-Length": str(row.size)}
    return StreamingResponse(desk.house.files.read(asked.id), headers=headers, media_type="image/jpeg")


def add_photo(desk: Desk, asked: Asked) -> Photo:
    """Made smaller, without the place where it was taken. The same picture twice is one. Raises Trouble."""
    if desk.shift is None:
        raise conflict("not_on_duty")
    try:
        data = remade(asked.body)
    except ValueError as error:
        raise Trouble(422, "no_picture", str(error)) from error
    name = sha256(data).hexdigest()
    claims.claim(
        desk.session,
        name,
        kind=FileKind.VIOLATION,
        size=len(data),
        media_type="image/jpeg",
        name=name,
        quota_bytes=desk.house.settings.files_quota_mb * MEGABYTE,
    )
    desk.house.files.keep(name, io.BytesIO(data))
    return Photo(sha256=name, path=f"/gate/api/pictures/{name}")
