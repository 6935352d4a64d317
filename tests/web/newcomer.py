"""Somebody who comes into the company by the API alone: invited, joined, with a key for the second factor."""

import mailbox
import re
import time
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
import pyotp

from deploy.demo import company
from tests.web.conftest import House

_LETTER_S = 60
_ANSWER_S = 30


class Newcomer:
    """A person with an address and a password of their own."""

    def __init__(self, house: House) -> None:
        self.login = f"novikov-{uuid4().hex[:8]}@afiny.example"
        self.password = f"длинный пароль {uuid4().hex}"
        self._house = house

    def is_invited(self) -> str:
        """As an engineer, by the administrator; answers the path of the letter's link."""
        boss = company.ADMINISTRATOR.login
        with self._signed_in(boss, self._house.passwords[boss]) as api:
            [ours] = [
                each for each in _ok(api.get("/api/session"))["companies"] if each["name"] == company.COMPANY
            ]
            api.headers["X-Organisation"] = ours["id"]
            roles = [
                each["id"]
                for each in _ok(api.get("/api/roles", params={"company": ours["id"]}))["items"]
                if each["code"] == "engineer"
            ]
            _ok(api.post("/api/staff", json={"email": self.login, "name": "Новиков Нил", "role_ids": roles}))
        return link_to(self._house.mail, self.login, "invitation")

    def joins(self, link: str) -> None:
        """By the link."""
        with httpx.Client(base_url=self._house.url, timeout=_ANSWER_S) as api:
            told = {"token": link.partition("#")[2], "name": "Новиков Нил", "password": self.password}
            _ok(api.post("/api/invitation/accept", json=told))

    def takes_a_second_factor(self) -> str:
        """Answers the authenticator's secret."""
        with self._signed_in(self.login, self.password) as api:
            secret = str(_ok(api.post("/api/account/totp"))["secret"])
            _ok(api.post("/api/account/totp/confirm", json={"code": pyotp.TOTP(secret).now()}))
        return secret

    def _signed_in(self, login: str, password: str) -> httpx.Client:
        told = {"email": login, "password": password, "kind": "app"}
        token = _ok(httpx.post(f"{self._house.url}/api/session", json=told, timeout=_ANSWER_S))["token"]
        known = {"Authorization": f"Bearer {token}"}
        return httpx.Client(base_url=self._house.url, headers=known, timeout=_ANSWER_S)


def link_to(letters: Path, login: str, page: str) -> str:
    """The path of the link in the letter, once it has come."""
    deadline = time.monotonic() + _LETTER_S
    while time.monotonic() < deadline:
        for letter in mailbox.Maildir(letters, create=False):
            if login in str(letter["To"]):
                body = letter.get_payload(decode=True)
                assert isinstance(body, bytes)
                found = re.search(rf"/{page}#[\w-]+", body.decode())
                if found is not None:
                    return found[0]
        time.sleep(0.2)
    raise AssertionError(f"no letter to {login} came")


def _ok(answer: httpx.Response) -> dict[str, Any]:
    assert answer.is_success, answer.text
    return dict(answer.json()) if answer.content else {}
