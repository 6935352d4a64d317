"""The built web app: hashed assets cached for good, every other path answered by its face's page."""

from pathlib import Path

from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.responses import FileResponse, Response
from starlette.staticfiles import StaticFiles
from starlette.types import Receive, Scope, Send

from cloud.kernel.settings import SettingWrong

_IMMUTABLE = "public, max-age=31536000, immutable"
_REVALIDATE = "no-cache"


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
            response = self._page(path)
        is_asset = path.startswith("assets/") and response.status_code == 200
        response.headers["Cache-Control"] = _IMMUTABLE if is_asset else _REVALIDATE
        return response

    def _is_page(self, path: str, scope: Scope) -> bool:
        """A person's address, not a missing asset or a mistyped endpoint."""
        wants_html = path in {"", "."} or "text/html" in Headers(scope=scope).get("accept", "")
        return wants_html and not path.startswith(("api/", "assets/"))

    def _page(self, path: str) -> FileResponse:
        face = path.partition("/")[0]
        for candidate in (f"{face}.html", f"{face}/index.html", "index.html"):
            file = self._folder / candidate
            if face.isidentifier() and file.is_file():
                return FileResponse(file)
        index = self._folder / "index.html"
        if not index.is_file():
            raise HTTPException(404)
        return FileResponse(index)
