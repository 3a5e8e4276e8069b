"""Rows of Anki's review log, as reviews here: whole columns at once. Pure."""

from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from review.scheduling import LEARNING, NEW, RELEARNING, REVIEW

# A row as it stands; ``id`` is the moment in milliseconds.
COLUMNS = ("card", "id", "ease", "ivl", "last", "factor", "time", "type")
ROW = np.dtype([(name, np.int64) for name in COLUMNS])
# An answer that was given in Anki, moments in milliseconds, with what only Anki's row says.
ANSWER = np.dtype(
    [
        ("at", np.int64), ("rating", np.int16), ("taken", np.int32), ("stage", np.int16),
        ("before", np.float64), ("due", np.int64), ("type", np.int64), ("ivl", np.int64),
        ("last", np.int64), ("factor", np.int64),
    ]
)  # fmt: skip
Columns = npt.NDArray[Any]
OLDEST_MS = 1_000_000_000_000  # September 2001: Anki is younger
OF_CARD_MAX = 10_000
TAKEN_MS_MAX = 2_147_483_647
_LEARN, _REVIEW, _RELEARN, _FILTERED = range(4)
_STAGES = np.array([LEARNING, REVIEW, RELEARNING, REVIEW], np.int16)  # by the row's type
_OLD_RATINGS = np.array([0, 1, 3, 4, 4])  # of the three buttons that learning had before
_DAY_SECONDS = 86_400
_CENTURY_DAYS = 36_500


class Log(NamedTuple):
    """A card's log: its answers, what else happened to it, and how many rows make no sense."""

    answers: Columns
    others: list[list[int]]
    refused_count: int


NO_LOG = Log(np.empty(0, ANSWER), [], 0)


def logs_of(rows: Columns, *, scheduler: int, latest_ms: int) -> dict[int, Log]:
    """Return the logs by card of rows in order of card and moment.

    Rows after ``latest_ms`` make no sense, nor more than OF_CARD_MAX of one card.
    """
    if not len(rows):
        return {}
    firsts = np.flatnonzero(_begins(rows["card"]))
    ends = np.append(firsts[1:], len(rows))
    from_end = np.repeat(ends, ends - firsts) - np.arange(len(rows))
    rating, kind = rows["ease"], rows["type"]
    makes_sense = (rows["id"] >= OLDEST_MS) & (rows["id"] <= latest_ms)
    makes_sense &= (rating >= 0) & (rating <= 4) & (from_end <= OF_CARD_MAX)
    is_answer = makes_sense & (rating > 0) & (kind >= _LEARN) & (kind <= _FILTERED)
    answers = _answers(rows[is_answer], scheduler)
    counted = [np.concatenate(([0], np.cumsum(each))) for each in (is_answer, ~makes_sense)]
    others = _by_card(rows[makes_sense & ~is_answer])  # made new, or moved to another day
    logs = {}
    for card, first, end in zip(rows["card"][firsts].tolist(), firsts, ends, strict=True):
        of_card = answers[counted[0][first] : counted[0][end]]
        refused = int(counted[1][end] - counted[1][first])
        logs[card] = Log(of_card, others.get(card, []), refused)
    return logs


def last_ms(log: Log) -> int | None:
    """Return when anything happened to the card last."""
    found = [int(each) for each in log.answers["at"][-1:]] + [row[0] for row in log.others[-1:]]
    return max(found, default=None)


def _answers(rows: Columns, scheduler: int) -> Columns:
    kind, rating = rows["type"], rows["ease"]
    if scheduler == 1:
        in_steps = (kind == _LEARN) | (kind == _RELEARN)
        rating = np.where(in_steps, _OLD_RATINGS[rating], rating)
    answers = np.empty(len(rows), ANSWER)
    answers["at"], answers["rating"] = rows["id"], rating
    answers["taken"] = rows["time"].clip(0, TAKEN_MS_MAX)
    answers["stage"] = np.where(_begins(rows["card"]) & (kind == _LEARN), NEW, _STAGES[kind])
    answers["before"] = _seconds(rows["last"]) / _DAY_SECONDS
    answers["due"] = rows["id"] + 1000 * _seconds(rows["ivl"])
    for name in ("type", "ivl", "last", "factor"):
        answers[name] = rows[name]
    return answers


def _begins(cards: Columns) -> Columns:
    """Tell of each row whether it is its card's first."""
    return np.concatenate(([True], cards[1:] != cards[:-1]))[: len(cards)]


def _by_card(rows: Columns) -> dict[int, list[list[int]]]:
    found: dict[int, list[list[int]]] = {}
    for card, *row in rows.tolist():
        found.setdefault(card, []).append(row)
    return found


def _seconds(intervals: Columns) -> Columns:
    """Return intervals, given as days or negative as seconds; a century at most."""
    century = _CENTURY_DAYS * _DAY_SECONDS
    days = intervals.clip(0, _CENTURY_DAYS)
    return np.where(intervals > 0, days * _DAY_SECONDS, -intervals.clip(-century, 0))
