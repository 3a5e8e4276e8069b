"""What a learner wishes of the days ahead; and what was found out about their memory."""

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q

from review.models import Category, SchedulingParameters


def every_day() -> list[float]:
    """Return a week of whole days."""
    return [1.0] * 7


class Plan(models.Model):
    """How reviews are spread over days: a learner's row, or a category's for it and all below.

    Only the learner's has easy days, absence and levelling: they are of days, not of cards.
    """

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    category = models.OneToOneField(Category, models.CASCADE, null=True, related_name="plan")
    is_levelled = models.BooleanField(default=True, help_text="Within what fuzz allows anyway")
    day_shares = ArrayField(
        models.FloatField(validators=[MinValueValidator(0), MaxValueValidator(1)]),
        size=7,
        default=every_day,
        help_text="How much of a day each weekday is, Monday first; 0: no reviews if avoidable",
    )
    away_from = models.DateField(null=True)
    away_until = models.DateField(null=True, help_text="The last day without reviews")
    is_optimised = models.BooleanField(
        default=True, help_text="The weights follow from the learner's own answers"
    )
    reviews_a_day = models.PositiveIntegerField(null=True)
    new_a_day = models.PositiveIntegerField(null=True)
    exam_on = models.DateField(null=True)
    exam_retention = models.FloatField(default=0.9, help_text="Share to be recalled on that day")
    planned_on = models.DateField(null=True, help_text="The learner's own day it was planned for")
    planned_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["user"], condition=Q(category=None), name="one_plan_a_learner"
            )
        ]
        indexes = [models.Index(fields=["planned_at"], name="plan_by_age")]

    def __str__(self) -> str:
        return f"{self.user_id} {self.category_id or ''}".strip()


class Optimisation(models.Model):
    """One try to fit FSRS-6 to a learner: how well the answers held out were foreseen, and after.

    Log losses are of the same answers, which no weights were fitted to.
    """

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="optimisations")
    parameters = models.ForeignKey(
        SchedulingParameters, models.PROTECT, null=True, related_name="+", help_text="If kept"
    )
    is_kept = models.BooleanField()
    facts_seq = models.BigIntegerField(help_text="The learner's facts by then")
    fitted_count = models.PositiveIntegerField()
    held_out_count = models.PositiveIntegerField()
    log_loss_before = models.FloatField(null=True)
    log_loss_after = models.FloatField(null=True)
    log_loss_default = models.FloatField(null=True)
    recommended_retention = models.FloatField()
    costs = models.JSONField(
        help_text="By retention: reviews and minutes a day, cards recalled of 1,000 after a year"
    )
    seconds = models.FloatField(help_text="Of the processor")
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        indexes = [models.Index(fields=["user", "-id"], name="optimisation_newest")]

    def __str__(self) -> str:
        return f"{self.user_id} {'kept' if self.is_kept else 'not kept'}"
