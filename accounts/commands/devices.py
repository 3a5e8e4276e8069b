"""Where a learner is logged in: a device begins with a log-in and lives by its refresh tokens."""

from datetime import datetime, timedelta
from typing import NamedTuple
from uuid import UUID

import structlog
from allauth.headless.tokens.strategies.jwt.internal import session_key_from_sid
from django.contrib.sessions.models import Session
from django.db import transaction
from prometheus_client import Counter

from accounts import token_cache, tokens
from accounts.access import device_of, devices_of
from accounts.models import Device, User
from accounts.queries.learners import Learner
from config.identifiers import new_public_id

REUSED = Counter("refresh_tokens_reused_total", "Refresh tokens that came a second time")
log = structlog.get_logger(__name__)


class TokenPair(NamedTuple):
    """What a client keeps: one for the requests, one for the next pair."""

    access: str
    refresh: str


@transaction.atomic
def open_device(
    *, user: User, session_key: str, user_agent: str, ip: str | None, now: datetime
) -> tuple[Device, TokenPair]:
    """Store a new device of the user and return it with its first tokens."""
    device = Device(
        public_id=new_public_id(), user=user, user_agent=user_agent[:200], ip=ip, last_used_at=now
    )
    refresh, device.refresh_jti = tokens.refresh_token(user, device, session_key)
    device.save()
    return device, TokenPair(tokens.access_token(user, device, session_key), refresh)


@transaction.atomic
def rotate(*, refresh_token: str, now: datetime) -> TokenPair | None:
    """Return the next pair for the newest refresh token of a device; None for any other token.

    Of several at once one is served, for the device is locked. A token that was served before has
    been copied: whoever sent it, its device is revoked.
    """
    claims = tokens.refresh_claims(refresh_token)
    session_key = session_key_from_sid(claims["sid"]) if claims else None
    if claims is None or session_key is None:
        return None
    rows = Device.objects.select_for_update(of=("self",), no_key=True).select_related("user")
    device = rows.filter(public_id=claims["fam"], revoked_at=None).first()
    if device is None or not _is_current(device.user, claims["sub"], claims["ver"]):
        return None
    if device.refresh_jti != UUID(claims["jti"]):
        REUSED.inc()
        log.warning("refresh_token_reused", device=str(device.public_id))
        _revoke(device, now)
        return None
    if not _keep_session(session_key, now):
        _revoke(device, now)
        return None
    refresh, device.refresh_jti = tokens.refresh_token(device.user, device, session_key)
    device.last_used_at = now
    device.save(update_fields=["refresh_jti", "last_used_at"])
    return TokenPair(tokens.access_token(device.user, device, session_key), refresh)


def _is_current(user: User, public_id: str, version: int) -> bool:
    return user.is_active and str(user.public_id) == public_id and user.token_version == version


def _keep_session(session_key: str, now: datetime) -> bool:
    """Let the session live as long as the refresh token; without one the device is gone."""
    until = now + timedelta(seconds=tokens.refresh_seconds())
    return bool(Session.objects.filter(pk=session_key).update(expire_date=until))


@transaction.atomic
def revoke_device(*, learner: Learner, device_id: UUID, now: datetime) -> None:
    """Log one device of the learner out at once; DeviceNotFound."""
    _revoke(device_of(learner.id, device_id), now)


@transaction.atomic
def log_out(*, user_id: int, device_id: UUID, now: datetime) -> None:
    """Log the device that asks for it out; one that is logged out already stays so."""
    device = devices_of(user_id).filter(public_id=device_id).first()
    if device is not None:
        _revoke(device, now)


@transaction.atomic
def log_out_everywhere(*, learner: Learner) -> None:
    """End every log-in of the learner at once, the one that asks too."""
    User.objects.select_for_update(no_key=True).get(pk=learner.id).end_log_ins()


def _revoke(device: Device, now: datetime) -> None:
    device.revoked_at = now
    device.save(update_fields=["revoked_at"])
    token_cache.revoke_device(device.public_id, seconds=tokens.access_seconds())
