"""Which mails a learner wants."""

from collections.abc import Mapping

from django.db import transaction

from accounts.models import NotificationSettings
from accounts.queries.learners import Learner


@transaction.atomic
def change_notifications(*, learner: Learner, changes: Mapping[str, bool]) -> NotificationSettings:
    """Store the wishes that are named, the others stay."""
    wishes, _ = NotificationSettings.objects.select_for_update().get_or_create(user_id=learner.id)
    for name, value in changes.items():
        setattr(wishes, name, value)
    wishes.save()
    return wishes
