"""What a question of the level test has to be, checked without looking at it.

The level of a word is the word list's, that of a passage the lexical model's: both are rough, so
each may be off by as much as they usually are. Texts are compared after NFKC and case folding.
"""

import re
import unicodedata
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import combinations

from rapidfuzz import fuzz

from config.ai.cefr import word_difficulty
from config.ai.cefr_lexical import lexical_distribution
from config.spreadsheets import cell
from exams.item_bank import WrittenItem
from exams.level_test import LEVELS, OPTIONS, Kind

A_LEVEL_MIN = 60
GAP = "___"
ALIKE = 90  # similarity of two stems, 0-100, from which on they count as one
WORD_OFF, PASSAGE_OFF = 1.5, 1.5  # levels
PASSAGE_HARDEST = 4  # of a few sentences the lexical model hardly ever says more than B2
POSITION_SHARE_MAX = 0.30
LONGEST_SHARE_MAX = 0.40  # else "take the longest" would be a way to pass
_SPACE = re.compile(r"\s+")


def problems(items: Sequence[WrittenItem]) -> Iterator[str]:
    """Yield why items, or the bank as a whole, are not acceptable; nothing when all is well."""
    for item in items:
        for problem in item_problems(item):
            yield f"{item.code}: {problem}"
    yield from _repeated(items)
    yield from _counts(items)


def item_problems(item: WrittenItem) -> Iterator[str]:
    """Yield what is wrong with one item."""
    options = [folded(option) for option in item.options]
    if len(options) != OPTIONS or not all(options):
        yield f"there have to be {OPTIONS} options"
    if len(set(options)) < len(options):
        yield "two options are the same"
    if not 0 <= item.key < len(options):
        yield "the key is none of the options"
    yield from _text_problems(item)
    yield from _level_problems(item)


def folded(text: str) -> str:
    """Return a text as it is compared."""
    return _SPACE.sub(" ", unicodedata.normalize("NFKC", text)).strip().casefold()


def _text_problems(item: WrittenItem) -> Iterator[str]:
    if any(cell(text) != text for text in (*item.options, item.stem, item.passage)):
        yield "a text begins as a formula does in a spreadsheet"
    is_reading = item.kind == Kind.READING
    if is_reading != bool(item.passage.strip()):
        yield "a passage belongs to reading, and only there"
    if not is_reading and item.stem.count(GAP) != 1:
        yield f"there has to be one gap {GAP}"
    if item.kind == Kind.VOCABULARY:
        key = folded(item.options[item.key])
        if key in re.findall(r"\w+", folded(item.stem)):
            yield "the key stands in the stem"
        if key != folded(item.target):
            yield "the key is not the word it is about"


def _level_problems(item: WrittenItem) -> Iterator[str]:
    number = LEVELS.index(item.level) + 1
    if item.kind == Kind.VOCABULARY:
        found = word_difficulty(item.target)
        if found is None or abs(found - number) > WORD_OFF:
            yield f"{item.target} is of level {_shown(found)}"
    if item.kind == Kind.READING:
        found = passage_level(item.passage)
        if abs(found - min(number, PASSAGE_HARDEST)) > PASSAGE_OFF:
            yield f"the passage is of level {_shown(found)}"


def passage_level(text: str) -> float:
    """Return how hard a text is, 1 (A1) to 6 (C2): the expectation over the levels."""
    shares = lexical_distribution(text)
    return sum(number * share for number, share in enumerate(shares, start=1))


def _shown(level: float | None) -> str:
    return "unknown" if level is None else f"{level:.1f}"


def _repeated(items: Sequence[WrittenItem]) -> Iterator[str]:
    for code, count in Counter(item.code for item in items).items():
        if count > 1:
            yield f"{code}: the code stands {count} times"
    texts = [
        (item, folded(f"{item.passage} {item.stem} {item.options[item.key]}")) for item in items
    ]
    for (one, text), (other, same) in combinations(texts, 2):
        if fuzz.ratio(text, same, score_cutoff=ALIKE):
            yield f"{other.code}: nearly the same as {one.code}"
    words = Counter(item.target for item in items if item.kind == Kind.VOCABULARY)
    yield from (f"{word}: asked {count} times" for word, count in words.items() if count > 1)


def _counts(items: Sequence[WrittenItem]) -> Iterator[str]:
    for level in LEVELS:
        of_level = [item for item in items if item.level == level]
        if len(of_level) < A_LEVEL_MIN:
            yield f"{level}: {len(of_level)} items, {A_LEVEL_MIN} are needed"
    for position, count in Counter(item.key for item in items).items():
        if count > POSITION_SHARE_MAX * len(items):
            yield f"the key is the option {position} in {count} of {len(items)} items"
    longest = [item for item in items if _is_longest(item)]
    if len(longest) > LONGEST_SHARE_MAX * len(items):
        yield f"the key is longer than every other option in {len(longest)} of {len(items)} items"


def _is_longest(item: WrittenItem) -> bool:
    *_, second, longest = sorted(map(len, item.options))
    return second < longest == len(item.options[item.key])
