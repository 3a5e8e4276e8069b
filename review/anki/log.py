"""Rows of Anki's review log, as reviews here. Pure."""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from review.anki.collection import LogRow
from review.scheduling import LEARNING, NEW, RELEARNING, REVIEW

OLDEST_MS = 1_000_000_000_000  # September 2001: Anki is younger
TAKEN_MS_MAX = 2_147_483_647
_LEARN, _REVIEW, _RELEARN, _FILTERED = range(4)
_STAGES = {_LEARN: LEARNING, _REVIEW: REVIEW, _RELEARN: RELEARNING, _FILTERED: REVIEW}
_OLD_RATINGS = {1: 1, 2: 3, 3: 4}  # of the three buttons that learning had before scheduler 2
_DAY_SECONDS = 86_400


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
        rating = _rating(row, scheduler)
        if not OLDEST_MS <= row.id <= latest_ms or not 0 <= rating <= 4:
            refused += 1
        elif rating == 0 or row.kind not in _STAGES:
            others.append(row)  # made new, or moved to another day, by hand
        else:
            reviews.append(_review(row, rating, is_first=not reviews))
    return Log(reviews, others, refused)


def last_ms(log: Log) -> int | None:
    """Return when anything happened to the card last."""
    rows: Sequence[LogRow] = [*[each.row for each in log.reviews[-1:]], *log.others[-1:]]
    return max((row.id for row in rows), default=None)


def _rating(row: LogRow, scheduler: int) -> int:
    if scheduler == 1 and row.kind in (_LEARN, _RELEARN):
        return _OLD_RATINGS.get(row.ease, row.ease)
    return row.ease


def _review(row: LogRow, rating: int, *, is_first: bool) -> Review:
    stage = NEW if is_first and row.kind == _LEARN else _STAGES[row.kind]
    return Review(
        row.id,
        rating,
        min(max(row.taken_ms, 0), TAKEN_MS_MAX),
        stage,
        _seconds(row.last_interval) / _DAY_SECONDS,
        row.id + 1000 * _seconds(row.interval),
        row,
    )


def _seconds(interval: int) -> int:
    """Return an interval, given as days or negative as seconds; a century at most."""
    seconds = interval * _DAY_SECONDS if interval > 0 else -interval
    return min(seconds, 36_500 * _DAY_SECONDS)
