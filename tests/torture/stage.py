"""The learners of a run, each with cards, categories and some weeks behind them."""

import random
from datetime import timedelta

from django.core.management import call_command
from django.utils import timezone

from accounts.queries.learners import Learner, learner_of
from review.commands.batches import record_reviews
from review.commands.categories import create_category
from review.commands.contents import NewContent, add_contents
from review.commands.recording import Answer
from review.ratings import Rating
from tests import make
from tests.torture.plan import Member, new_id

LEARNERS = 6
CARDS = 8
CATEGORIES = 3
ZONES = ("UTC", "Asia/Seoul", "America/New_York")
ADDED_BEFORE = timedelta(days=60)
PAST_DAYS = 40


def stage(seed: int) -> list[Member]:
    """Make the tables and all learners; the last one is for the racing pairs."""
    call_command("migrate", verbosity=0)
    source = random.Random(seed)
    return [_member(source, number) for number in range(LEARNERS + 1)]


def _member(source: random.Random, number: int) -> Member:
    zone = ZONES[number % len(ZONES)]
    learner = learner_of(make.user(f"learner{number}@example.com", time_zone=zone))
    categories = [
        create_category(learner=learner, name=f"C{n}").public_id for n in range(CATEGORIES)
    ]
    new = [
        NewContent(category_id=categories[n % CATEGORIES], front=f"word {n}", back="a word")
        for n in range(CARDS)
    ]
    contents = add_contents(learner=learner, new=new, now=timezone.now() - ADDED_BEFORE)
    member = Member(learner, tuple(row.public_id for row in contents), tuple(categories))
    _answer_the_past(source, learner, member)
    return member


def _answer_the_past(source: random.Random, learner: Learner, member: Member) -> None:
    now = timezone.now()
    days = [day for day in range(PAST_DAYS) if day % 13 or not day]
    answers = [
        Answer(
            source.choice(member.contents), Rating(source.randint(1, 4)), source.randrange(20_000),
            now - timedelta(days=day), new_id(source),
        )
        for day in days
    ]  # fmt: skip
    record_reviews(learner=learner, answers=answers, now=now)
