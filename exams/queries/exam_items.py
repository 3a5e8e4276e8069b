"""Stored questions as the pure modules see them, and the other way."""

from exams.generation import Made
from exams.models import Exam, Question
from exams.validation import CHECK_NAMES, Item, Kind

_LISTS = ("words", "meanings", "prompts", "options", "key", "accepted", "sounds")
ITEM_FIELDS = ("kind", "stem", "hint", "level", "heard", "checks", *_LISTS)


def item_of(question: Question) -> Item:
    """Return a stored question as the validator looks at it."""
    return Item(
        kind=Kind(question.kind),
        stem=question.stem,
        hint=question.hint,
        level=question.level,
        heard=question.heard,
        **{name: tuple(getattr(question, name)) for name in _LISTS},
    )


def question_row(exam: Exam, position: int, made: Made) -> Question:
    """Return the row of a question that a template made."""
    row = Question(exam=exam, user_id=exam.user_id, position=position)
    row.source = Question.Source.TEMPLATE
    row.card_ids = [card.id for card in made.cards]
    row.is_for_model = exam.with_model and made.wanted is Kind.CLOZE and len(made.cards) == 1
    put_item(row, made.item)
    return row


def put_item(row: Question, item: Item) -> None:
    """Write an item that has passed the validator into a row."""
    row.kind, row.stem, row.hint, row.level = item.kind.value, item.stem, item.hint, item.level
    row.heard = item.heard
    for name in _LISTS:
        setattr(row, name, list(getattr(item, name)))
    row.checks = list(CHECK_NAMES)
