"""The words of a scan, as the learner chooses from them."""

from collections.abc import Collection
from typing import Any, TypedDict
from uuid import UUID

from accounts.queries.learners import Learner
from config.dictionary import glosses
from ocr.models import Scan, Word
from review.queries.contents import gloss_suggestions, known_forms

_COLUMNS = (
    "public_id", "lemma", "forms", "level", "frequency", "occurrence_count", "sentence",
    "page__number", "line__position",
)  # fmt: skip


class ScanWord(TypedDict):
    """A word of a scan by its lemma; id, sentence, page and line are those of its first page."""

    id: UUID
    lemma: str
    forms: list[str]
    level: str
    frequency: float
    occurrence_count: int
    sentence: str
    page: int
    line: int
    in_collection: bool
    gloss_suggestions: list[str]


def words_of_scan(
    learner: Learner, scan: Scan, *, levels: Collection[str] | None = None
) -> list[ScanWord]:
    """Return the words of all pages, merged by lemma, in order of appearance. Three queries.

    ``levels`` keeps only words of these CEFR levels.
    """
    words = Word.objects.filter(page__scan=scan)
    if levels is not None:
        words = words.filter(level__in=levels)
    merged: dict[str, ScanWord] = {}
    for row in words.order_by("page__number", "id").values(*_COLUMNS):
        if row["lemma"] in merged:
            _add(merged[row["lemma"]], row)
        else:
            merged[row["lemma"]] = _word(row)
    forms = {lemma.casefold() for lemma in merged}
    known, suggestions = known_forms(learner, forms), gloss_suggestions(learner, forms)
    for lemma, word in merged.items():
        word["in_collection"] = lemma.casefold() in known
        offered = [*suggestions.get(lemma.casefold(), ())]
        operators = glosses().gloss(lemma, learner.native_language)
        word["gloss_suggestions"] = list(dict.fromkeys([*offered, *filter(None, [operators])]))
    return list(merged.values())


def _word(row: dict[str, Any]) -> ScanWord:
    return {
        "id": row["public_id"],
        "lemma": row["lemma"],
        "forms": row["forms"],
        "level": row["level"],
        "frequency": row["frequency"],
        "occurrence_count": row["occurrence_count"],
        "sentence": row["sentence"],
        "page": row["page__number"],
        "line": row["line__position"],
        "in_collection": False,
        "gloss_suggestions": [],
    }


def _add(word: ScanWord, row: dict[str, Any]) -> None:
    """Count in what a later page has of the same lemma."""
    word["forms"] = list(dict.fromkeys([*word["forms"], *row["forms"]]))
    word["occurrence_count"] += row["occurrence_count"]
