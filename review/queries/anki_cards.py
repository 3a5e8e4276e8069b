"""A card as Anki would have it: as it came where nothing has happened to it here since."""

from collections.abc import Sequence
from datetime import datetime
from html import escape
from typing import Any
from uuid import UUID

import orjson

from review.anki.identities import EXPORTED, said
from review.anki.memory import Calendar
from review.anki.notetypes import Notetype, Template
from review.anki.writing import CardOut, NoteOut
from review.models import Content, ReviewSchedule, Stage
from review.scheduling import Parameters

OWN_NOTETYPE = Notetype(
    1_700_000_000_001,
    "Resee",
    is_cloze=False,
    fields=["Front", "Back", "Gloss", "Example"],
    templates=[
        Template(
            "Card 1",
            "{{Front}}",
            "{{FrontSide}}\n\n<hr id=answer>\n\n{{Back}}"
            "{{#Gloss}}<div>{{Gloss}}</div>{{/Gloss}}{{#Example}}<p>{{Example}}</p>{{/Example}}",
        )
    ],
)
_DAY_SECONDS = 86_400
_FACTOR = 2500
_KEPT = ("type", "queue", "due", "interval", "factor", "reps", "lapses", "left", "flags", "data")


def note_out(content: Content, notetype_id: int, key: int) -> NoteOut:
    """Return the note a content was made from, or one of its own."""
    if is_as_it_came(content):
        anki = content.source["anki"]
        tags = anki["tags"] if is_tagged_as_it_came(content) else content.tags
        return NoteOut(key, anki["guid"], notetype_id, anki["mod"], tags, anki["fields"])
    written = content.front, content.back, content.gloss, content.example
    is_html = content.source.get("format") == "html"
    fields = [each if is_html else escape(each).replace("\n", "<br>") for each in written]
    guid = f"{EXPORTED}{content.public_id.hex}"
    changed_at = int(content.updated_at.timestamp())
    tags = [tag.replace(" ", "_") for tag in content.tags]
    return NoteOut(key, guid, notetype_id, changed_at, tags, fields)


def is_as_it_came(content: Content) -> bool:
    """Tell whether a content still says what its note says."""
    anki = content.source.get("anki")
    return bool(anki) and anki.get("said") == said(content.front, content.back)


def is_tagged_as_it_came(content: Content) -> bool:
    """Tell whether the learner has left a note's tags alone."""
    kept: Sequence[str] = content.source["anki"]["tags"]
    return [tag[:60] for tag in kept[:100]] == list(content.tags)


def card_out(
    content: Content,
    keys: tuple[int, int, int],
    calendar: Calendar,
    rules: Parameters,
    now: datetime,
) -> CardOut:
    """Return a card; ``keys`` are its own, its note's and its deck's."""
    schedule: ReviewSchedule = content.schedule
    came: dict[str, Any] = content.source.get("anki", {}).get("card", {})
    ordinal = content.source["anki"]["ord"] if is_as_it_came(content) else 0
    changed_at = int(content.updated_at.timestamp())
    columns = _columns(schedule, came, calendar, rules)
    queue = columns["queue"]
    if schedule.suspended_at:
        queue = -1
    elif schedule.buried_until and schedule.buried_until > now:
        queue = queue if queue in (-2, -3) else -3
    elif queue < 0:
        queue = _queue(schedule.stage)
    return CardOut(*keys, ordinal, changed_at, **{**columns, "queue": queue})


def _columns(
    schedule: ReviewSchedule, came: dict[str, Any], calendar: Calendar, rules: Parameters
) -> dict[str, Any]:
    due = _due(schedule, came, calendar)
    is_untouched = came and (came["type"], came["reps"], came["lapses"]) == (
        schedule.stage, schedule.reps, schedule.lapses,
    )  # fmt: skip
    if is_untouched:
        kept = {name: came[name] for name in _KEPT}
        return {**kept, "due": due, "queue": kept["queue"] if kept["queue"] < 4 else 1}
    is_learnt = schedule.stage in (Stage.REVIEW, Stage.RELEARNING)
    interval = 0
    if is_learnt and schedule.reviewed_at:
        interval = max(
            round((schedule.due_at - schedule.reviewed_at).total_seconds() / _DAY_SECONDS), 1
        )
    return {
        "type": schedule.stage,
        "queue": _queue(schedule.stage),
        "due": due,
        "interval": interval,
        "factor": (came.get("factor") or _FACTOR) if is_learnt else 0,
        "reps": schedule.reps,
        "lapses": schedule.lapses,
        "left": _left(schedule, rules),
        "flags": came.get("flags", 0),
        "data": _data(schedule, rules),
    }


def _due(schedule: ReviewSchedule, came: dict[str, Any], calendar: Calendar) -> int:
    if schedule.stage == Stage.NEW:
        return int(came["due"]) if came.get("type") == 0 else schedule.content_id % 1_000_000
    if schedule.stage == Stage.REVIEW or (came.get("queue") == 3 and came["reps"] == schedule.reps):
        return calendar.number(schedule.due_at)
    return int(schedule.due_at.timestamp())


def _queue(stage: int) -> int:
    return {Stage.NEW: 0, Stage.REVIEW: 2}.get(Stage(stage), 1)


def _left(schedule: ReviewSchedule, rules: Parameters) -> int:
    """Return how many steps are left, as Anki writes it."""
    steps = {
        Stage.LEARNING: rules.learning_steps_seconds,
        Stage.RELEARNING: rules.relearning_steps_seconds,
    }.get(Stage(schedule.stage))
    return max(len(steps) - (schedule.step or 0), 1) if steps is not None else 0


def _data(schedule: ReviewSchedule, rules: Parameters) -> str:
    if schedule.stability is None or schedule.difficulty is None:
        return "{}"
    data: dict[str, float] = {
        "s": round(schedule.stability, 4),
        "d": round(schedule.difficulty, 3),
        "dr": rules.desired_retention,
    }
    if schedule.reviewed_at:
        data["lrt"] = int(schedule.reviewed_at.timestamp())
    return orjson.dumps(data).decode()


def made_at_ms(public_id: UUID) -> int:
    """Return when an id of ours was made: the beginning of a UUIDv7."""
    return public_id.int >> 80
