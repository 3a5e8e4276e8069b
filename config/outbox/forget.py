"""Events about people who are erased go too: those that wait, those kept, dead letters."""

from collections.abc import Sequence

from django.db.models import JSONField, Q
from django.db.models.functions import Cast

from config.operations.personal_data import Person
from config.outbox import stream
from config.outbox.models import DeadLetter, OutboxEntry


def forget(people: Sequence[Person]) -> None:
    """Remove every event that names one of these people as its learner; RedisError."""
    ids = {str(person.public_id) for person in people}
    named = Q()
    for public_id in ids:
        named |= Q(searchable__contains=[{"data": {"learner_id": public_id}}])
    searchable = Cast("events", JSONField())
    OutboxEntry.objects.annotate(searchable=searchable).filter(named).delete()
    DeadLetter.objects.filter(event__data__learner_id__in=ids).delete()
    stream.drop("learner_id", ids)
