"""Where a word stands in a text, whatever its form. Pure."""

import re
import unicodedata

from exams.grading import Verdict, grade, normal

GAP = "___"
HIDDEN = "…"
_TOKEN = re.compile(r"[^\W_]+(?:['\u2019-][^\W_]+)*")
_ARTICLE = re.compile(r"\b([Aa])n? (?=___)")
_ENDINGS = (
    ("s", ("",)), ("es", ("",)), ("ies", ("y",)), ("ves", ("f", "fe")),
    ("ed", ("", "e")), ("ied", ("y",)), ("ing", ("", "e")),
)  # fmt: skip
_STEM_MIN = 3
# Letters of other scripts that look like Latin ones.
_LOOKALIKES = str.maketrans(
    "\u0430\u0435\u043e\u0440\u0441\u0445\u0443\u0456\u0458\u0455\u043a\u043c\u0442\u0432\u043d"
    "\u03bf\u03b1\u03b9\u03bd\u03c1",
    "aeopcxyijskmtbhoaivp",
)


def folded(text: str) -> str:
    """Return a text as a reader sees it: NFKC, no case, lookalike letters are one."""
    plain = unicodedata.normalize("NFKC", text).casefold().translate(_LOOKALIKES)
    return " ".join(plain.split())


def is_same_word(one: str, other: str) -> bool:
    """Tell whether two words are one: spelt otherwise, or in another form.

    The dictionary has words such as "borrowing" and "leaves" for themselves: regular endings are
    looked at besides.
    """
    if grade(one, [other]).verdict in {Verdict.RIGHT, Verdict.FORM}:
        return True
    return bool(_without_ending(normal(one)) & _without_ending(normal(other)))


def _without_ending(word: str) -> set[str]:
    """Return the word, and what it may be a regular form of."""
    found = {word}
    for ending, instead in _ENDINGS:
        if word.endswith(ending) and len(word) - len(ending) >= _STEM_MIN:
            found |= {word.removesuffix(ending) + each for each in instead}
    return found


def places(text: str, word: str) -> list[tuple[int, int]]:
    """Return where ``word``, in any form, begins and ends in ``text``."""
    wanted = normal(word).split()
    found = [match.span() for match in _TOKEN.finditer(text)]
    windows = [found[n : n + len(wanted)] for n in range(len(found) - len(wanted) + 1)]
    return [
        (window[0][0], window[-1][1])
        for window in windows
        if wanted
        and all(
            is_same_word(text[start:end], part)
            for (start, end), part in zip(window, wanted, strict=True)
        )
    ]


def blanked(sentence: str, word: str) -> tuple[str, str] | None:
    """Return the sentence with a gap for the word, and the word as it stood there.

    None when the word does not stand there exactly once. An article before the gap tells nothing.
    """
    found = places(sentence, word)
    if len(found) != 1 or GAP in sentence:
        return None
    start, end = found[0]
    gapped = f"{sentence[:start]}{GAP}{sentence[end:]}"
    return _ARTICLE.sub(r"\1(n) ", gapped), sentence[start:end]


def masked(text: str, word: str) -> str:
    """Return the text with the word hidden wherever it stands."""
    for start, end in reversed(places(text, word)):
        text = text[:start] + HIDDEN + text[end:]
    return text


def words_in(text: str) -> list[str]:
    """Return the words of a text as they are written."""
    return _TOKEN.findall(text)
