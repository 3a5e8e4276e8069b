"""What was said lately, ready for a prompt: LangChain's message history in Redis, for 30 days.

PostgreSQL is the record. The history is taken only where it holds exactly the messages that the
record has for the prompt now; else it is written anew. So what was deleted there is in no prompt,
even if Redis could not be told.
"""

import warnings
from collections.abc import Sequence
from typing import Any
from uuid import UUID

import structlog
from django.conf import settings
from redis import RedisError

from chat.models import Message
from chat.prompts import Turn
from config.ai import store
from config.settings.base import redis_url

MESSAGES = 10
SECONDS = 30 * 86_400
log = structlog.get_logger(__name__)


def turns_before(reply: Message, *, learner: UUID, chars: int) -> list[Turn]:
    """Return the last turns before a reply that fit into ``chars``; the last one always does."""
    rows = Message.objects.filter(
        conversation=reply.conversation_id, position__lt=reply.position, is_forgotten=False
    ).exclude(text="")
    wanted = list(rows.order_by("-position").values_list("position", flat=True)[:MESSAGES])[::-1]
    try:
        kept = _kept(_history(learner, reply.conversation.public_id), wanted, rows)
    except RedisError as error:
        log.warning("history_away", error=type(error).__name__)
        kept = _turns(rows, wanted)
    return _fitting(kept, chars)


def forget_history(learner: UUID, conversation: UUID | None = None) -> None:
    """Remove a conversation's history, or all of a learner's; RedisError."""
    pattern = f"{_prefix(learner)}{conversation or '*'}"

    def remove(redis: Any) -> None:
        for key in redis.scan_iter(pattern, count=1000):
            redis.delete(key)

    store.ask(remove)


def _kept(history: Any, wanted: Sequence[int], rows: Any) -> list[Turn]:
    """Return the history's turns, after making it end with the wanted messages."""
    held = [int(message.additional_kwargs.get("position", 0)) for message in history.messages]
    new = [position for position in wanted if not held or position > held[-1]]
    if len(held) > 4 * MESSAGES or (held + new)[-len(wanted) :] != list(wanted):
        history.clear()
        new = list(wanted)
    for position, (role, text) in zip(new, _turns(rows, new), strict=True):
        history.add_message(_message(role, text, position))
    return [
        ("user" if message.type == "human" else "assistant", str(message.content))
        for message in history.messages[-len(wanted) :]
    ]


def _turns(rows: Any, positions: Sequence[int]) -> list[Turn]:
    found = rows.filter(position__in=positions).order_by("position").values_list("role", "text")
    return [("user" if role == Message.Role.LEARNER else "assistant", text) for role, text in found]


def _fitting(turns: list[Turn], chars: int) -> list[Turn]:
    """Keep the last turns, beginning with one of the learner's."""
    from langchain_core.messages import trim_messages

    messages = [_message(role, text, number) for number, (role, text) in enumerate(turns)]
    kept = trim_messages(
        messages,
        max_tokens=chars,
        token_counter=lambda some: sum(len(str(one.content)) for one in some),
        strategy="last",
        start_on="human",
    )
    first = int(kept[0].additional_kwargs["position"]) if kept else len(turns) - 1
    return turns[max(first, 0) :]


def _message(role: str, text: str, position: int) -> Any:
    from langchain_core.messages import AIMessage, HumanMessage

    kind: Any = HumanMessage if role == "user" else AIMessage
    return kind(text, additional_kwargs={"position": position})


def _history(learner: UUID, conversation: UUID) -> Any:
    with warnings.catch_warnings():  # the package tells that it will be divided one day
        warnings.simplefilter("ignore", DeprecationWarning)
        from langchain_community.chat_message_histories import RedisChatMessageHistory

    store.ask(lambda redis: redis.ping())  # it would swallow that Redis is away
    url = redis_url(settings.REDIS_URL, "ai")
    return RedisChatMessageHistory(
        str(conversation), url=url, key_prefix=_prefix(learner), ttl=SECONDS
    )


def _prefix(learner: UUID) -> str:
    return f"history:{learner}:"
