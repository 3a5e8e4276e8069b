"""What a plan is made of: cards that wait, wishes, days. Pure."""

from dataclasses import dataclass
from typing import NamedTuple

from review.fsrs6 import AGAIN, FUZZED_FROM_DAYS, GOOD, REVIEW, Model, fuzz_range


class PlanCard(NamedTuple):
    """A card that waits; days are ordinals of the learner's own days.

    ``scopes`` are the keys of the wishes that hold for it. A new card has no memory: stability 0.
    """

    key: int
    due_on: int
    window: tuple[int, int]
    scopes: tuple[int, ...]
    model: Model
    reviewed_on: int = 0
    stability: float = 0.0
    difficulty: float = 0.0

    @property
    def is_new(self) -> bool:
        """Whether it was never answered."""
        return self.stability == 0

    def recall(self, day: int) -> float:
        """Return the chance of recall on a day without a review before."""
        return self.model.retrievability(self.stability, day - self.reviewed_on)


@dataclass(frozen=True, slots=True)
class Wishes:
    """What holds for all cards of a scope; ``*_done`` were asked today already."""

    reviews_a_day: int | None = None
    new_a_day: int | None = None
    exam_on: int | None = None
    exam_retention: float = 0.9
    reviews_done: int = 0
    new_done: int = 0

    def room(self, share: float, *, is_today: bool, is_new: bool) -> float:
        """Return how many more cards a day takes that has this share of a whole day."""
        most = self.new_a_day if is_new else self.reviews_a_day
        if most is None:
            return float("inf")
        done = (self.new_done if is_new else self.reviews_done) if is_today else 0
        return max(round(most * share) - done, 0)


@dataclass(frozen=True)
class Calendar:
    """The learner's days: today, how much of a day each weekday is (Monday first), absence."""

    today: int
    shares: tuple[float, ...] = (1.0,) * 7
    away: tuple[int, int] | None = None
    done: int = 0  # reviews today already

    def share(self, day: int) -> float:
        """Return how much of a day's load this one takes, 0-1."""
        if self.away and self.away[0] <= day <= self.away[1]:
            return 0.0
        return self.shares[(day + 6) % 7]


class Place(NamedTuple):
    """A card's day, and its rank on it: the lower, the sooner."""

    day: int
    rank: int = 0


def window(model: Model, stability: float, interval: int, maximum: int) -> tuple[int, int]:
    """Return the shortest and longest interval that FSRS would give instead of this one, in days.

    An interval that the parameters would not give (they have changed, it was imported) is itself
    the middle.
    """
    for middle in (model.interval(stability), interval):
        if middle >= FUZZED_FROM_DAYS:
            lowest, highest = fuzz_range(middle, maximum)
            if lowest <= interval <= highest:
                return lowest, highest
    return interval, interval


def predicted_recall(card: PlanCard, reviewed_on: int, day: int) -> float:
    """Return the chance of recall on ``day`` if the card is reviewed on ``reviewed_on``.

    A review that succeeds is taken for GOOD; after one that does not, the card is learned again and
    its stability is what forgetting leaves.
    """
    if reviewed_on >= day:
        return card.recall(day)
    before = card.recall(reviewed_on)
    memory = (card.stability, card.difficulty)
    kept = card.model.after(GOOD, REVIEW, None, memory, before).stability
    lost = card.model.after(AGAIN, REVIEW, None, memory, before).stability
    days = day - reviewed_on
    again = card.model.retrievability(lost, days)
    return before * card.model.retrievability(kept, days) + (1 - before) * again
