"""Two cards become one; the history of both stays and counts."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from accounts.queries.learners import Learner
from config.errors import Invalid
from config.identifiers import new_public_id
from config.outbox.publish import publish
from review.access import ContentNotFound, contents_of, locked_schedules
from review.commands.clock import tick
from review.commands.contents import ContentIsArchived
from review.commands.recording import SAVED_FIELDS, history_row, put
from review.events import ContentArchived
from review.models import Content, ReviewHistory, ReviewSchedule
from review.replay import Fact
from review.states import card_replay, effective_facts, memory_as_json, state_of

TAGS_MAX = 100


class SameContent(Invalid):
    """A card is not merged with itself."""

    code = "same_content"


@transaction.atomic
def merge_contents(*, learner: Learner, into_id: UUID, from_id: UUID, now: datetime) -> Content:
    """Archive one card and let the other go on with the memory that both histories lead to.

    All reviews stay facts of the card they were of, and count in the statistics; the memory is set
    by a fact of its own. What the card that stays lacks, it gets from the other. Twice is once.
    Raises ContentNotFound, SameContent, ContentIsArchived.
    """
    schedules = {
        schedule.content.public_id: (schedule, rules)
        for schedule, rules in locked_schedules(learner, [into_id, from_id])
    }
    into, other = _locked(learner, into_id, from_id)
    if into_id == from_id:
        raise SameContent("Name two cards.", field="content")
    if other.source.get("merged_into") == str(into_id):
        return into
    if into.archived_at or other.archived_at:
        raise ContentIsArchived("Restore both cards before you merge them.")
    if into_id in schedules and from_id in schedules:
        schedule, rules_id = schedules[into_id]
        _join(learner, schedule, schedules[from_id][0], rules_id, now)
    _complete(into, other)
    other.source = {**other.source, "merged_into": str(into_id)}
    other.archived_at = now
    other.save(update_fields=["source", "archived_at", "updated_at"])
    ids = {"learner_id": learner.public_id, "content_id": from_id}
    publish(ContentArchived(**ids, occurred_at=now))
    return into


def _locked(learner: Learner, *public_ids: UUID) -> list[Content]:
    rows = contents_of(learner).filter(public_id__in=public_ids).order_by("pk")
    found = {row.public_id: row for row in rows.select_for_update(no_key=True)}
    if found.keys() < set(public_ids):
        raise ContentNotFound("You have no content with this id.", field="content")
    return [found[public_id] for public_id in public_ids]


def _join(
    learner: Learner,
    schedule: ReviewSchedule,
    other: ReviewSchedule,
    rules_id: int,
    now: datetime,
) -> None:
    facts = effective_facts(schedule, other)
    if not facts[other.pk]:
        return
    state = card_replay(schedule, [*facts[schedule.pk], *facts[other.pk]])
    at = state.reviewed_at or state.due_at  # a memory stands after the facts that led to it
    fact = Fact(new_public_id(), None, at, rules_id, sets=state)
    row = history_row(learner, schedule, fact, state_of(schedule), state)
    row.kind, row.imported = ReviewHistory.Kind.IMPORT, memory_as_json(state)
    put(schedule, state, rules_id, now=now)
    schedule.save(update_fields=SAVED_FIELDS)
    row.save(force_insert=True)
    tick(learner.id)


def _complete(into: Content, other: Content) -> None:
    """Give the card what it lacks; what it has stays."""
    for name in ("back", "gloss", "example"):
        if not getattr(into, name):
            setattr(into, name, getattr(other, name))
    into.tags = [*into.tags, *(tag for tag in other.tags if tag not in into.tags)][:TAGS_MAX]
    into.media = [*into.media, *(medium for medium in other.media if medium not in into.media)]
    merged = [*into.source.get("merged_from", []), str(other.public_id)]
    into.source = {**into.source, "merged_from": merged}
    into.save(update_fields=["back", "gloss", "example", "tags", "media", "source", "updated_at"])
