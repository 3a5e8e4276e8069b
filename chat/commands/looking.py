"""A learner's message is looked at after it was said: graded, and remembered from."""

from collections import Counter
from datetime import datetime, timedelta
from uuid import UUID

import structlog
from celery import current_app
from django.db import transaction
from kombu.exceptions import OperationalError

from accounts.queries.learners import Learner, learner
from chat.commands.facts import learn
from chat.corrections import EXPLANATIONS
from chat.learning import interests, subject_of
from chat.models import Analysis, Fact, Message
from chat.queries.analysis import report
from chat.queries.facts import level_of
from chat.queries.practice import hardest
from config.ai.cefr import LEVELS
from config.ai.cefr_texts import NotEnglish, TextTooLong, text_level
from config.errors import NotFound, Unavailable

LOOK = "chat.tasks.look_at_message"
ANALYSE = "chat.tasks.analyse"
EVERY = 100
UNSEEN = timedelta(minutes=2)
WEAK_WORDS, _TREND = 5, 10
Kind, Role = Fact.Kind, Message.Role
log = structlog.get_logger(__name__)


def look_soon(message: Message) -> None:
    """Let a message be looked at; a broker that is away is asked again by the clock."""
    _send(LOOK, message_id=str(message.public_id), user_id=message.user_id)


def look_at_message(*, user_id: int, message_id: UUID, now: datetime) -> None:
    """Grade a message, remember from it, and order an analysis each hundredth time. Once."""
    rows = Message.objects.filter(user_id=user_id, public_id=message_id, role=Role.LEARNER)
    message = rows.filter(looked_at=None).first()
    if message is None:
        return
    level = _level(message.text)
    with transaction.atomic():
        if not rows.filter(looked_at=None).update(level=level, looked_at=now):
            return
        _remember(message, now)
    said = Message.objects.filter(user_id=user_id, role=Role.LEARNER).count()
    if said % EVERY == 0:
        _send(ANALYSE, user_id=user_id, message_count=said)


def look_at_unseen(*, now: datetime, at_most: int = 100) -> int:
    """Let messages be looked at that were not; return how many."""
    rows = Message.objects.filter(role=Role.LEARNER, looked_at=None, created_at__lt=now - UNSEEN)
    found = list(rows.order_by("created_at")[:at_most])
    for message in found:
        look_soon(message)
    return len(found)


@transaction.atomic
def analyse(*, user_id: int, message_count: int, now: datetime) -> Analysis | None:
    """Store a full look at what the learner has said; once for this many messages."""
    try:
        who = learner(user_id)
    except NotFound:
        return None
    found, _ = Analysis.objects.get_or_create(
        user_id=user_id,
        message_count=message_count,
        defaults={"report": report(who), "created_at": now},
    )
    return found


def _level(text: str) -> str:
    try:
        return text_level(text).level
    except (NotEnglish, TextTooLong):
        return ""


def _remember(message: Message, now: datetime) -> None:
    user_id = message.user_id
    for learnt in interests(message.text):
        learn(
            user_id=user_id, kind=Kind.INTEREST, subject=learnt.subject, text=learnt.text,
            message=message, now=now,
        )  # fmt: skip
    who = learner(user_id)
    _remember_mistakes(message, now)
    _remember_weak_words(who, now)
    _remember_trend(who, now)


def _remember_mistakes(message: Message, now: datetime) -> None:
    """Count what the last correction of the conversation found; each correction once."""
    before = Message.objects.filter(
        conversation=message.conversation_id,
        position=message.position - 1,
        intent=Message.Intent.CORRECTION,
    ).first()
    found = before.extras.get("correction", {}).get("changes", []) if before else []
    for kind, count in Counter(change["kind"] for change in found).items():
        if kind in EXPLANATIONS:
            learn(
                user_id=message.user_id, kind=Kind.MISTAKE, subject=kind,
                text=f"often needs help with: {kind}", message=before, now=now, count=count,
            )  # fmt: skip


def _remember_weak_words(who: Learner, now: datetime) -> None:
    for card in hardest(who, now=now, limit=WEAK_WORDS):
        subject = subject_of(card.front)
        if subject:
            learn(
                user_id=who.id, kind=Kind.WEAK_WORD, subject=subject,
                text=f"finds this word hard: {subject}", message=None, now=now, count=0,
            )  # fmt: skip


def _remember_trend(who: Learner, now: datetime) -> None:
    """Compare the last messages with those before them."""
    rows = Message.objects.filter(user_id=who.id, role=Role.LEARNER).exclude(level="")
    found = [
        LEVELS.index(level)
        for level in rows.order_by("-id").values_list("level", flat=True)[: 2 * _TREND]
    ]
    if len(found) < 2 * _TREND:
        return
    last, before = sum(found[:_TREND]), sum(found[_TREND:])
    way = "rising" if last > before else "falling" if last < before else "steady"
    text = f"writes at about {level_of(who)}, {way}"
    learn(
        user_id=who.id, kind=Kind.LEVEL, subject="trend", text=text, message=None, now=now, count=0
    )


def _send(task: str, **arguments: object) -> None:
    try:
        current_app.send_task(task, kwargs=arguments, retry=False)
    except (OperationalError, Unavailable) as error:
        log.warning("chat_task_not_sent", task=task, error=type(error).__name__)
