"""A guard who keeps watch by the cloud's own page: a shift, a visitor, a violation with a picture."""

import io
from collections.abc import Callable
from uuid import uuid4

from PIL import Image
from playwright.sync_api import APIResponse, Playwright

from deploy.demo.sites import GATE
from tests.web.conftest import Entry, House


class Watch:
    """The guard's API at the gate's site, as the guard's page speaks it."""

    def __init__(self, playwright: Playwright, house: House, entries: Callable[[str], Entry]) -> None:
        entry = entries("guard")
        self._client = playwright.request.new_context(
            base_url=house.url, storage_state=entry.cookies, extra_http_headers={"Origin": house.url}
        )
        sites = self._done(self._client.get("/api/site-names")).json()
        [self._site] = [each["id"] for each in sites if each["name"] == GATE.name]

    def begin(self) -> str:
        """On duty. Returns the shift's id."""
        return str(self._sent("POST", "shifts", {"id": str(uuid4())})["id"])

    def visitor(self, name: str) -> None:
        """Inside now."""
        self._sent("PUT", f"visits/{uuid4()}", {"state": "inside", "name": name, "purpose": "К соседям"})

    def violation(self, plate: str, note: str) -> None:
        """With a picture."""
        data = io.BytesIO()
        Image.new("RGB", (640, 400), (90, 120, 90)).save(data, "JPEG")
        taken = self._done(
            self._client.post(
                f"/gate/api/photos?site={self._site}",
                data=data.getvalue(),
                headers={"Content-Type": "image/jpeg"},
            )
        ).json()
        order = {"id": str(uuid4()), "kind": "parking", "plate": plate, "note": note}
        self._sent("POST", "violations", order | {"photos": [taken["sha256"]]})

    def end(self) -> None:
        """Of the connection; the shift goes on."""
        self._client.dispose()

    def _sent(self, method: str, path: str, body: dict[str, object]) -> dict[str, object]:
        answer = self._client.fetch(f"/gate/api/{path}?site={self._site}", method=method, data=body)
        made: dict[str, object] = self._done(answer).json()
        return made

    def _done(self, answer: APIResponse) -> APIResponse:
        assert answer.ok, answer.text()
        return answer
