"""What every question has to be, whoever wrote it: one validator for all sources. Pure.

``faults`` names what is wrong; a question with a fault is never asked. What two cards of the
learner say is looked at too: a wrong option that another card makes right is a second key.
"""

import re
import unicodedata
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum

from config.ai.cefr import LEVELS, word_difficulty
from config.speech.texts import LENGTH_MAX, sayable, voice_for
from exams.grading import Verdict, grade, normal
from exams.phrases import GAP, HIDDEN, blanked, folded, is_same_word, masked, places, words_in

OPTION_COUNT = 4
PAIRS_MIN, PAIRS_MAX = 3, 6
STEM_MAX, OPTION_MAX = 500, 300
WORDS_MIN = 3  # round a gap, and where a sentence is asked for
LEVEL_OFF, HARDER_BY = 1.5, 2.5  # levels: the word lists are rough
_TELLING = re.compile(r"\b(a|an) ___", re.IGNORECASE)
_END = re.compile(r"[.!?][\"'\u2019\u201d)]?$")
_SEVERAL = re.compile(r"[.!?]\s+[A-Z]")

_JOINERS = {"\u200c", "\u200d"}  # that Persian and others are written with

Deck = Mapping[str, frozenset[str]]
"""Meanings by word, both as ``normal`` writes them: the learner's other cards."""


class Kind(StrEnum):
    """What a question asks for."""

    CLOZE = "cloze"
    MULTIPLE_CHOICE = "multiple_choice"
    MATCHING = "matching"
    TYPING = "typing"
    OPEN = "open"
    LISTENING = "listening"


_EITHER = (Kind.CLOZE, Kind.LISTENING)  # chosen or typed


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """A question as a source proposes it; ``words`` and ``meanings`` are those of its cards.

    ``key`` holds the index of the right option, when matching one for each prompt; ``accepted``
    what counts where the answer is typed; ``heard`` what is read aloud, and ``sounds`` how the
    options of a listening sound.
    """

    kind: Kind
    words: tuple[str, ...]
    meanings: tuple[str, ...]
    stem: str = ""
    hint: str = ""
    prompts: tuple[str, ...] = ()
    options: tuple[str, ...] = ()
    key: tuple[int, ...] = ()
    accepted: tuple[str, ...] = ()
    level: str = ""
    heard: str = ""
    sounds: tuple[str, ...] = ()

    @property
    def is_chosen(self) -> bool:
        """Whether one of the options is the answer."""
        return self.kind is Kind.MULTIPLE_CHOICE or (self.kind in _EITHER and not self.accepted)

    @property
    def is_typed(self) -> bool:
        """Whether the answer is a word to be typed."""
        return self.kind is Kind.TYPING or (self.kind in _EITHER and not self.options)

    @property
    def has_gap(self) -> bool:
        """Whether it is a sentence that lacks a word."""
        return self.kind is Kind.CLOZE or (self.kind is Kind.LISTENING and bool(self.stem))


def faults(item: Item, deck: Deck) -> list[str]:
    """Return what is wrong with a question, by name; nothing when it may be asked."""
    return list(dict.fromkeys(fault for check in CHECKS for fault in check(item, deck)))


def expected_level(words: tuple[str, ...]) -> str:
    """Return the level of the hardest word; empty when no list knows any."""
    known = _difficulties(words)
    return LEVELS[min(max(round(max(known)), 1), 6) - 1] if known else ""


def texts(item: Item, _: Deck) -> Iterator[str]:
    """Nothing empty where something is needed, nothing too long, nothing invisible."""
    if not item.words or not all(map(normal, item.words)):
        yield "word_empty"
    if len(item.words) != len(item.meanings) or not all(map(str.strip, item.meanings)):
        yield "meaning_empty"
    is_bare = item.kind is Kind.MATCHING or (item.kind is Kind.LISTENING and not item.stem)
    if not is_bare and not words_in(item.stem.replace(HIDDEN, "")):
        yield "stem_empty"
    if not all(words_in(each) for each in (*item.options, *item.prompts, *item.accepted)):
        yield "option_empty"
    if len(item.stem) > STEM_MAX or max(map(len, (*item.options, *item.prompts, ""))) > OPTION_MAX:
        yield "too_long"
    shown = (item.stem, item.hint, item.heard, *item.options, *item.prompts, *item.accepted)
    every = " ".join(shown)
    if any(map(_is_invisible, every)):
        yield "invisible"
    if any(map(_is_mixed, words_in(every))):
        yield "mixed_scripts"


def gap(item: Item, _: Deck) -> Iterator[str]:
    """A sentence has one gap, with words round it; nothing else has any."""
    if not item.has_gap:
        if GAP in item.stem:
            yield "gap_unwanted"
        return
    if item.stem.count(GAP) != 1 or "_" in item.stem.replace(GAP, ""):
        yield "gap_count"
    elif not re.search(r"(?<!\w)___(?!\w)", item.stem):
        yield "gap_in_word"
    if len(words_in(item.stem.replace(GAP, " "))) < WORDS_MIN:
        yield "gap_bare"
    if item.is_chosen and _TELLING.search(item.stem):
        yield "article_tells"


def sentence(item: Item, _: Deck) -> Iterator[str]:
    """What has a gap is one whole sentence."""
    if item.has_gap:
        first = next((letter for letter in item.stem if letter.isalpha() or letter == "_"), "")
        if first.islower() or not _END.search(item.stem.strip()) or _SEVERAL.search(item.stem):
            yield "no_sentence"


def shape(item: Item, _: Deck) -> Iterator[str]:
    """Options, key and accepted answers are those of the kind."""
    count = len(item.options)
    if item.is_chosen:
        fits, keys = count == OPTION_COUNT, len(item.key) == 1
    elif item.kind is Kind.MATCHING:
        fits = PAIRS_MIN <= count <= PAIRS_MAX and count == len(item.prompts)
        keys = sorted(item.key) == list(range(count))
    else:
        fits, keys = not count, not item.key
    if not fits:
        yield "option_count"
    if not keys or any(not 0 <= place < count for place in item.key):
        yield "key_count"
    if item.is_typed != bool(item.accepted):
        yield "accepted_count"
    if item.prompts and item.kind is not Kind.MATCHING:
        yield "prompt_unwanted"


def options(item: Item, _: Deck) -> Iterator[str]:
    """No two options look the same, or are one word."""
    for several in (item.options, item.prompts):
        if min(len({*map(alike, several)}) for alike in (folded, normal)) < len(several):
            yield "options_repeat"


def right(item: Item, _: Deck) -> Iterator[str]:
    """The key is there and right."""
    if item.is_chosen:
        if item.key and item.words and not is_same_word(_keyed(item), item.words[0]):
            yield "key_wrong"
    elif item.kind is Kind.MATCHING:
        pairs = [(prompt, _at(item, n)) for n, prompt in enumerate(item.prompts)]
        cards = zip(item.words, item.meanings, strict=False)
        if pairs != [(word, masked(meaning, word)) for word, meaning in cards]:
            yield "key_wrong"
    elif item.is_typed and item.words:
        if not all(is_same_word(each, item.words[0]) for each in item.accepted):
            yield "key_wrong"
    elif item.kind is Kind.OPEN and not any(places(item.stem, word) for word in item.words):
        yield "word_absent"


def told(item: Item, _: Deck) -> Iterator[str]:
    """The question does not give its own answer away."""
    if item.is_chosen or item.is_typed:
        answers = {*item.words, *item.accepted, *([_keyed(item)] if item.is_chosen else ())}
        shown = folded(f"{item.stem} \n {item.hint}").replace(GAP, " ")
        if any(places(shown, folded(answer)) for answer in answers):
            yield "key_in_stem"
    elif any(places(_at(item, n), prompt) for n, prompt in enumerate(item.prompts)):
        yield "key_in_stem"


def one_key(item: Item, deck: Deck) -> Iterator[str]:
    """No wrong option is right as well: another form, or a word that means the same."""
    if item.is_chosen and item.key:
        asked = {normal(meaning) for meaning in item.meanings}
        for place, option in enumerate(item.options):
            if place in item.key:
                continue
            keys = [_keyed(item), *item.words]
            is_slip = grade(option, keys).verdict is not Verdict.WRONG
            if is_slip or any(is_same_word(option, key) for key in keys):
                yield "two_keys"
            if deck.get(normal(option), frozenset()) & asked:
                yield "two_keys"
    elif item.kind is Kind.MATCHING:
        yield from _pairs(item, deck)


def _pairs(item: Item, deck: Deck) -> Iterator[str]:
    asked = {normal(meaning) for meaning in item.meanings}
    for number, prompt in enumerate(item.prompts):
        if any(is_same_word(prompt, other) for other in item.prompts[:number]):
            yield "homograph"
        if len(deck.get(normal(prompt), frozenset()) & asked) > 1:
            yield "homograph"


def hearing(item: Item, _: Deck) -> Iterator[str]:
    """What is read aloud is the word, or the sentence that shows a gap for it; no options alike."""
    if item.kind is not Kind.LISTENING:
        if item.heard or item.sounds:
            yield "heard_unwanted"
        return
    yield from _heard(item)
    is_known = len(item.sounds) == len(item.options) and all(item.sounds)
    if not is_known or len({*item.sounds}) < len(item.sounds):
        yield "sounds_alike"


def _heard(item: Item) -> Iterator[str]:
    word = item.words[0] if item.words else ""
    if not sayable(item.heard) or len(item.heard) > LENGTH_MAX or voice_for(item.heard) is None:
        yield "heard_not_sayable"
    if item.has_gap and item.is_chosen:
        yield "heard_not_asked"  # read aloud, the sentence leaves nothing to choose
    elif item.has_gap:
        if blanked(item.heard, word) != (item.stem, *item.accepted):
            yield "heard_not_asked"
    elif item.heard != word:
        yield "heard_not_asked"


def level(item: Item, _: Deck) -> Iterator[str]:
    """The level is the words', and a sentence is hardly harder than what it asks for."""
    known = _difficulties(item.words)
    if item.level not in (*LEVELS, ""):
        yield "level_wrong"
        return
    stated = LEVELS.index(item.level) + 1 if item.level else None
    if known and (stated is None or abs(stated - max(known)) > LEVEL_OFF):
        yield "level_wrong"
    if stated and item.has_gap:
        others = _difficulties(tuple(words_in(item.stem.replace(GAP, " "))))
        if others and max(others) > stated + HARDER_BY:
            yield "too_hard"


CHECKS: tuple[Callable[[Item, Deck], Iterator[str]], ...] = (
    texts, gap, sentence, shape, options, right, told, one_key, hearing, level,
)  # fmt: skip
CHECK_NAMES = tuple(check.__name__ for check in CHECKS)


def _keyed(item: Item) -> str:
    """Return the option that the key names, or nothing."""
    place = item.key[0] if item.key else -1
    return item.options[place] if 0 <= place < len(item.options) else ""


def _at(item: Item, number: int) -> str:
    """Return the option that belongs to a prompt, or nothing."""
    place = item.key[number] if number < len(item.key) else -1
    return item.options[place] if 0 <= place < len(item.options) else ""


def _difficulties(words: tuple[str, ...]) -> list[float]:
    found = (word_difficulty(normal(word)) for word in words if word[:1].islower())
    return [each for each in found if each is not None]


def _is_invisible(letter: str) -> bool:
    return unicodedata.category(letter) in {"Cc", "Cf", "Co", "Cn"} and letter not in _JOINERS


def _is_mixed(word: str) -> bool:
    """Tell whether a word has Latin letters among those of another script."""
    scripts = {unicodedata.name(letter, "?").split()[0] for letter in word if letter.isalpha()}
    return "LATIN" in scripts and bool(scripts & {"CYRILLIC", "GREEK", "ARMENIAN", "CHEROKEE"})
