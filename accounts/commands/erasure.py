"""A learner wants to be erased: after a grace period nothing of them is left."""

from datetime import datetime

import structlog
from django.db import transaction

from accounts.events import ErasureRequested
from accounts.models import Erasure, User
from accounts.queries.erasure import ErasureNotFound
from accounts.queries.learners import Learner
from config.errors import Conflict, Invalid
from config.operations.erasure import erase
from config.operations.personal_data import Person
from config.outbox.publish import publish
from config.retention import kept

AT_ONCE = 50
log = structlog.get_logger(__name__)


class NotConfirmed(Invalid):
    """The address that confirms it is not that of the account."""

    code = "not_confirmed"


class StaffStay(Conflict):
    """Whoever has rights here gives them back first."""

    code = "staff_stay"


@transaction.atomic
def request_erasure(*, learner: Learner, email: str, now: datetime) -> Erasure:
    """Have the account erased after the grace period, and log it out everywhere. Twice is once.

    ``email`` is the account's own, typed by its learner. NotConfirmed, StaffStay.
    """
    user = User.objects.select_for_update(no_key=True).get(pk=learner.id)
    if email.strip().lower() != user.email.lower():
        raise NotConfirmed("Type the address of your account to confirm.", field="email")
    if user.is_staff:
        raise StaffStay("An administrator takes your rights away first.")
    wish, is_new = Erasure.objects.get_or_create(
        user_id=user.pk, defaults={"requested_at": now, "due_at": now + kept("erasures")}
    )
    if is_new:
        user.end_log_ins()
        publish(ErasureRequested(learner_id=user.public_id, due_at=wish.due_at, occurred_at=now))
    return wish


@transaction.atomic
def cancel_erasure(*, learner: Learner) -> None:
    """Keep the account after all; ErasureNotFound."""
    User.objects.select_for_update(no_key=True).get(pk=learner.id)
    if not Erasure.objects.filter(user_id=learner.id).delete()[0]:
        raise ErasureNotFound("Your account is not to be erased.")


def erase_due(*, now: datetime, at_most: int = AT_ONCE) -> int:
    """Erase the accounts whose grace period is over; return how many.

    It may be cut off anywhere: the account goes last, and what is left is found the next time.
    """
    due = (
        Erasure.objects.filter(due_at__lte=now).order_by("due_at").values_list("user_id", flat=True)
    )
    people = [person for key in due[:at_most] if (person := _closed(key, now))]
    if people:
        erase(people)
        log.info("accounts_erased", count=len(people))
    return len(people)


@transaction.atomic
def _closed(key: int, now: datetime) -> Person | None:
    """Shut the account for good, unless its learner has just thought better of it."""
    user = User.objects.select_for_update(no_key=True).filter(pk=key).first()
    if user is None or not Erasure.objects.filter(user_id=key, due_at__lte=now).exists():
        return None
    if user.is_active:
        user.is_active = False
        user.save(update_fields=["is_active"])
    return Person(user.pk, user.public_id, user.email)
