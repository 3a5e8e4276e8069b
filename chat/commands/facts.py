"""What the tutor remembers: learnt, written down, changed and forgotten."""

import re
from datetime import datetime
from functools import partial
from uuid import UUID

import structlog
from django.db import transaction
from django.db.models import F, Q
from redis import RedisError

from accounts.queries.learners import Learner
from chat.access import fact_of
from chat.learning import subject_of
from chat.models import Fact, ForgottenFact, Message
from chat.queries.facts import is_forgotten, subject_sha256
from config.ai import fallback
from config.errors import Conflict, Invalid

FACTS_MAX = 200
Kind = Fact.Kind
log = structlog.get_logger(__name__)


class TooManyFacts(Conflict):
    """Enough is remembered: forget something first."""

    code = "too_many_facts"


class FactKnown(Conflict):
    """This is remembered already."""

    code = "fact_known"


class NothingSaid(Invalid):
    """There is no word in it."""

    code = "nothing_said"


@transaction.atomic
def learn(
    *,
    user_id: int,
    kind: str,
    subject: str,
    text: str,
    message: Message | None,
    now: datetime,
    count: int = 1,
) -> None:
    """Remember something, or that it was met again; not what the learner has deleted before."""
    if is_forgotten(user_id, kind, subject):
        return
    rows = Fact.objects.filter(user_id=user_id)
    met = rows.filter(kind=kind, subject=subject)
    if met.update(count=F("count") + count, seen_at=now, message=message):
        met.filter(is_own=False).update(text=text)
        return
    if rows.count() >= FACTS_MAX:
        oldest = rows.filter(is_own=False).order_by("seen_at", "pk").first()
        if oldest is None:
            return
        oldest.delete()
    Fact.objects.get_or_create(
        user_id=user_id,
        kind=kind,
        subject=subject,
        defaults={
            "text": text, "message": message, "count": count, "created_at": now, "seen_at": now,
        },
    )  # fmt: skip


@transaction.atomic
def write_fact(*, learner: Learner, kind: str, text: str, now: datetime) -> Fact:
    """Remember what the learner wrote; TooManyFacts, FactKnown, NothingSaid."""
    subject = _subject(text)
    rows = Fact.objects.filter(user_id=learner.id)
    if rows.count() >= FACTS_MAX:
        raise TooManyFacts(f"The tutor remembers {FACTS_MAX} facts: delete some.")
    if rows.filter(kind=kind, subject=subject).exists():
        raise FactKnown("This is remembered already.", field="text")
    mark = subject_sha256(kind, subject)
    ForgottenFact.objects.filter(user_id=learner.id, subject_sha256=mark).delete()
    return Fact.objects.create(
        user_id=learner.id, kind=kind, subject=subject, text=text, is_own=True, created_at=now,
        seen_at=now,
    )  # fmt: skip


@transaction.atomic
def edit_fact(*, learner: Learner, fact_id: UUID, text: str, now: datetime) -> Fact:
    """Change how a fact is put; what it said before is forgotten. FactNotFound, NothingSaid."""
    fact = fact_of(learner, fact_id, lock=True)
    _subject(text)
    if text != fact.text:
        _strike(learner, fact)
    fact.text, fact.is_own, fact.seen_at = text, True, now
    fact.save(update_fields=["text", "is_own", "seen_at"])
    return fact


@transaction.atomic
def forget_fact(*, learner: Learner, fact_id: UUID, now: datetime) -> None:
    """Delete a fact for good: nothing that was said of it is in a prompt again. FactNotFound."""
    fact = fact_of(learner, fact_id, lock=True)
    _strike(learner, fact)
    _mark(fact, now)
    fact.delete()


@transaction.atomic
def forget_everything(*, learner: Learner, now: datetime) -> int:
    """Delete all facts and return how many they were."""
    facts = list(Fact.objects.select_for_update().filter(user_id=learner.id).order_by("pk"))
    for fact in facts:
        _strike(learner, fact)
        _mark(fact, now)
    return Fact.objects.filter(pk__in=[fact.pk for fact in facts]).delete()[0]


def _mark(fact: Fact, now: datetime) -> None:
    ForgottenFact.objects.get_or_create(
        user_id=fact.user_id,
        subject_sha256=subject_sha256(fact.kind, fact.subject),
        defaults={"forgotten_at": now},
    )


def _strike(learner: Learner, fact: Fact) -> None:
    """Take what a fact came from, and what was written with it, out of every later prompt.

    These are the message it was met in, replies in whose prompt it stood, and whatever names it.
    Histories in Redis are held against the messages and fall with them; kept answers go here.
    """
    about = Q(fact_ids__contains=[fact.public_id])
    if fact.kind == Fact.Kind.INTEREST:
        about |= Q(text__iregex=rf"\m{re.escape(fact.subject)}\M")
        if fact.message_id:
            about |= Q(pk=fact.message_id) | Q(reply_to=fact.message_id)
    Message.objects.filter(about, user_id=learner.id).update(is_forgotten=True)
    transaction.on_commit(partial(_drop_kept_answers, learner.public_id))


def _drop_kept_answers(learner_id: UUID) -> None:
    try:
        fallback.forget(learner_id)
    except RedisError as error:  # they are kept under prompts that will not be asked again
        log.warning("kept_answers_not_dropped", error=type(error).__name__)


def _subject(text: str) -> str:
    subject = subject_of(text)
    if not re.search(r"\w", subject):
        raise NothingSaid("Write a few words.", field="text")
    return subject
