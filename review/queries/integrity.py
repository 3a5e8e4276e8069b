"""Is everything derived what it is derived from? Nothing is repaired here."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection, transaction

from review import projections
from review.models import ReviewSchedule
from review.read_models import SUMS
from review.states import card_replay, effective_facts, state_of

_CHUNK = 500
_FOLDED = "review_readmodelwatermark"
_PUBLISHED = "review_recent_day WHERE user_id = 0"
_UTC_TODAY = "(now() AT TIME ZONE 'UTC')::date"
_DIFFERENCES = ", ".join(f"sum(addend * {name})::bigint" for name in SUMS)

_WRONG_RUNS = """
SELECT user_id, local_day, day.run_days, wanted.run_days
FROM review_userday AS day JOIN wanted USING (user_id, local_day)
WHERE day.run_days <> wanted.run_days LIMIT 20
"""
# What the facts' keys name, which the database does not check a row at a time (docs/adr/0039).
_NAMELESS = """
SELECT fact.public_id FROM review_reviewhistory AS fact
LEFT JOIN review_content AS content
    ON content.id = fact.content_id AND content.user_id = fact.user_id
LEFT JOIN review_schedulingparameters AS rules ON rules.id = fact.parameters_id
LEFT JOIN review_reviewhistory AS undone
    ON undone.id = fact.undoes_id AND undone.content_id = fact.content_id
WHERE content.id IS NULL OR rules.id IS NULL OR (fact.undoes_id IS NOT NULL AND undone.id IS NULL)
LIMIT 20
"""


@dataclass(frozen=True, slots=True)
class _ReadModel:
    table: str
    keys: str
    mark: str = _FOLDED
    wanted: str = "TRUE"
    counts: str = "TRUE"


_READ_MODELS = (
    _ReadModel(
        "review_daycategory",
        "user_id, category_id, local_day",
        wanted=f"local_day >= {_UTC_TODAY} - {projections.DAYS_KEPT}",
    ),
    _ReadModel("review_categorytotal", "user_id, category_id"),
    _ReadModel("review_userday", "user_id, local_day", counts="NOT is_adjustment"),
    _ReadModel(
        "review_hourclass", "user_id, local_hour, interval_class", counts="NOT is_adjustment"
    ),
    _ReadModel(
        "review_recent_day",
        "user_id, category_id, local_day",
        mark=_PUBLISHED,
        wanted=f"user_id > 0 AND local_day > {_UTC_TODAY} - 33",
    ),
)


def read_model_differences() -> Iterator[str]:
    """Yield, a line each, rows in which a read model is not a recount of its facts.

    One statement a read model, so it may run beside writers, folds and refreshes; 20 lines each.
    """
    for model in _READ_MODELS:
        sql = projections.statement(
            "integrity",
            table=model.table,
            keys=model.keys,
            mark=model.mark,
            wanted=model.wanted,
            counts=model.counts,
            differences=_DIFFERENCES,
        )
        with connection.cursor() as cursor:
            cursor.execute(sql)
            for row in cursor.fetchall():
                key, differences = row[: -len(SUMS)], row[-len(SUMS) :]
                yield f"{model.table} {_named(model, key)}: over by {dict(_nonzero(differences))}"
    yield from _run_differences()


def _run_differences() -> Iterator[str]:
    """Yield days whose run is not what the days before them say."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT user_id, min(local_day) FROM review_userday GROUP BY 1")
        rows = cursor.fetchall()
        learners = {"users": [user for user, _ in rows], "days": [day for _, day in rows]}
        cursor.execute(projections.statement("runs", _WRONG_RUNS), learners)
        for user_id, day, found, wanted in cursor.fetchall():
            yield f"review_userday user_id {user_id}, local_day {day}: run {found}, not {wanted}"


def fact_differences() -> Iterator[str]:
    """Yield, a line each, facts whose card, parameters or undone fact is not there; 20 at most."""
    with connection.cursor() as cursor:
        cursor.execute(_NAMELESS)
        for (public_id,) in cursor.fetchall():
            yield f"fact {public_id}: what it names is not there"


def schedule_differences() -> Iterator[str]:
    """Yield, a line each, cards whose schedule is not the replay of their facts."""
    schedules = ReviewSchedule.objects.select_related("content").order_by("content_id")
    last = 0
    while chunk := list(schedules.filter(content_id__gt=last)[:_CHUNK]):
        last = chunk[-1].content_id
        facts = effective_facts(*chunk)
        for schedule in chunk:
            replayed = card_replay(schedule, facts[schedule.content_id])
            if replayed != state_of(schedule) and not _is_replay_now(schedule.pk):
                yield f"card {schedule.content.public_id}: its schedule is not its replay"


@transaction.atomic
def _is_replay_now(content_id: int) -> bool:
    """Look again under the lock that writers take: an answer may have come between two reads."""
    rows = ReviewSchedule.objects.select_for_update(of=("self",)).select_related("content")
    schedule = rows.filter(pk=content_id).first()
    if schedule is None:
        return True
    return card_replay(schedule, effective_facts(schedule)[schedule.pk]) == state_of(schedule)


def _named(model: _ReadModel, key: Sequence[Any]) -> str:
    names = model.keys.split(", ")
    return ", ".join(f"{name} {value}" for name, value in zip(names, key, strict=True))


def _nonzero(differences: Sequence[int]) -> Iterator[tuple[str, int]]:
    return ((n, d) for n, d in zip(SUMS, differences, strict=True) if d)
