"""The built web app: hashed assets cached for good, sent compressed, every other path answered by its face's page."""

import mimetypes
import os
from pathlib import Path

from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.responses import FileResponse, Response
from starlette.staticfiles import NotModifiedResponse, StaticFiles
from starlette.types import Receive, Scope, Send

from cloud.kernel.settings import SettingWrong

_IMMUTABLE = "public, max-age=31536000, immutable"
_REVALIDATE = "no-cache"
# As the build leaves them beside each file, the smaller first (cloud/web/scripts/compress.mjs).
_ENCODINGS = {"br": ".br", "gzip": ".gz"}


class WebFiles(StaticFiles):
    """Serves a folder; `/desk/anything` is `desk.html` or `desk/index.html` when there is one, else `index.html`."""

    def __init__(self, folder: Path) -> None:
        """Raises SettingWrong for a folder without a built app."""
        if not (folder / "index.html").is_file():
            raise SettingWrong("web_dir", f"no built web app in {folder}: there is no index.html")
        super().__init__(directory=folder)
        self.config_checked = True  # just now; a folder that goes later is "not found", no internal error
        self._folder = folder

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return
        await super().__call__(scope, receive, send)

    async def get_response(self, path: str, scope: Scope) -> Response:
        try:
            response = await super().get_response(path, scope)
        except HTTPException as error:
            if error.status_code != 404 or not self._is_page(path, scope):
                raise
            response = self._page(path, scope)
        is_asset = path.startswith("assets/") and response.status_code in {200, 206, 304}
        response.headers["Cache-Control"] = _IMMUTABLE if is_asset else _REVALIDATE
        return response

    def _is_page(self, path: str, scope: Scope) -> bool:
        """A person's address, not a missing asset or a mistyped endpoint."""
        wants_html = path in {"", "."} or "text/html" in Headers(scope=scope).get("accept", "")
        return wants_html and not path.startswith(("api/", "assets/"))

    def _page(self, path: str, scope: Scope) -> Response:
        face = path.partition("/")[0]
        for candidate in (f"{face}.html", f"{face}/index.html", "index.html"):
            file = self._folder / candidate
            if face.isidentifier() and file.is_file():
                return self.file_response(file, file.stat(), scope)
        index = self._folder / "index.html"
        if not index.is_file():
            raise HTTPException(404)
        return self.file_response(index, index.stat(), scope)

    def file_response(
        self,
        full_path: str | os.PathLike[str],
        stat_result: os.stat_result,
        scope: Scope,
        status_code: int = 200,
    ) -> Response:
        """The file, or the smallest of its compressed copies that the browser understands."""
        wanted = _accepted(Headers(scope=scope).get("accept-encoding", ""))
        copies = {name: Path(f"{os.fspath(full_path)}{suffix}") for name, suffix in _ENCODINGS.items()}
        here = [name for name, copy in copies.items() if copy.is_file()]
        chosen = next((name for name in here if name in wanted), None)
        file = copies[chosen] if chosen else full_path
        response = FileResponse(
            file,
            status_code=status_code,
            stat_result=file.stat() if isinstance(file, Path) else stat_result,
            media_type=mimetypes.guess_type(full_path)[0] or "application/octet-stream",
        )
        if here:
            response.headers["Vary"] = "Accept-Encoding"
        if chosen:
            response.headers["Content-Encoding"] = chosen
            response.headers["ETag"] = response.headers["ETag"].removesuffix('"') + f'-{chosen}"'
        if self.is_not_modified(response.headers, Headers(scope=scope)):
            return NotModifiedResponse(response.headers)
        return response


def _accepted(header: str) -> frozenset[str]:
    """The encodings that an Accept-Encoding header names, without those it forbids by `q=0`."""
    parts = (part.strip().partition(";") for part in header.lower().split(","))
    return frozenset(name for name, _, quality in parts if quality.replace(" ", "") not in {"q=0", "q=0.0"})
