"""What a learner stores; a content with an answer is scheduled in the same transaction."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from accounts.queries.learners import Learner
from config.errors import Conflict, Invalid
from config.identifiers import new_public_id
from config.outbox.publish import publish
from review.access import CategoryNotFound, categories_of, content_of
from review.events import ContentAdded, ContentArchived, ContentRestored
from review.models import Content, ReviewSchedule
from review.normal_form import normal_form

BATCH_MAX = 1000


class BatchTooLarge(Invalid):
    """More rows than one call takes."""

    code = "batch_too_large"


class ContentIsArchived(Conflict):
    """An archived content is restored before it is edited or reviewed."""

    code = "content_archived"


@dataclass(frozen=True, slots=True, kw_only=True)
class NewContent:
    """A content to be; without back and gloss it is a draft."""

    category_id: UUID
    front: str
    back: str = ""
    gloss: str = ""
    example: str = ""
    normal_form: str = ""
    tags: Sequence[str] = ()
    source: Mapping[str, Any] = field(default_factory=dict)
    note_id: UUID | None = None


def add_content(*, learner: Learner, new: NewContent, now: datetime) -> Content:
    """Store one content, and its schedule unless it is a draft."""
    return add_contents(learner=learner, new=[new], now=now)[0]


@transaction.atomic
def add_contents(*, learner: Learner, new: Sequence[NewContent], now: datetime) -> list[Content]:
    """Store up to 1,000 contents in four queries, all or none; in the order given."""
    if len(new) > BATCH_MAX:
        raise BatchTooLarge(f"One call takes {BATCH_MAX} contents at most.")
    wanted = {item.category_id for item in new}
    rows = categories_of(learner).filter(public_id__in=wanted).order_by("pk")
    locked = rows.select_for_update(no_key=True)  # none shall be deleted meanwhile
    categories = {row.public_id: row for row in locked}
    if wanted - categories.keys():
        raise CategoryNotFound("You have no category with this id.", field="category")
    contents = Content.objects.bulk_create(
        Content(
            user_id=learner.id,
            category=categories[item.category_id],
            note_id=item.note_id or new_public_id(),
            front=item.front,
            back=item.back,
            gloss=item.gloss,
            example=item.example,
            normal_form=item.normal_form or normal_form(item.front),
            tags=list(item.tags),
            source=dict(item.source),
        )
        for item in new
    )
    _schedule([content for content in contents if not content.is_draft], now)
    publish(*(_added(learner, content, now) for content in contents))
    return contents


@transaction.atomic
def edit_content(
    *,
    learner: Learner,
    content_id: UUID,
    now: datetime,
    changes: Mapping[str, Any],
    check: Callable[[Content], None] = lambda _: None,
) -> Content:
    """Change front, back, gloss, example or tags; a draft that gets an answer is scheduled.

    ``check`` may raise: it sees the content locked, as it is before the edit.
    """
    content = content_of(learner, content_id, lock=True)
    check(content)
    if content.archived_at:
        raise ContentIsArchived("Restore this content before you edit it.")
    was_draft = content.is_draft
    for name, value in changes.items():
        setattr(content, name, value)
    if "front" in changes:
        content.normal_form = normal_form(content.front)
    if content.is_draft and not was_draft:
        raise Invalid("A card keeps an answer: give it a back or a gloss.", field="back")
    content.save(update_fields=[*changes, "normal_form", "updated_at"])
    if was_draft and not content.is_draft:
        _schedule([content], now)
    return content


@transaction.atomic
def archive_content(*, learner: Learner, content_id: UUID, now: datetime) -> Content:
    """Take a content out of reviews; its history still counts. Twice is once."""
    content = content_of(learner, content_id, lock=True)
    if content.archived_at is None:
        content.archived_at = now
        content.save(update_fields=["archived_at", "updated_at"])
        publish(ContentArchived(**_ids(learner, content), occurred_at=now))
    return content


@transaction.atomic
def restore_content(*, learner: Learner, content_id: UUID, now: datetime) -> Content:
    """Bring an archived content back, with the schedule it had."""
    content = content_of(learner, content_id, lock=True)
    if content.archived_at is not None:
        content.archived_at = None
        content.save(update_fields=["archived_at", "updated_at"])
        publish(ContentRestored(**_ids(learner, content), occurred_at=now))
    return content


def _added(learner: Learner, content: Content, now: datetime) -> ContentAdded:
    return ContentAdded(
        **_ids(learner, content),
        category_id=content.category.public_id,
        is_draft=content.is_draft,
        occurred_at=now,
    )


def _ids(learner: Learner, content: Content) -> dict[str, UUID]:
    return {"learner_id": learner.public_id, "content_id": content.public_id}


def _schedule(contents: Sequence[Content], now: datetime) -> None:
    ReviewSchedule.objects.bulk_create(
        ReviewSchedule(content=content, user_id=content.user_id, added_at=now, due_at=now)
        for content in contents
    )
