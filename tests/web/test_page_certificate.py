"""The certificate of the guard's page: an administrator sees which serves, uploads another, takes it away again."""

import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from deploy.demo.boxes import enrol, identity_of
from deploy.demo.drive.stranger import Stranger
from protocols.messages import ServedPage, State, encode
from tests.support.certificates import Made, make_certificate
from tests.web.conftest import OpenPage
from tests.web.pages import VISIBLE_MS
from tests.web.test_code_keys import post
from tests.web.test_screens import faults_of, folder_of

pytestmark = [pytest.mark.web, pytest.mark.timeout(300)]
NOW = datetime.now(UTC)
OF_THE_CLOUD = ServedPage(
    source="authority",
    names=["192.168.1.20", "kpp.local"],
    own_names=["kpp.local", "192.168.1.20"],
    issuer="Domovoy CA",
    fingerprint="ab" * 32,
    begins=NOW - timedelta(days=10),
    ends=NOW + timedelta(days=700),
)


@contextmanager
def box_with_page(page: Page, folder: Path, name: str) -> Iterator[tuple[dict[str, Any], Stranger]]:
    """A box at a site of its own, enrolled and not run: what it says of itself says the test. Revoked at the end."""
    page.goto("/desk/sites")
    site = post(page, "/api/sites", {"name": name, "time_zone": "Europe/Moscow"})
    box = post(page, "/api/boxes", {"site_id": site["id"], "name": "КПП"})
    code = post(page, f"/api/boxes/{box['id']}/code", {})
    enrol(folder, code["edge_url"], code["code"])
    port = json.loads((folder / "data/enrolled.json").read_text())["answer"]["mqtt"]["port"]
    try:
        with Stranger(identity_of(folder), port) as stranger:
            stranger.send_state(encode(State(online=True, at=NOW, software="0.1.0", page=OF_THE_CLOUD)))
            page.goto(f"/desk/sites/{site['id']}")
            yield box, stranger
            stranger.send_state(encode(State(online=False)))
    finally:
        post_nothing(page, f"/api/boxes/{box['id']}/revoke", {"reason": "конец проверки"})


def post_nothing(page: Page, path: str, body: dict[str, Any]) -> None:
    """As `post`, of what answers with nothing."""
    page.evaluate(
        """async ([path, body]) => {
          const me = await (await fetch('/api/session')).json();
          const company = { 'X-CSRF-Token': me.csrf_token, 'X-Organisation': localStorage['domovoy.company'] };
          const headers = { 'Content-Type': 'application/json', ...company };
          const answer = await fetch(path, { method: 'POST', body: JSON.stringify(body), headers });
          if (!answer.ok) throw new Error(await answer.text());
        }""",
        [path, body],
    )


def files_of(made: Made, folder: Path, name: str) -> tuple[Path, Path]:
    certificate, key = folder / f"{name}.pem", folder / f"{name}.key"
    certificate.write_text(made.pem)
    key.write_text(made.key_pem)
    return certificate, key


@pytest.mark.parametrize("width", [1440, 390])
def test_a_certificate_is_uploaded_and_taken_away(open_page: OpenPage, tmp_path: Path, width: int) -> None:
    """A wrong key is said at its field, and what was chosen stays."""
    where = "phone" if width < 500 else "desktop"

    def look(name: str) -> None:
        page.wait_for_timeout(300)
        page.screenshot(path=folder_of(tmp_path) / f"desk-{name}-{where}-ru-light.png")
        assert faults_of(page) == []

    page = open_page("administrator", width=width)
    own = make_certificate(["gate.example.com"], called="Own", ends=NOW + timedelta(days=20))
    certificate, key = files_of(own, tmp_path, "gate")
    _, other_key = files_of(make_certificate(), tmp_path, "other")
    with box_with_page(page, tmp_path / "box", f"Объект с сертификатом {width}") as (box, stranger):
        card = page.locator("[data-row]").filter(has_text="КПП").first
        expect(card).to_contain_text("центр облака, действует до", timeout=VISIBLE_MS)
        card.get_by_role("button", name="Сертификат страницы охраны").click()
        dialog = page.get_by_role("dialog")
        expect(dialog).to_contain_text("192.168.1.20, kpp.local", timeout=VISIBLE_MS)
        expect(dialog).to_contain_text("Domovoy CA")
        inputs = dialog.locator("input[type=file]")
        upload = dialog.get_by_role("button", name="Загрузить", exact=True)
        upload.click()
        expect(dialog.get_by_text("Заполните поле.")).to_have_count(2)
        inputs.nth(0).set_input_files(certificate)
        inputs.nth(1).set_input_files(other_key)
        upload.click()
        expect(dialog).to_contain_text("Ключ не подходит к сертификату «Own».")
        expect(dialog).to_contain_text("gate.pem")
        expect(dialog).to_contain_text("other.key")
        expect(dialog.get_by_role("button", name=re.compile("Закрытый ключ"))).to_be_focused()
        look("page-certificate-refused")
        inputs.nth(1).set_input_files(key)
        upload.click()
        expect(dialog).to_contain_text("Сертификат на имена gate.example.com")
        dialog.get_by_role("checkbox", name="В сети объекта эти имена ведут на контроллер").check()
        upload.click()
        expect(dialog).to_have_count(0)
        expect(card).to_contain_text("Есть изменения, которые контроллеру не отправлены", timeout=VISIBLE_MS)
        card.get_by_role("button", name="Сертификат страницы охраны").click()
        expect(dialog).to_contain_text("Контроллер его ещё не получил")
        dialog.get_by_role("button", name="Закрыть").click()
        served = ServedPage(
            source="uploaded",
            names=["gate.example.com"],
            own_names=OF_THE_CLOUD.own_names,
            issuer="Own",
            fingerprint=fingerprint_of(page, box["id"]),
            ends=own.certificate.not_valid_after_utc,
        )
        stranger.send_state(encode(State(online=True, at=NOW, software="0.1.0", page=served)))
        expect(card).to_contain_text("Сертификат страницы охраны действует только до", timeout=VISIBLE_MS)
        look("page-certificate-ends")
        card.get_by_role("button", name="Сертификат страницы охраны").click()
        dialog.get_by_role("button", name="Убрать загруженный").click()
        dialog.get_by_role("button", name="Убрать загруженный").click()
        expect(dialog).to_have_count(0)
        card.get_by_role("button", name="Сертификат страницы охраны").click()
        expect(dialog).to_contain_text("Загруженный сертификат убран")
        dialog.get_by_role("button", name="Закрыть").click()


def fingerprint_of(page: Page, box: str) -> str:
    """As the cloud knows the one that is uploaded."""
    return str(page.request.get(f"/api/boxes/{box}").json()["page_uploaded"]["fingerprint"])
