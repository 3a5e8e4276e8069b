"""Attempts at exams, the answers as they were given, and what graders said of them."""

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from config.identifiers import new_public_id
from exams import marking
from exams.models.exams import Exam, Question
from exams.triggers import append_only

VERDICTS = [(verdict.value, verdict.value) for verdict in marking.Verdict]


class Attempt(models.Model):
    """One sitting: what is asked now, and in the end the score."""

    class State(models.TextChoices):
        """OPEN, then for ever FINISHED."""

        OPEN = "open"
        FINISHED = "finished"

    public_id = models.UUIDField(default=new_public_id, unique=True, editable=False)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    exam = models.ForeignKey(Exam, models.PROTECT, related_name="attempts")
    state = models.CharField(max_length=8, choices=State, default=State.OPEN)
    started_at = models.DateTimeField()
    closes_at = models.DateTimeField(help_text="No answer counts that comes later")
    ended_at = models.DateTimeField(null=True)
    question = models.ForeignKey(
        Question, models.PROTECT, null=True, related_name="+", help_text="What is asked now"
    )
    asked_at = models.DateTimeField(null=True)
    answer_count = models.PositiveSmallIntegerField(default=0)
    question_count = models.PositiveSmallIntegerField(
        null=True, help_text="That count, graded or not"
    )
    ungraded_count = models.PositiveSmallIntegerField(default=0)
    points = models.FloatField(null=True, help_text="0 to 1 a question that is graded")
    scored_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["user"],
                condition=Q(question__isnull=False),  # while it is open, something is asked
                name="one_open_attempt",
            ),
            models.CheckConstraint(
                condition=Q(state="open", ended_at=None)
                | ~Q(state="open") & Q(ended_at__isnull=False),
                name="attempt_ends_once",
            ),
        ]
        indexes = [
            models.Index(fields=["user", "-id"], name="attempts_newest"),
            models.Index(fields=["closes_at"], condition=Q(state="open"), name="open_attempts"),
        ]

    def __str__(self) -> str:
        return f"{self.state} {self.started_at:%F %H:%M}"


class Answer(models.Model):
    """One answer, as it was given; immutable."""

    public_id = models.UUIDField(default=new_public_id, help_text="May be chosen by the client")
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", db_index=False
    )
    attempt = models.ForeignKey(Attempt, models.PROTECT, related_name="answers", db_index=False)
    position = models.PositiveSmallIntegerField(help_text="From 1")
    question = models.ForeignKey(Question, models.PROTECT, related_name="+")
    chosen = ArrayField(
        models.PositiveSmallIntegerField(),
        default=list,
        blank=True,
        help_text="Index of the option; when matching one for each prompt",
    )
    text = models.TextField(blank=True, default="")
    asked_at = models.DateTimeField()
    answered_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["user", "public_id"], name="one_exam_answer_an_id"),
            models.UniqueConstraint(
                fields=["attempt", "position"], name="one_exam_answer_a_position"
            ),
        ]
        triggers = append_only()

    def __str__(self) -> str:
        return f"{self.attempt_id}/{self.position}"


class Grading(models.Model):
    """What one grader said of one answer; the last one counts. Immutable."""

    class Grader(models.TextChoices):
        """Who graded: the rules, keywords for want of a model, a model, a person."""

        RULES = "rules"
        KEYWORDS = "keywords"
        MODEL = "model"
        STAFF = "staff"

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", db_index=False
    )
    answer = models.ForeignKey(Answer, models.PROTECT, related_name="gradings")
    grader = models.CharField(max_length=8, choices=Grader)
    verdict = models.CharField(max_length=8, choices=VERDICTS)
    points = models.FloatField(help_text="0 to 1")
    missed = ArrayField(
        models.UUIDField(), default=list, blank=True, help_text="Cards that were not known"
    )
    model = models.CharField(max_length=100, blank=True)
    prompt = models.CharField(max_length=40, blank=True, help_text="name.version")
    confidence = models.FloatField(null=True, help_text="The model's own, 0 to 1")
    opinion_count = models.PositiveSmallIntegerField(default=1)
    is_uncertain = models.BooleanField(default=False, db_default=False)
    feedback = models.TextField(blank=True)
    created_at = models.DateTimeField()

    class Meta:
        triggers = append_only()

    def __str__(self) -> str:
        return f"{self.verdict} by {self.grader}"


class Appeal(models.Model):
    """A learner does not agree with a verdict; a person decides."""

    class State(models.TextChoices):
        """OPEN, then what a person decided."""

        OPEN = "open"
        ACCEPTED = "accepted"
        REJECTED = "rejected"

    public_id = models.UUIDField(default=new_public_id, unique=True, editable=False)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    answer = models.OneToOneField(Answer, models.PROTECT, related_name="appeal")
    text = models.TextField(help_text="Why, in the learner's words")
    state = models.CharField(max_length=8, choices=State, default=State.OPEN)
    created_at = models.DateTimeField()
    decided_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"{self.state}: {self.text[:60]}"
