"""Which part of the tutor a message is for: what the client asks, then rules. Pure.

A small model takes "Hello, my name is Minho" for a wish to be tested: it is asked last, and only
whether a part is meant whose word stands in the message. The tutor is who answers otherwise.
"""

import re

CHAT, CORRECTION, VOCABULARY, LEVEL_TEST, EXAM = (
    "chat", "correction", "vocabulary", "level_test", "exam",
)  # fmt: skip
_CORRECT = (
    r"^(?:please )?(?:correct|fix|check)\b[^:\n]{0,40}[:\n]"
    r"|^(?:is (?:this|it) (?:right|correct)|what is wrong)[^:?\n]{0,30}[:?]\s*\S"
)
_PRACTISE = (
    r"\b(?:practi[sc]e|review|train|quiz me on|test me on) (?:my |some |the )?"
    r"(?:\w+ )?(?:words?|vocabulary|cards?)\b|^(?:my )?(?:words|vocabulary)[.!?]?$"
)
_RULES = (
    (CORRECTION, _CORRECT),
    (LEVEL_TEST, r"\b(?:test|measure|check|find out) my (?:english )?level\b|^level test[.!?]?$"),
    (LEVEL_TEST, r"\b(?:take|do|start|begin) (?:a|the|my) level test\b"),
    (
        EXAM,
        r"\b(?:take|do|start|begin|make|give me) (?:a|an|the|my) (?:weekly )?exam\b|^exam[.!?]?$",
    ),
    (VOCABULARY, _PRACTISE),
)
_COMPILED = tuple((part, re.compile(rule, re.IGNORECASE)) for part, rule in _RULES)
_HINTS = {
    CORRECTION: re.compile(r"\b(?:correct|grammar|mistakes?)\b", re.IGNORECASE),
    LEVEL_TEST: re.compile(r"\blevel\b", re.IGNORECASE),
    EXAM: re.compile(r"\bexam\b", re.IGNORECASE),
    VOCABULARY: re.compile(r"\b(?:vocabulary|flash ?cards?|cards)\b", re.IGNORECASE),
}
_ASKED = re.compile(r"^[^:?\n]{0,60}[:?\n]\s*(?P<sentence>.+)$", re.DOTALL)
_QUOTES = " \"'\u201c\u201d\u2018\u2019"


def route(intent: str, text: str) -> str:
    """Return the part that answers, by the client's intent or a rule; empty: none says."""
    if intent:
        return intent
    plain = text.strip()
    return next((part for part, rule in _COMPILED if rule.search(plain)), "")


def doubtful(text: str) -> str:
    """Return the part whose word stands in a message that no rule has taken; empty: none."""
    found = [part for part, hint in _HINTS.items() if hint.search(text)]
    return found[0] if len(found) == 1 else ""


def sentence_in(text: str) -> str:
    """Return the sentence to correct: what stands behind "correct this:", or all of it."""
    plain = text.strip()
    is_asked = any(part == CORRECTION and rule.search(plain) for part, rule in _COMPILED)
    match = _ASKED.match(plain) if is_asked else None
    return (match["sentence"] if match else plain).strip(_QUOTES)
