"""How hard a text is: its CEFR level, by the classifier and the lexical model together.

The classifier runs in a worker. When its answer does not come in time the lexical model answers
alone, and says so. It measures the text: not how well the person writes who wrote it.
"""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

import structlog
from celery import current_app
from kombu.exceptions import OperationalError
from prometheus_client import Counter
from redis import RedisError

from config.ai import cefr_waiting
from config.ai.breaker import BreakerOpen, breaker
from config.ai.cefr import LEVELS
from config.ai.cefr_lexical import (
    Distribution,
    lexical_distribution,
    sentences_of,
    words_of,
)
from config.errors import Invalid, Unavailable

CHARACTERS_MAX = 20_000
PATIENCE_SECONDS = 1.5
PASSAGE_SENTENCES = 3  # what the models were trained on
PASSAGES_MAX = 8  # of a long text, spread evenly over it
BREAKER = "cefr"
TASK = "config.ai.tasks.grade_waiting_texts"
ANSWERS = Counter("cefr_answers_total", "Levels of texts by what answered", ["by"])
_SPACE = re.compile(r"\s+")
log = structlog.get_logger(__name__)


class TextTooLong(Invalid):
    """The text is longer than is graded here."""

    code = "text_too_long"


class NotEnglish(Invalid):
    """There are no words in the text, or most of it is in other letters than English."""

    code = "not_english"


class Unanswered(Exception):
    """The classifier did not answer in time: its worker, its queue or Redis is away or behind."""


@dataclass(frozen=True, slots=True)
class TextLevel:
    """A text's level and the probability of each; ``by``: ``classifier`` or ``lexical``."""

    level: str
    distribution: Distribution
    by: str


def text_level(text: str) -> TextLevel:
    """Return the level of an English text within two seconds, usually at once.

    ``by`` is ``lexical`` when the classifier did not answer. Raises TextTooLong and NotEnglish.
    """
    plain = plain_text(text)
    key = cefr_waiting.key_of(plain)
    try:
        by, found = "classifier", _from_classifier(key, plain)
    except Unanswered as error:
        log.warning("classifier_unanswered", reason=str(error))
        by, found = "lexical", mean([lexical_distribution(each) for each in passages(plain)])
    ANSWERS.labels(by).inc()
    return TextLevel(LEVELS[found.index(max(found))], found, by)


def plain_text(text: str) -> str:
    """Return the text as it is graded: composed letters, one space between words.

    Raises TextTooLong above CHARACTERS_MAX, NotEnglish unless most letters are Latin.
    """
    if len(text) > CHARACTERS_MAX:
        detail = f"The text has {len(text):,} characters; {CHARACTERS_MAX:,} are graded at most."
        raise TextTooLong(detail, field="text")
    plain = _SPACE.sub(" ", unicodedata.normalize("NFC", text)).strip()
    latin = sum(map(len, words_of(plain)))
    if 2 * latin <= sum(letter.isalpha() for letter in plain) or not latin:
        raise NotEnglish("There is no English text in it to be graded.", field="text")
    return plain


def passages(plain: str) -> list[str]:
    """Return a few sentences at a time; of a long text passages spread evenly over it."""
    sentences = [each for each in sentences_of(plain) if words_of(each)]
    whole = [
        " ".join(sentences[start : start + PASSAGE_SENTENCES])
        for start in range(0, len(sentences), PASSAGE_SENTENCES)
    ]
    count = min(len(whole), PASSAGES_MAX)
    return [whole[number * len(whole) // count] for number in range(count)]


def mean(distributions: Sequence[Distribution]) -> Distribution:
    """Return the average of some distributions."""
    return tuple(sum(shares) / len(distributions) for shares in zip(*distributions, strict=True))


def _from_classifier(key: str, plain: str) -> Distribution:
    """Return what is known of the text, or what the worker says of it; Unanswered otherwise."""
    try:
        if known := cefr_waiting.answered(key):
            return known
        with breaker(BREAKER).attempt():
            return _ask_worker(key, plain)
    except BreakerOpen as error:
        raise Unanswered(str(error)) from None
    except RedisError as error:
        raise Unanswered(type(error).__name__) from None


def _ask_worker(key: str, plain: str) -> Distribution:
    waiting = cefr_waiting.put(key, plain)
    if waiting is None:
        raise Unanswered("too many texts wait")
    try:
        current_app.send_task(TASK, retry=False, expires=cefr_waiting.WAITING_SECONDS)
    except (OperationalError, Unavailable) as error:
        raise Unanswered(type(error).__name__) from None
    found = cefr_waiting.reply_to(waiting, PATIENCE_SECONDS)
    if found is None:
        raise Unanswered("no answer in time")
    return found
