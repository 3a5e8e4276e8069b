"""Rows of Anki's review log, as reviews here. Pure."""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from review.anki.collection import LogRow
from review.scheduling import LEARNING, NEW, RELEARNING, REVIEW

OLDEST_MS = 1_000_000_000_000  # September 2001: Anki is younger
TAKEN_MS_MAX = 2_147_483_647
_LEARN, _REVIEW, _RELEARN, _FILTERED = range(4)
_STAGES = {_LEARN: LEARNING, _REVIEW: REVIEW, _RELEARN: RELEARNING, _FILTERED: REVIEW}
_STEPS = (_LEARN, _RELEARN)
_OLD_RATINGS = {1: 1, 2: 3, 3: 4}  # of the three buttons that learning had before scheduler 2
_DAY_SECONDS = 86_400
_CENTURY = 36_500 * _DAY_SECONDS


class Review(NamedTuple):
    """An answer that was given in Anki; ``at_ms`` is its moment, and its name there."""

    at_ms: int
    rating: int
    taken_ms: int
    stage_before: int
    interval_before_days: float
    due_ms: int
    row: LogRow


class Log(NamedTuple):
    """A card's log: its answers, what else happened to it, and how many rows make no sense."""

    reviews: list[Review]
    others: list[LogRow]
    refused_count: int


def log_of(rows: Iterable[LogRow], *, scheduler: int, latest_ms: int) -> Log:
    """Return a card's log, given in order; rows after ``latest_ms`` make no sense."""
    reviews: list[Review] = []
    others: list[LogRow] = []
    refused = 0
    for row in rows:
        at_ms, rating, interval, last, _, taken_ms, kind = row
        if scheduler == 1 and kind in _STEPS:
            rating = _OLD_RATINGS.get(rating, rating)
        if not OLDEST_MS <= at_ms <= latest_ms or not 0 <= rating <= 4:
            refused += 1
        elif rating == 0 or kind not in _STAGES:
            others.append(row)  # made new, or moved to another day, by hand
        else:
            stage = _STAGES[kind] if reviews or kind != _LEARN else NEW
            taken_ms = min(max(taken_ms, 0), TAKEN_MS_MAX)
            before, due_ms = _seconds(last) / _DAY_SECONDS, at_ms + 1000 * _seconds(interval)
            reviews.append(Review(at_ms, rating, taken_ms, stage, before, due_ms, row))
    return Log(reviews, others, refused)


def last_ms(log: Log) -> int | None:
    """Return when anything happened to the card last."""
    rows: Sequence[LogRow] = [*[each.row for each in log.reviews[-1:]], *log.others[-1:]]
    return max((row.id for row in rows), default=None)


def _seconds(interval: int) -> int:
    """Return an interval, given as days or negative as seconds; a century at most."""
    seconds = interval * _DAY_SECONDS if interval > 0 else -interval
    return min(_CENTURY, seconds)
