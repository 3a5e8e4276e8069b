"""Tokens: what stands in them, and the check of an access token on every request.

An access token names the user (``sub``, a public id), the device (``fam``), the user's token
version (``ver``) and itself (``jti``). It is good while its time lasts, the version is the user's
and the device is not revoked.
"""

import time
from collections.abc import Mapping
from functools import lru_cache
from typing import Any
from uuid import UUID

from allauth.headless import app_settings
from allauth.headless.tokens.strategies.jwt.internal import (
    create_token,
    decode_token,
    session_key_to_sid,
)
from django.db import DEFAULT_DB_ALIAS, connection
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from rest_framework.authentication import BaseAuthentication, get_authorization_header
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.request import Request

from accounts import token_cache
from accounts.models import Device, User

SCHEME = "Bearer"
_NOT_VALID = "The access token is not valid, was revoked or has expired."
_FIELDS = [
    field.attname
    for field in User._meta.concrete_fields  # noqa: SLF001  documented
    if field.name != "password"  # is nobody's business after the log-in
]
_SELECT = (
    f"SELECT {', '.join(f'u.{name}' for name in _FIELDS)} FROM accounts_user u "  # noqa: S608
    "JOIN accounts_device d ON d.user_id = u.id WHERE u.public_id = %s AND d.public_id = %s "
    "AND u.is_active AND d.revoked_at IS NULL"
)


def access_seconds() -> int:
    """Return how long an access token lasts."""
    return int(app_settings.JWT_ACCESS_TOKEN_EXPIRES_IN)


def refresh_seconds() -> int:
    """Return how long a refresh token, and so a device that is not used, lasts."""
    return int(app_settings.JWT_REFRESH_TOKEN_EXPIRES_IN)


def access_token(user: User, device: Device, session_key: str) -> str:
    """Return a new access token."""
    return _token("access", user, device, session_key, access_seconds())[0]


def refresh_token(user: User, device: Device, session_key: str) -> tuple[str, UUID]:
    """Return a new refresh token and its id, which the device has to keep."""
    text, claims = _token("refresh", user, device, session_key, refresh_seconds())
    return text, UUID(claims["jti"])


def _token(
    use: str, user: User, device: Device, session_key: str, seconds: int
) -> tuple[str, dict[str, Any]]:
    text, claims = create_token(
        use,
        sub=str(user.public_id),
        sid=session_key_to_sid(session_key),
        claims={"ver": user.token_version, "fam": str(device.public_id)},
        expires_in=seconds,
    )
    return text, claims


def refresh_claims(text: str) -> Mapping[str, Any] | None:
    """Return what a refresh token says if it is one of ours and its time lasts."""
    return _ours(decode_token(text, "refresh"))


def check(text: str) -> tuple[User, Mapping[str, Any]] | None:
    """Return the user and the claims of a good access token. At most one query."""
    try:
        claims = _verified(text)
    except ValueError:
        return None
    if claims["exp"] <= time.time():
        return None
    row = _row(claims["sub"], claims["fam"])
    if row is None or row["token_version"] != claims["ver"]:
        return None
    return _user(row), claims


@lru_cache(maxsize=4096)
def _verified(text: str) -> Mapping[str, Any]:
    """Verify a token once a process; ValueError, which is not kept, for any other text."""
    claims = _ours(decode_token(text, "access"))
    if claims is None:
        raise ValueError
    return claims


def _ours(claims: dict[str, Any] | None) -> Mapping[str, Any] | None:
    if claims is None or not isinstance(claims.get("ver"), int):
        return None
    try:
        for name in ("sub", "fam", "jti"):
            UUID(claims[name])
    except (KeyError, AttributeError, ValueError):
        return None
    return claims


def _row(user_id: str, device_id: str) -> Mapping[str, Any] | None:
    found = token_cache.read(user_id, device_id)
    if found.is_revoked or found.row is not None:
        return found.row
    with connection.cursor() as cursor:  # the ORM costs three times as much as the query
        cursor.execute(_SELECT, [user_id, device_id])
        values = cursor.fetchone()
    if values is None:
        return None
    row = dict(zip(_FIELDS, values, strict=True))
    token_cache.fill(user_id, device_id, row)
    return row


def _user(row: Mapping[str, Any]) -> User:
    names = [name for name in _FIELDS if name in row]  # another release may have filled the cache
    return User.from_db(DEFAULT_DB_ALIAS, names, [row[name] for name in names])


class AccessTokenAuthentication(BaseAuthentication):
    """``Authorization: Bearer <access token>``."""

    def authenticate(self, request: Request) -> tuple[User, Mapping[str, Any]] | None:
        """Return the learner and the claims, None without the header; 401 for a bad token."""
        scheme, _, text = get_authorization_header(request).decode("latin-1").partition(" ")
        if scheme.lower() != SCHEME.lower():
            return None
        found = check(text)
        if found is None:
            raise AuthenticationFailed(_NOT_VALID)
        return found

    def authenticate_header(self, request: Request) -> str:
        """Name the scheme, so that a missing token answers 401."""
        return SCHEME


class AccessTokenScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    """Describes the bearer token in the OpenAPI schema."""

    target_class = "accounts.tokens.AccessTokenAuthentication"
    name = "accessToken"

    def get_security_definition(self, auto_schema: Any) -> dict[str, Any]:
        """Return the security scheme."""
        return {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"}
