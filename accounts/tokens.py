"""Access tokens: issued by allauth, checked here on every request."""

from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from allauth.headless.adapter import DefaultHeadlessAdapter
from allauth.headless.tokens.strategies.jwt.internal import decode_token
from django.db import DEFAULT_DB_ALIAS, connection
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from rest_framework.authentication import BaseAuthentication, get_authorization_header
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.request import Request

from accounts.models import User


class AccessTokenAuthentication(BaseAuthentication):
    """``Authorization: Bearer <access token>``; the learner is loaded by primary key."""

    def authenticate(self, request: Request) -> tuple[User, dict[str, Any]] | None:
        """Return the learner and the claims, None without the header; 401 for a bad token."""
        scheme, _, token = get_authorization_header(request).decode("latin-1").partition(" ")
        if scheme.lower() != "bearer":
            return None
        claims = decode_token(token, "access")
        if claims is None:
            raise AuthenticationFailed("The access token is not valid or has expired.")
        user = _active_user(claims["sub"])
        if user is None:
            raise AuthenticationFailed("This account does not exist or is disabled.")
        return user, claims

    def authenticate_header(self, request: Request) -> str:
        """Name the scheme, so that a missing token answers 401."""
        return "Bearer"


def _active_user(user_id: str) -> User | None:
    """Return the user; on every request, and the ORM costs three times as much as the query."""
    fields = [field.attname for field in User._meta.concrete_fields]  # noqa: SLF001  documented
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT {', '.join(fields)} FROM accounts_user WHERE id = %s AND is_active",  # noqa: S608
            [user_id],
        )
        row = cursor.fetchone()
    return User.from_db(DEFAULT_DB_ALIAS, fields, row) if row else None


class AccessTokenScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    """Describes the bearer token in the OpenAPI schema."""

    target_class = "accounts.tokens.AccessTokenAuthentication"
    name = "accessToken"

    def get_security_definition(self, auto_schema: Any) -> dict[str, Any]:
        """Return the security scheme."""
        return {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"}


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
