"""Cards -> the day each is asked on: load, easy days, caps, absence and exams. Pure.

It decides nothing about a memory: a card's due date follows from its facts alone, and the day moves
within what FSRS's fuzz allows, is put off under a cap, or drawn forward for an exam. The same cards
and wishes give the same days, in whatever order the facts came.
"""

import heapq
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from review.fsrs6 import FUZZED_FROM_DAYS, GOOD, REVIEW, Model, fuzz_range

HORIZON_DAYS = 42  # what lies beyond is levelled when it comes nearer; no window is that wide
EXAM_DAYS = 7  # before an exam its cards are drawn into so many days
_PASSES = 3
_RARELY = 1e-6  # the weight of a day that is free of reviews: taken where there is no other


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


def plan(
    cards: Sequence[PlanCard], wishes: Mapping[int, Wishes], calendar: Calendar
) -> dict[int, Place]:
    """Return the place of each card, by key."""
    known = _levelled([card for card in cards if not card.is_new], wishes, calendar)
    days: dict[int, int] = {card.key: day for card, day in known}
    found = _admitted(((card, day) for card, day in known), wishes, calendar, is_new=False)
    new = [(card, max(card.due_on, calendar.today)) for card in cards if card.is_new]
    found |= _admitted(new, wishes, calendar, is_new=True)
    assert len(found) == len(days) + len(new), "every card has a place"
    return found


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
    lost = card.model.after(1, REVIEW, None, memory, before).stability
    days = day - reviewed_on
    again = card.model.retrievability(lost, days)
    return before * card.model.retrievability(kept, days) + (1 - before) * again


def _levelled(
    cards: Sequence[PlanCard], wishes: Mapping[int, Wishes], calendar: Calendar
) -> list[tuple[PlanCard, int]]:
    """Return the cards, each with the least loaded day of its window."""
    level = _Level(calendar, Counter({calendar.today: calendar.done}))
    drawn = _drawn_for_exams(cards, wishes, calendar)
    for card in sorted(cards, key=lambda card: (card.due_on, card.key)):
        level.put(card, drawn.get(card.key) or _within(card, calendar))
    for _ in range(_PASSES):
        level.improve()
    return list(level.days.values())


def _within(card: PlanCard, calendar: Calendar) -> tuple[int, int]:
    """Return the days a card may be put on: today at the earliest; what waits long is due today."""
    first, last = max(card.window[0], calendar.today), max(card.window[1], calendar.today)
    return first, last


@dataclass
class _Level:
    """How many cards each day has; a card goes where there are the fewest for that day's share."""

    calendar: Calendar
    load: Counter[int]
    days: dict[int, tuple[PlanCard, int]] = field(default_factory=dict)
    _movable: list[tuple[PlanCard, tuple[int, int]]] = field(default_factory=list)
    _shares: dict[int, float] = field(default_factory=dict)

    def put(self, card: PlanCard, within: tuple[int, int]) -> None:
        """Begin with the day that the card is due on; what lies beyond the horizon stays there."""
        first, last = within
        day = min(max(card.due_on, first), last)
        self.days[card.key] = card, day
        self.load[day] += 1
        if first < last and first <= self.calendar.today + HORIZON_DAYS:
            self._movable.append((card, within))

    def improve(self) -> None:
        """Move each card to the best day of its window, as the others stand."""
        for card, (first, last) in self._movable:
            _, day = self.days[card.key]
            self.load[day] -= 1
            best = min(range(first, last + 1), key=lambda day: self._cost(card, day))
            self.load[best] += 1
            self.days[card.key] = card, best

    def _cost(self, card: PlanCard, day: int) -> tuple[float, int]:
        share = self._shares.get(day)
        if share is None:
            share = self._shares[day] = max(self.calendar.share(day), _RARELY)
        return (self.load[day] + 1) / share, abs(day - card.due_on)


def _drawn_for_exams(
    cards: Sequence[PlanCard], wishes: Mapping[int, Wishes], calendar: Calendar
) -> dict[int, tuple[int, int]]:
    """Return, by key, the days before an exam into which cards are drawn for it."""
    drawn: dict[int, tuple[int, int]] = {}
    for scope, wish in wishes.items():
        begins = (wish.exam_on or 0) - EXAM_DAYS
        if wish.exam_on and begins <= calendar.today < wish.exam_on:
            asked = [card for card in cards if scope in card.scopes]
            drawn |= _drawn(asked, wish.exam_on, wish.exam_retention, calendar)
    return drawn


def _drawn(
    cards: Sequence[PlanCard], exam_on: int, target: float, calendar: Calendar
) -> dict[int, tuple[int, int]]:
    """Return those cards whose review helps most, as many as it takes for the mean to be there."""
    today, last = calendar.today, exam_on - 1
    recalls = {}
    gains = []
    for card in cards:
        first, latest = _within(card, calendar)
        expected = min(max(card.due_on, first), latest)
        recalls[card.key] = recall = predicted_recall(card, expected, exam_on)
        if expected >= exam_on:
            middle = (today + last + 1) // 2
            gains.append((predicted_recall(card, middle, exam_on) - recall, card))
    missing = target * len(cards) - sum(recalls.values())
    drawn = {  # what is due before the exam is asked before it
        card.key: (max(card.window[0], today), last)
        for card in cards
        if today <= card.due_on <= last < card.window[1]
    }
    for gain, card in sorted(gains, key=lambda pair: (-pair[0], pair[1].key)):
        if missing <= 0 or gain <= 0:
            break
        missing -= gain
        drawn[card.key] = today, last
    return drawn


def _admitted(
    wanted: Iterable[tuple[PlanCard, int]],
    wishes: Mapping[int, Wishes],
    calendar: Calendar,
    *,
    is_new: bool,
) -> dict[int, Place]:
    """Return each card's place under the caps: what a day has no room for, the next takes.

    On each day those go first that are most surely recalled: of a backlog they are what is kept at
    the least cost. New cards go in the order in which they were added.
    """
    arriving: dict[int, list[tuple[float, int, PlanCard]]] = defaultdict(list)
    for card, day in wanted:
        urgency = card.due_on if is_new else -card.recall(day)
        arriving[day].append((urgency, card.key, card))
    found: dict[int, Place] = {}
    waiting: dict[tuple[int, ...], list[tuple[float, int, PlanCard]]] = defaultdict(list)
    day = min(arriving, default=0)
    while arriving or any(waiting.values()):
        for each in arriving.pop(day, ()):
            scopes = tuple(s for s in each[2].scopes if _caps(wishes.get(s), is_new=is_new))
            heapq.heappush(waiting[scopes], each)
        for rank, key in enumerate(_taken(waiting, wishes, calendar, day, is_new=is_new)):
            found[key] = Place(day, rank)
        day = day + 1 if any(waiting.values()) else min(arriving, default=day)
    return found


def _caps(wish: Wishes | None, *, is_new: bool) -> bool:
    return wish is not None and (wish.new_a_day if is_new else wish.reviews_a_day) is not None


def _taken(
    waiting: Mapping[tuple[int, ...], list[tuple[float, int, PlanCard]]],
    wishes: Mapping[int, Wishes],
    calendar: Calendar,
    day: int,
    *,
    is_new: bool,
) -> Iterator[int]:
    """Yield the keys of the cards that a day takes, those that come first before the others."""
    share, is_today = calendar.share(day), day == calendar.today
    room = {
        scope: wishes[scope].room(share, is_today=is_today, is_new=is_new)
        for scopes in waiting
        for scope in scopes
    }
    while True:
        open_heaps = [
            (heap[0][:2], scopes)
            for scopes, heap in waiting.items()
            if heap and all(room[scope] > 0 for scope in scopes)
        ]
        if not open_heaps:
            return
        _, scopes = min(open_heaps)
        for scope in scopes:
            room[scope] -= 1
        yield heapq.heappop(waiting[scopes])[1]
