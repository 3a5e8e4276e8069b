"""Cards that ask for the same: by a normal form of the front, and by one letter. Pure."""

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple, TypeVar

from rapidfuzz.fuzz import ratio

ALIKE_FROM = 0.85  # similarity of two fronts, 0-1
_LENGTH_MIN, _LENGTH_MAX = 5, 60  # of fronts of which one letter may differ
_COMMON_MAX = 50  # more fronts than these share a form by chance, or are generated
_NO_WORD = re.compile(r"[^\w]+")
_TAG = re.compile(r"<[^>]*>")
_ARTICLES = {"a", "an", "the", "to"}
T = TypeVar("T")


class Pair(NamedTuple):
    """Two cards that may be one; ``similarity`` is 1 where only form differs."""

    similarity: float
    one: int
    other: int


def form_of(front: str) -> str:
    """Return the front without case, accents' variants, marks, tags, articles and word order."""
    plain = unicodedata.normalize("NFKC", _TAG.sub(" ", front)).casefold()
    words = _NO_WORD.sub(" ", plain).split()
    return " ".join(sorted([word for word in words if word not in _ARTICLES] or words))


def near_duplicates(fronts: Mapping[int, str]) -> list[Pair]:
    """Return the pairs of keys whose fronts are the same in form or differ in a letter or two.

    The most similar first. Found are all that are the same, and all of 5 to 60 letters of which a
    letter was added, left out or changed.
    """
    by_form: dict[str, list[int]] = defaultdict(list)
    for key in sorted(fronts):
        if form := form_of(fronts[key]):
            by_form[form].append(key)
    found = {(one, other): 1.0 for keys in by_form.values() for one, other in _pairs(keys)}
    for first, second in _neighbours(by_form):
        similarity = ratio(first, second) / 100
        if similarity >= ALIKE_FROM:
            one, other = sorted((by_form[first][0], by_form[second][0]))
            found[one, other] = similarity
    pairs = [Pair(similarity, *keys) for keys, similarity in found.items()]
    return sorted(pairs, key=lambda pair: (-pair.similarity, pair.one, pair.other))


def _neighbours(forms: Iterable[str]) -> set[tuple[str, str]]:
    """Return the forms that are the same once at most one letter is left out of each."""
    shared: dict[str, list[str]] = defaultdict(list)
    for form in forms:
        if _LENGTH_MIN <= len(form) <= _LENGTH_MAX:
            for variant in {form, *(form[:n] + form[n + 1 :] for n in range(len(form)))}:
                shared[variant].append(form)
    return {
        (min(pair), max(pair))
        for group in shared.values()
        if 1 < len(group) <= _COMMON_MAX
        for pair in _pairs(group)
    }


def _pairs(group: Sequence[T]) -> Iterator[tuple[T, T]]:
    return ((one, other) for n, one in enumerate(group) for other in group[n + 1 :])
