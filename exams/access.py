"""The only way to fetch a row on behalf of a learner: another's row is as absent as none."""

from uuid import UUID

from django.db.models import QuerySet

from accounts.queries.learners import Learner
from config.errors import NotFound
from exams.models import Answer, Attempt, Exam, LevelTest, Question


class LevelTestNotFound(NotFound):
    """No such level test of this learner."""

    code = "level_test_not_found"


class ExamNotFound(NotFound):
    """No such exam of this learner."""

    code = "exam_not_found"


class QuestionNotFound(NotFound):
    """No such question in this exam."""

    code = "question_not_found"


class AttemptNotFound(NotFound):
    """No such attempt of this learner."""

    code = "attempt_not_found"


class AnswerNotFound(NotFound):
    """No such answer in this attempt."""

    code = "answer_not_found"


def level_tests_of(learner: Learner) -> QuerySet[LevelTest]:
    """Return the learner's level tests."""
    return LevelTest.objects.filter(user_id=learner.id)


def level_test_of(learner: Learner, public_id: UUID, *, lock: bool = False) -> LevelTest:
    """Return one level test, its row locked for the transaction if ``lock``; LevelTestNotFound."""
    rows = level_tests_of(learner)
    rows = rows.select_for_update(no_key=True) if lock else rows.select_related("item")
    found = rows.filter(public_id=public_id).first()
    if found is None:
        raise LevelTestNotFound("You have no level test with this id.")
    return found


def exams_of(learner: Learner) -> QuerySet[Exam]:
    """Return the learner's exams."""
    return Exam.objects.filter(user_id=learner.id)


def exam_of(learner: Learner, public_id: UUID, *, lock: bool = False) -> Exam:
    """Return one exam, its row locked for the transaction if ``lock``; ExamNotFound."""
    rows = exams_of(learner)
    rows = rows.select_for_update(no_key=True) if lock else rows
    found = rows.filter(public_id=public_id).first()
    if found is None:
        raise ExamNotFound("You have no exam with this id.")
    return found


def question_of(learner: Learner, exam_id: UUID, public_id: UUID) -> Question:
    """Return a question of the learner's exam, its row locked; QuestionNotFound."""
    rows = Question.objects.select_for_update(no_key=True)
    found = rows.filter(user_id=learner.id, exam__public_id=exam_id, public_id=public_id).first()
    if found is None:
        raise QuestionNotFound("Your exam has no question with this id.")
    return found


def attempts_of(learner: Learner) -> QuerySet[Attempt]:
    """Return the learner's attempts."""
    return Attempt.objects.filter(user_id=learner.id)


def attempt_of(learner: Learner, public_id: UUID, *, lock: bool = False) -> Attempt:
    """Return one attempt, its row locked for the transaction if ``lock``; AttemptNotFound."""
    rows = attempts_of(learner)
    joined = rows.select_related("exam", "question")
    rows = rows.select_for_update(no_key=True) if lock else joined
    found = rows.filter(public_id=public_id).first()
    if found is None:
        raise AttemptNotFound("You have no attempt with this id.")
    return found


def answer_of(learner: Learner, attempt_id: UUID, public_id: UUID) -> Answer:
    """Return one answer of the learner's attempt; AnswerNotFound."""
    rows = Answer.objects.select_related("attempt", "question")
    found = rows.filter(
        user_id=learner.id, attempt__public_id=attempt_id, public_id=public_id
    ).first()
    if found is None:
        raise AnswerNotFound("Your attempt has no answer with this id.")
    return found
