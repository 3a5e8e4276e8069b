"""An HTTP client that speaks JSON as one learner."""

from typing import Any

import orjson
from django.contrib.sessions.backends.db import SessionStore
from django.http import HttpResponse
from django.test import Client
from django.utils import timezone

from accounts.commands.devices import TokenPair, open_device
from accounts.models import Device, User

PREFIX = "/api/v1"


def log_in(user: User, user_agent: str = "tests") -> tuple[Device, TokenPair]:
    """Return a new device of ``user`` and its tokens, as a log-in makes them."""
    session = SessionStore()
    session.create()
    return open_device(
        user=user,
        session_key=str(session.session_key),
        user_agent=user_agent,
        ip="192.0.2.7",
        now=timezone.now(),
    )


class ApiClient:
    """Paths are below /api/v1; bodies and answers are JSON; the token is a real one."""

    def __init__(self, user: User) -> None:
        _, pair = log_in(user)
        self._client = Client(headers={"authorization": f"Bearer {pair.access}"})

    def get(self, path: str, **query: Any) -> Any:
        """GET with query parameters."""
        return self._client.get(PREFIX + path, query)

    def post(self, path: str, body: Any = None, **headers: str) -> Any:
        """POST a JSON body; headers are spelt with underscores: ``idempotency_key``."""
        return self._send("post", path, body, headers)

    def patch(self, path: str, body: Any, **headers: str) -> Any:
        """PATCH a JSON body."""
        return self._send("patch", path, body, headers)

    def delete(self, path: str, **headers: str) -> Any:
        """DELETE."""
        return self._client.delete(PREFIX + path, headers=_spelt(headers))

    def upload(self, path: str, headers: dict[str, str] | None = None, **fields: Any) -> Any:
        """POST a multipart form."""
        return self._client.post(PREFIX + path, fields, headers=headers)

    def _send(self, method: str, path: str, body: Any, headers: dict[str, str]) -> HttpResponse:
        data = body if isinstance(body, bytes) else orjson.dumps({} if body is None else body)
        response: HttpResponse = getattr(self._client, method)(
            PREFIX + path, data, content_type="application/json", headers=_spelt(headers)
        )
        return response


def _spelt(headers: dict[str, str]) -> dict[str, str]:
    return {name.replace("_", "-"): value for name, value in headers.items()}
