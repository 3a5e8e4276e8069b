"""What is stored: the item bank of the level test, level tests and their answers."""

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from config.identifiers import new_public_id
from exams import level_test
from exams.triggers import append_only

LEVELS = [(level, level) for level in level_test.LEVELS]
KINDS = [(kind.value, kind.value) for kind in level_test.Kind]


class LevelItem(models.Model):
    """A question of the level test: four options, one of them right."""

    code = models.CharField(max_length=12, unique=True, help_text="As in the files: B1-V-07")
    level = models.CharField(max_length=2, choices=LEVELS)
    kind = models.CharField(max_length=10, choices=KINDS)
    target = models.CharField(max_length=60, help_text="The word or the rule it is about")
    passage = models.TextField(blank=True, help_text="What is to be read first")
    stem = models.TextField(help_text="The question, or a sentence with a gap: ___")
    options = ArrayField(models.CharField(max_length=200), size=level_test.OPTIONS)
    key = models.PositiveSmallIntegerField(help_text="Index of the right option, from 0")
    is_withdrawn = models.BooleanField(
        default=False, db_default=False, help_text="Asked no more; its answers still count"
    )
    difficulty = models.FloatField(
        help_text="On the scale of abilities: the level's, then as answers show it"
    )
    difficulty_error = models.FloatField(
        default=0.6, db_default=0.6, help_text="Standard error of the difficulty"
    )
    answer_count = models.PositiveIntegerField(default=0, db_default=0)
    right_count = models.PositiveIntegerField(default=0, db_default=0)
    unknown_count = models.PositiveIntegerField(default=0, db_default=0)
    discrimination = models.FloatField(
        null=True, blank=True, help_text="Correlation of being right with the ability"
    )
    estimated_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(key__lt=level_test.OPTIONS), name="level_item_key_is_an_option"
            )
        ]

    def __str__(self) -> str:
        return self.code


class LevelTest(models.Model):
    """One sitting of a learner: what is asked now, and in the end the result."""

    class State(models.TextChoices):
        """OPEN, then for ever one of the others; UNFINISHED has no result."""

        OPEN = "open"
        FINISHED = "finished"
        UNFINISHED = "unfinished"

    public_id = models.UUIDField(default=new_public_id, unique=True, editable=False)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    state = models.CharField(max_length=10, choices=State, default=State.OPEN)
    started_at = models.DateTimeField()
    closes_at = models.DateTimeField(help_text="No answer counts that comes later")
    ended_at = models.DateTimeField(null=True)
    answer_count = models.PositiveSmallIntegerField(default=0)
    question_id = models.UUIDField(
        null=True, help_text="The question that is asked now, as the learner names it"
    )
    item = models.ForeignKey(LevelItem, models.PROTECT, null=True, related_name="+")
    asked_at = models.DateTimeField(null=True)
    level = models.CharField(max_length=2, choices=LEVELS, blank=True, default="")
    ability = models.FloatField(null=True)
    standard_error = models.FloatField(null=True)
    probabilities = ArrayField(
        models.FloatField(), default=list, blank=True, help_text="Of A1, A2, B1, B2, C1, C2"
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["user"],
                condition=Q(question_id__isnull=False),  # while it is open, something is asked
                name="one_open_level_test",
            ),
            models.CheckConstraint(
                condition=Q(state="open", ended_at=None)
                | ~Q(state="open") & Q(ended_at__isnull=False),
                name="level_test_ends_once",
            ),
        ]
        indexes = [
            models.Index(fields=["user", "-id"], name="level_tests_newest"),
            models.Index(fields=["closes_at"], condition=Q(state="open"), name="open_level_tests"),
        ]

    def __str__(self) -> str:
        return f"{self.state} {self.level} {self.started_at:%F %H:%M}"


class LevelAnswer(models.Model):
    """One answer in a level test, as it was given; immutable."""

    public_id = models.UUIDField(default=new_public_id, help_text="May be chosen by the client")
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", db_index=False
    )
    test = models.ForeignKey(LevelTest, models.PROTECT, related_name="answers", db_index=False)
    position = models.PositiveSmallIntegerField(help_text="From 1")
    question_id = models.UUIDField()
    item = models.ForeignKey(LevelItem, models.PROTECT, related_name="+")
    option = models.PositiveSmallIntegerField(
        null=True, help_text="Index of the option chosen; null: I don't know"
    )
    is_right = models.BooleanField()
    asked_at = models.DateTimeField()
    answered_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["user", "public_id"], name="one_level_answer_an_id"),
            models.UniqueConstraint(fields=["test", "position"], name="one_answer_a_position"),
            models.CheckConstraint(
                condition=Q(option=None, is_right=False) | Q(option__lt=level_test.OPTIONS),
                name="level_answer_is_an_option",
            ),
        ]
        triggers = append_only()

    def __str__(self) -> str:
        return f"{self.test_id}/{self.position}"
