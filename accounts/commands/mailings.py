"""Reminders and weekly reports: planned by the clock, each sent once.

Who plans, and how often, does not matter: a learner's day has one row of a kind. A mail whose
sending was cut off may have arrived, so it is not sent again: it waits for a person.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, NamedTuple
from uuid import UUID
from zoneinfo import ZoneInfo

import structlog
from django.db import connection, transaction
from django.db.models import F

from accounts.models import Mailing, User
from accounts.queries.learners import Learner, learner_of
from config.retention import kept

State, Kind = Mailing.State, Mailing.Kind
LATE = timedelta(minutes=30)  # a clock that stood still may catch up with so much
LOST = timedelta(minutes=10)
ATTEMPTS_MAX, FIRST_PAUSE = 5, timedelta(minutes=1)
REPORT_HOUR, MONDAY = 9, 0
log = structlog.get_logger(__name__)
_PLAN = """
INSERT INTO accounts_mailing
    (public_id, user_id, kind, local_day, due_at, state, attempts, try_at, error)
SELECT gen_random_uuid(), u.id, %(kind)s, %(day)s, %(due_at)s, 'waiting', 0, %(due_at)s, ''
FROM accounts_user AS u
JOIN account_emailaddress AS e ON e.user_id = u.id AND e.verified AND e."primary"
LEFT JOIN accounts_notificationsettings AS n ON n.user_id = u.id
WHERE u.is_active AND u.time_zone = %(zone)s AND u.joined_at < %(due_at)s AND {wanted}
    AND NOT EXISTS (SELECT FROM accounts_erasure AS x WHERE x.user_id = u.id)
ON CONFLICT (user_id, kind, local_day) DO NOTHING
"""
_WANTED: Mapping[str, str] = {
    Kind.REMINDER: "u.reminder_hour = %(hour)s AND coalesce(n.is_reminded, true)",
    Kind.WEEKLY: f"coalesce(u.reminder_hour, {REPORT_HOUR}) = %(hour)s"
    " AND coalesce(n.has_weekly_report, true)",
}


class Letter(NamedTuple):
    """What a mail says, in the learner's language; ``picture`` is a PNG."""

    title: str
    text: str
    details: Sequence[tuple[str, str]] = ()
    picture: bytes | None = None
    picture_text: str = ""


Compose = Callable[[Learner, Mailing, datetime], Letter | None]
Post = Callable[[User, Mailing, Letter], None]
_letters: dict[str, Compose] = {}


def register_letter(kind: str, compose: Compose) -> None:
    """Let an app write the mails of a kind; None means there is nothing to say."""
    _letters[kind] = compose


def plan(*, now: datetime) -> int:
    """Store a row for each mail that has become due; return how many are new."""
    zones = User.objects.filter(is_active=True).order_by().values_list("time_zone", flat=True)
    count = 0
    with connection.cursor() as cursor:
        for zone in zones.distinct():
            for day, hour, due_at in _due_hours(zone, now):
                for kind in _kinds(day):
                    values: dict[str, Any] = {
                        "kind": kind,
                        "day": day,
                        "hour": hour,
                        "due_at": due_at,
                    }
                    values["zone"] = zone
                    cursor.execute(_PLAN.format(wanted=_WANTED[kind]), values)
                    count += cursor.rowcount
    return count


def waiting(*, now: datetime, at_most: int = 2_000) -> list[UUID]:
    """Return the mails to be sent now; those whose sending was cut off have failed."""
    lost = Mailing.objects.filter(state=State.SENDING, try_at__lt=now - LOST)
    why = "The process ended while it was being sent: it may have arrived."
    lost.update(state=State.FAILED, error=why)
    rows = Mailing.objects.filter(state=State.WAITING, try_at__lte=now).order_by("try_at")
    return list(rows.values_list("public_id", flat=True)[:at_most])


def send(*, mailing_id: UUID, post: Post, now: datetime) -> bool:
    """Send one mail unless another does or has; tell whether it went out.

    A failure is tried again, ever later, and then kept as failed.
    """
    mine = Mailing.objects.filter(public_id=mailing_id, state=State.WAITING)
    if not mine.update(state=State.SENDING, attempts=F("attempts") + 1, try_at=now):
        return False
    mailing = Mailing.objects.select_related("user").get(public_id=mailing_id)
    try:
        letter = _letters[mailing.kind](learner_of(mailing.user), mailing, now)
        if letter is None or not mailing.user.is_active:
            _ended(mailing, state=State.SKIPPED)
            return False
        post(mailing.user, mailing, letter)
    except Exception as error:
        log.exception("mail_not_sent", mailing=str(mailing_id), attempt=mailing.attempts)
        _failed(mailing, f"{type(error).__name__}: {error}", now)
        return False
    _ended(mailing, state=State.SENT, sent_at=now)
    return True


def send_again(*, mailing_id: UUID, now: datetime) -> bool:
    """Let a failed mail be tried anew: a person says so; False when it has not failed."""
    failed = Mailing.objects.filter(public_id=mailing_id, state=State.FAILED)
    return bool(failed.update(state=State.WAITING, attempts=0, try_at=now, error=""))


def prune(*, now: datetime) -> None:
    """Forget which mails were sent long ago."""
    Mailing.objects.filter(due_at__lt=now - kept("mailings")).delete()


def _due_hours(zone: str, now: datetime) -> Iterator[tuple[date, int, datetime]]:
    """Yield day, hour and instant of each full hour that has just begun on this clock.

    An hour that a clock change skips begins at the change, one that comes twice the first time.
    """
    today = now.astimezone(ZoneInfo(zone)).date()
    for day in (today - timedelta(days=1), today):
        for hour in range(24):
            due_at = datetime.combine(day, time(hour), tzinfo=ZoneInfo(zone)).astimezone(UTC)
            if timedelta() <= now - due_at < LATE:
                yield day, hour, due_at


def _kinds(day: date) -> Sequence[str]:
    return [Kind.REMINDER, Kind.WEEKLY] if day.weekday() == MONDAY else [Kind.REMINDER]


def _failed(mailing: Mailing, error: str, now: datetime) -> None:
    if mailing.attempts >= ATTEMPTS_MAX:
        _ended(mailing, state=State.FAILED, error=error)
    else:
        try_at = now + FIRST_PAUSE * (1 << (mailing.attempts - 1))
        _ended(mailing, state=State.WAITING, error=error, try_at=try_at)


@transaction.atomic
def _ended(mailing: Mailing, **fields: Any) -> None:
    changes: Mapping[str, Any] = {"error": "", **fields}
    Mailing.objects.filter(pk=mailing.pk, state=State.SENDING).update(**changes)
