"""The built web face: `/` leads to `/gate`, all below `/gate` is its page, hashed assets are cached for good."""

import mimetypes
from collections.abc import Iterator
from http import HTTPStatus
from pathlib import Path

from starlette.requests import Request
from starlette.responses import FileResponse, RedirectResponse, Response

from edge.guardhouse.problems import Trouble, not_found

PACKAGED = Path(__file__).parent / "web"
"""Where a built package carries the face."""

_IMMUTABLE, _REVALIDATE = "public, max-age=31536000, immutable", "no-cache"
_ENCODINGS = {"br": ".br", "gzip": ".gz"}  # beside each file, the smaller first
_PAGES = ("gate.html", "gate/index.html", "index.html")


class WebFiles:
    """Serves one folder and nothing beside it; a folder without a page says so."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder.resolve()

    @property
    def page(self) -> Path | None:
        """The face's page, if one was built."""
        return next((file for name in _PAGES if (file := self._folder / name).is_file()), None)

    async def serve(self, request: Request) -> Response:
        """GET of anything that is not the API. Raises Trouble."""
        path = request.url.path
        if path == "/":
            return RedirectResponse("/gate", HTTPStatus.TEMPORARY_REDIRECT)
        file = self._file(path)
        if file is not None:
            return self._answer(file, request, _IMMUTABLE if path.startswith("/assets/") else _REVALIDATE)
        if path != "/gate" and not path.startswith("/gate/"):
            raise not_found()
        page = self.page
        if page is None:
            raise Trouble(HTTPStatus.SERVICE_UNAVAILABLE, "no_face")
        return self._answer(page, request, _REVALIDATE)

    def _file(self, path: str) -> Path | None:
        if "\0" in path:
            return None  # no file's name holds it, and the system's calls refuse it
        file = (self._folder / path.lstrip("/")).resolve()
        inside = file.is_relative_to(self._folder) and file.suffix not in {"", *_ENCODINGS.values()}
        return file if inside and file.is_file() else None

    def _answer(self, file: Path, request: Request, cache: str) -> Response:
        wanted = frozenset(_accepted(request.headers.get("accept-encoding", "")))
        copies = {name: file.with_name(file.name + suffix) for name, suffix in _ENCODINGS.items()}
        here = {name: copy for name, copy in copies.items() if copy.is_file()}
        chosen = next((name for name in here if name in wanted), None)
        headers = {"Cache-Control": cache}
        if here:
            headers["Vary"] = "Accept-Encoding"
        if chosen:
            headers["Content-Encoding"] = chosen
        served = here[chosen] if chosen else file
        media_type = mimetypes.guess_type(file.name)[0] or "application/octet-stream"
        response = FileResponse(served, headers=headers, media_type=media_type, stat_result=served.stat())
        if request.headers.get("if-none-match") == response.headers["etag"]:
            return Response(status_code=HTTPStatus.NOT_MODIFIED, headers=headers)
        return response


def _accepted(header: str) -> Iterator[str]:
    """The encodings that an Accept-Encoding header names, without those it forbids by `q=0`."""
    for part in header.lower().split(","):
        name, _, quality = part.strip().partition(";")
        if quality.replace(" ", "") not in {"q=0", "q=0.0"}:
            yield name
