"""Words in running English text."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

# Latin letters, with ' or - between them; nothing that touches a digit.
_LETTER = r"A-Za-z\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u024f"
_WORD = re.compile(
    rf"(?<![0-9_{_LETTER}])[{_LETTER}]+(?:['\u2019\-\u2010][{_LETTER}]+)*(?![0-9_{_LETTER}])"
)
_ADDRESS = re.compile(r"\S*(?:@|://|www\.)\S*")
_CONTRACTED = re.compile(r"(?:'(?:s|d|m|ll|re|ve)|n't)$")
_WHOLE = {"can't": "can", "cannot": "can", "won't": "will", "shan't": "shall", "ain't": "be"}
_LETTERS_MAX = 40
_VOWEL = re.compile(r"[aeiouy\u00c0-\u024f]")


@dataclass(frozen=True, slots=True)
class Token:
    """A word where it stands: ``printed`` as it is there, ``word`` in lower case, uncontracted."""

    start: int
    printed: str
    word: str


def tokens_of(text: str) -> Iterator[Token]:
    """Yield the words of ``text``; no numbers, addresses, letters, no "nth"."""
    blanked = _ADDRESS.sub(lambda found: " " * len(found[0]), text)
    for found in _WORD.finditer(blanked):
        word = _uncontracted(found[0].lower().replace("\u2019", "'").replace("\u2010", "-"))
        if _VOWEL.search(word) and 1 < len(word) <= _LETTERS_MAX:
            yield Token(found.start(), found[0], word)


def _uncontracted(word: str) -> str:
    """Return the first word of a contraction: didn't -> did, man's -> man."""
    return _WHOLE.get(word) or _CONTRACTED.sub("", word)
