"""Rewards as facts: a ledger, its sums by day and altogether, and payouts to many."""

from typing import ClassVar

from django.conf import settings
from django.db import models

from config.identifiers import new_public_id
from config.operations.append_only import append_only


class RewardEntry(models.Model):
    """One reward, given once: its key says for what. Immutable."""

    class Kind(models.TextChoices):
        """What was rewarded; an undone review takes its reward back."""

        REVIEW = "review"
        UNDO = "undo"
        MISSION = "mission"
        ACHIEVEMENT = "achievement"
        PAYOUT = "payout"

    id = models.BigAutoField(primary_key=True)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", db_index=False
    )
    key = models.CharField(max_length=100, help_text="For what: once a learner")
    kind = models.CharField(max_length=12, choices=Kind)
    xp = models.IntegerField()
    review_count = models.SmallIntegerField(default=0, help_text="1, of an undone one -1")
    local_day = models.DateField(null=True, help_text="The learner's own day")
    occurred_at = models.DateTimeField()
    recorded_at = models.DateTimeField(auto_now_add=True)

    objects: ClassVar[models.Manager["RewardEntry"]] = models.Manager()

    class Meta:
        verbose_name_plural = "reward entries"
        constraints = [models.UniqueConstraint(fields=["user", "key"], name="one_reward_a_key")]
        indexes = [models.Index(fields=["user", "-id"], name="rewards_newest")]
        triggers = append_only()

    def __str__(self) -> str:
        return f"{self.key} {self.xp:+d}"


class RewardDay(models.Model):
    """The ledger's sums of one of the learner's own days."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="+", db_index=False
    )
    local_day = models.DateField()
    review_count = models.IntegerField(default=0)
    xp = models.IntegerField(default=0)

    objects: ClassVar[models.Manager["RewardDay"]] = models.Manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "local_day"], name="one_reward_day")]

    def __str__(self) -> str:
        return f"{self.local_day}: {self.review_count} reviews"


class RewardBalance(models.Model):
    """The ledger's sums of a learner."""

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, models.CASCADE, primary_key=True, related_name="+"
    )
    xp = models.BigIntegerField(default=0)
    review_count = models.BigIntegerField(default=0)

    objects: ClassVar[models.Manager["RewardBalance"]] = models.Manager()

    def __str__(self) -> str:
        return f"{self.user_id}: {self.xp} XP"


class Payout(models.Model):
    """A reward for every learner, paid by a job: whoever comes before ``paid_up_to`` has it."""

    public_id = models.UUIDField(default=new_public_id, unique=True, editable=False)
    job = models.OneToOneField("jobs.Job", models.SET_NULL, null=True, related_name="+")
    name = models.CharField(max_length=100, help_text="What it is for")
    xp = models.PositiveIntegerField()
    learner_count = models.PositiveIntegerField(default=0, help_text="Learners to be paid")
    paid_count = models.PositiveIntegerField(default=0)
    paid_up_to = models.BigIntegerField(default=0, help_text="Key of the last learner paid")
    created_at = models.DateTimeField(auto_now_add=True)

    objects: ClassVar[models.Manager["Payout"]] = models.Manager()

    def __str__(self) -> str:
        return f"{self.name}: {self.xp} XP"
