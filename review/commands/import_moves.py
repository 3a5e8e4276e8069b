"""Cards that come back from Anki in another deck: they follow, unless moved here by the learner."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from review.access import categories_of
from review.commands.categories import levels
from review.commands.import_context import Context, Place
from review.commands.import_rows import KnownContent, remember_deck
from review.commands.moves import move_all

_LEVEL = "::"  # between the names of a deck


class Moved(NamedTuple):
    """A card, the deck it is in now, and the category of that."""

    content: KnownContent
    deck: str
    place: Place


def moved(
    context: Context, content: KnownContent, path: Sequence[str], place: Place
) -> Moved | None:
    """Return the move of a card that stands here where its former deck had put it."""
    deck, former = _LEVEL.join(path), content.source.get("anki", {}).get("deck", "")
    if former in ("", deck):
        return None
    if context.category_paths.get(content.category_id) != levels(former.split(_LEVEL)):
        return None
    return Moved(content, deck, place)


def follow(context: Context, cards: Iterable[Moved]) -> None:
    """Put the cards into the categories of their decks, their past reviews with them."""
    groups: dict[tuple[int, int, str], list[int]] = defaultdict(list)
    for content, deck, place in cards:
        groups[content.category_id, place.category_id, deck].append(content.id)
    ids = {key for source, target, _ in groups for key in (source, target)}
    categories = categories_of(context.learner).in_bulk(ids) if ids else {}
    for (source, target, deck), keys in groups.items():
        if source != target:
            move_all(
                learner=context.learner,
                source=categories[source],
                target=categories[target],
                now=context.now,
                keys=keys,
            )
        remember_deck(deck, keys)
