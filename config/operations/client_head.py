"""What every call of the written client goes through; the types and the calls are put into it."""

HEAD = '''"""A client of Resee's REST API, with a type for every body: needs Python 3.11 and httpx.

Written from openapi.yaml by `manage.py contract`: change that, not this.

    api = Resee("http://127.0.0.1:8000")
    api.log_in("mina@example.com", "a page a day")   # or Resee(..., api_key="resee_...")
    for card in api.reviews_due(limit=20)["cards"]: ...
"""

# mypy: disable-error-code="no-any-return"
from __future__ import annotations

from collections.abc import Mapping
from types import TracebackType
from typing import Any, Literal, NotRequired, TypeAlias, TypedDict

import httpx

_LOG_IN = "/api/v1/auth/app/v1/auth/login"
_REFRESH = "/api/v1/auth/app/v1/tokens/refresh"
File: TypeAlias = tuple[str, bytes]  # its name and what is in it
# types


class Refused(Exception):
    """The API said no; ``problem`` is the body of application/problem+json, or of the sign-in."""

    def __init__(self, status: int, problem: Mapping[str, Any]) -> None:
        super().__init__(f"{status}: {problem.get('detail') or problem}")
        self.status = status
        self.problem = problem


class Resee:
    """One learner's calls; every method is an operation of the schema. Raises Refused."""

    def __init__(self, url: str, *, api_key: str | None = None, timeout: float = 30.0) -> None:
        headers = {"Authorization": f"ApiKey {api_key}"} if api_key else {}
        self._http = httpx.Client(base_url=url, headers=headers, timeout=timeout)
        self._refresh = ""

    def __enter__(self) -> Resee:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        at: TracebackType | None,
    ) -> None:
        self._http.close()

    def log_in(self, email: str, password: str) -> None:
        """Log in by password; what is sent from now on bears the token."""
        self._keep(self._call("POST", _LOG_IN, body={"email": email, "password": password})["meta"])

    def refresh(self) -> None:
        """Get new tokens for the old ones."""
        self._keep(self._call("POST", _REFRESH, body={"refresh_token": self._refresh})["data"])

    def _keep(self, tokens: Mapping[str, Any]) -> None:
        self._refresh = tokens["refresh_token"]
        self._http.headers["Authorization"] = f"Bearer {tokens['access_token']}"

    def _call(
        self,
        method: str,
        path: str,
        *,
        query: Mapping[str, Any] | None = None,
        header: Mapping[str, str | None] | None = None,
        body: Any = None,
        form: Mapping[str, Any] | None = None,
        is_json: bool = True,
    ) -> Any:
        sent: dict[str, Any] = {
            "params": {key: value for key, value in (query or {}).items() if value is not None},
            "headers": {key: value for key, value in (header or {}).items() if value is not None},
        }
        if form is not None:
            sent["files"] = {key: each for key, each in form.items() if isinstance(each, tuple)}
            sent["data"] = {key: each for key, each in form.items() if not isinstance(each, tuple)}
        elif body is not None:
            sent["json"] = body
        answer = self._http.request(method, path, **sent)
        if not answer.is_success:
            has_problem = "json" in answer.headers.get("content-type", "")
            raise Refused(answer.status_code, answer.json() if has_problem else {})
        if not is_json:
            return answer.content
        return answer.json() if answer.content else None
'''
