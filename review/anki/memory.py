"""A card of Anki -> its memory here, and back: due days, steps, stability and difficulty. Pure."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, timezone
from functools import lru_cache
from math import e, isfinite
from typing import Any
from zoneinfo import ZoneInfo

import orjson

from review.anki.collection import CardRow
from review.anki.log import OLDEST_MS, Log, last_ms
from review.days import day_starts_at, local_moment
from review.ratings import Rating
from review.scheduling import LEARNING, NEW, RELEARNING, REVIEW, MemoryState, Parameters, grade

_EPOCH = datetime.fromtimestamp(0, UTC)
_DAY = timedelta(days=1)
_DAYS_MAX = 36_500
_STAGES = {0: NEW, 1: LEARNING, 2: REVIEW, 3: RELEARNING}
_SECONDS_FROM = 1_000_000_000  # a due number from here on is a moment, below it a day
_COUNT_MAX = 1_000_000
_STABILITY_MIN = 0.001


@dataclass(frozen=True, slots=True)
class Calendar:
    """The day a collection counts its due days from, and the learner's own days."""

    created_at: int  # seconds
    minutes_west: int | None
    time_zone: str
    rollover_hour: int

    @property
    def created_on(self) -> date:
        """The first day, numbered 0."""
        if self.minutes_west is None:
            zone: Any = ZoneInfo(self.time_zone)
        else:
            zone = timezone(-timedelta(minutes=self.minutes_west))
        seconds = min(max(self.created_at, 0), 4_000_000_000)
        return datetime.fromtimestamp(seconds, UTC).astimezone(zone).date()

    def starts_at(self, number: int) -> datetime:
        """Return when the learner's day with this number begins."""
        return _starts_at(self, number)

    def number(self, moment: datetime) -> int:
        """Return the number of the learner's day that the moment is in."""
        day, _ = local_moment(moment, self.time_zone, self.rollover_hour)
        return (day - self.created_on).days


@lru_cache(maxsize=4096)  # many cards are due on one day
def _starts_at(calendar: Calendar, number: int) -> datetime:
    day = calendar.created_on + timedelta(days=min(max(number, -_DAYS_MAX), 2 * _DAYS_MAX))
    return day_starts_at(day, calendar.time_zone, calendar.rollover_hour)


@dataclass(frozen=True, slots=True)
class Memory:
    """The memory a card comes with, as of the moment ``at``."""

    at: datetime
    state: MemoryState


def moment(milliseconds: int) -> datetime:
    """Return an instant by its milliseconds, exactly."""
    return _EPOCH + timedelta(milliseconds=milliseconds)


def memory_of(
    card: CardRow, log: Log, calendar: Calendar, rules: Parameters, *, now: datetime
) -> Memory | None:
    """Return what Anki knows of a card; None for a new one to which nothing has happened."""
    stage = _STAGES.get(card.type, NEW)
    data = _data(card.data)
    happened = last_ms(log)
    if stage == NEW and happened is None:
        return None
    reps, lapses = _count(card.reps), _count(card.lapses)
    if stage == NEW:
        at = moment(happened or 0)
        return Memory(at, MemoryState(at, reps=reps, lapses=lapses))
    due_at = _due_at(card, stage, calendar, now)
    at = min(_reviewed_at(card, happened, data, due_at), now)
    strength = _stored(data) or _computed(log, rules) or _from_ease(card, rules)
    step = None if stage == REVIEW else _step(card, stage, rules)
    stability, difficulty = strength or (None, None)
    return Memory(at, MemoryState(due_at, stage, step, stability, difficulty, at, reps, lapses))


def _due_at(card: CardRow, stage: int, calendar: Calendar, now: datetime) -> datetime:
    """Return the moment; a card in a filtered deck has its own due day beside the deck's."""
    due = card.due
    if card.original_deck_id and card.original_due > 0 and stage == REVIEW:
        due = card.original_due
    if due < _SECONDS_FROM:
        return calendar.starts_at(due)
    return min(moment(due * 1000), now + _DAYS_MAX * _DAY) if due < 1e11 else now


def _reviewed_at(
    card: CardRow, happened: int | None, data: dict[str, Any], due_at: datetime
) -> datetime:
    if happened is not None:
        return moment(happened)
    last = data.get("lrt")
    if isinstance(last, int) and OLDEST_MS <= last * 1000 <= 4 * OLDEST_MS:
        return moment(last * 1000)
    return due_at - min(max(card.interval, 0), _DAYS_MAX) * _DAY


def _step(card: CardRow, stage: int, rules: Parameters) -> int:
    steps = rules.learning_steps_seconds if stage == LEARNING else rules.relearning_steps_seconds
    return max(len(steps) - max(card.left % 1000, 1), 0)


def _data(text: str) -> dict[str, Any]:
    try:
        found = orjson.loads(text or "{}")
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def _stored(data: dict[str, Any]) -> tuple[float, float] | None:
    """Return the stability and difficulty that Anki's FSRS has computed."""
    stability, difficulty = data.get("s"), data.get("d")
    for value in (stability, difficulty):
        if not isinstance(value, int | float) or not isfinite(value):
            return None
    assert stability is not None
    assert difficulty is not None
    return min(max(float(stability), _STABILITY_MIN), _DAYS_MAX), min(max(float(difficulty), 1), 10)


def _computed(log: Log, rules: Parameters) -> tuple[float, float] | None:
    """Return what FSRS makes of the answers, where Anki did not use it."""
    state = MemoryState(_EPOCH)
    for at_ms, rating in log.answers[["at", "rating"]].tolist():
        state = grade(state, Rating(rating), moment(at_ms), rules, seed="")
    if state.stability is None or state.difficulty is None:
        return None
    return state.stability, state.difficulty


def _from_ease(card: CardRow, rules: Parameters) -> tuple[float, float] | None:
    """Return what FSRS makes of an interval and an ease, for a card without a log."""
    if card.interval <= 0 or card.factor <= 0:
        return None
    stability, w = float(min(card.interval, _DAYS_MAX)), rules.weights
    growth = e ** w[8] * stability ** -w[9] * (e ** (0.1 * w[10]) - 1)
    return stability, min(max(11 - (card.factor / 1000 - 1) / growth, 1.0), 10.0)


def _count(number: int) -> int:
    return min(max(number, 0), _COUNT_MAX)


def is_suspended(card: CardRow) -> bool:
    """Tell whether the learner has taken the card out of reviews."""
    return card.queue == -1


def is_buried(card: CardRow) -> bool:
    """Tell whether the card, or a sibling, was put off until the next day."""
    return card.queue in (-2, -3)


def home_deck(card: CardRow) -> int:
    """Return the deck a card belongs to, also while it is in a filtered one."""
    return card.original_deck_id or card.deck_id
