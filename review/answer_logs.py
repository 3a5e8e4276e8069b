"""All a learner has answered, card by card: what the memory is fitted to and judged by."""

from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from operator import itemgetter
from statistics import median
from typing import Any, NamedTuple

from accounts.queries.learners import Learner
from review.models import ReviewHistory, Stage
from review.workload import Habits

ANSWERS_MAX = 200_000
_DAY_SECONDS = 86_400
_FEW = 30  # below so many answers of a kind the usual ones are taken


class LoggedAnswer(NamedTuple):
    """One effective answer; ``at`` in days, whatever the first one is."""

    at: float
    rating: int
    stage_before: int
    taken_ms: int


@dataclass(frozen=True, slots=True)
class AnswerLog:
    """The answers to each card in their order; a card made new again begins another list."""

    cards: list[list[LoggedAnswer]]

    @property
    def count(self) -> int:
        """How many answers there are."""
        return sum(map(len, self.cards))


def answer_log(learner: Learner) -> AnswerLog:
    """Return the learner's latest 200,000 answers at most, those undone left out. One query."""
    rows = ReviewHistory.objects.filter(user_id=learner.id, sign=1, undos=None)
    latest = rows.order_by("-reviewed_at")[:ANSWERS_MAX].values_list(
        "content_id", "reviewed_at", "public_id", "kind", "rating", "stage_before", "taken_ms"
    )
    cards = []
    for _, facts in groupby(sorted(latest, key=itemgetter(0, 1, 2)), key=itemgetter(0)):
        log: list[LoggedAnswer] = []
        for _, at, _, kind, rating, stage, taken_ms in facts:
            if rating is not None:
                log.append(LoggedAnswer(_days(at), rating, stage, taken_ms))
            elif kind == ReviewHistory.Kind.RESET and log:
                cards.append(log)
                log = []
        if log:
            cards.append(log)
    return AnswerLog(cards)


def habits_of(log: AnswerLog) -> Habits:
    """Return how the learner answers, as far as the log tells; else as learners usually do."""
    firsts = [card[0] for card in log.cards]
    later = [each for card in log.cards for each in card[1:] if each.stage_before == Stage.REVIEW]
    passed = [each for each in later if each.rating > 1]
    usual = Habits()
    return Habits(
        first=_shares([each.rating for each in firsts], (1, 2, 3, 4), usual.first),
        passed=_shares([each.rating for each in passed], (2, 3, 4), usual.passed),
        seconds_passed=_seconds(passed, usual.seconds_passed),
        seconds_failed=_seconds([e for e in later if e.rating == 1], usual.seconds_failed / 2) * 2,
        seconds_new=_seconds(firsts, usual.seconds_new / 2) * 2,
    )


def _shares(found: list[int], ratings: tuple[int, ...], usual: Any) -> Any:
    if len(found) < _FEW:
        return usual
    return tuple(found.count(rating) / len(found) for rating in ratings)


def _seconds(answers: list[LoggedAnswer], usual: float) -> float:
    taken = [each.taken_ms / 1000 for each in answers if each.taken_ms]
    return median(taken) if len(taken) >= _FEW else usual


def _days(at: datetime) -> float:
    return at.timestamp() / _DAY_SECONDS
