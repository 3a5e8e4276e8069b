"""From the words of a scan to cards, in one call."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any, TypedDict
from uuid import UUID

from django.db import transaction

from accounts.queries.learners import Learner
from config.ai.cefr import levels_above
from config.dictionary import dictionary, glosses
from config.errors import NotFound
from ocr.access import scan_of
from ocr.models import Scan, Word
from review.commands.categories import inbox
from review.commands.contents import NewContent, add_contents
from review.queries.contents import known_forms

CATEGORY_NAME = "Scans"
_COLUMNS = (
    "public_id", "lemma", "level", "sentence", "page__number", "line__position", "line__polygon",
)  # fmt: skip


class WordNotFound(NotFound):
    """No such word on this scan."""

    code = "word_not_found"


@dataclass(frozen=True, slots=True, kw_only=True)
class ChosenWord:
    """A word the learner picked, with what they typed about it."""

    id: UUID
    gloss: str = ""
    back: str = ""
    category_id: UUID | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class WordsAbove:
    """All words harder than a level; those the learner has are left out, or told as skipped."""

    level: str
    not_in_collection: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class MadeCard:
    """A card, or a draft that still waits for an answer."""

    id: UUID
    category: UUID
    front: str
    back: str
    gloss: str
    example: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SkippedWord:
    """A word the learner has a card for already."""

    id: UUID
    lemma: str


@dataclass(frozen=True, slots=True)
class MadeCards:
    """``created`` are due now, ``drafts`` are not scheduled, ``skipped`` were there before."""

    created: list[MadeCard]
    drafts: list[MadeCard]
    skipped: list[SkippedWord]


@dataclass(frozen=True, slots=True)
class _Pick:
    word: dict[str, Any]  # of _COLUMNS
    choice: ChosenWord

    @property
    def lemma(self) -> str:
        """The word by its lemma."""
        return str(self.word["lemma"])

    @property
    def form(self) -> str:
        """The normal form under which a collection knows the lemma."""
        return self.lemma.casefold()


class _Answer(TypedDict):
    back: str
    gloss: str
    example: str


@transaction.atomic
def make_cards(
    *,
    learner: Learner,
    scan_id: UUID,
    selection: Sequence[ChosenWord] | WordsAbove,
    now: datetime,
    category_id: UUID | None = None,
    tags: Sequence[str] = (),
) -> MadeCards:
    """Store a card for each selected word the learner does not have; all or none.

    The scan is locked: the same call twice at once makes each card once. ``category_id`` is where a
    card goes whose word names no category; else that is "Scans", made on first use. Raises
    ScanNotFound, WordNotFound, CategoryNotFound, BatchTooLarge.
    """
    scan = scan_of(learner, scan_id, lock=True)
    picks = _picks(scan, selection)
    known = known_forms(learner, {pick.form for pick in picks})
    default = cache(lambda: inbox(learner=learner, name=CATEGORY_NAME).public_id)
    new = [
        NewContent(
            category_id=pick.choice.category_id or category_id or default(),
            front=pick.lemma,
            tags=tags,
            source=_source(scan, pick.word),
            **_answer(pick, learner.native_language),
        )
        for pick in picks
        if pick.form not in known
    ]
    cards = [
        (content.is_draft, _made(content.public_id, item))
        for content, item in zip(add_contents(learner=learner, new=new, now=now), new, strict=True)
    ]
    return MadeCards(
        [card for is_draft, card in cards if not is_draft],
        [card for is_draft, card in cards if is_draft],
        _skipped(picks, known, selection),
    )


def _picks(scan: Scan, selection: Sequence[ChosenWord] | WordsAbove) -> list[_Pick]:
    """Return the selected words, one a lemma, in order of appearance."""
    words = Word.objects.filter(page__scan=scan).order_by("page__number", "id")
    if isinstance(selection, WordsAbove):
        rows = words.filter(level__in=levels_above(selection.level)).values(*_COLUMNS)
        picks = [_Pick(row, ChosenWord(id=row["public_id"])) for row in rows]
    else:
        choices = {choice.id: choice for choice in selection}
        rows = words.filter(public_id__in=choices).values(*_COLUMNS)
        picks = [_Pick(row, choices[row["public_id"]]) for row in rows]
        if len(picks) < len(choices):
            raise WordNotFound("This scan has no word with one of these ids.", field="words")
    return list({pick.form: pick for pick in reversed(picks)}.values())[::-1]


def _skipped(
    picks: Sequence[_Pick], known: set[str], selection: Sequence[ChosenWord] | WordsAbove
) -> list[SkippedWord]:
    if isinstance(selection, WordsAbove) and selection.not_in_collection:
        return []
    return [
        SkippedWord(id=pick.word["public_id"], lemma=pick.lemma)
        for pick in picks
        if pick.form in known
    ]


def _answer(pick: _Pick, language: str) -> _Answer:
    """Return what is to be recalled: what was typed goes before what is looked up."""
    entry = dictionary().look_up(pick.lemma)
    return {
        "back": pick.choice.back or (entry.definition() if entry else ""),
        "gloss": pick.choice.gloss or glosses().gloss(pick.lemma, language),
        "example": pick.word["sentence"] or (entry.example() if entry else ""),
    }


def _made(content_id: UUID, new: NewContent) -> MadeCard:
    return MadeCard(
        id=content_id,
        category=new.category_id,
        front=new.front,
        back=new.back,
        gloss=new.gloss,
        example=new.example,
    )


def _source(scan: Scan, word: dict[str, Any]) -> dict[str, Any]:
    return {
        "kind": "scan",
        "scan": str(scan.public_id),
        "page": word["page__number"],
        "line": word["line__position"],
        "polygon": word["line__polygon"],
        "sentence": word["sentence"],
        "level": word["level"],
    }
