"""Signs people in, and hires the demo's staff as an administrator would: by letters with one-time links."""

import mailbox
import re
import time
from pathlib import Path

from deploy.demo.api import Api
from deploy.demo.company import APP_RESIDENT, GUARD_CARDS, STAFF, User
from deploy.demo.servers.processes import ServerError

_LETTER_WAIT_S = 60
_LOOK_S = 0.1


def sign_in(url: str, login: str, password: str) -> Api:
    """A signed-in browser. Raises Refused."""
    api = Api(url)
    api.post("/api/session", {"email": login, "password": password})
    return api


def hire(administrator: Api, letters: Path, password: str) -> None:
    """Invite everybody, wait for the letters, and accept for them with one password for all."""
    roles = {role["code"]: role["id"] for role in administrator.get("/api/roles")["items"]}
    for employee in STAFF:
        invitation = {"email": employee.login, "name": employee.name, "role_ids": [roles[employee.role]]}
        administrator.post("/api/staff", invitation)
    for employee in STAFF:
        _accept(administrator.url, "/api/invitation/accept", letters, employee, password)


def let_resident_in(administrator: Api, letters: Path, password: str, person: str) -> None:
    """Invite the resident who uses the app, wait for the letter, and accept."""
    administrator.post(f"/api/people/{person}/account", {"email": APP_RESIDENT.login})
    _accept(administrator.url, "/api/resident/invitation/accept", letters, APP_RESIDENT, password)


def give_pins(administrator: Api) -> dict[str, str]:
    """Give every guard a PIN, and some a card, for the pages that the boxes serve; the PINs by login."""
    logins = {employee.login for employee in STAFF if employee.role == "guard"}
    guards = [person for person in administrator.all("/api/staff") if person["email"] in logins]
    for person in guards:
        if card := GUARD_CARDS.get(person["email"]):
            administrator.post(f"/api/guards/{person['id']}/cards", {"text": card})
    return {
        person["email"]: administrator.post(f"/api/guards/{person['id']}/pin")["pin"] for person in guards
    }


def _accept(url: str, path: str, letters: Path, user: User, password: str) -> None:
    with Api(url) as somebody:
        somebody.post(path, {"token": _invitation_token(letters, user), "password": password})


def _invitation_token(letters: Path, user: User) -> str:
    deadline = time.monotonic() + _LETTER_WAIT_S
    while time.monotonic() < deadline:
        for letter in mailbox.Maildir(letters, create=False):
            if user.login in str(letter["To"]) and (token := _token_in(letter)):
                return token
        time.sleep(_LOOK_S)
    raise ServerError(f"no invitation for {user.login} came within {_LETTER_WAIT_S} s: {letters}")


def _token_in(letter: mailbox.MaildirMessage) -> str | None:
    for part in letter.walk():
        payload = part.get_payload(decode=True)
        if isinstance(payload, bytes) and (
            found := re.search(r"/(?:resident-)?invitation#([\w-]+)", payload.decode())
        ):
            return found[1]
    return None
