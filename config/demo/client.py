"""A learner's client of the REST API: what anybody could write from its documentation."""

import time
from typing import Any

import httpx

PREFIX = "/api/v1"
SIGN_IN = f"{PREFIX}/auth/app/v1/auth"


class DemoFailed(Exception):
    """The product did not do what was asked; the message is one line for a person."""


class Learner:
    """One signed-in learner; paths are below /api/v1, answers are JSON."""

    def __init__(self, url: str) -> None:
        self._http = httpx.Client(base_url=url, timeout=30, trust_env=False)
        self.url = url
        self.last_ms = 0.0  # what the last request took

    def close(self) -> None:
        """Close the connections."""
        self._http.close()

    def log_in(self, email: str, password: str) -> None:
        """Log in; DemoFailed says why not."""
        body = {"email": email, "password": password}
        answer = self._send("POST", f"{SIGN_IN}/login", json=body)
        if not answer.is_success:
            reasons = "; ".join(error["message"] for error in answer.json().get("errors", []))
            raise DemoFailed(f"{email} cannot log in: {reasons or answer.status_code}")
        token = answer.json()["meta"]["access_token"]
        self._http.headers["Authorization"] = f"Bearer {token}"

    def get(self, path: str, **query: Any) -> Any:
        """GET; DemoFailed unless it succeeds."""
        return self._json("GET", path, params=query)

    def post(self, path: str, body: Any) -> Any:
        """POST a JSON body; DemoFailed unless it succeeds."""
        return self._json("POST", path, json=body)

    def upload(self, path: str, file_name: str, data: bytes) -> Any:
        """POST a file; DemoFailed unless it succeeds."""
        return self._json("POST", path, files={"file": (file_name, data, "image/jpeg")})

    def _json(self, method: str, path: str, **what: Any) -> Any:
        answer = self._send(method, PREFIX + path, **what)
        if not answer.is_success:
            is_problem = "json" in answer.headers.get("content-type", "")
            detail = answer.json().get("detail", "") if is_problem else answer.reason_phrase
            raise DemoFailed(f"{method} {path} answered {answer.status_code}: {detail}")
        return answer.json()

    def _send(self, method: str, path: str, **what: Any) -> httpx.Response:
        started = time.perf_counter()
        try:
            answer = self._http.request(method, path, **what)
        except httpx.ConnectError:
            raise DemoFailed(f"Nothing answers at {self.url}: start it with `make run`.") from None
        except httpx.TransportError as error:
            raise DemoFailed(f"{method} {path}: {error or type(error).__name__}") from None
        self.last_ms = (time.perf_counter() - started) * 1000
        return answer
