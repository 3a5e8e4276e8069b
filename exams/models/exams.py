"""Exams made from a learner's own cards, and the wish for one a week."""

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models

from config.identifiers import new_public_id
from exams import validation

KINDS = [(kind.value, kind.value) for kind in validation.Kind]
SIZE_MAX, MINUTES_MAX = 50, 180


class Wish(models.Model):
    """Which cards an exam asks, how many questions of which kinds, and for how long."""

    class Choice(models.TextChoices):
        """Which cards come first."""

        DUE = "due"
        WEAK = "weak"
        RECENT = "recent"
        ALL = "all"

    category_id = models.UUIDField(null=True, blank=True, help_text="With all categories below it")
    tags = ArrayField(models.CharField(max_length=60), default=list, blank=True)
    choice = models.CharField(max_length=6, choices=Choice, default=Choice.ALL)
    size = models.PositiveSmallIntegerField(
        default=20, validators=[MinValueValidator(1), MaxValueValidator(SIZE_MAX)]
    )
    minutes = models.PositiveSmallIntegerField(
        default=30, validators=[MinValueValidator(1), MaxValueValidator(MINUTES_MAX)]
    )
    kinds = ArrayField(models.CharField(max_length=16, choices=KINDS), default=list, blank=True)
    with_model = models.BooleanField(
        default=False, db_default=False, help_text="A model writes sentences, if one answers"
    )

    class Meta:
        abstract = True


class ExamPlan(Wish):
    """A learner wants an exam a week."""

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, models.CASCADE, primary_key=True, related_name="+"
    )

    def __str__(self) -> str:
        return f"{self.size} questions a week"


class Exam(Wish):
    """Questions about a learner's own cards; from the first attempt on it does not change."""

    public_id = models.UUIDField(default=new_public_id, unique=True, editable=False)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    week_on = models.DateField(
        null=True, blank=True, help_text="The Monday of its week; empty for one made on demand"
    )
    shared_from = models.ForeignKey(
        "self", models.SET_NULL, null=True, related_name="+", help_text="A teacher's, for a group"
    )
    job_id = models.UUIDField(null=True, help_text="The job by which a model writes sentences")
    created_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["user", "week_on"], name="one_weekly_exam_a_week"),
            models.UniqueConstraint(
                fields=["user", "shared_from"],
                condition=models.Q(shared_from__isnull=False),
                name="one_copy_a_learner",
            ),
        ]
        indexes = [models.Index(fields=["user", "-id"], name="exams_newest")]

    def __str__(self) -> str:
        return f"{self.size} questions, {self.created_at:%F %H:%M}"


class Question(models.Model):
    """One question with its key, and where it comes from."""

    class Source(models.TextChoices):
        """Who wrote it."""

        TEMPLATE = "template"
        MODEL = "model"

    public_id = models.UUIDField(default=new_public_id, unique=True, editable=False)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", db_index=False
    )
    exam = models.ForeignKey(Exam, models.PROTECT, related_name="questions", db_index=False)
    position = models.PositiveSmallIntegerField(help_text="From 1")
    kind = models.CharField(max_length=16, choices=KINDS)
    card_ids = ArrayField(models.UUIDField(), default=list, help_text="The cards it is about")
    words = ArrayField(models.TextField(), default=list, help_text="Their fronts")
    meanings = ArrayField(models.TextField(), default=list, help_text="Their meanings")
    stem = models.TextField(blank=True, help_text="A meaning, or a sentence with a gap: ___")
    hint = models.TextField(blank=True)
    prompts = ArrayField(models.TextField(), default=list, blank=True)
    options = ArrayField(models.TextField(), default=list, blank=True)
    key = ArrayField(
        models.PositiveSmallIntegerField(),
        default=list,
        blank=True,
        help_text="Index of the right option; when matching one for each prompt",
    )
    accepted = ArrayField(
        models.TextField(), default=list, blank=True, help_text="What counts when it is typed"
    )
    heard = models.TextField(blank=True, db_default="", help_text="What is read aloud: the key")
    sounds = ArrayField(
        models.TextField(),
        default=list,
        db_default=[],
        blank=True,
        help_text="How the options sound, where the right one is heard",
    )
    level = models.CharField(max_length=2, blank=True)
    source = models.CharField(max_length=8, choices=Source)
    model = models.CharField(max_length=100, blank=True, help_text="Which model wrote it")
    prompt = models.CharField(max_length=40, blank=True, help_text="By which prompt: name.version")
    tries = models.PositiveSmallIntegerField(
        default=0, db_default=0, help_text="Sentences a model wrote until one was good, or none"
    )
    checks = ArrayField(
        models.CharField(max_length=40), default=list, help_text="What the validator looked at"
    )
    is_for_model = models.BooleanField(
        default=False, db_default=False, help_text="A model is still to write a sentence for it"
    )
    reported_at = models.DateTimeField(null=True, blank=True)
    report = models.CharField(max_length=500, blank=True, help_text="What the learner says")
    withdrawn_at = models.DateTimeField(
        null=True, blank=True, help_text="It is asked no more and counts no more"
    )
    changed_at = models.DateTimeField(
        null=True, blank=True, help_text="When it was last withdrawn or given back"
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["exam", "position"], name="one_question_a_position")
        ]
        indexes = [
            models.Index(
                fields=["changed_at"],
                condition=models.Q(changed_at__isnull=False),
                name="questions_changed",
            )
        ]

    def __str__(self) -> str:
        return f"{self.kind} {', '.join(self.words)[:60]}"
