"""Disposable tables: sums of the facts, kept by the fold; never a foreign key, never a source.

Rollups hold sums and nothing else, so that an undo (sign -1) or an adjustment is one more addend.
"""

from django.db import models
from django.utils import timezone

from review.fields import TransactionIdField

SUMS = ("review_count", "again_count", "hard_count", "good_count", "easy_count", "taken_ms")
SENTINEL_USER_ID = 0


class _Sums(models.Model):
    user_id = models.BigIntegerField()
    review_count = models.IntegerField()
    again_count = models.IntegerField()
    hard_count = models.IntegerField()
    good_count = models.IntegerField()
    easy_count = models.IntegerField()
    taken_ms = models.BigIntegerField()

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return f"{self.pk}: {self.review_count} reviews"


class DayCategory(_Sums):
    """A learner's day in one category; the last 400 days."""

    pk = models.CompositePrimaryKey("user_id", "category_id", "local_day")
    category_id = models.BigIntegerField()
    local_day = models.DateField()

    class Meta:
        indexes = [models.Index(fields=["local_day"], name="daycategory_day")]


class UserDay(_Sums):
    """A learner's day, for ever: activity and streak."""

    pk = models.CompositePrimaryKey("user_id", "local_day")
    local_day = models.DateField()
    run_days = models.IntegerField(
        default=0, db_default=0, help_text="How many days with a review in a row end with this one"
    )


class CategoryTotal(_Sums):
    """A learner's category, all time."""

    pk = models.CompositePrimaryKey("user_id", "category_id")
    category_id = models.BigIntegerField()


class HourClass(_Sums):
    """A learner's hour of the day and class of interval, all time."""

    pk = models.CompositePrimaryKey("user_id", "local_hour", "interval_class")
    local_hour = models.PositiveSmallIntegerField()
    interval_class = models.PositiveSmallIntegerField(help_text="As in sql/counted_fact.sql")


class ReadModelWatermark(models.Model):
    """The one row that says which facts the rollups hold.

    A fact is in the tail when its id lies above the base and its ``xid`` is not below ``wm``.
    """

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    wm = TransactionIdField(help_text="Every transaction below it had ended at the last fold")
    history_base_id = models.BigIntegerField(default=0, help_text="Counted by the last rebuild")
    adjustment_base_id = models.BigIntegerField(default=0, help_text="Counted by the last rebuild")
    folded_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [models.CheckConstraint(condition=models.Q(id=1), name="one_watermark")]

    def __str__(self) -> str:
        return f"watermark {self.wm} of {self.folded_at:%F %T}"


class _WithoutSentinel(models.Manager["RecentDay"]):
    def get_queryset(self) -> models.QuerySet["RecentDay"]:
        return super().get_queryset().exclude(user_id=SENTINEL_USER_ID)


class RecentDay(_Sums):
    """The materialized view of the last 33 days: as old as its last refresh."""

    pk = models.CompositePrimaryKey("user_id", "category_id", "local_day")
    category_id = models.BigIntegerField()
    local_day = models.DateField()

    objects = _WithoutSentinel()

    class Meta:
        managed = False
        db_table = "review_recent_day"
