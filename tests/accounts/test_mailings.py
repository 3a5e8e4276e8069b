"""Reminders come at the learner's hour, once; reports on Mondays; each can be ended by its link."""

import io
import re
import threading
from collections import Counter
from datetime import UTC, date, datetime, timedelta
from email.message import Message
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from django.core import mail
from django.db import connection
from django.test import Client
from PIL import Image

from accounts import letters
from accounts.commands import mailings
from accounts.models import Erasure, Mailing, User
from accounts.queries.learners import learner_of
from config.settings import variables
from tests import make
from tests.client import ApiClient
from tests.review.cards import card, review

pytestmark = pytest.mark.django_db
LEARNERS = 1_000 if variables.text("PROOF") else 24
ZONES = ("Asia/Seoul", "Europe/Berlin", "America/New_York")
SUNDAY = datetime(2026, 3, 28, 12, tzinfo=UTC)  # in Berlin 2 o'clock of the 29th does not exist
State = Mailing.State


def _learner(number: int, now: datetime, **fields: Any) -> User:
    user = make.member(f"{number}@example.com", "", **fields)
    User.objects.filter(pk=user.pk).update(joined_at=now - timedelta(days=30))
    card(learner_of(user), "apple", now - timedelta(days=2))
    return user


def _tick(now: datetime, post: Any = letters.post) -> int:
    mailings.plan(now=now)
    ids = mailings.waiting(now=now)
    return sum(mailings.send(mailing_id=each, post=post, now=now) for each in ids)


def _due(zone: str, hour: int) -> datetime:
    """The instant of an hour in the day after SUNDAY, counted by offsets, not by the rule."""
    offset = {"Asia/Seoul": 9, "America/New_York": -4}.get(zone)
    if offset is None:  # before the change at 1 UTC it is an hour, from then on two
        before = datetime(2026, 3, 29, hour, tzinfo=UTC) - timedelta(hours=1)
        change = datetime(2026, 3, 29, 1, tzinfo=UTC)
        return before if before <= change else before - timedelta(hours=1)
    return datetime(2026, 3, 29, hour, tzinfo=UTC) - timedelta(hours=offset)


def test_each_learner_is_reminded_once_at_their_hour() -> None:
    wanted = {}
    for number in range(LEARNERS):
        zone, hour = ZONES[number % 3], (2 + number) % 24
        user = _learner(number, SUNDAY, time_zone=zone, reminder_hour=hour)
        wanted[user.email] = _due(zone, hour)
    tries: Counter[str] = Counter()
    sent: list[tuple[str, date, datetime]] = []

    def flaky(user: User, mailing: Mailing, letter: mailings.Letter) -> None:
        tries[user.email] += 1
        if user.pk % 5 == 0 and tries[user.email] == 1:
            raise ConnectionRefusedError("come back later")
        letters.post(user, mailing, letter)
        sent.append((user.email, mailing.local_day, now))

    moments = (-3, 1, 2, 5, 8) if LEARNERS < 1_000 else range(-5, 30)
    for now in sorted({due + timedelta(minutes=m) for due in wanted.values() for m in moments}):
        _tick(now, flaky)
        _tick(now, flaky)  # a second clock
    that_day = {email: at for email, day, at in sent if day == date(2026, 3, 29)}
    late = {email: at - wanted[email] for email, at in that_day.items()}
    assert that_day.keys() == wanted.keys()
    assert all(timedelta() <= each <= timedelta(minutes=5) for each in late.values()), late
    rows = Mailing.objects.filter(state=State.SENT).values_list("user_id", "local_day")
    assert len(sent) == len(mail.outbox) == len(rows) == len(set(rows))
    ours = Mailing.objects.filter(local_day=date(2026, 3, 29), kind="reminder")
    assert ours.count() == LEARNERS


def test_an_hour_that_comes_twice_reminds_once() -> None:
    before = datetime(2026, 10, 24, 23, 57, tzinfo=UTC)  # 1:57 in Berlin; 2 comes at 0 and 1 UTC
    _learner(1, before, time_zone="Europe/Berlin", reminder_hour=2)
    counts = [_tick(before + timedelta(minutes=3 * number)) for number in range(50)]
    assert (counts.index(1), sum(counts)) == (1, 1)


@pytest.mark.django_db(transaction=True)
def test_two_clocks_at_once_send_one_mail_each() -> None:
    for number in range(8):
        _learner(number, SUNDAY, time_zone="UTC", reminder_hour=12)
    together = threading.Barrier(3)

    def clock() -> None:
        try:
            together.wait(30)
            _tick(SUNDAY)
        finally:
            connection.close()

    threads = [threading.Thread(target=clock) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert sorted(message.to[0] for message in mail.outbox) == [
        f"{number}@example.com" for number in range(8)
    ]


def test_who_wants_none_has_nothing_due_or_leaves_gets_none() -> None:
    _learner(1, SUNDAY, time_zone="UTC", reminder_hour=None)
    quiet = _learner(2, SUNDAY, time_zone="UTC", reminder_hour=12)
    ApiClient(quiet).patch("/me/notifications/", {"is_reminded": False})
    leaving = _learner(3, SUNDAY, time_zone="UTC", reminder_hour=12)
    Erasure.objects.create(user=leaving, requested_at=SUNDAY, due_at=SUNDAY + timedelta(days=14))
    unverified = _learner(4, SUNDAY, time_zone="UTC", reminder_hour=12)
    EmailAddress.objects.filter(user=unverified).update(verified=False)
    idle = make.member("idle@example.com", "", time_zone="UTC", reminder_hour=12)
    User.objects.filter(pk=idle.pk).update(joined_at=SUNDAY - timedelta(days=1))
    assert _tick(SUNDAY) == 0
    assert [(row.user_id, row.state) for row in Mailing.objects.all()] == [(idle.pk, State.SKIPPED)]


def test_what_fails_again_and_again_waits_for_a_person(admin_client: Client) -> None:
    _learner(1, SUNDAY, time_zone="UTC", reminder_hour=12)

    def broken(*_: Any) -> None:
        raise TimeoutError("no answer")

    for number in range(40):
        _tick(SUNDAY + timedelta(minutes=number), broken)
    row = Mailing.objects.get()
    assert (row.state, row.attempts) == (State.FAILED, mailings.ATTEMPTS_MAX)
    assert row.error == "TimeoutError: no answer"
    answer = admin_client.post(
        "/admin/accounts/mailing/", {"action": "send_again", "_selected_action": [row.pk]}
    )
    assert answer.status_code == 302
    row.refresh_from_db()
    assert row.state == State.WAITING
    assert mailings.send(mailing_id=row.public_id, post=letters.post, now=SUNDAY)


def test_a_mail_that_was_cut_off_is_not_sent_again_by_itself() -> None:
    _learner(1, SUNDAY, time_zone="UTC", reminder_hour=12)
    mailings.plan(now=SUNDAY)
    Mailing.objects.update(state=State.SENDING, try_at=SUNDAY)
    assert mailings.waiting(now=SUNDAY + mailings.LOST) == []
    assert mailings.waiting(now=SUNDAY + 2 * mailings.LOST) == []
    assert Mailing.objects.get().state == State.FAILED


def _parts(message: Message) -> dict[str, Any]:
    return {part.get_content_type(): part for part in message.walk()}


@pytest.mark.parametrize("language", ["ko", "en"])
def test_a_reminder_is_whole_and_ends_by_its_link(language: str, client: Client) -> None:
    user = _learner(1, SUNDAY, time_zone="UTC", reminder_hour=12, native_language=language)
    assert _tick(SUNDAY) == 1
    message: Any = mail.outbox[0].message()
    assert message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    link = message["List-Unsubscribe"].strip("<>")
    for part in ("text/plain", "text/html"):
        body = _parts(message)[part].get_payload(decode=True).decode()
        assert link in body
        assert "{" not in body
        assert bool(re.search("[가-힣]", body)) == (language == "ko")
    path = re.sub(r"https?://[^/]+", "", link)
    assert client.get(path).status_code == 200
    assert not hasattr(user, "notifications")
    for _ in range(2):
        assert client.post(path, {"List-Unsubscribe": "One-Click"}).status_code == 200
    assert ApiClient(user).get("/me/notifications/").json() == {
        "is_reminded": False, "has_weekly_report": True,
    }  # fmt: skip
    assert client.post(path[:-3] + "x/").status_code == 404
    assert _tick(SUNDAY + timedelta(days=1)) == 0


def test_the_weekly_report_shows_the_week() -> None:
    monday = datetime(2026, 3, 30, 12, tzinfo=UTC)
    user = _learner(1, monday - timedelta(days=9), time_zone="UTC", reminder_hour=12)
    learner = learner_of(user)
    for number, days in enumerate((1, 1, 3, 8)):
        at = monday - timedelta(days=days)
        review(learner, card(learner, f"w{number}", at), at=at)
    assert _tick(monday) == 2
    report: Any = next(each for each in mail.outbox if "3" in each.subject and each.attachments)
    parts = _parts(report.message())
    assert "2 / 7" in parts["text/plain"].get_payload(decode=True).decode()
    with Image.open(io.BytesIO(parts["image/png"].get_payload(decode=True))) as image:
        assert image.width > 900
    assert parts["image/png"]["Content-ID"].strip("<>") in (
        parts["text/html"].get_payload(decode=True).decode()
    )
    assert Mailing.objects.filter(kind="weekly", state=State.SENT).count() == 1
