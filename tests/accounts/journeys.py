"""A client of the sign-in routes, as tests use it."""

import re
from typing import Any

from django.core import mail
from django.test import Client

AUTH = "/api/v1/auth/app/v1"
SECRET = "a-long-enough-secret"
CODE = re.compile(r"^ {4}([A-Z]{4}-[A-Z]{4})$", re.MULTILINE)


class SignInClient:
    """Sends JSON; keeps the session token and the access token, as an app does."""

    def __init__(self, **headers: str) -> None:
        self._client = Client(headers={name.replace("_", "-"): v for name, v in headers.items()})
        self.session = self.access = self.refresh = ""

    def send(self, method: str, path: str, body: Any = None) -> Any:
        """Send to a path below the sign-in's root."""
        headers = {"x-session-token": self.session} if self.session else {}
        if self.access:
            headers = {"authorization": f"Bearer {self.access}"}
        sent = {} if body is None else {"data": body, "content_type": "application/json"}
        answer: Any = getattr(self._client, method)(AUTH + path, headers=headers, **sent)
        meta = answer.json().get("meta", {}) if answer.content else {}
        self.session = meta.get("session_token", self.session)
        self.access = meta.get("access_token", self.access)
        self.refresh = meta.get("refresh_token", self.refresh)
        return answer

    def post(self, path: str, **body: Any) -> Any:
        """POST."""
        return self.send("post", path, body)

    def get(self, path: str) -> Any:
        """GET."""
        return self.send("get", path)

    def log_in(self, email: str, password: str = SECRET) -> Any:
        """Log in by password."""
        return self.post("/auth/login", email=email, password=password)

    def sign_up(self, email: str, password: str = SECRET, **more: str) -> Any:
        """Sign up, as far as the code by mail."""
        return self.post("/auth/signup", email=email, password=password, **more)

    def join(self, email: str, password: str = SECRET) -> Any:
        """Sign up and confirm the address with the mailed code."""
        self.sign_up(email, password)
        return self.post("/auth/email/verify", key=mailed_code())

    def reauthenticate(self, password: str = SECRET) -> Any:
        """Prove once more who it is."""
        return self.post("/auth/reauthenticate", password=password)

    def status(self) -> int:
        """Return the status of reading one's own page."""
        return me(self.access)


def mailed_code() -> str:
    """Return the code of the newest mail."""
    found = CODE.search(str(mail.outbox[-1].body))
    assert found, mail.outbox[-1].body
    return found[1]


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
