"""What is heard in an exam: ordered with it, handed out while asked and once answered."""

from collections.abc import Sequence
from contextlib import suppress
from datetime import datetime
from uuid import UUID

from accounts.queries.learners import Learner
from config.errors import Unavailable
from config.jobs.queues import QueueFull
from config.speech.commands import NotSpokenYet, Wanted, is_worked_on, order_all, ordered
from config.speech.engine import SpeechAway
from config.speech.models import Speech
from exams.access import QuestionNotFound, attempt_of
from exams.models import Answer, Attempt, Question

EXAM = Speech.Purpose.EXAM


class SoundNotReady(Unavailable):
    """It is being spoken."""

    code = "sound_not_ready"


def order_sounds(questions: Sequence[Question], *, now: datetime) -> None:
    """Have all that is heard spoken, if it is not; what is refused now is when it is asked."""
    heard = [Wanted(question.heard) for question in questions if question.heard]
    if heard:
        with suppress(QueueFull, SpeechAway):
            order_all(user_id=questions[0].user_id, wanted=heard, purpose=EXAM, now=now)


def sound_of(*, learner: Learner, attempt_id: UUID, question_id: UUID, now: datetime) -> Speech:
    """Return what is heard in a question that is asked now, or was answered; changes nothing.

    AttemptNotFound, QuestionNotFound, SoundNotReady, NotSpokenYet.
    """
    attempt = attempt_of(learner, attempt_id)
    question = _asked(attempt, question_id, now) or _answered(attempt, question_id)
    if question is None or not question.heard:
        raise QuestionNotFound("This attempt asks nothing to be heard with this id.")
    wanted = Wanted(question.heard)
    speech = ordered(user_id=learner.id, wanted=wanted, purpose=EXAM, now=now)
    if speech is None:
        raise NotSpokenYet("Nothing speaks it now: report the question, or pass it over.")
    if is_worked_on(speech):
        raise SoundNotReady("It is being spoken: ask again.", retry_after_seconds=1)
    return speech


def _asked(attempt: Attempt, question_id: UUID, now: datetime) -> Question | None:
    question = attempt.question
    is_open = attempt.state == Attempt.State.OPEN and now < attempt.closes_at
    return question if question and is_open and question.public_id == question_id else None


def _answered(attempt: Attempt, question_id: UUID) -> Question | None:
    rows = Answer.objects.filter(attempt=attempt, question__public_id=question_id)
    answer = rows.select_related("question").first()
    return answer.question if answer else None
