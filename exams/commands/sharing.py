"""A teacher shares an exam with a group; whoever takes it has a copy of their own."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from accounts.queries.groups import membership, taught_group
from accounts.queries.learners import Learner
from config.identifiers import new_public_id
from exams.access import ExamNotFound, exam_of
from exams.models import Exam, ExamShare, Question

_NOT_COPIED = {"id", "public_id", "user", "exam", "reported_at", "report", "card_ids"}


@transaction.atomic
def share_exam(*, learner: Learner, group_id: UUID, exam_id: UUID, now: datetime) -> ExamShare:
    """Let a group's members take an exam of its teacher's; twice is once.

    GroupNotFound, ExamNotFound.
    """
    group, exam = taught_group(learner, group_id), exam_of(learner, exam_id)
    values = {"shared_at": now}
    return ExamShare.objects.get_or_create(values, exam=exam, group_id=group.pk)[0]


@transaction.atomic
def take_shared(
    *, learner: Learner, group_id: UUID, exam_id: UUID, now: datetime
) -> tuple[Exam, bool]:
    """Return the member's own copy of a shared exam, and whether it is new: one a learner.

    Its questions are about no card of theirs, so no lapses are proposed. GroupNotFound,
    ExamNotFound.
    """
    member = membership(learner, group_id)
    shares = ExamShare.objects.select_for_update(of=("self",)).select_related("exam")
    share = shares.filter(group_id=member.group_id, exam__public_id=exam_id).first()
    if share is None:
        raise ExamNotFound("No such exam was shared with this group.")
    shared = share.exam
    if own := Exam.objects.filter(user_id=learner.id, shared_from=shared).first():
        return own, False
    copy = Exam.objects.create(
        user_id=learner.id, shared_from=shared, created_at=now, choice=shared.choice,
        size=shared.size, minutes=shared.minutes, kinds=shared.kinds,
    )  # fmt: skip
    questions = Question.objects.filter(exam=shared, withdrawn_at=None).order_by("position")
    Question.objects.bulk_create([_copied(question, copy) for question in questions])
    return copy, True


def _copied(question: Question, exam: Exam) -> Question:
    names = [field.name for field in Question._meta.concrete_fields]  # noqa: SLF001
    values = {name: getattr(question, name) for name in names if name not in _NOT_COPIED}
    return Question(exam=exam, user_id=exam.user_id, public_id=new_public_id(), **values)
