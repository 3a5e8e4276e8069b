"""Which question is asked of which card, by which source. Pure.

Every item goes through the validator; one with a fault is not asked, and another kind is tried in
its place. Near-duplicates of what the exam asks already are left out.
"""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import cycle
from random import Random

from rapidfuzz import fuzz

from exams.drafts import PAIRS, TEMPLATES, Around, Card, cloze_of, is_askable, matching
from exams.phrases import folded
from exams.validation import Item, Kind, faults

TRIES = 3  # sentences asked of a model for one question
ALIKE = 90.0  # similarity, 0-100, from which on two questions count as one
# What stands in where a kind cannot be had of a card, in this order.
_INSTEAD = (Kind.MULTIPLE_CHOICE, Kind.TYPING, Kind.CLOZE)


@dataclass(frozen=True, slots=True)
class Made:
    """A question that may be asked, of its cards; ``wanted`` is the kind there was to be."""

    item: Item
    cards: tuple[Card, ...]
    wanted: Kind


@dataclass
class Rejects:
    """What was thrown away, by kind and fault."""

    reasons: Counter[tuple[Kind, str]] = field(default_factory=Counter)

    def note(self, kind: Kind, found: Sequence[str]) -> None:
        """Count an item's faults."""
        self.reasons.update((kind, fault) for fault in found)


def from_templates(
    cards: Sequence[Card],
    around: Around,
    *,
    kinds: Sequence[Kind],
    size: int,
    random: Random,
    rejects: Rejects,
) -> list[Made]:
    """Return up to ``size`` questions, the kinds in turn; each card is asked once."""
    made: list[Made] = []
    left = [card for card in cards if is_askable(card)]
    turn = cycle(kinds)
    while left and len(made) < size:
        wanted = next(turn)
        found = _next(left, wanted, around, made, random, rejects)
        made += [found] if found else []
    return made


def from_sentences(
    card: Card,
    around: Around,
    *,
    write: Callable[[Sequence[str]], str],
    others: Sequence[Item],
    random: Random,
    rejects: Rejects,
) -> Item | None:
    """Return a gap in a sentence that ``write`` gives; None when no try was any good.

    ``write`` is told the sentences that would not do.
    """
    before: list[str] = []
    for _ in range(TRIES):
        sentence = write(before)
        before.append(sentence)
        item = cloze_of(card, sentence, around, random)
        found = faults(item, around.deck) if item else ["word_not_once"]
        if item and not found and not is_near_duplicate(item, others):
            return item
        rejects.note(Kind.CLOZE, found or ["near_duplicate"])
    return None


def is_near_duplicate(item: Item, others: Sequence[Item]) -> bool:
    """Tell whether nearly the same is asked already."""
    text = _text(item)
    return any(fuzz.ratio(text, _text(other), score_cutoff=ALIKE) for other in others)


def _next(
    left: list[Card],
    wanted: Kind,
    around: Around,
    made: Sequence[Made],
    random: Random,
    rejects: Rejects,
) -> Made | None:
    """Return a question of the first cards left, which are then taken away; None: no kind suits."""
    if wanted is Kind.MATCHING:
        several = tuple(_apart(left))
        item = matching(several, random) if len(several) == PAIRS else None
        if item and _is_good(item, around, made, rejects):
            left[:] = [card for card in left if card not in several]
            return Made(item, several, wanted)
    card = left.pop(0)
    for kind in dict.fromkeys((wanted, *_INSTEAD)):
        template = TEMPLATES.get(kind)
        item = template(card, around, random) if template else None
        if item and _is_good(item, around, made, rejects):
            return Made(item, (card,), wanted)
    return None


def _apart(cards: Sequence[Card]) -> Iterator[Card]:
    """Yield the first cards whose words and meanings differ, as many as a matching takes."""
    words, meanings = set[str](), set[str]()
    for card in cards:
        word, meaning = folded(card.word), folded(card.meaning)
        if word not in words and meaning not in meanings and len(words) < PAIRS:
            words.add(word)
            meanings.add(meaning)
            yield card


def _is_good(item: Item, around: Around, made: Sequence[Made], rejects: Rejects) -> bool:
    found = faults(item, around.deck)
    if not found and is_near_duplicate(item, [one.item for one in made]):
        found = ["near_duplicate"]
    rejects.note(item.kind, found)
    return not found


def _text(item: Item) -> str:
    keyed = [item.options[place] for place in item.key]
    if item.kind is Kind.LISTENING:  # the word, and little else: two that rhyme are no duplicates
        return folded(" ".join((*item.words, item.heard)))
    return folded(" ".join((item.kind, item.stem, *item.prompts, *keyed, *item.accepted)))
