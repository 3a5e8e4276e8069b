"""The statements of a batch: they lock, append and save a thousand rows without model instances."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date, datetime
from itertools import islice
from typing import Any, NamedTuple
from uuid import UUID

import orjson
from django.db import connection
from django.utils import timezone

from accounts.queries.learners import Learner
from review.commands.recording import SAVED_FIELDS
from review.leeches import Standing
from review.models import ReviewHistory
from review.parameters import chosen
from review.scheduling import MemoryState

# As review.access.locked_schedules locks them: schedule and content, everybody in one order. The
# category is looked up, not joined: a card that was moved while we waited would be left out.
# Instants and ids come as text, which is read many times faster than Django's own types.
_LOCK = """
SELECT replace(content.public_id::text, '-', ''), content.id, content.category_id,
       content.archived_at IS NULL AND schedule.suspended_at IS NULL,
       (SELECT applied_parameters_id FROM review_category WHERE id = content.category_id),
       (SELECT parameters_id FROM review_learnerclock WHERE user_id = %(user_id)s),
       schedule.added_at::text, schedule.due_at::text, schedule.stage, schedule.step,
       schedule.stability, schedule.difficulty, schedule.reviewed_at::text, schedule.reps,
       schedule.lapses, schedule.leech_at, schedule.suspended_at
FROM review_reviewschedule AS schedule
JOIN review_content AS content ON content.id = schedule.content_id
WHERE schedule.user_id = %(user_id)s AND content.public_id = ANY(%(ids)s::uuid[])
ORDER BY schedule.content_id
FOR NO KEY UPDATE OF schedule, content
"""
_RECORDED = """
SELECT public_id FROM review_reviewhistory
WHERE user_id = %s AND public_id = ANY(%s::uuid[])
"""
_APPEND = """
COPY review_reviewhistory
    (user_id, kind, sign, recorded_at, public_id, content_id, category_id, rating, reviewed_at,
     local_day, local_hour, taken_ms, stage_before, interval_before_days, parameters_id, due_at)
FROM STDIN (FORMAT csv, NULL 'null')
"""
_SAVED_TYPES = (
    "timestamptz", "smallint", "smallint", "float8", "float8", "timestamptz", "int", "int",
    "timestamptz", "timestamptz",
)  # fmt: skip
_SAVED_ARRAYS = ", ".join(
    f"%({name})s::{kind}[]" for name, kind in zip(SAVED_FIELDS, _SAVED_TYPES, strict=True)
)
# The keys stand there twice: else the planner hashes everybody's schedules to find a thousand.
_SAVE = f"""
UPDATE review_reviewschedule AS schedule
SET {", ".join(f"{name} = new.{name}" for name in SAVED_FIELDS)}
FROM unnest(%(keys)s::bigint[], {_SAVED_ARRAYS})
    AS new (content_id, {", ".join(SAVED_FIELDS)})
WHERE schedule.content_id = new.content_id AND schedule.content_id = ANY(%(keys)s::bigint[])
"""  # noqa: S608  column names of ours
_CHUNK = 100  # rows sent at once: the database appends them while the next are computed


class Card(NamedTuple):
    """A locked card: its keys, whether it takes answers at all, its rules, and its memory."""

    key: int
    category_id: int
    is_open: bool
    parameters_id: int
    added_at: datetime
    state: MemoryState
    standing: Standing


class FactRow(NamedTuple):
    """A review as it is stored, less what all of a batch share."""

    public_id: UUID
    content_id: int
    category_id: int
    rating: int
    reviewed_at: datetime
    local_day: date
    local_hour: int
    taken_ms: int
    stage_before: int
    interval_before_days: float
    parameters_id: int
    due_at: datetime


def locked_cards(learner: Learner, public_ids: Collection[UUID]) -> dict[str, Card]:
    """Return the learner's cards by the hexadecimal form of their public ids, locked."""
    with connection.cursor() as cursor:
        cursor.execute(_LOCK, {"user_id": learner.id, "ids": _array(public_ids)})
        return {row[0]: _card(row) for row in cursor.fetchall()}


def recorded_ids(learner: Learner, public_ids: Iterable[UUID]) -> set[UUID]:
    """Return which of the public ids the learner's facts bear already."""
    with connection.cursor() as cursor:
        cursor.execute(_RECORDED, [learner.id, _array(public_ids)])
        return {public_id for (public_id,) in cursor.fetchall()}


def append_facts(learner: Learner, facts: Iterable[FactRow]) -> int:
    """Append the reviews and return how many they were; IntegrityError for a public id known."""
    common = learner.id, ReviewHistory.Kind.REVIEW.value, 1, timezone.now()
    rows, count = ((*common, *fact) for fact in facts), 0
    with connection.cursor() as cursor, connection.wrap_database_errors, cursor.copy(_APPEND) as to:
        while chunk := list(islice(rows, _CHUNK)):
            to.write(_lines(chunk))
            count += len(chunk)
    return count


def save_states(states: Mapping[int, tuple[MemoryState, Standing]]) -> None:
    """Save the schedules' states and standings, given by key."""
    columns = zip(*[(*state, *standing) for state, standing in states.values()], strict=True)
    with connection.cursor() as cursor:
        saved = dict(zip(SAVED_FIELDS, map(_array, columns), strict=True))
        cursor.execute(_SAVE, saved | {"keys": _array(states)})


def _card(row: tuple[Any, ...]) -> Card:
    _, key, category_id, is_open, of_category, of_learner, added_at, due_at, *memory = row
    stage, step, stability, difficulty, reviewed_at, reps, lapses, *standing = memory
    state = MemoryState(
        datetime.fromisoformat(due_at),
        stage,
        step,
        stability,
        difficulty,
        datetime.fromisoformat(reviewed_at) if reviewed_at else None,
        reps,
        lapses,
    )
    added = datetime.fromisoformat(added_at)
    rules_id = chosen(of_category, of_learner)
    return Card(key, category_id, is_open, rules_id, added, state, Standing(*standing))


def _lines(rows: Sequence[tuple[object, ...]]) -> bytes:
    """Return rows of numbers, ids, instants and names as COPY takes them.

    JSON without its brackets is that form, and it is written many times faster than by Python.
    """
    return orjson.dumps(rows)[2:-2].replace(b"],[", b"\n") + b"\n"


def _array(values: Iterable[object]) -> str:
    """Return such values as an array's text, which is JSON in other brackets."""
    return f"{{{orjson.dumps(list(values))[1:-1].decode()}}}"
