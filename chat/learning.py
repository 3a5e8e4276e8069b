"""What can be learnt of a learner from what they say: by rules, a few plain words each. Pure."""

import re
from dataclasses import dataclass

SUBJECT_MAX = 60
_THING = (
    r"(?P<thing>[a-z][a-z' -]{2,40}?)"
    r"(?=\s*(?:[.,!?;:]|$|\b(?:because|but|and|so|when|very|a lot|with)\b))"
)
_INTERESTS = tuple(
    re.compile(pattern + _THING, re.IGNORECASE)
    for pattern in (
        r"\bi (?:really |also |just )*(?:like|love|enjoy|adore) (?:to )?",
        r"\bi(?: am|'m|\u2019m) (?:very |really |also )*(?:interested in|into|keen on|fond of) ",
        r"\bmy (?:favou?rite )?(?:hobby|hobbies|sport|pastime|subject)(?: is| are|'s) ",
        r"\bi (?:am|'m|work as) (?:an? )(?=[a-z]+ (?:at|in)\b|[a-z]+(?:er|or|ist|ian|nurse)\b)",
    )
)
_NOT_THINGS = {"it", "this", "that", "them", "him", "her", "you", "me", "to", "be", "do", "so"}


@dataclass(frozen=True, slots=True)
class Learnt:
    """Something that was learnt: ``subject`` by which it is known again."""

    subject: str
    text: str


def interests(text: str) -> list[Learnt]:
    """Return what the learner says they like or do; three of a message at most."""
    found: dict[str, Learnt] = {}
    for pattern in _INTERESTS:
        for match in pattern.finditer(text):
            subject = subject_of(match["thing"])
            words = subject.split()
            if 0 < len(words) <= 4 and not set(words) <= _NOT_THINGS:
                found.setdefault(subject, Learnt(subject, f"likes or does: {subject}"))
    return list(found.values())[:3]


def subject_of(text: str) -> str:
    """Return the form by which a subject is known again: lower case, single spaces."""
    return " ".join(text.lower().replace("\u2019", "'").split())[:SUBJECT_MAX].strip(" '-")
