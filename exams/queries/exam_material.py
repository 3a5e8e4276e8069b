"""What exams are made of: the learner's cards, and words of each level for wrong answers."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from functools import cache, lru_cache
from uuid import UUID

import structlog

from accounts.queries.learners import Learner
from config.dictionary import dictionary
from config.speech.engine import SpeechAway, sounds
from config.speech.texts import Voice, voice_for
from exams.drafts import Around, Card, card_of
from exams.item_bank import written_items
from exams.level_test import LEVELS
from exams.level_test import Kind as LevelKind
from review.queries.exam_cards import AskedCard, cards_to_ask, newest_cards

log = structlog.get_logger(__name__)
AROUND_MAX = 150  # newest cards that wrong answers are taken from
HEARD_MAX = 60  # letters of a word to be told from others by its sound
_A_QUESTION = 4  # cards that one question takes at most


def cards(
    learner: Learner,
    *,
    choice: str,
    category_id: UUID | None,
    tags: Sequence[str],
    size: int,
    now: datetime,
) -> list[Card]:
    """Return the cards to ask, the most wanted first; CategoryNotFound."""
    found = cards_to_ask(
        learner,
        choice=choice,
        category_id=category_id,
        tags=tags,
        now=now,
        limit=size * _A_QUESTION,
    )
    return [_card(card) for card in found]


def around(learner: Learner, asked: Sequence[Card] = (), *, with_sounds: bool = False) -> Around:
    """Return what wrong answers are taken from: the learner's newest cards, the asked ones too.

    How all of them sound costs a process, and is nothing where nothing speaks.
    """
    newest = [_card(card) for card in newest_cards(learner, limit=AROUND_MAX)]
    near = list({card.id: card for card in (*asked, *newest)}.values())
    words = words_by_level()
    return Around(near, words, _sounds(near, words) if with_sounds else {})


def _sounds(
    near: Sequence[Card], by_level: Mapping[str, Sequence[tuple[str, str]]]
) -> Mapping[str, str]:
    """Return how English words sound."""
    words = [
        *(card.word for card in near),
        *(word for each in by_level.values() for word, _ in each),
    ]
    try:
        return sounds([word for word in words if _is_english(word)], Voice.AMERICAN)
    except SpeechAway as error:
        log.warning("sounds_unknown", error=error.detail)
        return {}


def _is_english(word: str) -> bool:
    return len(word) <= HEARD_MAX and voice_for(word) is Voice.AMERICAN


def hardest_words(learner: Learner, *, now: datetime) -> list[str]:
    """Return the words the learner has forgotten most often, five at most. One query."""
    found = cards_to_ask(learner, choice="weak", category_id=None, tags=(), now=now, limit=5)
    return [card.front for card in found if card.lapses]


@cache
def words_by_level() -> dict[str, Sequence[tuple[str, str]]]:
    """Return the words that the level test's files ask for, with their part of speech, by level."""
    items = [item for item in written_items() if item.kind is LevelKind.VOCABULARY]
    return {
        level: tuple((item.target, part_of(item.target)) for item in items if item.level == level)
        for level in LEVELS
    }


@lru_cache(maxsize=10_000)
def part_of(word: str) -> str:
    """Return the part of speech in which a word is met as most; empty where no dictionary knows."""
    entry = dictionary().look_up(word.removeprefix("to "))
    return entry.senses[0].part_of_speech if entry else ""


def _card(card: AskedCard) -> Card:
    found = card_of(
        id=card.id, front=card.front, back=card.back, gloss=card.gloss, example=card.example
    )
    return found if found.part else replace(found, part=part_of(found.word))
