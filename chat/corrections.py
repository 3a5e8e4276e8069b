"""What changed between a sentence and its correction, and of what kind it was. Pure.

The model corrects; what it would say of the grammar is wrong too often. So the kinds are found by
rules, and their explanations are written here once.
"""

import re
from dataclasses import asdict, dataclass
from difflib import SequenceMatcher
from typing import Any

LENGTH_MAX = 500
_TOKEN = re.compile(r"[A-Za-z0-9]+(?:['\u2019-][A-Za-z0-9]+)*|[^\w\s]")
_ARTICLES = {"a", "an", "the"}
_PREPOSITION_WORDS = (
    "about above across after against along among around at before behind below between by during "
    "for from in into of off on onto over since through to towards under until up with"
)
_VERB_WORDS = (
    "am is are was were be been being has have had do does did will would shall should can could "
    "may might must not"
)
_PRONOUN_WORDS = (
    "i me my mine you your yours he him his she her hers it its we us our ours they them their "
    "theirs this that these those"
)
_PREPOSITIONS = frozenset(_PREPOSITION_WORDS.split())
_BE_HAVE_DO = frozenset(_VERB_WORDS.split())
_PRONOUNS = frozenset(_PRONOUN_WORDS.split())
EXPLANATIONS = {
    "article": "A singular thing that can be counted needs a, an or the; use the for a known one.",
    "preposition": "This word goes with another preposition.",
    "verb": "The form of the verb has to fit its subject and the time.",
    "ending": "Look at the ending: more than one takes s, and so does a verb after he, she, it.",
    "pronoun": "The pronoun has to fit what it stands for.",
    "spelling": "Look at the letters once more.",
    "capital": "Sentences, names, days and I begin with a capital letter.",
    "punctuation": "Look at the marks between and behind the words.",
    "order": "The words stand in another order.",
    "word": "Another word says it better here.",
}


@dataclass(frozen=True, slots=True)
class Change:
    """One change: ``was`` or ``now`` is empty where something was added or left out."""

    was: str
    now: str
    kind: str

    def shown(self) -> dict[str, Any]:
        """Return it with its explanation."""
        return asdict(self) | {"explanation": EXPLANATIONS[self.kind]}


def cleaned(answer: str) -> str:
    """Return the sentence in a model's answer, without what it put round it."""
    line = next((line.strip() for line in answer.splitlines() if line.strip()), "")
    line = re.sub(r"^(?:correct(?:ed)?(?: sentence)?|answer)\s*:\s*", "", line, flags=re.IGNORECASE)
    return line.strip(" \"'\u201c\u201d*`")


def is_plausible(sentence: str, corrected: str) -> bool:
    """Tell whether this is a correction of the sentence, and not an answer to it."""
    if not corrected or len(corrected) > max(60, 2 * len(sentence)):
        return False
    was, now = (sorted(_lower(_TOKEN.findall(text))) for text in (sentence, corrected))
    return SequenceMatcher(None, was, now, autojunk=False).ratio() >= 0.4


def changes(sentence: str, corrected: str) -> list[Change]:
    """Return what changed, in order; none where the sentence was right."""
    was, now = _TOKEN.findall(sentence), _TOKEN.findall(corrected)
    found = []
    for tag, i, j, k, m in SequenceMatcher(None, was, now, autojunk=False).get_opcodes():
        if tag != "equal":
            found += _pairs(was[i:j], now[k:m])
    return _without_moves(found)


def gap_card(corrected: str, found: list[Change]) -> tuple[str, str]:
    """Return the front and the back of a card: the first new words are left out, then told."""
    for change in sorted(found, key=lambda one: one.kind in {"capital", "punctuation"}):
        if re.match(r"\w", change.now):
            pattern = rf"(?<!\w){re.escape(change.now)}(?!\w)"
            hint = f" ({change.was})" if change.was else ""
            front, count = re.subn(pattern, "___", corrected, count=1)
            if count:
                return front + hint, f"{change.now}\n{corrected}"
    return f"Say it right: {found[0].was}" if found else corrected, corrected


def _pairs(was: list[str], now: list[str]) -> list[Change]:
    """Return the change of each word where as many came as went, else one of all."""
    if len(was) == len(now):
        return [Change(old, new, _kind(old, new)) for old, new in zip(was, now, strict=True)]
    old, new = " ".join(was), " ".join(now)
    return [Change(old, new, _kind(old, new))]


def _kind(was: str, now: str) -> str:
    words = set(_lower((was + " " + now).split()))
    if was.lower() == now.lower():
        return "capital"
    if not any(re.match(r"\w", word) for word in words):
        return "punctuation"
    for kind, known in (
        ("article", _ARTICLES), ("pronoun", _PRONOUNS), ("preposition", _PREPOSITIONS),
    ):  # fmt: skip
        if words and words <= known:
            return kind
    if words & _BE_HAVE_DO:
        return "verb"
    return _kind_of_words(was.lower(), now.lower())


def _kind_of_words(was: str, now: str) -> str:
    if not was or not now:
        return "word"
    if {was, now} in ({was, was + "s"}, {was, was + "es"}, {now, now + "s"}, {now, now + "es"}):
        return "ending"
    if _stem(was) == _stem(now):
        return "verb"
    likeness = SequenceMatcher(None, was, now, autojunk=False).ratio()
    return "spelling" if likeness >= 0.75 else "word"


def _stem(word: str) -> str:
    for ending in ("ing", "ied", "ed", "ies", "es", "s", "e"):
        if word.endswith(ending) and len(word) - len(ending) >= 2:
            return word.removesuffix(ending)
    return word


def _without_moves(found: list[Change]) -> list[Change]:
    """Turn a word that went here and came there into one change of order."""
    gone = [change for change in found if not change.now]
    kept = list(found)
    for change in gone:
        back = next((one for one in kept if not one.was and one.now == change.was), None)
        if back is not None:
            kept[kept.index(change)] = Change(change.was, back.now, "order")
            kept.remove(back)
    return kept


def _lower(words: list[str]) -> list[str]:
    return [word.lower() for word in words]
