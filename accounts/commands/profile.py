"""What a learner may change about themselves."""

from collections.abc import Callable
from datetime import datetime
from typing import TypedDict
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q

from accounts.models import User
from accounts.queries.learners import Learner
from accounts.queries.profile import part
from config.errors import Invalid


class ProfileChanges(TypedDict, total=False):
    """The fields to change; what is absent stays."""

    name: str
    native_language: str
    target_language: str
    time_zone: str
    rollover_hour: int
    daily_goal: int
    reminder_hour: int | None
    desired_retention: float


_ALL_FIELDS = {field.name for field in User._meta.fields}  # noqa: SLF001  Django's public API


@transaction.atomic
def update_profile(
    *,
    learner: Learner,
    changes: ProfileChanges,
    check: Callable[[User], None] = lambda _: None,
) -> User:
    """Store the changes, return the account; Invalid names the first field not acceptable.

    ``check`` may raise: it sees the account locked, as it is before the change.

    A new time zone or rollover hour counts from the next review on: a fact keeps its day.
    """
    user = User.objects.select_for_update().get(pk=learner.id)
    check(user)
    own = {name: value for name, value in changes.items() if name in _ALL_FIELDS}
    for name in changes.keys() - own.keys():
        part(name).write(learner, changes[name])  # type: ignore[literal-required]
    for field, value in own.items():
        setattr(user, field, value)
    try:
        user.clean_fields(exclude=_ALL_FIELDS - own.keys())
    except ValidationError as error:
        field, messages = next(iter(error.message_dict.items()))
        raise Invalid(messages[0], field=field) from None
    user.save(update_fields=list(own))
    return user


def note_level(*, public_id: UUID, level: str, measured_at: datetime) -> None:
    """Write down a learner's measured level; what was measured later stays. One query."""
    earlier = Q(level_measured_at=None) | Q(level_measured_at__lt=measured_at)
    rows = User.objects.filter(earlier, public_id=public_id)
    rows.update(level=level, level_measured_at=measured_at)
