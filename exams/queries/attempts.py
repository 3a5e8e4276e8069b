"""What a learner sees of an exam, of an attempt, and of what came of it."""

from datetime import datetime
from typing import Any, NotRequired, TypedDict
from uuid import UUID

from django.urls import reverse

from accounts.queries.learners import Learner
from exams.access import attempt_of
from exams.models import Answer, Attempt, Exam, Grading, Question
from exams.queries.gradings import last_gradings

LETTERS = "abcdef"


class ShownQuestion(TypedDict):
    """What is asked now; ``answer_with`` says what an answer holds: option, options or text."""

    id: UUID
    position: int
    kind: str
    answer_with: str
    stem: str
    hint: str
    prompts: list[str]
    options: list[dict[str, str]]
    audio: str | None


class ShownAttempt(TypedDict):
    """An attempt; a question while it is open, a result when it is over."""

    id: UUID
    exam: UUID
    state: str
    started_at: datetime
    closes_at: datetime
    ended_at: datetime | None
    answer_count: int
    question: ShownQuestion | None
    result: dict[str, Any] | None
    answers: NotRequired[list[dict[str, Any]]]
    proposed_reviews: NotRequired[list[dict[str, Any]]]


def attempt(learner: Learner, attempt_id: UUID, *, now: datetime) -> ShownAttempt:
    """Return an attempt as it stands, and all about it once it is over; AttemptNotFound."""
    found = attempt_of(learner, attempt_id)
    seen = shown(found, now=now)
    if found.state == Attempt.State.FINISHED:
        seen["answers"], seen["proposed_reviews"] = answers(found), proposals(found)
    else:
        seen["answers"], seen["proposed_reviews"] = [], []
    return seen


def shown(found: Attempt, *, now: datetime) -> ShownAttempt:
    """Return a stored attempt as a learner sees it; when its time is up nothing is asked."""
    is_late = found.state == Attempt.State.OPEN and now >= found.closes_at
    return {
        "id": found.public_id,
        "exam": found.exam.public_id,
        "state": Attempt.State.FINISHED.value if is_late else found.state,
        "started_at": found.started_at,
        "closes_at": found.closes_at,
        "ended_at": found.closes_at if is_late else found.ended_at,
        "answer_count": found.answer_count,
        "question": None if is_late or not found.question else _asked(found, found.question),
        "result": _result(found),
    }


def shown_question(question: Question) -> ShownQuestion:
    """Return a question without its key; ``audio`` is an attempt's, see ``_asked``."""
    answer_with = "option" if question.options else "text"
    return {
        "id": question.public_id,
        "position": question.position,
        "kind": question.kind,
        "answer_with": "options" if question.prompts else answer_with,
        "stem": question.stem,
        "hint": question.hint,
        "prompts": question.prompts,
        "options": [
            {"key": letter, "text": text}
            for letter, text in zip(LETTERS, question.options, strict=False)
        ],
        "audio": None,
    }


def _asked(found: Attempt, question: Question) -> ShownQuestion:
    """Return a question of an attempt, with the address of what is heard, which tells nothing."""
    audio = reverse("question-audio", args=[found.public_id, question.public_id])
    return {**shown_question(question), "audio": audio if question.heard else None}


def answers(found: Attempt) -> list[dict[str, Any]]:
    """Return what was asked, answered and said of it, in order. Two queries."""
    rows = list(Answer.objects.filter(attempt=found).select_related("question", "appeal"))
    graded = last_gradings([row.pk for row in rows])
    rows.sort(key=lambda row: row.position)
    return [_answer(found, row, graded.get(row.pk)) for row in rows]


def proposals(found: Attempt) -> list[dict[str, Any]]:
    """Return the cards that an answer showed not to be known, each once. Two queries."""
    if found.state == Attempt.State.OPEN:
        return []
    rows = Answer.objects.filter(attempt=found, question__withdrawn_at=None)
    by_key = {row.pk: row for row in rows.select_related("question").order_by("position")}
    graded = last_gradings(by_key.keys())
    proposed: dict[UUID, dict[str, Any]] = {}
    for key, row in by_key.items():
        for card_id in graded[key].missed if key in graded else ():
            word = row.question.words[row.question.card_ids.index(card_id)]
            proposed.setdefault(
                card_id,
                {
                    "content": card_id,
                    "front": word,
                    "rating": "again",
                    "answered_at": row.answered_at,
                },
            )
    return list(proposed.values())


def exam(found: Exam) -> dict[str, Any]:
    """Return an exam as a learner sees it; its questions are seen in an attempt."""
    return exams([found])[0]


def exams(found: list[Exam]) -> list[dict[str, Any]]:
    """Return exams as a learner sees them. One query."""
    rows = Question.objects.filter(exam__in=found, withdrawn_at=None)
    kinds: dict[int, list[str]] = {one.pk: [] for one in found}
    for key, kind in rows.values_list("exam_id", "kind"):
        kinds[key].append(kind)
    return [_exam(one, kinds[one.pk]) for one in found]


def _exam(found: Exam, kinds: list[str]) -> dict[str, Any]:
    return {
        "id": found.public_id,
        "created_at": found.created_at,
        "week_on": found.week_on,
        "minutes": found.minutes,
        "question_count": len(kinds),
        "count_by_kind": {kind: kinds.count(kind) for kind in sorted(set(kinds))},
        "job": found.job_id,
    }


def _result(found: Attempt) -> dict[str, Any] | None:
    if found.points is None or found.question_count is None:
        return None
    graded = found.question_count - found.ungraded_count
    return {
        "points": found.points,
        "question_count": found.question_count,
        "ungraded_count": found.ungraded_count,
        "score": round(found.points / graded, 4) if graded else None,
    }


def _answer(found: Attempt, row: Answer, grading: Grading | None) -> dict[str, Any]:
    question = row.question
    appeal = getattr(row, "appeal", None)
    return {
        "id": row.public_id,
        "question": _asked(found, question),
        "is_withdrawn": question.withdrawn_at is not None,
        "options": [LETTERS[place] for place in row.chosen],
        "text": row.text,
        "right_options": [LETTERS[place] for place in question.key],
        "right_text": question.accepted[0] if question.accepted else "",
        "verdict": grading.verdict if grading else "not_graded_yet",
        "points": grading.points if grading else None,
        "graded_by": grading.grader if grading else None,
        "is_uncertain": bool(grading and grading.is_uncertain),
        "feedback": grading.feedback if grading else "",
        "appeal": appeal.state if appeal else None,
        "taken_ms": round((row.answered_at - row.asked_at).total_seconds() * 1000),
        "source": question.source,
    }
