"""Good answers, kept for when no provider answers.

Whose an answer is, is part of its key: a learner never sees another's, save for tasks whose prompt
holds nothing of anybody. Of a prompt only hashes are kept.
"""

import hashlib
import json
import unicodedata
from collections.abc import Iterable
from typing import Any
from uuid import UUID

import structlog
from redis import RedisError

from config.ai import store
from config.ai.calls import Answer, Call, Fallback, Source

SIMILAR_FROM = 0.5  # shared words over all words of both prompts
KEPT_A_WORD = 8
SHARED_SECONDS = 30 * 86_400
OWN_SECONDS = 7 * 86_400

log = structlog.get_logger(__name__)


def keep(call: Call, text: str) -> None:
    """Remember a good answer, if the task has use for it."""
    owner = _owner(call)
    if owner is None or call.task.fallback is Fallback.NONE:
        return
    seconds = SHARED_SECONDS if call.task.is_shared else OWN_SECONDS
    prompt = _prompt_hash(call)

    def write(redis: Any) -> None:
        redis.set(_answer_key(owner, call, prompt), text, ex=seconds)
        if _takes_similar(call):
            entry, key = json.dumps([prompt, sorted(_words(call))]), _about_key(owner, call)
            with redis.pipeline(transaction=False) as pipeline:
                pipeline.lrem(key, 0, entry).lpush(key, entry).ltrim(key, 0, KEPT_A_WORD - 1)
                pipeline.expire(key, seconds).execute()

    try:
        store.ask(write)
    except RedisError as error:
        log.warning("answer_not_kept", task=call.task.name, error=type(error).__name__)


def find(call: Call) -> Answer | None:
    """Return what may stand in for an answer, the nearest first; None when nothing may."""
    for source, text in _candidates(call):
        if call.shape is None:
            return Answer(text, source)
        try:
            return Answer(text, source, value=call.shape.model_validate_json(text))
        except ValueError:  # kept by an older version, or a template that is plain text
            continue
    return None


def forget(learner: UUID) -> None:
    """Remove everything kept of a learner."""

    def remove(redis: Any) -> None:
        for pattern in (f"answer:{learner}:*", f"about:{learner}:*"):
            for key in redis.scan_iter(pattern, count=1000):
                redis.delete(key)

    store.ask(remove)


def _candidates(call: Call) -> Iterable[tuple[Source, str]]:
    owner = _owner(call)
    if owner is not None and call.task.fallback is not Fallback.NONE:
        try:
            yield from _kept(owner, call)
        except RedisError as error:
            log.warning("answers_unreadable", task=call.task.name, error=type(error).__name__)
    if call.task.template:
        yield Source.TEMPLATE, call.task.template.replace("{about}", call.about)


def _kept(owner: str, call: Call) -> Iterable[tuple[Source, str]]:
    if text := _read(_answer_key(owner, call, _prompt_hash(call))):
        yield Source.SAME, text
    if not _takes_similar(call):
        return
    words = _words(call)
    entries = store.ask(lambda redis: redis.lrange(_about_key(owner, call), 0, -1))
    found = [(_similarity(words, set(kept)), prompt) for prompt, kept in map(json.loads, entries)]
    for similarity, prompt in sorted(found, reverse=True):
        if similarity < SIMILAR_FROM:
            return
        if text := _read(_answer_key(owner, call, prompt)):
            yield Source.SIMILAR, text


def _read(key: str) -> str | None:
    found: str | None = store.ask(lambda redis: redis.get(key))
    return found


def _owner(call: Call) -> str | None:
    if call.task.is_shared:
        return "shared"
    return str(call.learner) if call.learner else None


def _takes_similar(call: Call) -> bool:
    return call.task.fallback is Fallback.SIMILAR and bool(call.about)


def _answer_key(owner: str, call: Call, prompt: str) -> str:
    return f"answer:{owner}:{call.task.name}.{call.task.version}:{prompt}"


def _about_key(owner: str, call: Call) -> str:
    word = _hash(unicodedata.normalize("NFKC", call.about).casefold())
    return f"about:{owner}:{call.task.name}.{call.task.version}:{word}"


def _prompt_hash(call: Call) -> str:
    return _hash(json.dumps(list(call.messages)))


def _words(call: Call) -> set[str]:
    text = " ".join(text for role, text in call.messages if role == "user")
    return {_hash(word)[:8] for word in unicodedata.normalize("NFKC", text).casefold().split()}


def _similarity(one: set[str], other: set[str]) -> float:
    return len(one & other) / (len(one | other) or 1)


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:32]
