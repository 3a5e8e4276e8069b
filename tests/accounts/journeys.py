"""A client of the sign-in routes, as tests use it."""

from typing import Any

from django.test import Client

from accounts.commands.devices import TokenPair, open_device
from accounts.models import Device, User

AUTH = "/api/v1/auth/app/v1"


def log_in(user: User, user_agent: str = "tests") -> tuple[Device, TokenPair]:
    """Return a new device of ``user``, as a log-in makes one."""
    from django.contrib.sessions.backends.db import SessionStore
    from django.utils import timezone

    session = SessionStore()
    session.create()
    return open_device(
        user=user,
        session_key=str(session.session_key),
        user_agent=user_agent,
        ip="192.0.2.7",
        now=timezone.now(),
    )


def bearer(token: str) -> Client:
    """Return a client that sends the access token."""
    return Client(headers={"authorization": f"Bearer {token}"})


def me(token: str) -> int:
    """Return the status of reading one's own page."""
    return bearer(token).get("/api/v1/me/").status_code


def refresh(token: str) -> Any:
    """Return the answer to a refresh token."""
    body = {"refresh_token": token}
    return Client().post(f"{AUTH}/tokens/refresh", body, content_type="application/json")
