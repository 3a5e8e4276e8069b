"""Many questions at once: a Celery group answers them, one by one, in the background."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import partial

import structlog
from celery import current_app, group
from django.db import transaction
from django.db.models import Q
from kombu.exceptions import OperationalError

from accounts.queries.learners import Learner, learner
from chat import prompts
from chat.models import Batch, BatchItem
from chat.queries.facts import level_of
from config.ai import gateway
from config.ai.calls import Source
from config.errors import Conflict, NotFound, ReseeError, Unavailable

TASK = "chat.tasks.answer_item"
ITEMS_MAX, OPEN_MAX = 50, 3
STALE = timedelta(minutes=3)
State = BatchItem.State
log = structlog.get_logger(__name__)


class TooManyBatches(Conflict):
    """Some batches are still being answered."""

    code = "too_many_batches"


@transaction.atomic
def begin_batch(*, learner: Learner, texts: Sequence[str], now: datetime) -> Batch:
    """Store the questions and let them be answered; TooManyBatches."""
    is_open = Q(items__state__in=[State.WAITING, State.WRITING])
    running = Batch.objects.filter(is_open, user_id=learner.id).distinct().count()
    if running >= OPEN_MAX:
        raise TooManyBatches("Wait until one of your batches is answered.")
    batch = Batch.objects.create(user_id=learner.id, created_at=now)
    items = BatchItem.objects.bulk_create(
        BatchItem(batch=batch, position=position, text=text, touched_at=now)
        for position, text in enumerate(texts, 1)
    )
    transaction.on_commit(partial(_send, [item.pk for item in items]))
    return batch


def answer_item(*, item_id: int, now: datetime) -> None:
    """Answer one question; a second delivery does nothing."""
    stale = Q(state=State.WRITING, touched_at__lt=now - STALE)
    free = BatchItem.objects.filter(Q(state=State.WAITING) | stale, pk=item_id)
    if not free.update(state=State.WRITING, touched_at=now):
        return
    item = BatchItem.objects.select_related("batch").get(pk=item_id)
    try:
        who = learner(item.batch.user_id)
    except NotFound:
        return
    level = level_of(who)
    messages = prompts.tutor_messages(level=level, known=(), turns=[("user", item.text)])
    try:
        said = gateway.ask(prompts.TUTOR, messages, learner=who.public_id)
        answer, by, code = said.text, str(said.source), ""
    except ReseeError as error:
        answer, by, code = error.detail, str(Source.TEMPLATE), error.code
    rows = BatchItem.objects.filter(pk=item_id, state=State.WRITING)
    rows.update(state=State.DONE, answer=answer, answered_by=by, code=code, touched_at=now)


def send_stale(*, now: datetime, at_most: int = 100) -> int:
    """Send questions off again that nobody answers; return how many."""
    rows = BatchItem.objects.filter(
        state__in=[State.WAITING, State.WRITING], touched_at__lt=now - STALE
    )
    keys = list(rows.order_by("touched_at").values_list("pk", flat=True)[:at_most])
    if keys:
        rows.filter(pk__in=keys, state=State.WAITING).update(touched_at=now)
        _send(keys)
    return len(keys)


def _send(keys: Sequence[int]) -> None:
    sent = group(current_app.signature(TASK, kwargs={"item_id": key}) for key in keys)
    try:
        sent.apply_async(retry=False)
    except (OperationalError, Unavailable) as error:
        log.warning("batch_not_sent", items=len(keys), error=type(error).__name__)
