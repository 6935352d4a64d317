"""A person at the public API: signs in, sends, receives. Nothing here knows how the house is built inside."""

from collections.abc import Iterator, Mapping
from typing import Any, Self

import httpx

_TIMEOUT_S = 30
_CSRF_COOKIE, _CSRF_HEADER = "domovoy_csrf", "X-CSRF-Token"


class Refused(Exception):
    """The API said no; `problem` is its answer (RFC 9457)."""

    def __init__(self, method: str, path: str, status: int, problem: Mapping[str, Any]) -> None:
        self.status = status
        self.problem = problem
        words = problem.get("detail") or problem.get("title") or problem
        fields = "".join(f"\n  {field}" for field in problem.get("fields") or [])
        super().__init__(f"{method} {path}: {status} {words}{fields}")

    @property
    def code(self) -> str:
        """The machine's word for it."""
        return str(self.problem.get("code", ""))


class Api:
    """One signed-in browser."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.client = httpx.Client(
            base_url=url,
            timeout=_TIMEOUT_S,
            headers={"Accept-Language": "ru", "Origin": url},
            trust_env=False,
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_exception: object) -> None:
        self.close()

    def close(self) -> None:
        """Forget the session; the server keeps it until it expires."""
        self.client.close()

    def work_in(self, organisation: str) -> None:
        """Write in this company from now on."""
        self.client.headers["X-Organisation"] = organisation

    def get(self, path: str, **query: Any) -> Any:
        """The answer's JSON. Raises Refused."""
        return self._ask("GET", path, params={k: v for k, v in query.items() if v is not None})

    def post(self, path: str, body: Mapping[str, Any] | None = None) -> Any:
        """The answer's JSON, None without one. Raises Refused."""
        return self._ask("POST", path, json=body if body is not None else {})

    def put(self, path: str, body: Mapping[str, Any]) -> Any:
        """The answer's JSON. Raises Refused."""
        return self._ask("PUT", path, json=body)

    def delete(self, path: str) -> None:
        """Raises Refused."""
        self._ask("DELETE", path)

    def all(self, path: str, **query: Any) -> Iterator[dict[str, Any]]:
        """Every row of a list, page by page."""
        page: int | None = 1
        while page is not None:
            answer = self.get(path, page=page, page_size=200, **query)
            yield from answer["items"]
            page = answer["next"]

    def _ask(self, method: str, path: str, **options: Any) -> Any:
        token = self.client.cookies.get(_CSRF_COOKIE)
        headers = {_CSRF_HEADER: token} if token else {}
        answer = self.client.request(method, path, headers=headers, **options)
        if answer.is_success:
            return answer.json() if answer.content else None
        try:
            problem = answer.json()
        except ValueError:
            problem = {"detail": answer.text[:500]}
        raise Refused(method, path, answer.status_code, problem)
