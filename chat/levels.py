"""How many of a reply's words a learner of a level knows, but for names and the learner's own."""

import re
from collections.abc import Collection
from functools import lru_cache

from config.ai.cefr import LEVELS, word_level
from config.ai.cefr_lexical import sentences_of, words_of

_CONTRACTED = re.compile(r"(?:'(?:s|d|m|ll|re|ve)|n't)$")


def level_share(text: str, level: str, own: Collection[str] = ()) -> float | None:
    """Return the share of words at or below the level; None where no word has a level.

    ``own`` are words that the learner has used, in any form.
    """
    known = {_lemma(word.lower()) for word in own}
    levels = [
        found
        for word in _plain_words(text)
        if _lemma(word) not in known and (found := _easiest(word))
    ]
    if not levels:
        return None
    highest = LEVELS.index(level)
    return sum(LEVELS.index(each) <= highest for each in levels) / len(levels)


def _plain_words(text: str) -> list[str]:
    """Return the words in lower case; a capital inside a sentence tells a name."""
    found = []
    for sentence in sentences_of(text):
        for number, word in enumerate(words_of(sentence)):
            if number == 0 or not word[0].isupper() or word == "I":
                plain = word.lower().replace("\u2019", "'")
                found.append(_CONTRACTED.sub("", plain) or plain)
    return found


@lru_cache(maxsize=20_000)
def _easiest(word: str) -> str:
    """Return the easier level of a word and of its lemma; empty where neither has one."""
    found = [level for level in (word_level(word), word_level(_lemma(word))) if level]
    return min(found, key=LEVELS.index, default="")


@lru_cache(maxsize=20_000)
def _lemma(word: str) -> str:
    import simplemma

    return str(simplemma.lemmatize(word, lang="en")).lower()
