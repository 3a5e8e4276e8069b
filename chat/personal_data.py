"""What becomes of conversations, and of what the tutor remembers, with the account."""

from collections.abc import Sequence

from django.db.models import Q

from chat import memory, tutor
from chat.models import RUNNING, BatchItem
from config.operations.personal_data import Fate, Person, on_forget, register


def say() -> None:
    """Register each model; for ``AppConfig.ready``. What is being written is not in an archive."""
    register(
        Fate.RESTORED, "chat.Conversation", "chat.Fact", "chat.ForgottenFact", "chat.Analysis",
        "chat.Batch",
    )  # fmt: skip
    register(
        Fate.RESTORED,
        "chat.Message",
        only=~Q(state__in=RUNNING),
        omitted=["writer", "place", "looked_at"],
        constants={"looked_at": lambda row: row["created_at"]},  # there is nothing left to do
    )
    register(Fate.RESTORED, "chat.Event", only=~Q(message__state__in=RUNNING))
    register(Fate.RESTORED, "chat.BatchItem", only=Q(state=BatchItem.State.DONE))
    on_forget("tutor", _forget)


def _forget(people: Sequence[Person]) -> None:
    for person in people:
        memory.forget_history(person.public_id)
        tutor.forget_threads(person.public_id)
