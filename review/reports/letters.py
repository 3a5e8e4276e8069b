"""The daily reminder and the weekly report of a learner, in their language."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from accounts.commands.mailings import Letter, register_letter
from accounts.queries.learners import Learner
from review.queries.activity import activity
from review.queries.summary import summary
from review.reports.picture import bars

_WORDS: Mapping[str, Mapping[str, str]] = {
    "ko": {
        "reminder": "오늘 복습할 카드가 {due_today}장 있습니다",
        "goal": "오늘 목표까지 {left}번 남았습니다. 잠깐이면 됩니다.",
        "reached": "오늘 목표는 이미 채웠습니다. 남은 카드만 보면 됩니다.",
        "due": "복습할 카드",
        "streak": "연속 학습",
        "days": "{count}일",
        "weekly": "지난주에 {reviews}번 복습했습니다",
        "week": "{first}부터 {last}까지의 학습입니다.",
        "active": "학습한 날",
        "passed": "기억한 비율",
        "minutes": "학습 시간",
        "minute": "{count}분",
        "picture": "지난 4주 동안 하루하루의 복습",
    },
    "en": {
        "reminder": "{due_today} cards are due today",
        "goal": "{left} reviews to go until today's goal. It does not take long.",
        "reached": "You have reached today's goal already; these cards are left.",
        "due": "Cards due",
        "streak": "Days in a row",
        "days": "{count}",
        "weekly": "You did {reviews} reviews last week",
        "week": "What you learnt from {first} to {last}.",
        "active": "Days you learnt on",
        "passed": "Recalled",
        "minutes": "Time",
        "minute": "{count} min",
        "picture": "Reviews on each day of the last four weeks",
    },
}
_WEEKS = 4


def register() -> None:
    """Write these mails from now on; for ``AppConfig.ready``."""
    register_letter("reminder", reminder)
    register_letter("weekly", weekly)


def reminder(learner: Learner, _: Any, now: datetime) -> Letter | None:
    """Return what is due today and how far the goal is; None when nothing is due."""
    found, words = summary(learner, now=now), _words(learner)
    if not found["due_today"]:
        return None
    left = max(0, found["daily_goal"] - found["reviewed_today"])
    return Letter(
        title=words["reminder"].format(**found),
        text=words["goal" if left else "reached"].format(left=left),
        details=[
            (words["due"], str(found["due_today"])),
            (words["streak"], words["days"].format(count=found["streak_days"])),
        ],
    )


def weekly(learner: Learner, mailing: Any, now: datetime) -> Letter | None:
    """Return the week before the mailing's Monday with a picture; None without a review in four.

    The activity goes to the day before that Monday.
    """
    words = _words(learner)
    days = [
        day
        for day in activity(learner, days=7 * _WEEKS + 7, now=now)
        if day["day"] < mailing.local_day
    ][-7 * _WEEKS :]
    if not any(day["review_count"] for day in days):
        return None
    week = [day for day in days if day["day"] >= mailing.local_day - timedelta(days=7)]
    reviews = sum(day["review_count"] for day in week)
    passed = reviews - sum(day["forgot"] for day in week)
    minutes = sum(day["taken_ms"] for day in week) // 60_000
    return Letter(
        title=words["weekly"].format(reviews=reviews),
        text=words["week"].format(first=week[0]["day"], last=week[-1]["day"]),
        details=[
            (words["active"], f"{sum(1 for day in week if day['review_count'])} / 7"),
            (words["passed"], f"{100 * passed // reviews} %" if reviews else "-"),
            (words["minutes"], words["minute"].format(count=minutes)),
        ],
        picture=bars(days),
        picture_text=words["picture"],
    )


def _words(learner: Learner) -> Mapping[str, str]:
    base = learner.native_language.partition("-")[0].lower()
    return _WORDS.get(base, _WORDS["ko"])
