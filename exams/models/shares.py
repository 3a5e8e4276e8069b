"""Exams that a teacher has shared with a group."""

from django.db import models

from exams.models.exams import Exam


class ExamShare(models.Model):
    """Members of the group may take a copy of the exam."""

    exam = models.ForeignKey(Exam, models.PROTECT, related_name="shares")
    group = models.ForeignKey("accounts.LearnerGroup", models.CASCADE, related_name="+")
    shared_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["group", "exam"], name="one_share_a_group")]

    def __str__(self) -> str:
        return f"{self.exam_id} for {self.group_id}"
