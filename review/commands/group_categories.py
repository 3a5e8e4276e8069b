"""A teacher assigns a category; members copy its cards, which are their own from then on."""

from datetime import datetime
from typing import TypedDict
from uuid import UUID

from django.db import transaction

from accounts.queries.groups import membership, taught_group, teacher_of
from accounts.queries.learners import Learner
from review.access import CategoryNotFound, category_of, contents_of
from review.commands.categories import inbox
from review.commands.contents import BATCH_MAX, NewContent, add_contents
from review.group_models import GroupCategory
from review.models import Content


class Copied(TypedDict):
    """What a member has copied, and into which category."""

    category: UUID
    new_count: int
    known_count: int


@transaction.atomic
def assign_category(*, learner: Learner, group_id: UUID, category_id: UUID) -> GroupCategory:
    """Let a group's members copy a category of its teacher's; twice is once.

    GroupNotFound, CategoryNotFound.
    """
    group = taught_group(learner, group_id)
    category = category_of(learner, category_id)
    return GroupCategory.objects.get_or_create(group_id=group.pk, category=category)[0]


@transaction.atomic
def copy_category(*, learner: Learner, group_id: UUID, category_id: UUID, now: datetime) -> Copied:
    """Copy the cards that the member does not have yet, 1,000 at a time.

    GroupNotFound, CategoryNotFound.
    """
    member = membership(learner, group_id)
    assigned = GroupCategory.objects.filter(
        group_id=member.group_id, category__public_id=category_id
    )
    found = assigned.select_related("category").first()
    if found is None:
        raise CategoryNotFound("No such category was assigned to this group.")
    own = inbox(learner=learner, name=found.category.name)
    theirs = contents_of(teacher_of(member)).filter(category=found.category, archived_at=None)
    cards = list(theirs.order_by("pk"))
    known = set(contents_of(learner).values_list("normal_form", flat=True))
    new = [card for card in cards if card.normal_form not in known][:BATCH_MAX]
    add_contents(learner=learner, new=[_copy(card, own.public_id) for card in new], now=now)
    return {
        "category": own.public_id,
        "new_count": len(new),
        "known_count": len(cards) - len(new),
    }


def _copy(card: Content, category_id: UUID) -> NewContent:
    return NewContent(
        category_id=category_id,
        front=card.front,
        back=card.back,
        gloss=card.gloss,
        example=card.example,
        normal_form=card.normal_form,
        tags=card.tags,
    )
