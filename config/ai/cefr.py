"""How hard a word is: its CEFR level and how often it is met.

The word lists take some 55 MiB and a third of a second: they are loaded by the first call, so that
a process that never asks (the web) does not carry them.
"""

from functools import cache
from typing import Any

LEVELS = ("A1", "A2", "B1", "B2", "C1", "C2")


def levels_above(level: str) -> tuple[str, ...]:
    """Return the levels harder than ``level``, easiest first; ValueError when it is not a level."""
    return LEVELS[LEVELS.index(level) + 1 :]


def word_level(word: str) -> str:
    """Return A1-C2, the average over the word's parts of speech; empty for names and unknowns.

    ``word`` is a lemma in lower case; a capital tells a name.
    """
    level = _analyzer().get_average_word_level_CEFR(word)
    return "" if level is None else str(level)


def easiest_level(word: str) -> str:
    """Return A1-C2, the easiest of the word's parts of speech; empty as ``word_level``."""
    found = _analyzer().get_pos_level_dict_for_word(word, word_level_as_float=True)
    return LEVELS[int(min(found.values()) + 0.5) - 1] if found else ""


def word_frequency(word: str) -> float:
    """Return how often the word is met on the Zipf scale: 7 for "the", 3 when rare, 0 unknown.

    That is log10 of its occurrences in a billion words.
    """
    import wordfreq

    return float(wordfreq.zipf_frequency(word, "en"))


def word_difficulty(word: str) -> float | None:
    """Return the level as a number, 1 (A1) to 6 (C2), averaged as ``word_level``; None likewise."""
    level = _analyzer().get_average_word_level_float(word)
    return None if level is None else float(level)


@cache
def _analyzer() -> Any:
    from cefrpy import CEFRAnalyzer

    return CEFRAnalyzer()
