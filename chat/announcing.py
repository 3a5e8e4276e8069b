"""Telling those who follow a conversation that it got on: at once, and perhaps not at all.

PostgreSQL is the truth: whoever misses a note finds the event there. So nothing here raises.
"""

import time
from functools import partial
from typing import Any
from uuid import UUID

import structlog
from channels.layers import get_channel_layer
from django.db import transaction
from redis import RedisError

from config.ai import background

KIND = "conversation.note"
PEACE_SECONDS = 1.0  # a Redis that did not answer is left alone for so long
log = structlog.get_logger(__name__)
_silent_until = 0.0


def group_of(conversation_id: UUID) -> str:
    """Return the channel layer's name for those who follow a conversation."""
    return f"conversation.{conversation_id.hex}"


def announce(conversation_id: UUID, **note: Any) -> None:
    """Tell followers, once the transaction is committed; a ``number`` names the event."""
    transaction.on_commit(partial(_send, conversation_id, note))


def _send(conversation_id: UUID, note: dict[str, Any]) -> None:
    global _silent_until  # noqa: PLW0603  one a process
    if time.monotonic() < _silent_until:
        return
    layer: Any = get_channel_layer()
    try:
        background.run(layer.group_send(group_of(conversation_id), {"type": KIND, **note}))
    except (RedisError, OSError) as error:
        _silent_until = time.monotonic() + PEACE_SECONDS
        log.warning("not_announced", error=type(error).__name__)
