"""Two devices send the same public id at the same moment, a thousand times."""

from multiprocessing.synchronize import Barrier
from typing import Any
from uuid import NAMESPACE_URL, UUID, uuid5

from django.db.models import Count
from django.utils import timezone

from config.errors import ReseeError
from review.commands.batches import Outcome, record_reviews
from review.commands.recording import Answer, PublicIdTaken, RecordedReview
from review.commands.reviews import record_review
from review.models import ReviewHistory
from review.ratings import Rating
from tests.torture.plan import Member, Plan

UNANSWERED, NEW, KNOWN, TAKEN = range(4)
TIMEOUT = 60
_BATCHES = {0: (), 1: (1,), 2: (0, 1), 3: ()}  # which of the two sends a batch, by kind of pair


def race(plan: Plan, side: int, gate: Barrier, answers: Any) -> None:
    """Be one of the two; write into ``answers`` what came back for each pair."""
    for number in range(plan.pairs):
        gate.wait(TIMEOUT)
        answers[2 * number + side] = _post(plan, number, side)
        plan.tally.add("races", side)


def public_id(seed: int, number: int) -> UUID:
    """Return the id both sides of a pair send."""
    return uuid5(NAMESPACE_URL, f"{seed} {number}")


def is_answered(number: int, answers: Any) -> bool:
    """Tell whether both callers of a pair were answered, each with what is true."""
    pair = sorted(answers[2 * number : 2 * number + 2])
    return pair == ([NEW, TAKEN] if _is_clash(number) else [NEW, KNOWN])


def doubled(seed: int, pairs: int, member: Member) -> int:
    """Return how many ids of the pairs have not exactly one row."""
    ids = {public_id(seed, number) for number in range(pairs)}
    rows = ReviewHistory.objects.filter(user_id=member.learner.id, public_id__in=ids)
    counts = dict(rows.values_list("public_id").annotate(Count("id")))
    return sum(counts.get(each) != 1 for each in ids)


def _is_clash(number: int) -> bool:
    """Each fourth pair uses the id for two cards: no lock is common to both."""
    return number % 4 == 3


def _post(plan: Plan, number: int, side: int) -> int:
    cards = plan.racing.contents
    card = cards[(number + side * _is_clash(number)) % len(cards)]
    answer = Answer(card, Rating.GOOD, number, None, public_id(plan.seed, number))
    outcome: Outcome
    try:
        if side in _BATCHES[number % 4]:
            (outcome,) = record_reviews(
                learner=plan.racing.learner, answers=[answer], now=timezone.now()
            )
        else:
            outcome = record_review(learner=plan.racing.learner, answer=answer, now=timezone.now())
    except ReseeError as fault:
        outcome = fault
    if isinstance(outcome, RecordedReview):
        return NEW if outcome.is_new else KNOWN
    return TAKEN if isinstance(outcome, PublicIdTaken) else UNANSWERED
