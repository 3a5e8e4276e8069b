"""What is stored: categories, contents, each card's schedule now, and the facts behind it."""

from typing import Any

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import F, Q

from config.identifiers import new_public_id
from config.operations.audit import audited
from review.fields import CurrentTransactionId, Placed, TransactionIdField
from review.leeches import LeechAction
from review.ratings import Rating
from review.triggers import append_only, kept_for_facts

_LOOSE: Any = {"db_constraint": False, "db_index": False}


@audited("desired_retention", "weights", "maximum_interval_days", "leech_threshold")
class SchedulingParameters(models.Model):
    """FSRS-6 parameters and the steps round them; immutable: a fact can be computed again."""

    public_id = models.UUIDField(default=new_public_id, unique=True, editable=False)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, null=True, related_name="+")
    weights = ArrayField(models.FloatField(), size=21, help_text="The 21 weights of FSRS-6")
    desired_retention = models.FloatField(default=0.9)
    learning_steps_seconds = ArrayField(models.PositiveIntegerField(), default=list)
    relearning_steps_seconds = ArrayField(models.PositiveIntegerField(), default=list)
    maximum_interval_days = models.PositiveIntegerField(default=36500)
    is_fuzzed = models.BooleanField(default=True)
    leech_threshold = models.PositiveSmallIntegerField(
        default=8, help_text="Lapses that make a card a leech; 0: none is one"
    )
    leech_action = models.CharField(
        max_length=8,
        choices=[(action.value, action.value) for action in LeechAction],
        default=LeechAction.MARK.value,
        db_default=LeechAction.MARK.value,
    )
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name_plural = "scheduling parameters"
        triggers = [kept_for_facts("parameters_id")]

    def __str__(self) -> str:
        return f"{self.pk}: retention {self.desired_retention}"


@audited("name", "parent", "parameters")
class Category(models.Model):
    """A learner's folder of cards; ``parent`` makes a tree."""

    public_id = models.UUIDField(default=new_public_id, unique=True, editable=False)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="categories")
    parent = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="children"
    )
    name = models.CharField(max_length=100)
    parameters = models.ForeignKey(
        SchedulingParameters, models.PROTECT, null=True, blank=True, related_name="+"
    )
    applied_parameters = models.ForeignKey(
        SchedulingParameters,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        help_text="Its own or those of the nearest category above that has some",
    )
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name_plural = "categories"
        constraints = [
            models.UniqueConstraint(
                fields=["user", "parent", "name"], name="one_category_a_name", nulls_distinct=False
            )
        ]

    def __str__(self) -> str:
        return self.name


@audited("category", "front", "back", "gloss", "example", "tags", "archived_at")
class Content(models.Model):
    """What the learner stored; with its schedule it is a card, without an answer it is a draft."""

    public_id = models.UUIDField(default=new_public_id, unique=True, editable=False)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="contents")
    category = models.ForeignKey(Category, models.PROTECT, related_name="contents")
    note_id = models.UUIDField(
        default=new_public_id, help_text="Siblings made from one note share it"
    )
    front = models.TextField()
    back = models.TextField(blank=True, help_text="Definition; a card without a back is a draft")
    gloss = models.CharField(max_length=500, blank=True, help_text="In the learner's own language")
    example = models.TextField(blank=True)
    normal_form = models.CharField(
        max_length=200,
        blank=True,
        help_text="Lemma of the front: what 'I have this already' compares",
    )
    tags = ArrayField(models.CharField(max_length=60), default=list, blank=True)
    media = models.JSONField(default=list, blank=True)
    source = models.JSONField(
        default=dict,
        blank=True,
        help_text="Where it came from: original fields, template, page position",
    )
    archived_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        indexes = [
            GinIndex(fields=["tags"], name="content_tags"),
            models.Index(fields=["user", "-id"], name="content_newest"),
            models.Index(fields=["user", "normal_form"], name="content_normal_form"),
            models.Index(fields=["note_id"], name="content_note"),
        ]
        triggers = [kept_for_facts("content_id")]

    def __str__(self) -> str:
        return self.front[:80]

    @property
    def is_draft(self) -> bool:
        """Whether there is nothing to recall yet."""
        return not (self.back or self.gloss)


class Stage(models.IntegerChoices):
    """Where a card stands in its life."""

    NEW = 0
    LEARNING = 1
    REVIEW = 2
    RELEARNING = 3


class ReviewSchedule(Placed):
    """When the card is due, as of now: always equal to the replay of its facts."""

    content = models.OneToOneField(
        Content, models.CASCADE, primary_key=True, related_name="schedule"
    )
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="+", db_index=False
    )
    stage = models.PositiveSmallIntegerField(choices=Stage, default=Stage.NEW)
    step = models.PositiveSmallIntegerField(null=True, help_text="The learning step it is in")
    stability = models.FloatField(null=True, help_text="Days until recall falls to 90 %")
    difficulty = models.FloatField(null=True, help_text="1-10")
    added_at = models.DateTimeField(help_text="When the card could first be reviewed")
    due_at = models.DateTimeField()
    reviewed_at = models.DateTimeField(null=True, help_text="The last effective review")
    reps = models.PositiveIntegerField(default=0)
    lapses = models.PositiveIntegerField(default=0)
    leech_at = models.DateTimeField(
        null=True, blank=True, help_text="When its lapses reached the threshold"
    )
    suspended_at = models.DateTimeField(null=True, blank=True)
    buried_until = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [models.Index(fields=["user", "planned_at"], name="schedule_by_plan")]

    def __str__(self) -> str:
        return f"{self.content_id} due {self.due_at:%F %H:%M}"


class LearnerClock(models.Model):
    """How many times the learner's facts have changed; the parameters that decide new ones."""

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, models.CASCADE, primary_key=True, related_name="+"
    )
    facts_seq = models.BigIntegerField(default=0)
    parameters = models.ForeignKey(
        SchedulingParameters, models.PROTECT, null=True, related_name="+"
    )

    def __str__(self) -> str:
        return f"{self.user_id} at {self.facts_seq}"


class ReviewHistory(models.Model):
    """One review, as it happened; everything about it is decided when it is written.

    An undo is a row of its own with the dimensions of what it undoes and the opposite sign. What
    facts name is kept by triggers; their keys are not checked row by row (docs/adr/0039).
    """

    class Kind(models.TextChoices):
        REVIEW = "review"
        UNDO = "undo"
        RESET = "reset"
        IMPORT = "import"

    id = models.BigAutoField(primary_key=True)
    public_id = models.UUIDField(
        default=new_public_id, help_text="May be chosen by the client, once for ever"
    )
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", **_LOOSE)
    content = models.ForeignKey(Content, models.PROTECT, related_name="+", **_LOOSE)
    category = models.ForeignKey(Category, models.DO_NOTHING, related_name="+", **_LOOSE)
    kind = models.CharField(max_length=8, choices=Kind, default=Kind.REVIEW)
    sign = models.SmallIntegerField(default=1)
    undoes = models.ForeignKey("self", models.PROTECT, null=True, related_name="undos", **_LOOSE)
    rating = models.PositiveSmallIntegerField(
        null=True, choices=[(r.value, r.name.lower()) for r in Rating]
    )
    reviewed_at = models.DateTimeField()
    local_day = models.DateField(
        help_text="The learner's own day, by time zone and rollover hour at that moment"
    )
    local_hour = models.PositiveSmallIntegerField()
    taken_ms = models.PositiveIntegerField(default=0)
    stage_before = models.PositiveSmallIntegerField(choices=Stage)
    interval_before_days = models.FloatField(
        default=0, help_text="Days the card had been scheduled for"
    )
    parameters = models.ForeignKey(SchedulingParameters, models.PROTECT, related_name="+", **_LOOSE)
    due_at = models.DateTimeField(help_text="The next moment, as decided by this review")
    imported = models.JSONField(null=True, help_text="What Anki's log said besides, or a memory")
    recorded_at = models.DateTimeField(auto_now_add=True)
    xid = TransactionIdField(db_default=CurrentTransactionId(), editable=False)

    class Meta:
        verbose_name_plural = "review history"
        constraints = [
            models.UniqueConstraint(fields=["user", "public_id"], name="one_review_a_public_id"),
            models.UniqueConstraint(
                fields=["undoes"], condition=Q(undoes__isnull=False), name="undone_once"
            ),
            models.CheckConstraint(
                condition=Q(rating__range=(1, 4)) | Q(rating=None), name="rating_1_to_4"
            ),
            models.CheckConstraint(
                condition=Q(kind="undo", sign=-1, undoes__isnull=False)
                | (~Q(kind="undo") & Q(sign=1, undoes=None)),
                name="an_undo_undoes",
            ),
            models.CheckConstraint(condition=Q(local_hour__lte=23), name="local_hour_0_to_23"),
        ]
        indexes = [
            models.Index(fields=["user", "xid"], name="history_tail"),
            models.Index(fields=["content"], name="history_of_card"),
            models.Index(fields=["xid"], name="history_fold"),
        ]
        triggers = append_only()

    def __str__(self) -> str:
        return f"{self.kind} {self.rating} {self.reviewed_at:%F %H:%M}"


class ReviewAdjustment(models.Model):
    """A card's sums leave one category for another: a fact about past facts, summed like them."""

    id = models.BigAutoField(primary_key=True)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", db_index=False
    )
    content = models.ForeignKey(Content, models.PROTECT, related_name="+", db_index=False)
    category = models.ForeignKey(Category, models.DO_NOTHING, related_name="+", **_LOOSE)
    local_day = models.DateField()
    review_count = models.IntegerField()
    again_count = models.IntegerField()
    hard_count = models.IntegerField()
    good_count = models.IntegerField()
    easy_count = models.IntegerField()
    taken_ms = models.BigIntegerField()
    recorded_at = models.DateTimeField(auto_now_add=True)
    xid = TransactionIdField(db_default=CurrentTransactionId(), editable=False)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(
                    review_count=F("again_count")
                    + F("hard_count")
                    + F("good_count")
                    + F("easy_count")
                ),
                name="an_adjustment_adds_up",
            )
        ]
        indexes = [
            models.Index(fields=["user", "xid"], name="adjustment_tail"),
            models.Index(fields=["content"], name="adjustment_of_card"),
            models.Index(fields=["xid"], name="adjustment_fold"),
        ]
        triggers = append_only()

    def __str__(self) -> str:
        return f"{self.content_id} {self.review_count:+d}"
