"""Texts that wait for the classifier, in Redis: taken in small batches, answered into a cache.

A text lies here until a worker takes it, half a minute at most; its answer is kept under the hash
of the text, which does not tell the text.
"""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any
from uuid import uuid4

from django.core.cache import cache
from django_redis import get_redis_connection

from config.ai import cefr_folder
from config.ai.cefr_lexical import Distribution
from config.metrics import count_cache_read
from config.settings import variables

WAITING_MAX = 64  # with more in front of it a text would not be answered in time
WAITING_SECONDS = 30
ANSWER_SECONDS = 30 * 86_400
REPLY_SECONDS = 10
BATCH = 16


@dataclass(frozen=True, slots=True)
class Waiting:
    """One text that waits; its answer is kept under ``key`` and told to ``reply``."""

    key: str
    reply: str
    text: str


def key_of(text: str) -> str:
    """Return where the answer of a text is kept: by its hash and the model's."""
    hashed = hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
    return _key(f"text:{_model()}:{hashed}")


def answered(key: str) -> Distribution | None:
    """Return the kept answer; RedisError when Redis does not answer."""
    found: bytes | None = get_redis_connection("default").get(key)
    count_cache_read("cefr", hits=int(found is not None), misses=int(found is None))
    return tuple(json.loads(found)) if found else None


def put(key: str, text: str) -> Waiting | None:
    """Let a text wait; None when too many do. RedisError when Redis does not answer."""
    waiting = Waiting(key, _key(f"reply:{uuid4().hex}"), text)
    redis = get_redis_connection("default")
    if redis.llen(_key("waiting")) >= WAITING_MAX:
        return None
    with redis.pipeline() as pipeline:
        pipeline.rpush(_key("waiting"), json.dumps(asdict(waiting)))
        pipeline.expire(_key("waiting"), WAITING_SECONDS).execute()
    return waiting


def reply_to(waiting: Waiting, seconds: float) -> Distribution | None:
    """Wait for the answer; None when there is none in time, or the worker says it has none."""
    found = get_redis_connection("default").blpop([waiting.reply], timeout=seconds)
    return tuple(json.loads(found[1])) or None if found else None


def take() -> list[Waiting]:
    """Return the next texts, each to one taker only; empty when nothing waits."""
    found: list[bytes] = get_redis_connection("default").lpop(_key("waiting"), BATCH) or []
    return [Waiting(**json.loads(each)) for each in found]


def answer(batch: Sequence[Waiting], found: Sequence[Distribution]) -> None:
    """Keep the answers and tell those who wait; an empty answer is told and not kept."""
    with get_redis_connection("default").pipeline(transaction=False) as pipeline:
        for waiting, distribution in zip(batch, found, strict=True):
            body = json.dumps([round(share, 4) for share in distribution])
            if distribution:
                pipeline.set(waiting.key, body, ex=ANSWER_SECONDS)
            pipeline.rpush(waiting.reply, body)
            pipeline.expire(waiting.reply, REPLY_SECONDS)
        pipeline.execute()


def _key(name: str) -> str:
    return cache.make_key(f"cefr:{name}")


def _model() -> str:
    """Return a short name of the model: another model's answers are not this one's."""
    given = variables.text("CEFR_MODEL")
    about: Any = given or cefr_folder.manifest()
    return hashlib.sha256(json.dumps(about, sort_keys=True).encode()).hexdigest()[:12]
