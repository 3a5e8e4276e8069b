"""A correction becomes a card, in one call and once."""

from datetime import datetime
from uuid import UUID

from django.db import connection, transaction

from accounts.queries.learners import Learner
from chat.access import message_of
from chat.corrections import Change, gap_card
from config.errors import Conflict
from review.commands.categories import inbox
from review.commands.contents import NewContent, add_content
from review.queries.contents import stored_contents

CATEGORY_NAME = "Corrections"


class NothingToLearn(Conflict):
    """The message corrects nothing."""

    code = "nothing_to_learn"


@transaction.atomic
def make_card(
    *,
    learner: Learner,
    conversation_id: UUID,
    message_id: UUID,
    category_id: UUID | None,
    now: datetime,
) -> tuple[UUID, str, bool]:
    """Return the card's id, its front, and whether it is new: the same correction is one card.

    Raises MessageNotFound, NothingToLearn, CategoryNotFound.
    """
    message = message_of(learner, conversation_id, message_id)
    correction = message.extras.get("correction")
    if not correction or correction["is_right"]:
        raise NothingToLearn("This message corrects nothing.")
    with connection.cursor() as cursor:  # one card of a learner at a time
        cursor.execute(
            "SELECT pg_advisory_xact_lock(hashtext('correction-card'), %s)", [learner.id]
        )
    found = [Change(each["was"], each["now"], each["kind"]) for each in correction["changes"]]
    front, back = gap_card(correction["corrected"], found)
    rows = stored_contents(learner).filter(front=front, archived_at=None)
    if known := rows.values_list("public_id", flat=True).first():
        return known, front, False
    chosen = category_id or inbox(learner=learner, name=CATEGORY_NAME).public_id
    new = NewContent(
        category_id=chosen,
        front=front,
        back=back,
        example=correction["corrected"],
        tags=["correction"],
        source={"conversation": str(conversation_id), "message": str(message_id)},
    )
    return add_content(learner=learner, new=new, now=now).public_id, front, True
