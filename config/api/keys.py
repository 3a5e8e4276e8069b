"""API keys: a learner's script comes in with one, as far as the key's scopes reach.

A scope is an area of the API (the first word of a path) and ``read`` or ``write``. What is no area
here is closed to every key: sign-in, devices and the keys themselves.
"""

import secrets
from collections.abc import Collection
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any
from uuid import UUID

from django.contrib.auth import get_user_model
from django.contrib.auth.base_user import AbstractBaseUser
from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from rest_framework.authentication import BaseAuthentication, get_authorization_header
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.request import Request

from config.api.models import ApiKey
from config.errors import Conflict, Invalid, NotFound, Refused

SCHEME = "ApiKey"
AREAS = (
    "attempts",
    "categories",
    "chat",
    "contents",
    "conversations",
    "exams",
    "exports",
    "groups",
    "imports",
    "jobs",
    "level-tests",
    "levels",
    "me",
    "media",
    "memory",
    "ocr",
    "plan",
    "reviews",
    "scans",
    "scheduling",
    "speech",
    "statistics",
)
SCOPES = tuple(f"{area}:{right}" for area in AREAS for right in ("read", "write"))
KEYS_MAX = 20
_BEGINNING, _PREFIX_LENGTH = "resee_", 12
_READING = {"GET", "HEAD", "OPTIONS"}
_USE_NOTED = timedelta(minutes=1)


class ApiKeyNotFound(NotFound):
    """No such key of this learner."""

    code = "api_key_not_found"


class TooManyApiKeys(Conflict):
    """Keys in force are limited: revoke one first."""

    code = "too_many_api_keys"


class ExpiryPassed(Invalid):
    """A new key would have expired already."""

    code = "expiry_passed"


class OutOfScope(Refused):
    """The key is valid and may not do this."""

    code = "out_of_scope"


def keys_of(user_id: int) -> QuerySet[ApiKey]:
    """Return the learner's keys that were not revoked."""
    return ApiKey.objects.filter(user_id=user_id, revoked_at=None)


@transaction.atomic
def create_key(
    *,
    user_id: int,
    name: str,
    scopes: Collection[str],
    expires_at: datetime | None,
    now: datetime,
) -> tuple[ApiKey, str]:
    """Store a key and return it with its text, which is never to be seen again."""
    if expires_at and expires_at <= now:
        raise ExpiryPassed("This moment has passed.", field="expires_at")
    users = get_user_model()._default_manager  # noqa: SLF001  Django's name for it
    users.select_for_update(no_key=True).get(pk=user_id)  # one new key at a time
    in_force = keys_of(user_id).filter(Q(expires_at=None) | Q(expires_at__gt=now))
    if in_force.count() >= KEYS_MAX:
        raise TooManyApiKeys(f"You have {KEYS_MAX} keys: revoke one first.")
    text = _BEGINNING + secrets.token_urlsafe(32)
    key = ApiKey.objects.create(
        user_id=user_id,
        name=name,
        prefix=text[:_PREFIX_LENGTH],
        key_sha256=_hash(text),
        scopes=sorted(set(scopes)),
        expires_at=expires_at,
    )
    return key, text


def revoke_key(*, user_id: int, key_id: UUID, now: datetime) -> None:
    """End a key at once; ApiKeyNotFound."""
    if not keys_of(user_id).filter(public_id=key_id).update(revoked_at=now):
        raise ApiKeyNotFound("You have no key with this id.")


def revoke_keys_of(user_id: int, *, now: datetime) -> None:
    """End all keys of a learner: who has got in may have made one."""
    keys_of(user_id).update(revoked_at=now)


class ApiKeyAuthentication(BaseAuthentication):
    """``Authorization: ApiKey <key>``."""

    def authenticate(self, request: Request) -> tuple[AbstractBaseUser, ApiKey] | None:
        """Return the learner and the key, None without the header; OutOfScope is a 403."""
        scheme, _, text = get_authorization_header(request).decode("latin-1").partition(" ")
        if scheme.lower() != SCHEME.lower():
            return None
        now = timezone.now()
        key = ApiKey.objects.select_related("user").filter(key_sha256=_hash(text)).first()
        is_valid = key and not key.revoked_at and not (key.expires_at and key.expires_at <= now)
        if not key or not is_valid or not key.user.is_active:
            raise AuthenticationFailed("The API key is not valid, revoked or has expired.")
        _check_scope(key, request)
        if key.last_used_at is None or now - key.last_used_at > _USE_NOTED:
            ApiKey.objects.filter(pk=key.pk).update(last_used_at=now)
        return key.user, key

    def authenticate_header(self, request: Request) -> str:
        """Name the scheme."""
        return SCHEME


def _check_scope(key: ApiKey, request: Request) -> None:
    match = request.resolver_match
    area = match.route.removeprefix("api/v1/").partition("/")[0] if match else ""
    scope = f"{area}:{'read' if request.method in _READING else 'write'}"
    if scope not in SCOPES:
        raise OutOfScope("API keys do not open this; sign in.")
    if scope not in key.scopes:
        raise OutOfScope(f"This key lacks the scope {scope}.")


def _hash(text: str) -> str:
    return sha256(text.encode()).hexdigest()  # of 256 random bits: no slow hash is needed


class ApiKeyScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    """Describes the key in the OpenAPI schema."""

    target_class = "config.api.keys.ApiKeyAuthentication"
    name = "apiKey"

    def get_security_definition(self, auto_schema: Any) -> dict[str, Any]:
        """Return the security scheme."""
        return {
            "type": "apiKey",
            "in": "header",
            "name": "Authorization",
            "description": f"`{SCHEME} <key>`: for scripts, as far as the key's scopes reach",
        }
