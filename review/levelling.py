"""Days that are alike: cards move within their windows to where the fewest are. Pure."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

from review.plan_terms import Calendar, PlanCard

HORIZON_DAYS = 42  # what lies beyond is levelled when it comes nearer; no window is that wide
_NEIGHBOURS = 7  # days on either side that tell what a day takes
_RARELY = 1e-6  # the share of a day that is free of reviews: taken where there is no other


@dataclass
class Level:
    """How many cards each day has; a card goes where there are the fewest for what that day takes.

    Days to come will get cards that are not due by now, the more the farther they are: what a day
    takes follows the smoothed course of what is known, else all would drift away from today.
    """

    calendar: Calendar
    load: Counter[int]
    days: dict[int, tuple[PlanCard, int]] = field(default_factory=dict)
    _movable: list[tuple[PlanCard, tuple[int, int]]] = field(default_factory=list)
    _fixed: Counter[int] = field(default_factory=Counter)
    _takes: dict[int, float] = field(default_factory=dict)

    def put(self, card: PlanCard, within: tuple[int, int]) -> None:
        """Begin with the day that the card is due on; what lies beyond the horizon stays there."""
        first, last = within
        day = min(max(card.due_on, first), last)
        self.days[card.key] = card, day
        self.load[day] += 1
        if first < last and first <= self.calendar.today + HORIZON_DAYS:
            self._movable.append((card, within))
        else:
            self._fixed[day] += 1

    def expect(self) -> None:
        """Find out what each day takes, now that all cards are known."""
        spread = {day: float(count) for day, count in self._fixed.items()}
        last_day = today = self.calendar.today
        for _, (first, last) in self._movable:
            last_day = max(last_day, last)
            for day in range(first, last + 1):
                spread[day] = spread.get(day, 0.0) + 1 / (last - first + 1)
        spread[today] = spread.get(today, 0.0) + self.load[today] - self._count_on(today)
        known = [spread.get(day, 0.0) for day in range(today, last_day + 1)]
        for offset, count in enumerate(_smoothed(known)):
            share = max(self.calendar.share(today + offset), _RARELY)
            self._takes[today + offset] = count * share

    def _count_on(self, day: int) -> int:
        return sum(placed == day for _, placed in self.days.values())

    def improve(self) -> None:
        """Move each card to the best day of its window, as the others stand."""
        for card, (first, last) in self._movable:
            _, day = self.days[card.key]
            self.load[day] -= 1
            best = min(range(first, last + 1), key=lambda day: self._cost(card, day))
            self.load[best] += 1
            self.days[card.key] = card, best

    def _cost(self, card: PlanCard, day: int) -> tuple[float, int]:
        return (self.load[day] + 1) / self._takes[day], abs(day - card.due_on)


def _smoothed(counts: Sequence[float]) -> list[float]:
    """Return the straight line through each day's neighbours, at that day."""
    found = []
    for middle in range(len(counts)):
        days = range(max(middle - _NEIGHBOURS, 0), min(middle + _NEIGHBOURS + 1, len(counts)))
        mean_day = sum(days) / len(days)
        mean = sum(counts[day] for day in days) / len(days)
        wide = sum((day - mean_day) ** 2 for day in days) or 1.0
        slope = sum((day - mean_day) * counts[day] for day in days) / wide
        found.append(max(mean + slope * (middle - mean_day), mean / 10, _RARELY))
    return found
