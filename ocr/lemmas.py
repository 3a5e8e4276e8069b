"""The form under which a dictionary lists an English word."""

from collections.abc import Iterator

from config.ai.cefr import word_frequency

_RARER = 0.8  # Zipf: a lemma this much rarer than its form is doubted (spade: spay, playing: playe)
_AS_RARE = 1.0  # Zipf: a stem may be this much rarer than its form (symptom), not more (depress-ed)
_ENDINGS = (
    ("ing", ("", "e")), ("ed", ("", "e")), ("ies", ("y",)), ("ves", ("f", "fe")),
    ("es", ("",)), ("s", ("",)),
)  # fmt: skip
_IRREGULAR = {"gone": "go"}  # which the dictionary of forms has wrong


def lemma_of(word: str) -> str:
    """Return the lemma of a lower-case word; that of a name is capitalised."""
    import simplemma

    if word in _IRREGULAR:
        return _IRREGULAR[word]
    lemma = str(simplemma.lemmatize(word, lang="en"))
    least = word_frequency(word) - _AS_RARE
    if word_frequency(lemma) >= word_frequency(word) - _RARER:
        return lemma
    stems = [stem for stem in _stems(word) if is_known(stem) and word_frequency(stem) >= least]
    return max(stems, key=word_frequency, default=word)


def is_known(word: str) -> bool:
    """Tell whether a dictionary of English forms lists the word."""
    import simplemma

    return bool(simplemma.is_known(word, lang="en"))


def _stems(word: str) -> Iterator[str]:
    """Yield what the regular endings could have been added to; much of it is no word."""
    for ending, replacements in _ENDINGS:
        stem = word.removesuffix(ending)
        if stem == word or len(stem) < 2:
            continue
        yield from (stem + replacement for replacement in replacements)
        if stem[-1] == stem[-2]:
            yield stem[:-1]
