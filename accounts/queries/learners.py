"""A learner as the other apps see one: an identity and a clock."""

from collections.abc import Collection
from dataclasses import dataclass
from uuid import UUID

from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.auth.models import AnonymousUser

from accounts.models import User
from config.errors import NotFound


@dataclass(frozen=True, slots=True)
class Learner:
    """On whose behalf a command or query runs; passed down from the edge like ``now``."""

    id: int
    public_id: UUID
    time_zone: str
    rollover_hour: int
    native_language: str


def learner_of(user: AbstractBaseUser | AnonymousUser) -> Learner:
    """Return the learner behind an authenticated request; no query."""
    if not isinstance(user, User):
        raise TypeError("only a signed-in user is a learner")
    return Learner(
        user.pk, user.public_id, user.time_zone, user.rollover_hour, user.native_language
    )


def learners(user_ids: Collection[int]) -> list[Learner]:
    """Return the learners with these keys, in their order; those who are gone are left out."""
    rows = User.objects.filter(pk__in=user_ids, is_active=True).order_by("pk")
    return [learner_of(user) for user in rows]


def learner_of_email(email: str) -> Learner:
    """Return the learner with this address; NotFound."""
    user = User.objects.filter(email__iexact=email, is_active=True).first()
    if user is None:
        raise NotFound("No learner has this address.", field="learner")
    return learner_of(user)


def learner(user_id: int) -> Learner:
    """Return the learner with this key; NotFound when the account is gone. One query."""
    user = User.objects.filter(pk=user_id, is_active=True).first()
    if user is None:
        raise NotFound("This account does not exist.")
    return learner_of(user)
