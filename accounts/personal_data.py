"""What becomes of an account's own rows with it; sessions and keys in Redis go too."""

from collections.abc import Sequence
from typing import Any

from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.models import Session
from django.core.cache import cache
from django_redis import get_redis_connection

from accounts import pictures, token_cache
from accounts.models import Invitation
from config.errors import Invalid
from config.identifiers import new_public_id
from config.operations.personal_data import Fate, Person, on_forget, register

_BATCH = 500


def say() -> None:
    """Register each model; for ``AppConfig.ready``."""
    register(Fate.TOLD, "accounts.User", omitted=["password", "token_version"])
    register(Fate.TOLD, "accounts.Device", omitted=["refresh_jti"])
    register(
        Fate.ERASED,
        "accounts.User_groups", "accounts.User_user_permissions", "accounts.UserChange",
        "accounts.Erasure", "accounts.DataArchive",
    )  # fmt: skip
    register(
        Fate.RESTORED,
        "accounts.NotificationSettings", "accounts.RewardEntry", "accounts.RewardDay",
        "accounts.RewardBalance",
    )  # fmt: skip
    register(Fate.NOBODYS, "accounts.Payout")
    register(Fate.TOLD, "accounts.Mailing", "accounts.LearnerGroup", "accounts.Invitation")
    register(Fate.TOLD, "accounts.Membership", others=["group__teacher_id"])
    register(Fate.RESTORED, "accounts.Avatar", omitted=["upload", "version"], place=_place)
    on_forget("invitations", _forget_invitations)
    on_forget("sessions", _forget_sessions)
    on_forget("cache", _forget_keys)


def _forget_invitations(people: Sequence[Person]) -> None:
    Invitation.objects.filter(email__in=[person.email.lower() for person in people]).delete()


def _forget_sessions(people: Sequence[Person]) -> None:
    """Delete sessions whose data name one of these people; no index leads there."""
    keys = {str(person.key) for person in people}
    gone = [
        row.session_key
        for row in Session.objects.iterator(_BATCH)
        if row.get_decoded().get(SESSION_KEY) in keys
    ]
    Session.objects.filter(pk__in=gone).delete()


def _forget_keys(people: Sequence[Person]) -> None:
    for person in people:
        token_cache.erase(person.public_id)
        get_redis_connection("default").delete(cache.make_key(f"limit:learner:{person.key}"))


def _place(field: str, _: dict[str, Any], data: bytes) -> str:
    """Return the name of a picture that comes back; Invalid when it is not one of ours."""
    if not pictures.is_made(data, field):
        raise Invalid("A picture is not what it says.", field="file")
    return f"avatars/{new_public_id()}/{pictures.SIZES[field]}.webp"
