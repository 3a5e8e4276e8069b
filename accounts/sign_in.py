"""What allauth's sign-in routes ask of us: tokens for a log-in, and how a user is shown."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from allauth.core.internal.httpkit import authenticated_user, get_authorization_credential
from allauth.headless.adapter import DefaultHeadlessAdapter
from allauth.headless.tokens.strategies.jwt import JWTTokenStrategy
from django.contrib.sessions.backends.base import SessionBase
from django.http import HttpRequest
from django.utils import timezone

from accounts import tokens
from accounts.commands import devices
from accounts.models import Device, User
from config.api.limiter import address_of

DEVICE_KEY = "device"  # in a session: the device that it belongs to


class TokenStrategy(JWTTokenStrategy):  # type: ignore[misc]
    """Tokens of a device: rotated under a lock, revoked as a family."""

    def _get_access_token(self, request: HttpRequest) -> Mapping[str, Any] | None:
        text = get_authorization_credential(request, tokens.SCHEME)
        found = tokens.check(text) if text else None
        return found[1] if found else None

    def lookup_session(self, session_token: str) -> SessionBase | None:
        """Return the session unless its device was logged out."""
        session: SessionBase | None = super().lookup_session(session_token)
        if session is None or DEVICE_KEY not in session:
            return session
        devices = Device.objects.filter(public_id=session[DEVICE_KEY], revoked_at=None)
        return session if devices.exists() else None

    def create_access_token_payload(self, request: HttpRequest) -> dict[str, Any]:
        """Return the tokens of a new device: somebody has just logged in."""
        session_key = self.create_session_token(request)
        device, pair = devices.open_device(
            user=authenticated_user(request),
            session_key=session_key,
            user_agent=request.headers.get("User-Agent", ""),
            ip=client_address(request),
            now=timezone.now(),
        )
        request.session[DEVICE_KEY] = str(device.public_id)
        request.session.set_expiry(tokens.refresh_seconds())
        return {"access_token": pair.access, "refresh_token": pair.refresh}

    def refresh_token(self, refresh_token: str) -> tuple[str, str] | None:
        """Return the next access and refresh token, None if this one is not good."""
        return devices.rotate(refresh_token=refresh_token, now=timezone.now())


def client_address(request: HttpRequest) -> str | None:
    """Return the address a request comes from; None where there is none, as behind a socket."""
    address = address_of(request)
    return address if "." in address or ":" in address else None


def end_device_of(request: HttpRequest) -> None:
    """Log the device of the request's session out."""
    device_id, user = request.session.get(DEVICE_KEY), request.user
    if device_id and isinstance(user, User):
        devices.log_out(user_id=user.pk, device_id=UUID(device_id), now=timezone.now())


@dataclass(frozen=True, slots=True)
class SignedIn:
    """A user as the sign-in answers show one; allauth writes its schema from this class."""

    id: str = field(metadata={"description": "Public id", "example": str(UUID(int=7))})
    email: str = field(metadata={"description": "Log-in name", "example": "mina@example.com"})
    name: str = field(metadata={"description": "As the learner wants to be called"})


class HeadlessAdapter(DefaultHeadlessAdapter):  # type: ignore[misc]
    """What the sign-in routes say about a user: public ids only."""

    def get_user_dataclass(self) -> type[SignedIn]:
        """Return the shape."""
        return SignedIn

    def user_as_dataclass(self, user: User) -> SignedIn:
        """Return ``user`` in that shape."""
        return SignedIn(str(user.public_id), user.email, user.name)
