"""Cards -> the day each is asked on: load, easy days, caps, absence and exams. Pure.

It decides nothing about a memory: a card's due date follows from its facts alone, and the day moves
within what FSRS's fuzz allows, is put off under a cap, or drawn forward for an exam. The same cards
and wishes give the same days, in whatever order the facts came.
"""

import heapq
import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence

from review.levelling import Level
from review.plan_terms import Calendar, Place, PlanCard, Wishes, predicted_recall

EXAM_DAYS = 7  # before an exam its cards are drawn into so many days
_PASSES = 3


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


def _levelled(
    cards: Sequence[PlanCard], wishes: Mapping[int, Wishes], calendar: Calendar
) -> list[tuple[PlanCard, int]]:
    """Return the cards, each with the least loaded day of its window."""
    level = Level(calendar, Counter({calendar.today: calendar.done}))
    drawn = _drawn_for_exams(cards, wishes, calendar)
    for card in sorted(cards, key=lambda card: (card.due_on, card.key)):
        level.put(card, drawn.get(card.key) or _within(card, calendar))
    level.expect()
    for _ in range(_PASSES):
        level.improve()
    return list(level.days.values())


def _within(card: PlanCard, calendar: Calendar) -> tuple[int, int]:
    """Return the days a card may be put on: today at the earliest; what waits long is due today."""
    first, last = max(card.window[0], calendar.today), max(card.window[1], calendar.today)
    return first, last


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
    """Return those cards whose review helps most, as many as it takes for the mean to be there.

    As late as twice a usual day's reviews allow: what is recalled just before is recalled then.
    """
    today, last = calendar.today, exam_on - 1
    expected = {card.key: _expected(card, calendar) for card in cards}
    recalls = {card.key: predicted_recall(card, expected[card.key], exam_on) for card in cards}
    missing = target * len(cards) - sum(recalls.values())
    helped: list[PlanCard] = []
    for card in sorted(cards, key=lambda card: (recalls[card.key], card.key)):
        if missing <= 0:
            break
        if expected[card.key] >= exam_on:
            missing -= predicted_recall(card, last, exam_on) - recalls[card.key]
            helped.append(card)
    usual = sum(today <= day <= last for day in expected.values()) / (exam_on - today)
    first = max(exam_on - max(math.ceil(len(helped) / max(2 * usual, 1)), 1), today)
    drawn = {  # what is due before the exam is asked before it
        card.key: (max(card.window[0], today), last)
        for card in cards
        if today <= card.due_on <= last < card.window[1]
    }
    return drawn | {card.key: (first, last) for card in helped}


def _expected(card: PlanCard, calendar: Calendar) -> int:
    """Return the day on which a card is asked if nothing speaks for another."""
    first, last = _within(card, calendar)
    return min(max(card.due_on, first), last)


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
