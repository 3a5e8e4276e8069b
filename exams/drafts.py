"""Questions from cards by template: no model, no store. Pure.

Each template gives an item or None where the card does not suffice; whether it is any good is for
the validator to say.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from random import Random
from typing import Any
from uuid import UUID

from rapidfuzz import fuzz

from config.ai.cefr import LEVELS
from config.speech.texts import sayable, voice_for
from exams.grading import Verdict, grade, normal
from exams.phrases import HIDDEN, blanked, is_same_word, masked, words_in
from exams.validation import OPTION_COUNT, Deck, Item, Kind, expected_level, faults

PAIRS = 4
MEANING_MAX = 240
_PART = re.compile(r"^(noun|verb|adjective|adverb): ")


@dataclass(frozen=True, slots=True)
class Card:
    """What a question needs of a card; ``part`` of speech is empty where nobody knows."""

    id: UUID
    word: str
    meaning: str
    example: str = ""
    part: str = ""


@dataclass(frozen=True)
class Around:
    """What there is to take wrong answers from: the learner's cards, and words by level."""

    cards: Sequence[Card]
    words_by_level: Mapping[str, Sequence[tuple[str, str]]] = field(default_factory=dict)
    """Each with its part of speech, or nothing."""
    sounds: Mapping[str, str] = field(default_factory=dict)
    """How words sound, the same letters for the same sound; nothing where nothing speaks."""

    @cached_property
    def deck(self) -> Deck:
        """Return the meanings of the learner's words, as they are compared."""
        found: dict[str, set[str]] = {}
        for card in self.cards:
            found.setdefault(normal(card.word), set()).add(normal(card.meaning))
        return {word: frozenset(meanings) for word, meanings in found.items()}


def card_of(*, id: UUID, front: str, back: str, gloss: str, example: str) -> Card:  # noqa: A002
    """Return a card; its meaning is the first line of the back, or the gloss."""
    lines = (" ".join(line.split()) for line in (*back.splitlines(), gloss))
    first = next(filter(None, lines), "")
    found = _PART.match(first)
    meaning = _PART.sub("", first)
    word = " ".join(front.split())
    return Card(
        id, word, meaning[:MEANING_MAX], " ".join(example.split()), found[1] if found else ""
    )


def shown_meaning(card: Card) -> str:
    """Return the meaning as it is asked with: it does not name the word itself."""
    return masked(card.meaning, card.word)


def cloze(card: Card, around: Around, random: Random) -> Item | None:
    """Return a gap in the card's own example."""
    return cloze_of(card, card.example, around, random)


def cloze_of(card: Card, sentence: str, around: Around, random: Random) -> Item | None:
    """Return a gap in a sentence: options if the word stands in its own form, else to be typed.

    Options of another form would give the answer away by grammar.
    """
    found = blanked(sentence, card.word)
    if found is None:
        return None
    stem, stood = found
    about = {"kind": Kind.CLOZE, "words": (card.word,), "meanings": (card.meaning,)}
    common = {**about, "stem": stem, "hint": shown_meaning(card), "level": _level(card)}
    if normal(stood) != normal(card.word):
        return Item(**common, accepted=(stood,))  # type: ignore[arg-type]
    choices = _choices(card, around, random)
    if choices is None:
        return Item(**common, accepted=(stood,))  # type: ignore[arg-type]
    return Item(**common, options=choices, key=(choices.index(card.word),))  # type: ignore[arg-type]


def multiple_choice(card: Card, around: Around, random: Random) -> Item | None:
    """Return the meaning with four words to choose from."""
    choices = _choices(card, around, random)
    if choices is None:
        return None
    return Item(
        kind=Kind.MULTIPLE_CHOICE,
        words=(card.word,),
        meanings=(card.meaning,),
        stem=shown_meaning(card),
        options=choices,
        key=(choices.index(card.word),),
        level=_level(card),
    )


def typing(card: Card, _around: Around, _random: Random) -> Item | None:
    """Return the meaning; the word is to be typed."""
    return Item(
        kind=Kind.TYPING,
        words=(card.word,),
        meanings=(card.meaning,),
        stem=shown_meaning(card),
        accepted=(card.word,),
        level=_level(card),
    )


def listening(card: Card, around: Around, random: Random) -> Item | None:
    """Return a word that is read aloud, to be chosen or typed, or one in a sentence, to be typed.

    None where nothing speaks, or nothing that reads this script.
    """
    if not around.sounds or sayable(card.word) != card.word or voice_for(card.word) is None:
        return None
    ways = random.sample((_heard_in_sentence, _heard_among), 2)
    found = [way(card, around, random) for way in (*ways, _heard_alone)]
    items = [each for each in found if each]
    return next((each for each in items if not faults(each, around.deck)), items[-1])


def open_answer(card: Card, _around: Around, _random: Random) -> Item | None:
    """Ask for a sentence of the learner's own."""
    return Item(
        kind=Kind.OPEN,
        words=(card.word,),
        meanings=(card.meaning,),
        stem=f"Write a sentence with \u201c{card.word}\u201d that shows what it means.",
        level=_level(card),
    )


def matching(cards: Sequence[Card], random: Random) -> Item | None:
    """Return words and, in another order, their meanings."""
    shown = [shown_meaning(card) for card in cards]
    shuffled = random.sample(shown, len(shown))
    words = tuple(card.word for card in cards)
    return Item(
        kind=Kind.MATCHING,
        words=words,
        meanings=tuple(card.meaning for card in cards),
        prompts=words,
        options=tuple(shuffled),
        key=tuple(map(shuffled.index, shown)),
        level=expected_level(words),
    )


Template = Callable[[Card, Around, Random], Item | None]
TEMPLATES: dict[Kind, Template] = {
    Kind.CLOZE: cloze,
    Kind.MULTIPLE_CHOICE: multiple_choice,
    Kind.TYPING: typing,
    Kind.OPEN: open_answer,
    Kind.LISTENING: listening,
}


def is_askable(card: Card) -> bool:
    """Tell whether a card says enough to be asked at all."""
    rest = shown_meaning(card).replace(HIDDEN, "")
    return bool(normal(card.word)) and bool(words_in(rest))


def _level(card: Card) -> str:
    return expected_level((card.word,))


def _choices(card: Card, around: Around, random: Random) -> tuple[str, ...] | None:
    """Return the word among three others, shuffled.

    Those of its part of speech come first, of them own cards, then words of its level.
    """
    own = [(one.word, one.part) for one in around.cards]
    of_level = around.words_by_level.get(_level(card) or LEVELS[2], ())
    candidates = [*random.sample(own, len(own)), *random.sample(of_level, len(of_level))]
    candidates.sort(key=lambda one: bool(card.part and one[1] != card.part))
    deck, asked = around.deck, normal(card.meaning)
    chosen: list[str] = []
    for word, _ in candidates:
        if _is_other(word, [card.word, *chosen]) and asked not in deck.get(normal(word), ()):
            chosen.append(word)
        if len(chosen) == OPTION_COUNT - 1:
            return tuple(random.sample([card.word, *chosen], OPTION_COUNT))
    return None


def _heard_in_sentence(card: Card, _around: Around, _random: Random) -> Item | None:
    found = blanked(card.example, card.word)
    if found is None:
        return None
    return _heard(card, stem=found[0], accepted=(found[1],), heard=card.example)


def _heard_among(card: Card, around: Around, random: Random) -> Item | None:
    choices = _sounding_alike(card, around, random)
    if choices is None:
        return None
    return _heard(
        card,
        options=choices,
        key=(choices.index(card.word),),
        sounds=tuple(around.sounds[word] for word in choices),
    )


def _heard_alone(card: Card, _around: Around, _random: Random) -> Item | None:
    """Return the word with its meaning, which tells it from words of the same sound."""
    return _heard(card, hint=shown_meaning(card), accepted=(card.word,))


def _heard(card: Card, heard: str = "", **fields: Any) -> Item:
    return Item(
        kind=Kind.LISTENING,
        words=(card.word,),
        meanings=(card.meaning,),
        level=_level(card),
        heard=heard or card.word,
        **fields,
    )


def _sounding_alike(card: Card, around: Around, random: Random) -> tuple[str, ...] | None:
    """Return the word among three others that sound most like it, and not the same, shuffled."""
    asked = around.sounds.get(card.word)
    if not asked:
        return None
    own = [one.word for one in around.cards]
    of_level = [word for word, _ in around.words_by_level.get(_level(card) or LEVELS[2], ())]
    known = [word for word in dict.fromkeys((*own, *of_level)) if around.sounds.get(word)]
    known.sort(key=lambda word: -fuzz.ratio(around.sounds[word], asked))
    chosen, sounds = list[str](), {asked}
    for word in known:
        if around.sounds[word] not in sounds and _is_other(word, [card.word, *chosen]):
            chosen.append(word)
            sounds.add(around.sounds[word])
        if len(chosen) == OPTION_COUNT - 1:
            return tuple(random.sample([card.word, *chosen], OPTION_COUNT))
    return None


def _is_other(word: str, taken: Sequence[str]) -> bool:
    """Tell whether a word is none of those, nor one misspelt or in another form."""
    is_slip = grade(word, taken).verdict is not Verdict.WRONG
    return bool(normal(word)) and not is_slip and not any(is_same_word(word, one) for one in taken)
