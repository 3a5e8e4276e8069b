"""A learner's picture and wishes about mail."""

from contextlib import suppress
from datetime import datetime
from typing import TypedDict
from uuid import UUID

from django.core.files.storage import default_storage

from accounts.models import Avatar, NotificationSettings
from accounts.pictures import SIZES
from accounts.queries.learners import Learner
from config.errors import NotFound


class AvatarNotFound(NotFound):
    """The learner has no picture of this size, or not yet."""

    code = "avatar_not_found"


class AvatarShown(TypedDict):
    """A picture: the sizes in pixels that can be read; ``job`` makes those of the last upload."""

    sizes: list[int]
    job: UUID | None
    uploaded_at: datetime


def avatar(learner: Learner) -> AvatarShown:
    """Return what there is of the learner's picture; AvatarNotFound. One query."""
    row = Avatar.objects.select_related("job").filter(user_id=learner.id).first()
    if row is None:
        raise AvatarNotFound("You have no picture.")
    return avatar_shown(row)


def avatar_shown(row: Avatar) -> AvatarShown:
    """Return a stored picture as its learner sees it."""
    return {
        "sizes": [edge for name, edge in SIZES.items() if getattr(row, name)],
        "job": row.job.public_id if row.job and row.upload else None,
        "uploaded_at": row.uploaded_at,
    }


def avatar_file(learner: Learner, size: int) -> bytes:
    """Return the picture of that edge as WebP; AvatarNotFound."""
    row = Avatar.objects.filter(user_id=learner.id).first()
    name = next((str(getattr(row, n)) for n, edge in SIZES.items() if edge == size and row), "")
    with suppress(FileNotFoundError):  # another picture took its place just now
        if name:
            with default_storage.open(name) as file:
                return bytes(file.read())
    raise AvatarNotFound("You have no picture of this size.")


def notifications(learner: Learner) -> NotificationSettings:
    """Return which mails the learner wants. One query."""
    stored = NotificationSettings.objects.filter(user_id=learner.id).first()
    return stored or NotificationSettings(user_id=learner.id)
