"""From recognised lines to the words of a page: no I/O but the word lists it consults."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from config.ai.cefr import word_frequency, word_level
from ocr.lemmas import is_known, lemma_of
from ocr.sentences import LineText, RunningText, running_text
from ocr.tokens import Token, tokens_of

__all__ = ["FoundWord", "LineText", "words_of"]

_FAMILIAR = (
    3.0  # Zipf: a word no dictionary knows is believed from here on ("iPhone"), else misread
)
_SENTENCE_CHARACTERS_MAX = 400


@dataclass(frozen=True, slots=True)
class FoundWord:
    """A word of the page by its lemma.

    ``forms`` are as printed, in order of appearance; ``line_position`` and ``sentence`` are those
    of the first occurrence in a finished sentence, else of the first; ``level`` is A1-C2 or empty;
    ``frequency`` is on the Zipf scale (0-8).
    """

    lemma: str
    forms: tuple[str, ...]
    line_position: int
    sentence: str
    occurrence_count: int
    level: str
    frequency: float


def words_of(lines: Sequence[LineText]) -> list[FoundWord]:
    """Return the English words that stand on ``lines`` (in reading order), by first appearance.

    A word broken at a line's end is whole again; numbers, addresses and misread words are left out.
    """
    text = running_text(lines)
    occurrences: dict[str, list[Token]] = {}
    for token in tokens_of(text.text):
        occurrences.setdefault(lemma_of(token.word), []).append(token)
    return list(_found(text, occurrences))


def _found(text: RunningText, occurrences: dict[str, list[Token]]) -> Iterator[FoundWord]:
    for lemma, tokens in occurrences.items():
        level, frequency = word_level(lemma), word_frequency(lemma)
        if not (level or frequency >= _FAMILIAR or any(is_known(t.word) for t in tokens)):
            continue
        sentences = [text.sentence_at(token.start) for token in tokens]
        chosen = next((i for i, said in enumerate(sentences) if _is_finished(said)), 0)
        line, sentence = text.line_at(tokens[chosen].start), sentences[chosen]
        if len(sentence) > _SENTENCE_CHARACTERS_MAX:  # a page without full stops
            sentence = line.text
        forms = tuple(dict.fromkeys(token.printed for token in tokens))
        yield FoundWord(lemma, forms, line.position, sentence, len(tokens), level, frequency)


def _is_finished(sentence: str) -> bool:
    return sentence.rstrip("\"'\u201d\u2019)]").endswith((".", "!", "?"))
